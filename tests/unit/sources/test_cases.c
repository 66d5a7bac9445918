/* Run the case files of tests/sources/<source>/<name>.txt against the drivers.
 *
 * A case tells a story (story.h reads it): what is asked of a driver, the requests that it makes,
 * the answers it gets, and what comes out. Text before the first section says
 * why the case exists. A line that starts with "# " is a comment, one that ends in
 * a backslash goes on in the next, and {{x*2000}} is two thousand times x.
 *
 *   -- call            pull ACCOUNT FROM TO, and more such lines for the other windows of a sync
 *                      totals ACCOUNT LAST-DAY
 *                      own ACCOUNT FROM TO (its own totals of these days)
 *                      describe ACCOUNT
 *                      list
 *                      authorize NOW, and the credential's JSON on the next lines
 *                      (first, if needed: "without app", no OAuth app of Google is
 *                      configured; "with app", one of Meta is; "without patience", the
 *                      driver may not wait; "stopped", waiting ends with a stop)
 *   -- asked           METHOD URL (its query only if given), then what the request must hold: a header
 *                      ("Name: value"), a form or query field (name=value), or JSON, of which
 *                      every member must be there with its value (others may be too;
 *                      lists must have the same length). Optional, before `answered`.
 *   -- answered        STATUS (or lost, timeout), headers, an empty line or none,
 *                      and the body as it is, or in short:
 *
 *                          report
 *                          date,landingPage | sessions,keyEvents
 *                          20260101,/home | 12,3
 *                          {"metadata":{...}}       members to add or replace
 *
 *                      rowCount is the number of rows unless given; "report" alone is
 *                      {}, Google's report without data. "reports" in the first line
 *                      makes a batch of the "report" blocks that follow.
 *   -- gives           exactly what came out, in order:
 *                      wait SECONDS, fact TABLE values… (- is NULL), own METRIC VALUE, by CURRENCY ZONE,
 * notice CODE FROM..TO, error KIND [retry=N] text, grant …, account …, choice …
 *
 * No error may ever hold the word S3CR3T; the tokens do. */
#include "story.h"

#include "base/json.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define TOKEN "ya29.token-S3CR3T"

/* ---- what the driver asks ---------------------------------------------- */

static gboolean holds (const json_t *whole, const json_t *part);

static gboolean
object_holds (const json_t *whole, const json_t *part)
{
    const char *key;
    json_t *value;

    json_object_foreach ((json_t *)part, key, value)
    {
        if (!holds (json_object_get (whole, key), value))
            return FALSE;
    }
    return json_is_object (whole);
}

static gboolean
array_holds (const json_t *whole, const json_t *part)
{
    for (gsize i = 0; i < json_array_size (part); i++)
        if (!holds (json_array_get (whole, i), json_array_get (part, i)))
            return FALSE;
    return json_is_array (whole) && json_array_size (whole) == json_array_size (part);
}

static gboolean
holds (const json_t *whole, const json_t *part)
{
    if (json_is_object (part))
        return object_holds (whole, part);
    if (json_is_array (part))
        return array_holds (whole, part);
    return json_equal (whole, part);
}

static void
check_body (const FetchRequest *request, const char *wanted)
{
    json_t *whole = request->body ? json_loadb (request->body, request->body_size, 0, NULL) : NULL;
    json_t *part = json_loads (wanted, 0, NULL);

    if (!part)
        fail_msg ("%s: the case's own JSON is broken: %s", case_name, wanted);
    if (!whole || !holds (whole, part))
        fail_msg ("%s: asked\n%s\nbut the case wants\n%s", case_name, request->body, wanted);
    json_decref (whole);
    json_decref (part);
}

/* "!name" wants that there is no such field. */
static void
check_field (const FetchRequest *request, const char *wanted)
{
    const char *query = strchr (request->url, '?');
    g_autofree char *body = g_strndup (request->body ? request->body : "", request->body_size);
    g_autofree char *all = g_strconcat (body, "&", query ? query + 1 : "", NULL);
    g_auto (GStrv) fields = g_strsplit (all, "&", -1);

    if (*wanted != '!' && !g_strv_contains ((const char *const *)fields, wanted))
        fail_msg ("%s: among %s is no %s", case_name, all, wanted);
    for (char **field = fields; *field && *wanted == '!'; field++)
        if (g_str_has_prefix (*field, wanted + 1) && (*field)[strlen (wanted + 1)] == '=')
            fail_msg ("%s: there is a %s", case_name, *field);
}

static void
check_request (const FetchRequest *request, guint number, gpointer user)
{
    const Case *story = user;
    const char *asked = number < story->asked->len ? story->asked->pdata[number] : NULL;
    g_auto (GStrv) lines = g_strsplit (asked ? asked : "", "\n", -1);
    g_autofree char *head = g_strdup_printf ("%s %s", request->method, request->url);
    char *query = strchr (head, '?');

    if (!asked)
        return;
    if (query && !strchr (lines[0], '?'))
        *query = '\0';
    if (strcmp (head, lines[0]) != 0)
        fail_msg ("%s: asked %s, but the case wants %s", case_name, head, lines[0]);
    for (guint i = 1; lines[i]; i++) {
        if (*lines[i] == '{') {
            g_autofree char *rest = g_strjoinv ("\n", lines + i);

            check_body (request, rest);
            return;
        }
        if (!is_header (lines[i]))
            check_field (request, lines[i]);
        else if (!request->headers || !g_strv_contains (request->headers, lines[i]))
            fail_msg ("%s: a request without the header %s", case_name, lines[i]);
    }
}

/* ---- what comes out ---------------------------------------------------- */

static void
append_value (GString *out, const Value *value)
{
    Json json = JSON_INTO (out);
    char day[DAY_TEXT], instant[INSTANT_TEXT];

    g_string_append_c (out, ' ');
    switch (value->type) {
    case VALUE_NULL:
        g_string_append_c (out, '-');
        break;
    case VALUE_INSTANT:
        g_string_append (out, instant_format (value->integer, instant));
        break;
    case VALUE_INT:
        g_string_append_printf (out, "%" G_GINT64_FORMAT, value->integer);
        break;
    case VALUE_DAY:
        g_string_append (out, day_format (value->day, day));
        break;
    default:
        json_text (&json, value->text);
    }
}

static void
take_fact (gpointer user, const FactTable *table, const Value *values)
{
    GString *out = user;

    g_string_append_printf (out, "fact %s %s", table->name, values[0].text);
    for (guint i = 1; i < table->n_columns; i++) {
        if (i < table->n_key || values[i].type != VALUE_NULL)
            assert_int_equal (values[i].type, table->columns[i].type);
        append_value (out, &values[i]);
    }
    g_string_append_c (out, '\n');
}

static void
take_notice (gpointer user, const char *code, Period days, const char *text)
{
    char from[DAY_TEXT], to[DAY_TEXT];

    assert_true (strlen (text) > 20);
    g_string_append_printf (user, "notice %s %s..%s\n", code, day_format (days.from, from),
                            day_format (days.to, to));
}

static void
append_error (GString *out, const GError *error)
{
    int retry = fault_retry_after (error);

    assert_non_null (error);
    assert_null (strstr (error->message, "S3CR3T"));
    assert_true (g_utf8_validate (error->message, -1, NULL));
    g_string_append_printf (out, "error %s ", fault_problem (error));
    if (retry >= 0)
        g_string_append_printf (out, "retry=%d ", retry);
    g_string_append_printf (out, "%s\n", error->message);
}

static Day
read_day (const char *text)
{
    Day day;

    if (!day_parse (text, &day))
        fail_msg ("%s: not a date: %s", case_name, text ? text : "");
    return day;
}

static gboolean
call_pull (const SourceDriver *driver, const SourceContext *context, char **words, GString *out,
           GError **error)
{
    SourceSink sink = { .emit = take_fact, .notice = take_notice, .user = out };
    Period window = { read_day (words[2]), read_day (words[3]) };

    return driver->pull (context, TOKEN, words[1], window, &sink, error);
}

static gboolean
call_pulls (const SourceDriver *driver, const SourceContext *context, const char *call, GString *out,
            GError **error)
{
    g_auto (GStrv) lines = g_strsplit (call, "\n", -1);

    for (char **line = lines; *line; line++) {
        g_auto (GStrv) words = g_strsplit (*line, " ", -1);

        if (!call_pull (driver, context, words, out, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
call_list (const SourceDriver *driver, const SourceContext *context, GString *out, GError **error)
{
    g_autoptr (GPtrArray) choices = driver->list_accounts (context, TOKEN, error);

    for (guint i = 0; choices && i < choices->len; i++) {
        const AccountChoice *choice = choices->pdata[i];

        g_string_append_printf (out, "choice %s \"%s\" %s\n", choice->external_id, choice->name,
                                choice->detail ? choice->detail : "-");
    }
    return choices != NULL;
}

static gboolean
call_totals (const SourceDriver *driver, const SourceContext *context, char **words, GString *out,
             GError **error)
{
    SourceSink sink = { .emit = take_fact, .notice = take_notice, .user = out };

    return driver->pull_totals (context, TOKEN, words[1], read_day (words[2]), &sink, error);
}

static void
append_own (GString *out, const char *metric, Value value)
{
    g_string_append_printf (out, "own %s ", metric);
    if (value.type == VALUE_NULL)
        g_string_append (out, "-\n");
    else
        g_string_append_printf (out, "%" G_GINT64_FORMAT "\n", value.integer);
}

static gboolean
call_own (const SourceDriver *driver, const SourceContext *context, char **words, GString *out,
          GError **error)
{
    SourceSink sink = { .notice = take_notice, .user = out };
    Period days = { read_day (words[2]), read_day (words[3]) };
    g_auto (OwnTotals) totals = { 0 };

    if (!driver->own_totals (context, TOKEN, words[1], days, &totals, &sink, error))
        return FALSE;
    for (guint i = 0; driver->own_metrics[i].metric; i++)
        append_own (out, driver->own_metrics[i].metric, totals.values[i]);
    g_string_append_printf (out, "by %s %s\n", totals.currency ? totals.currency : "-",
                            totals.time_zone ? totals.time_zone : "-");
    return TRUE;
}

static gboolean
call_describe (const SourceDriver *driver, const SourceContext *context, char **words, GString *out,
               GError **error)
{
    g_auto (AccountInfo) info = { 0 };
    char day[DAY_TEXT], expires[INSTANT_TEXT];

    if (!driver->describe (context, TOKEN, words[1], &info, error)) {
        assert_null (info.name);
        return FALSE;
    }
    g_string_append_printf (out, "account \"%s\" %s %s %s", info.name ? info.name : "-",
                            info.currency ? info.currency : "-", info.time_zone ? info.time_zone : "-",
                            info.first_day != DAY_NONE ? day_format (info.first_day, day) : "-");
    if (info.expires != INSTANT_NONE)
        g_string_append_printf (out, " until %s", instant_format (info.expires, expires));
    g_string_append_c (out, '\n');
    return TRUE;
}

static gboolean
call_authorize (const SourceDriver *driver, const SourceContext *context, const char *call, GString *out,
                GError **error)
{
    g_auto (GStrv) lines = g_strsplit (call, "\n", 2);
    g_auto (Grant) grant = { 0 };
    gint64 now;
    char expires[INSTANT_TEXT];

    assert_true (instant_parse (lines[0] + strlen ("authorize "), &now));
    if (!driver->authorize (context, lines[1], now, &grant, error)) {
        assert_null (grant.access_token);
        return FALSE;
    }
    g_string_append_printf (out, "grant %s %s %s\n", grant.access_token,
                            grant.expires == INSTANT_NONE ? "-" : instant_format (grant.expires, expires),
                            grant.credential ? grant.credential : "-");
    return TRUE;
}

static gboolean
take_pause (gpointer user, int seconds)
{
    g_string_append_printf (user, "wait %d\n", seconds);
    return TRUE;
}

static gboolean
refuse_pause (gpointer user, int seconds)
{
    return FALSE;
}

/* What the first lines of a call change about the world. */
static const char *
read_circumstances (const char *call, Config *config, SourceContext *context)
{
    for (;; call = strchr (call, '\n') + 1) {
        if (g_str_has_prefix (call, "without app\n")) {
            config->google_client_id = NULL;
        } else if (g_str_has_prefix (call, "with app\n")) {
            config->meta_app_id = (char *)"77";
            config->meta_app_secret = (char *)"app-S3CR3T";
        } else if (g_str_has_prefix (call, "without patience\n")) {
            context->pause = NULL;
        } else if (g_str_has_prefix (call, "stopped\n")) {
            context->pause = refuse_pause;
        } else {
            return call;
        }
    }
}

static void
run_call (Case *story, const SourceDriver *driver, GString *out)
{
    Config config = scripted_config ();
    SourcePace pace = { 0 };
    g_autoptr (GHashTable) notes = source_notes_new ();
    SourceContext context = { .fetcher = &story->script.fetcher,
                              .config = &config,
                              .pause = take_pause,
                              .pause_user = out,
                              .pace = &pace,
                              .notes = notes };
    const char *call = read_circumstances (story->call, &config, &context);
    g_auto (GStrv) words = g_strsplit_set (call, " \n", -1);
    g_autoptr (GError) error = NULL;
    gboolean good = FALSE;

    if (strcmp (words[0], "pull") == 0)
        good = call_pulls (driver, &context, call, out, &error);
    else if (strcmp (words[0], "list") == 0)
        good = call_list (driver, &context, out, &error);
    else if (strcmp (words[0], "totals") == 0)
        good = call_totals (driver, &context, words, out, &error);
    else if (strcmp (words[0], "own") == 0)
        good = call_own (driver, &context, words, out, &error);
    else if (strcmp (words[0], "describe") == 0)
        good = call_describe (driver, &context, words, out, &error);
    else if (strcmp (words[0], "authorize") == 0)
        good = call_authorize (driver, &context, call, out, &error);
    else
        fail_msg ("%s: unknown call %s", case_name, words[0]);
    assert_true (good == (error == NULL));
    if (error)
        append_error (out, error);
}

static void
run_case (void **state)
{
    const char *path = *state;
    g_autofree char *folder = g_path_get_dirname (path), *source = g_path_get_basename (folder);
    const SourceDriver *driver = source_driver (source_parse (source));
    g_autoptr (GString) out = g_string_new (NULL);
    Case story;

    case_name = path;
    assert_non_null (driver);
    case_read (&story, path);
    story.script.look = check_request;
    story.script.user = &story;
    run_call (&story, driver, out);
    if (strcmp (g_strchomp (out->str), story.gives) != 0)
        fail_msg ("%s gives\n%s\nbut should give\n%s", path, out->str, story.gives);
    if (story.script.next != story.script.answers->len)
        fail_msg ("%s: %u requests for %u answers", path, story.script.next, story.script.answers->len);
    case_clear (&story);
}

/* ---- finding the files ------------------------------------------------- */

/* tests/sources beside this file. The compiler was given the file's name relative to
 * the build folder, and the program lies in a folder of that. */
static char *
find_folder (void)
{
    g_autofree char *here = g_path_get_dirname (__FILE__),
                    *program = g_file_read_link ("/proc/self/exe", NULL);
    g_autofree char *folder = g_path_get_dirname (program);
    g_autofree char *direct = g_build_filename (here, "..", "..", "sources", NULL);

    if (g_file_test (direct, G_FILE_TEST_IS_DIR))
        return g_steal_pointer (&direct);
    return g_build_filename (folder, "..", here, "..", "..", "sources", NULL);
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
    return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static void
list_files (const char *folder, const char *suffix, GPtrArray *paths)
{
    g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name (dir)))
        if (g_str_has_suffix (name, suffix))
            g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
    g_ptr_array_sort (paths, compare_paths);
}

int
main (void)
{
    g_autofree char *root = find_folder ();
    g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func (g_free);
    g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
    g_autofree struct CMUnitTest *tests = NULL;

    list_files (root, "", folders);
    for (guint i = 0; i < folders->len; i++)
        list_files (folders->pdata[i], ".txt", paths);
    if (paths->len == 0) {
        g_printerr ("no case files in %s\n", root);
        return 1;
    }
    tests = g_new0 (struct CMUnitTest, paths->len);
    for (guint i = 0; i < paths->len; i++) {
        const char *path = paths->pdata[i];

        tests[i] = (struct CMUnitTest){ .name = strrchr (path, '/') + 1,
                                        .test_func = run_case,
                                        .initial_state = (void *)path };
    }
    return _cmocka_run_group_tests ("source cases", tests, paths->len, NULL, NULL);
}
