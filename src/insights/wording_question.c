/* wording_question.c -- the facts as a model is told them: no name that others have chosen. */
#include "insights/wording_private.h"

#include <string.h>

static const struct {
    Kind kind;
    const char *word;
} kinds[] = {
    { KIND_CHANNEL, "channel" }, { KIND_CAMPAIGN, "campaign" },      { KIND_PAGE, "page" },
    { KIND_POST, "post" },       { KIND_POST_TYPE, "kind of post" }, { KIND_WEEKDAY, "weekday" },
};

static void
put_what (const Told *told, Json *json)
{
    const Aspect *aspect = told->sense.aspect;
    g_autofree char *what = g_strconcat (aspect->before, told->sense.subject->what, aspect->after, NULL);

    json_put_text (json, "what", what);
}

/* The same slot for all facts with that name, so that it shows which belong together. */
static void
put_name (const Wording *wording, const Told *told, Json *json)
{
    g_autofree char *slot = g_strdup_printf ("{%s.name}", told_at (wording, told->entity)->fact->id);

    for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
        if (kinds[i].kind == told->sense.subject->kind)
            json_put_text (json, "kind", kinds[i].word);
    json_put_text (json, "name", slot);
}

/* A code is three letters, or it is nothing that a model should read. */
static gboolean
is_code (const char *currency)
{
    return strlen (currency) == 3 && strspn (currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

static void
put_value (const Fact *fact, Json *json)
{
    g_autoptr (GString) text = g_string_new (NULL);
    Figure figure = fact->figure;

    if (!is_code (fact->currency))
        figure.currency = NULL;
    if (fact_direction (fact) > 0)
        g_string_append_c (text, '+');
    prose_figure (text, &figure);
    json_put_text (json, "value", text->str);
    json_put_text (json, "unit", figure.points ? "points" : unit_name (figure.unit));
}

static void
put_window (const char *key, Period window, Json *json)
{
    g_autoptr (GString) text = g_string_new (NULL);

    if (period_days (window) < 1)
        return;
    prose_window (text, window);
    json_put_text (json, key, text->str);
}

static void
put_groups (guint groups, Json *json)
{
    json_key (json, "groups");
    json_begin_array (json);
    for (Group group = 0; group < N_GROUPS; group++)
        if (groups & (1u << group))
            json_text (json, group_name (group));
    json_end_array (json);
}

static void
write_told (const Wording *wording, const Told *told, Json *json)
{
    static const char *const ways[] = { "down", "flat", "up" };

    json_begin_object (json);
    json_put_text (json, "id", told->fact->id);
    put_groups (told->groups, json);
    put_what (told, json);
    if (told_has_name (told))
        put_name (wording, told, json);
    put_value (told->fact, json);
    if (told->fact->is_change)
        json_put_text (json, "direction", ways[fact_direction (told->fact) + 1]);
    put_window ("window", told->fact->window, json);
    put_window ("before", told->fact->before, json);
    json_end_object (json);
}

static void
write_step (const Wording *wording, const Step *step, Json *json)
{
    json_begin_object (json);
    json_put_text (json, "id", step->id);
    json_key (json, "facts");
    json_begin_array (json);
    for (guint i = 0; i < step->rule->facts->len; i++) {
        const Fact *fact = step->rule->facts->pdata[i];

        if (wording_told (wording, fact->id, strlen (fact->id)))
            json_text (json, fact->id);
    }
    json_end_array (json);
    json_put_text (json, "text", step->text);
    json_end_object (json);
}

static void
write_sources (Source connected, Json *json)
{
    json_key (json, "sources");
    json_begin_array (json);
    for (guint i = 0; i < G_N_ELEMENTS (source_infos); i++)
        if (connected & source_infos[i].source)
            json_text (json, source_infos[i].title);
    json_end_array (json);
}

GString *
wording_ask (const Wording *wording)
{
    GString *text = g_string_new (NULL);
    Json json = JSON_INTO (text);

    json_begin_object (&json);
    write_sources (wording->connected, &json);
    json_key (&json, "facts");
    json_begin_array (&json);
    for (guint i = 0; i < wording->told->len; i++)
        write_told (wording, told_at (wording, i), &json);
    json_end_array (&json);
    json_key (&json, "actions");
    json_begin_array (&json);
    for (guint i = 0; i < wording->steps->len; i++)
        write_step (wording, &g_array_index (wording->steps, Step, i), &json);
    json_end_array (&json);
    json_end_object (&json);
    return text;
}
