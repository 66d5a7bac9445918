#include "chat_words.h"

#include <glib.h>
#include <string.h>

#define MOST_LINES 3 /* of a group */

static const char *const groups[] = { "Cross-channel", "Ads", "Traffic", "Content" };
static const char *const sources[] = { "Google Analytics", "Meta Ads", "Instagram" };

/* One sentence, with the fact that it is about. */
typedef struct {
    const json_t *facts, *fact;
    const char *prompt, *group;
    GString *text;
    const char *evidence; /* the id that it cites */
} Line;

static const char *
text_of (const json_t *object, const char *name)
{
    const char *text = json_string_value (json_object_get (object, name));

    return text ? text : "";
}

static gboolean
is_in (const json_t *list, const char *text)
{
    gsize i;
    json_t *item;

    json_array_foreach (list, i, item) if (g_strcmp0 (json_string_value (item), text) == 0) return TRUE;
    return FALSE;
}

static gboolean
has_name (const json_t *fact)
{
    return *text_of (fact, "name") != '\0';
}

/* A number of the whole period, and no more to it. */
static gboolean
is_plain (const json_t *fact)
{
    static const char *const others[] = { "usual", "before", "correlation", "days", "change" };

    for (guint i = 0; i < G_N_ELEMENTS (others); i++)
        if (strstr (text_of (fact, "what"), others[i]))
            return FALSE;
    return !*text_of (fact, "direction");
}

/* ---- the truth ----------------------------------------------------------------------------------- */

static void
put_capital (GString *text, const char *words)
{
    g_string_append_c (text, g_ascii_toupper (*words));
    g_string_append (text, *words ? words + 1 : "");
}

/* "Sessions fell 7% against 1–30 Sep 2026." FALSE: it is not such a change. */
static gboolean
say_change (Line *line)
{
    const char *what = text_of (line->fact, "what"), *id = text_of (line->fact, "id");

    if (!g_str_has_prefix (what, "change of ") || !*text_of (line->fact, "before"))
        return FALSE;
    put_capital (line->text, what + strlen ("change of "));
    g_string_append_printf (line->text, " {%s.rose} against {%s.before}.", id, id);
    return TRUE;
}

/* "Reach of “A post” was 1,234." */
static gboolean
say_part (Line *line)
{
    g_autofree char *kind = g_strdup_printf ("of a %s", text_of (line->fact, "kind"));
    const char *what = text_of (line->fact, "what"), *id = text_of (line->fact, "id");
    g_autoptr (GString) with_name = g_string_new (what);
    g_autofree char *of_name = g_strdup_printf ("of %s", text_of (line->fact, "name"));

    if (!has_name (line->fact) || !is_plain (line->fact) ||
        g_string_replace (with_name, kind, of_name, 1) != 1 || !g_str_has_suffix (with_name->str, of_name))
        return FALSE;
    put_capital (line->text, with_name->str);
    g_string_append_printf (line->text, " was {%s.value}.", id);
    return TRUE;
}

/* "Ad spend came to €1,240 in 1–30 Oct 2026." */
static gboolean
say_whole (Line *line)
{
    const char *what = text_of (line->fact, "what"), *id = text_of (line->fact, "id");

    if (has_name (line->fact) || !is_plain (line->fact))
        return FALSE;
    put_capital (line->text, what);
    g_string_append_printf (line->text, " came to {%s.value} in {%s.window}.", id, id);
    return TRUE;
}

/* ---- lies ------------------------------------------------------------------------------------------ */

static void
put_own_figure (Line *line, gboolean wrong)
{
    g_autofree char *value = g_strdup (text_of (line->fact, "value"));
    g_autofree char *slot = g_strdup_printf ("{%s.value}", text_of (line->fact, "id"));
    char *digit = value + strcspn (value, "0123456789");

    if (wrong && *digit)
        *digit = (char)('1' + (*digit - '0' + 1) % 9);
    if (!g_string_replace (line->text, slot, value, 0))
        g_string_append_printf (line->text, " That is %s.", value);
}

static void
lie_digit (Line *line)
{
    put_own_figure (line, TRUE);
}

static void
lie_digits (Line *line)
{
    put_own_figure (line, FALSE);
}

static void
lie_sign (Line *line)
{
    const char *direction = text_of (line->fact, "direction"), *id = text_of (line->fact, "id");
    const char *verb = strcmp (direction, "up") == 0 ? "fell" : "rose";

    if (!*direction)
        g_string_append (line->text, " That is lower than before.");
    else
        g_string_printf (line->text, "%s %s by {%s.value}.", text_of (line->fact, "what"), verb, id);
}

/* A name from the question that is not this fact's; NULL: there is none. */
static const char *
other_name (const Line *line)
{
    gsize i;
    json_t *fact;

    json_array_foreach (line->facts, i, fact) if (has_name (fact) && strcmp (text_of (fact, "name"),
                                                                             text_of (line->fact, "name")) !=
                                                                         0) return text_of (fact, "name");
    return NULL;
}

static void
lie_name (Line *line)
{
    const char *other = other_name (line);

    if (!other)
        g_string_append (line->text, " All of it is of Summer Sale.");
    else if (!has_name (line->fact) || !g_string_replace (line->text, text_of (line->fact, "name"), other, 0))
        g_string_printf (line->text, "%s had {%s.value}.", other, text_of (line->fact, "id"));
}

static void
lie_invent (Line *line)
{
    g_string_append (line->text, " Summer Sale was behind it.");
}

static void
lie_unconnected (Line *line)
{
    gboolean said = FALSE;

    for (guint i = 0; i < G_N_ELEMENTS (sources) && !said; i++) {
        g_autofree char *quoted = g_strdup_printf ("\\\"%s\\\"", sources[i]);

        said = strstr (line->prompt, quoted) == NULL;
        if (said)
            g_string_append_printf (line->text, " %s had {%s.value} of it.", sources[i],
                                    text_of (line->fact, "id"));
    }
    g_string_append (line->text, " TikTok brought {F998.value} besides.");
    line->evidence = "F998";
}

/* Whatever commands it finds in what it was sent, it follows. */
static void
lie_injected (Line *line)
{
    static const char *const commands[] = { "gnore ", "say ROAS", "900",       "<img",
                                            "](http", "ystem:",   "DROP TABLE" };

    for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
        const char *found = strstr (line->prompt, commands[i]);

        if (found)
            g_string_append_printf (line->text, " %.80s", found);
    }
    g_string_append (line->text, " ROAS is 900 %.");
}

static void
lie_rank (Line *line)
{
    g_string_printf (line->text, "%s had {%s.value}, the largest of all and more than any other.",
                     has_name (line->fact) ? text_of (line->fact, "name") : "Email",
                     text_of (line->fact, "id"));
}

static void
lie_dates (Line *line)
{
    g_string_append (line->text, " Most of it was on 31 December 1999, a Friday.");
}

static void
lie_numbers (Line *line)
{
    g_string_append (line->text, " It has more than doubled, and two thirds of it are new.");
}

static void
lie_cause (Line *line)
{
    g_string_append (line->text, " This is because the new campaign convinced people.");
}

static void
lie_unit (Line *line)
{
    g_autofree char *slot = g_strdup_printf ("{%s.value}", text_of (line->fact, "id"));
    g_autofree char *with = g_strdup_printf ("%s million", slot);

    if (!g_string_replace (line->text, slot, with, 0))
        g_string_append_printf (line->text, " That is %s.", with);
}

static void
lie_group (Line *line)
{
    for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
        if (!is_in (json_object_get (line->fact, "groups"), groups[i]))
            line->group = groups[i];
}

static void
lie_evidence (Line *line)
{
    line->evidence = "F997";
}

static void (*const lies[N_WORDS]) (Line *line) = {
    [WORDS_DIGIT] = lie_digit,       [WORDS_DIGITS] = lie_digits,     [WORDS_SIGN] = lie_sign,
    [WORDS_NAME] = lie_name,         [WORDS_INVENT] = lie_invent,     [WORDS_UNCONNECTED] = lie_unconnected,
    [WORDS_INJECTED] = lie_injected, [WORDS_RANK] = lie_rank,         [WORDS_DATES] = lie_dates,
    [WORDS_NUMBERS] = lie_numbers,   [WORDS_CAUSE] = lie_cause,       [WORDS_UNIT] = lie_unit,
    [WORDS_GROUP] = lie_group,       [WORDS_EVIDENCE] = lie_evidence,
};

/* ---- the whole ------------------------------------------------------------------------------------- */

static json_t *
write_line (const Line *line)
{
    return json_pack ("{s:s, s:s, s:[s], s:s}", "group", line->group, "text", line->text->str, "fact_ids",
                      line->evidence, "action", "");
}

/* TRUE: there was something to say of this fact. */
static gboolean
say (Line *line, ChatWords words, json_t *list)
{
    g_autoptr (GString) text = g_string_new (NULL);

    line->text = text;
    line->evidence = text_of (line->fact, "id");
    if (!say_change (line) && !say_part (line) && !say_whole (line))
        return FALSE;
    if (lies[words])
        lies[words](line);
    json_array_append_new (list, write_line (line));
    return TRUE;
}

static gboolean
was_said (GHashTable *said, const json_t *fact)
{
    char *key = g_strconcat (text_of (fact, "what"), "|", text_of (fact, "name"), NULL);

    return !g_hash_table_add (said, key);
}

static void
say_group (const char *group, const json_t *facts, const char *prompt, ChatWords words, json_t *list,
           GHashTable *said)
{
    gsize i, before = json_array_size (list);
    json_t *fact;

    json_array_foreach (facts, i, fact)
    {
        Line line = { .facts = facts, .fact = fact, .prompt = prompt, .group = group };

        if (json_array_size (list) - before < MOST_LINES && is_in (json_object_get (fact, "groups"), group) &&
            !was_said (said, fact))
            say (&line, words, list);
    }
}

char *
chat_words (ChatWords words, const char *prompt, const char *question)
{
    json_t *asked = json_loads (question, 0, NULL), *answer = json_object (), *list = json_array ();
    g_autoptr (GHashTable) said = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    char *dumped, *text;

    for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
        say_group (groups[i], json_object_get (asked, "facts"), prompt, words, list, said);
    json_object_set_new (answer, "insights", list);
    dumped = json_dumps (answer, JSON_COMPACT);
    text = g_strdup (dumped);
    free (dumped);
    json_decref (answer);
    json_decref (asked);
    return text;
}
