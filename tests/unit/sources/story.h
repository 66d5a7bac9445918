/* story.h -- reads a case file of tests/sources; test_cases.c says what is in one. */
#pragma once
#include "scripted.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct {
    GPtrArray *asked; /* of text or NULL, one an answer */
    char *call, *gives;
    Scripted script;
} Case;

static const char *case_name G_GNUC_UNUSED; /* of the running case, for messages */

static inline json_t *
read_cells (const char *text, const char *member)
{
    g_auto (GStrv) parts = g_strsplit (text, ",", -1);
    json_t *cells = json_array ();

    for (char **part = parts; *part; part++)
        json_array_append_new (cells, json_pack ("{s:s}", member, *part));
    return cells;
}

/* "a,b | c" into two lists. */
static inline void
read_line (const char *line, const char *member, json_t **left, json_t **right)
{
    g_auto (GStrv) halves = g_strsplit (line, "|", 2);

    if (!halves[0] || !halves[1])
        fail_msg ("%s: not a line of a report: %s", case_name, line);
    *left = read_cells (g_strstrip (halves[0]), member);
    *right = read_cells (g_strstrip (halves[1]), member);
    if (*halves[0] == '\0')
        json_array_clear (*left);
}

static inline void
read_report_line (json_t *report, json_t *rows, const char *line)
{
    json_t *left, *right;

    if (*line == '{') {
        json_t *more = json_loads (line, 0, NULL);

        assert_non_null (more);
        json_object_update (report, more);
        json_decref (more);
        return;
    }
    if (json_object_get (report, "metricHeaders")) {
        read_line (line, "value", &left, &right);
        json_array_append_new (rows, json_pack ("{s:o,s:o}", "dimensionValues", left, "metricValues", right));
        json_object_set_new (report, "rowCount", json_integer ((json_int_t)json_array_size (rows)));
        return;
    }
    read_line (line, "name", &left, &right);
    json_object_set_new (report, "dimensionHeaders", left);
    json_object_set_new (report, "metricHeaders", right);
    json_object_set (report, "rows", rows);
}

static inline json_t *
read_report (char **lines, guint *at)
{
    json_t *report = json_object (), *rows = json_array ();

    for (; lines[*at] && strcmp (lines[*at], "report") != 0; ++*at)
        if (*lines[*at])
            read_report_line (report, rows, lines[*at]);
    json_decref (rows);
    return report;
}

static inline char *
expand_body (char **lines, guint at)
{
    json_t *reports = json_array (), *whole;
    gboolean batch = strcmp (lines[at], "reports") == 0;
    char *text, *copy;

    for (at += batch; lines[at];) {
        at++; /* "report" */
        json_array_append_new (reports, read_report (lines, &at));
    }
    whole = batch ? json_pack ("{s:O,s:s}", "reports", reports, "kind", "analyticsData#batchRunReports")
                  : json_incref (json_array_get (reports, 0));
    text = json_dumps (whole, JSON_COMPACT);
    copy = g_strdup (text);
    free (text);
    json_decref (whole);
    json_decref (reports);
    return copy;
}

static inline gboolean
is_header (const char *line)
{
    const char *colon = strchr (line, ':');

    return g_ascii_isupper (*line) && colon && colon[1] == ' ' && !memchr (line, ' ', (gsize)(colon - line));
}

static inline void
read_answer (Case *story, const char *text)
{
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
    g_autoptr (GString) headers = g_string_new (NULL);
    g_autofree char *body = NULL;
    guint at = 1;

    for (; lines[at] && is_header (lines[at]); at++)
        g_string_append_printf (headers, "%s\n", lines[at]);
    if (lines[at] && g_str_has_prefix (lines[at], "report"))
        body = expand_body (lines, at);
    else
        body = g_strjoinv ("\n", lines + at);
    if (strcmp (lines[0], "lost") == 0)
        scripted_add_fault (&story->script, FAULT_LOST);
    else if (strcmp (lines[0], "timeout") == 0)
        scripted_add_fault (&story->script, FAULT_TIMEOUT);
    else
        scripted_add (&story->script, (int)g_ascii_strtoll (lines[0], NULL, 10), headers->str, body, -1);
}

static inline void
read_section (Case *story, const char *section)
{
    const char *end = strchr (section, '\n');
    g_autofree char *name = end ? g_strndup (section, (gsize)(end - section)) : g_strdup (section);
    g_autofree char *text = g_strstrip (g_strdup (end ? end + 1 : ""));

    if (strcmp (name, "call") == 0) {
        story->call = g_steal_pointer (&text);
    } else if (strcmp (name, "gives") == 0) {
        story->gives = g_steal_pointer (&text);
    } else if (strcmp (name, "asked") == 0) {
        g_ptr_array_set_size (story->asked, (int)story->script.answers->len);
        g_ptr_array_add (story->asked, g_steal_pointer (&text));
    } else if (strcmp (name, "answered") == 0) {
        read_answer (story, text);
        g_ptr_array_set_size (story->asked, (int)story->script.answers->len);
    } else {
        fail_msg ("%s: unknown section %s", case_name, name);
    }
}

static inline char *
without_comments (const char *text)
{
    g_autoptr (GString) kept = g_string_new (NULL);
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

    for (char **line = lines; *line; line++)
        if (!g_str_has_prefix (*line, "# "))
            g_string_append_printf (kept, "%s\n", *line);
    return g_string_free (g_steal_pointer (&kept), FALSE);
}

static inline gboolean
repeat (const GMatchInfo *match, GString *out, gpointer user)
{
    g_autofree char *text = g_match_info_fetch (match, 1), *count = g_match_info_fetch (match, 2);

    for (gint64 i = g_ascii_strtoll (count, NULL, 10); i > 0; i--)
        g_string_append (out, text);
    return FALSE;
}

/* The file's shorthands written out: comments, long lines, repetitions. */
static inline char *
expand (const char *file)
{
    g_autoptr (GRegex) repetition = g_regex_new ("\\{\\{([^*{}]+)\\*([0-9]+)\\}\\}", 0, 0, NULL);
    g_autofree char *kept = without_comments (file);
    g_autoptr (GString) joined = g_string_new (kept);

    g_string_replace (joined, "\\\n", "", 0);
    return g_regex_replace_eval (repetition, joined->str, -1, 0, 0, repeat, NULL, NULL);
}

static inline void
case_read (Case *story, const char *path)
{
    g_autofree char *file = NULL, *text = NULL;
    g_auto (GStrv) sections = NULL;

    assert_true (g_file_get_contents (path, &file, NULL, NULL));
    text = expand (file);
    sections = g_strsplit (text, "\n-- ", -1);
    *story = (Case){ .asked = g_ptr_array_new_with_free_func (g_free) };
    scripted_init (&story->script);
    for (char **section = sections + 1; sections[0] && *section; section++)
        read_section (story, *section);
    if (!story->call || !story->gives)
        fail_msg ("%s: a case needs a call and what it gives", case_name);
}

static inline void
case_clear (Case *story)
{
    g_ptr_array_unref (story->asked);
    scripted_clear (&story->script);
    g_free (story->call);
    g_free (story->gives);
}
