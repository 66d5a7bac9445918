/* wording_read.c -- a model's answer into bullets, or back to those of the rules. */
#include "base/fault.h"
#include "insights/wording_private.h"

#include <jansson.h>
#include <string.h>

#define ANSWER_MOST  (256 * 1024) /* bytes */
#define BRACES_MOST  32           /* tried as the beginning of the answer */
#define BULLETS_MOST 8            /* of a group; three are shown */
#define MODEL_WEIGHT 90           /* of the first; the next a little less */

typedef struct {
    const Wording *wording;
    GPtrArray *bullets[N_GROUPS]; /* of the model, proven */
    GHashTable *seen;             /* texts */
    gboolean lost[N_GROUPS];      /* one was refused */
    WordingTally *tally;
} Reading;

/* ---- finding the JSON ---- */

/* Some models talk around their JSON, fence it, or think aloud in braces: what counts is the first object
 * that holds the list. */
static json_t *
find_answer (const char *text)
{
    for (guint tries = 0; tries < BRACES_MOST && (text = strchr (text, '{')); tries++, text++) {
        json_t *root = json_loads (text, JSON_DISABLE_EOF_CHECK, NULL);

        if (json_is_array (json_object_get (root, "insights")))
            return root;
        json_decref (root);
    }
    return NULL;
}

static json_t *
load (const char *content, gsize size, GError **error)
{
    g_autofree char *text = size <= ANSWER_MOST ? g_strndup (content, size) : NULL;
    json_t *root = text ? find_answer (text) : NULL;

    if (!root)
        fault_set (error, FAULT_REMOTE, "The language model's answer holds no list of insights.");
    return root;
}

/* ---- one sentence ---- */

static const char *
text_of (json_t *object, const char *key)
{
    const char *text = json_string_value (json_object_get (object, key));

    return text ? text : "";
}

/* FALSE: one of the ids is not of a fact that was told. */
static gboolean
read_ids (const Wording *wording, json_t *ids, GPtrArray *cited)
{
    gsize i;
    json_t *id;

    json_array_foreach (ids, i, id)
    {
        const char *text = json_string_value (id);
        const Told *told = text ? wording_told (wording, text, strlen (text)) : NULL;

        if (!told)
            return FALSE;
        g_ptr_array_add (cited, (gpointer)told);
    }
    return TRUE;
}

static gboolean
all_in_group (const GPtrArray *cited, Group group)
{
    for (guint i = 0; i < cited->len; i++)
        if (!(((const Told *)cited->pdata[i])->groups & (1u << group)))
            return FALSE;
    return TRUE;
}

static const Fact *
last_named (const GPtrArray *facts)
{
    const Fact *named = NULL;

    for (guint i = 0; i < facts->len; i++)
        if (((const Fact *)facts->pdata[i])->entity)
            named = facts->pdata[i];
    return named;
}

/* Does the rules' closing sentence follow from these facts too? What it calls "its" must be the same. */
static gboolean
step_fits (const Step *step, const Bullet *bullet)
{
    const Fact *its = last_named (step->rule->facts), *ours = last_named (bullet->facts);

    if (step->rule->group != bullet->group || (its && (!ours || !g_str_equal (its->entity, ours->entity))))
        return FALSE;
    for (guint i = 0; i < bullet->facts->len; i++)
        if (g_ptr_array_find (step->rule->facts, bullet->facts->pdata[i], NULL))
            return TRUE;
    return FALSE;
}

/* Only the rules' own closing sentences are shown; whatever else a model would have people do is not. */
static void
add_step (const Wording *wording, Bullet *bullet, const char *id)
{
    for (guint i = 0; i < wording->steps->len; i++) {
        const Step *step = &g_array_index (wording->steps, Step, i);

        if (g_str_equal (step->id, id) && step_fits (step, bullet))
            g_string_append_printf (bullet->text, " %s", step->text);
    }
}

static void
finish (GString *text)
{
    while (text->len && strchr (" ,;:", text->str[text->len - 1]))
        g_string_truncate (text, text->len - 1);
    if (text->len && !strchr (".!?", text->str[text->len - 1]))
        g_string_append_c (text, '.');
    if (text->len)
        text->str[0] = g_ascii_toupper (text->str[0]);
}

/* The one that all the facts belong to; N_GROUPS: there is none. */
static Group
group_of (const GPtrArray *cited)
{
    static const Group order[] = { GROUP_TRAFFIC, GROUP_ADS, GROUP_CONTENT, GROUP_CROSS_CHANNEL };

    for (guint i = 0; i < G_N_ELEMENTS (order); i++)
        if (all_in_group (cited, order[i]))
            return order[i];
    return N_GROUPS;
}

/* What a sentence comes to: its words, and what they rest on. */
typedef struct {
    GString *text;
    GPtrArray *cited; /* of Told */
} Sentence;

static void
sentence_clear (Sentence *sentence)
{
    if (sentence->text)
        g_string_free (sentence->text, TRUE);
    g_clear_pointer (&sentence->cited, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sentence, sentence_clear)

/* NULL, or why it is not believed. */
static const char *
read_sentence (const Wording *wording, json_t *insight, Sentence *sentence)
{
    const char *text = text_of (insight, "text"), *why = NULL;
    g_autoptr (GArray) tokens = text_parse (wording, text, &why);

    sentence->cited = g_ptr_array_new ();
    if (!tokens)
        return why;
    if (!read_ids (wording, json_object_get (insight, "fact_ids"), sentence->cited))
        return "an unknown fact";
    why = text_check (wording, tokens, sentence->cited);
    if (why)
        return why;
    sentence->text = text_fill (text, tokens);
    finish (sentence->text);
    return NULL;
}

/* *group is N_GROUPS if the model named none; then it follows from the facts. */
static const char *
place (Reading *reading, const Sentence *sentence, Group *group, const char *action)
{
    GPtrArray *into;
    Bullet *bullet;

    if (*group == N_GROUPS)
        *group = group_of (sentence->cited);
    if (*group == N_GROUPS || *group == GROUP_QUALITY || !all_in_group (sentence->cited, *group))
        return "facts of another group";
    if (!g_hash_table_add (reading->seen, g_strdup (sentence->text->str)))
        return "the same again";
    into = reading->bullets[*group];
    if (into->len >= BULLETS_MOST)
        return NULL; /* more than will ever be shown */
    bullet = bullet_add (into, *group, MODEL_WEIGHT - into->len);
    g_string_append (bullet->text, sentence->text->str);
    for (guint i = 0; i < sentence->cited->len; i++)
        bullet_cite (bullet, ((const Told *)sentence->cited->pdata[i])->fact);
    add_step (reading->wording, bullet, action);
    return NULL;
}

static void
read_insight (Reading *reading, json_t *insight)
{
    const char *named = json_string_value (json_object_get (insight, "group"));
    Group group = wording_group_find (named);
    g_auto (Sentence) sentence = { 0 };
    const char *why = named && group == N_GROUPS ? "an unknown group" : NULL;

    if (!why)
        why = read_sentence (reading->wording, insight, &sentence);
    if (!why)
        why = place (reading, &sentence, &group, text_of (insight, "action"));
    if (!why)
        return;
    g_debug ("a sentence of the language model was dropped: %s", why);
    reading->tally->dropped++;
    if (group < N_GROUPS)
        reading->lost[group] = TRUE;
}

/* ---- all of them, with the rules' ---- */

static void
copy_bullet (GPtrArray *into, const Bullet *bullet)
{
    Bullet *copy = bullet_add (into, bullet->group, bullet->weight);

    g_string_append (copy->text, bullet->text->str);
    for (guint i = 0; i < bullet->facts->len; i++)
        bullet_cite (copy, bullet->facts->pdata[i]);
}

static gboolean
is_cited (const Bullet *bullet, const char *metric)
{
    for (guint i = 0; i < bullet->facts->len; i++) {
        const Fact *fact = bullet->facts->pdata[i];

        if (g_str_equal (fact->metric, metric) && !fact->entity)
            return TRUE;
    }
    return FALSE;
}

/* The sentence that tells what the period had in all. */
static gboolean
is_opening (const Bullet *bullet)
{
    return bullet->group == GROUP_CROSS_CHANNEL &&
           (is_cited (bullet, "sessions") || is_cited (bullet, "spend"));
}

/* Is it about nothing that the model was told? Then the model can't have said it. */
static gboolean
is_untold (const Wording *wording, const Bullet *bullet)
{
    for (guint i = 0; i < bullet->facts->len; i++) {
        const char *id = ((const Fact *)bullet->facts->pdata[i])->id;

        if (wording_told (wording, id, strlen (id)))
            return FALSE;
    }
    return TRUE;
}

/* Is the total of that metric told in its words? */
static gboolean
tells (const Bullet *bullet, const char *metric)
{
    for (guint i = 0; i < bullet->facts->len; i++) {
        const Fact *fact = bullet->facts->pdata[i];
        g_autoptr (GString) figure = g_string_new (NULL);

        prose_figure (figure, &fact->figure);
        if (g_str_equal (fact->metric, metric) && strstr (bullet->text->str, figure->str))
            return TRUE;
    }
    return FALSE;
}

/* Does the model's first sentence of all sources open with both totals? */
static gboolean
opens (const GPtrArray *bullets)
{
    return bullets->len && tells (bullets->pdata[0], "sessions") && tells (bullets->pdata[0], "spend");
}

static void
add_rules (const Reading *reading, GPtrArray *all, Group group)
{
    const GPtrArray *rules = reading->wording->bullets, *own = reading->bullets[group];
    gboolean fallen = reading->lost[group] || !own->len;

    for (guint i = 0; i < rules->len; i++) {
        const Bullet *rule = rules->pdata[i];

        if (rule->group == group &&
            (fallen || is_untold (reading->wording, rule) || (is_opening (rule) && !opens (own))))
            copy_bullet (all, rule);
    }
}

static void
add_group (const Reading *reading, GPtrArray *all, Group group)
{
    const GPtrArray *own = reading->bullets[group];

    add_rules (reading, all, group);
    if (reading->lost[group]) {
        reading->tally->groups_fallen_back++;
        return;
    }
    for (guint i = 0; i < own->len; i++)
        copy_bullet (all, own->pdata[i]);
    reading->tally->kept += own->len;
}

static void
reading_clear (Reading *reading)
{
    for (Group group = 0; group < N_GROUPS; group++)
        g_clear_pointer (&reading->bullets[group], g_ptr_array_unref);
    g_clear_pointer (&reading->seen, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reading, reading_clear)

GPtrArray *
wording_read (const Wording *wording, const char *content, gsize size, WordingTally *tally, GError **error)
{
    g_auto (Reading) reading = { .wording = wording, .tally = tally };
    GPtrArray *all;
    json_t *root = load (content, size, error), *insight;
    gsize i;

    *tally = (WordingTally){ 0 };
    if (!root)
        return NULL;
    reading.seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    for (Group group = 0; group < N_GROUPS; group++)
        reading.bullets[group] = bullets_new ();
    json_array_foreach (json_object_get (root, "insights"), i, insight) read_insight (&reading, insight);
    json_decref (root);
    all = bullets_new ();
    for (Group group = 0; group < N_GROUPS; group++)
        add_group (&reading, all, group);
    return all;
}
