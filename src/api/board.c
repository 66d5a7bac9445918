/* board.c -- every widget of the saved layout, or of a list of keys, in one answer.
 *
 * All parts carry the same data version in their keys. Those that are kept are
 * taken as they are; the others are asked together, in one round trip and from
 * one snapshot, and kept.
 *
 * What to ask depends on the layout, which would cost a round trip of its own.
 * So the layout of the last time is taken as a guess, and the true one is asked
 * for together with the data: a wrong guess is only slower, never a wrong answer. */
#include "api/board.h"

#include "api/answer.h"
#include "api/custom.h"
#include "api/handlers.h"
#include "api/layout.h"
#include "base/fault.h"
#include "sql.h"

#include <string.h>

/* A widget of the layout: its id there, what it is, and its answer. */
typedef struct {
    const char *id; /* borrowed from the layout */
    const Widget *widget;
    GString *key;
    char word[SECOND_WORD];
    HttpReady *ready;
} Part;

static void
part_clear (gpointer data)
{
    Part *part = data;

    g_string_free (part->key, TRUE);
    http_ready_unref (part->ready);
}

/* ---- the layout ---- */

/* The saved layout's text; "" if there is none. */
static GRefString *
text_of (const Rows *rows)
{
    return g_ref_string_new (rows_count (rows) ? rows_text (rows, 0, 0) : "");
}

static GRefString *
read_layout (Call *call, GError **error)
{
    g_autoptr (Rows) rows = store_ask (call->store, &sql_api_layout_get,
                                       PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }), error);

    return rows ? text_of (rows) : NULL;
}

static GRefString *
guess_layout (Call *call)
{
    gpointer text;

    return cache_peek (call->api->layouts, call->who.user_id, &text) == CACHE_HIT ? text : NULL;
}

static void
note_layout (Call *call, GRefString *text)
{
    cache_fill (call->api->layouts, call->who.user_id, text, g_ref_string_length (text) + 1);
}

/* Is one of them the user's own? Most boards have none, and need no look for them. */
static gboolean
names_own (json_t *layout)
{
    json_t *entry;
    gsize i;

    json_array_foreach (json_object_get (layout, "widgets"), i, entry)
    {
        if (custom_is_key (layout_key (entry)))
            return TRUE;
    }
    return FALSE;
}

/* ---- its parts ---- */

/* A widget that this version no longer has is left out, so that the others show. Whose formulas own has, if
 * they are not those that the user has now: part of their keys. */
static GArray *
list_parts (Call *call, json_t *layout, GPtrArray *own, const char *whose, const WidgetRequest *request)
{
    GArray *parts = g_array_new (FALSE, TRUE, sizeof (Part));
    json_t *entry;
    gsize i;

    g_array_set_clear_func (parts, part_clear);
    json_array_foreach (json_object_get (layout, "widgets"), i, entry)
    {
        Part part = { .id = json_string_value (json_object_get (entry, "id")),
                      .widget = custom_among (own, layout_key (entry)) };

        if (!part.id || !part.widget)
            continue;
        part.key = g_string_sized_new (160);
        answer_key (call, part.widget, request, part.key);
        if (whose && part.widget->custom)
            g_string_append_printf (part.key, "|%s", whose);
        g_array_append_val (parts, part);
    }
    return parts;
}

/* Another part of the board that asks the same. */
static Part *
find_same (GArray *parts, guint before, const Part *part)
{
    for (guint i = 0; i < before; i++)
        if (g_array_index (parts, Part, i).widget == part->widget)
            return &g_array_index (parts, Part, i);
    return NULL;
}

/* The parts that have to be asked; the others are filled in from the cache. */
static GPtrArray *
take_kept (Call *call, GArray *parts)
{
    GPtrArray *missing = g_ptr_array_new ();

    for (guint i = 0; i < parts->len; i++) {
        Part *part = &g_array_index (parts, Part, i);
        gpointer found;

        if (find_same (parts, i, part))
            continue;
        if (cache_peek (call->api->options.cache, part->key->str, &found) == CACHE_HIT)
            part->ready = found;
        else if (!(part->ready = answer_shared (call, part->key->str, part->word)))
            g_ptr_array_add (missing, part);
    }
    return missing;
}

/* Asks for the missing parts; if `now` is given, also for the layout as it is in the same snapshot. */
static gboolean
ask_missing (Call *call, GPtrArray *missing, const WidgetRequest *request, GRefString **now, GError **error)
{
    g_autofree const Widget **widgets = g_new (const Widget *, missing->len + 1);
    g_autofree GString **texts = g_new0 (GString *, missing->len + 1);
    WidgetQuestion question = { .user_id = call->who.user_id,
                                .widgets = widgets,
                                .n = missing->len,
                                .request = request,
                                .answers = texts,
                                .beside = now ? &sql_api_layout_get : NULL };

    for (guint i = 0; i < missing->len; i++)
        widgets[i] = ((Part *)missing->pdata[i])->widget;
    if (!widgets_answer_all (call->store, &question, 1, error))
        return FALSE;
    for (guint i = 0; i < missing->len; i++) {
        Part *part = missing->pdata[i];

        part->ready = answer_keep (call, part->key->str, part->word, texts[i]);
    }
    if (now)
        *now = text_of (question.beside_rows);
    rows_free (question.beside_rows);
    return TRUE;
}

static gboolean
fill (Call *call, GArray *parts, const WidgetRequest *request, GRefString **now, GError **error)
{
    g_autoptr (GPtrArray) missing = take_kept (call, parts);

    if (missing->len)
        return ask_missing (call, missing, request, now, error);
    return !now || (*now = read_layout (call, error));
}

/* {"widgets":{"<id>":{…}}}; an id that stands twice is written once. */
static GString *
draw (GArray *parts)
{
    g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
    GString *out = g_string_sized_new (16384);
    Json json = JSON_INTO (out);

    json_begin_object (&json);
    json_key (&json, "widgets");
    json_begin_object (&json);
    for (guint i = 0; i < parts->len; i++) {
        const Part *part = &g_array_index (parts, Part, i), *same = find_same (parts, i, part);
        gconstpointer data;
        gsize n;

        if (!g_hash_table_add (seen, (gpointer)part->id))
            continue;
        data = g_bytes_get_data (http_ready_body ((same ? same : part)->ready), &n);
        json_text (&json, part->id);
        g_string_append_c (out, ':');
        json.comma = FALSE;
        json_raw (&json, data, n);
    }
    json_end_object (&json);
    json_end_object (&json);
    return out;
}

/* The answer for this layout; if `now` is given, the layout as it is comes along. */
static HttpReady *
answer (Call *call, json_t *layout, const WidgetRequest *request, GRefString **now, GError **error)
{
    g_autoptr (GPtrArray) own = names_own (layout) ? custom_list (call, error) : g_ptr_array_new ();
    g_autoptr (GArray) parts = own ? list_parts (call, layout, own, NULL, request) : NULL;

    if (!parts || !fill (call, parts, request, now, error))
        return NULL;
    return answer_ready (call, draw (parts));
}

HttpReady *
board_answer (Call *call, json_t *layout, GPtrArray *own, const char *whose, const WidgetRequest *request,
              GError **error)
{
    g_autoptr (GArray) parts = list_parts (call, layout, own, whose, request);

    return fill (call, parts, request, NULL, error) ? answer_ready (call, draw (parts)) : NULL;
}

static HttpReady *
answer_text (Call *call, const char *text, const WidgetRequest *request, GRefString **now, GError **error)
{
    json_t *layout = *text ? layout_parse (text) : NULL;
    HttpReady *ready = answer (call, layout, request, now, error);

    json_decref (layout);
    return ready;
}

/* What was kept on the way of a wrong guess is right all the same: each part is kept by itself. */
static HttpReady *
answer_guess (Call *call, const char *guess, const WidgetRequest *request, GError **error)
{
    GRefString *now = NULL;
    HttpReady *ready = answer_text (call, guess, request, &now, error);

    if (ready && strcmp (guess, now) != 0) {
        note_layout (call, now);
        http_ready_unref (ready);
        ready = answer_text (call, now, request, NULL, error);
    }
    g_clear_pointer (&now, g_ref_string_release);
    return ready;
}

static HttpReady *
answer_first (Call *call, const WidgetRequest *request, GError **error)
{
    GRefString *text = read_layout (call, error);
    HttpReady *ready;

    if (!text)
        return NULL;
    note_layout (call, text);
    ready = answer_text (call, text, request, NULL, error);
    g_ref_string_release (text);
    return ready;
}

static HttpReady *
answer_saved (Call *call, const WidgetRequest *request, GError **error)
{
    GRefString *guess = guess_layout (call);
    HttpReady *ready =
        guess ? answer_guess (call, guess, request, error) : answer_first (call, request, error);

    g_clear_pointer (&guess, g_ref_string_release);
    return ready;
}

/* ---- without a layout ---- */

/* A list of keys as a layout of them, each its own id; the caller drops it. */
static json_t *
layout_of_keys (const char *list, GError **error)
{
    g_auto (GStrv) keys = g_strsplit (list, ",", LAYOUT_MOST_WIDGETS + 1);
    json_t *widgets = json_array ();

    for (guint i = 0; keys[i]; i++)
        if (*keys[i])
            json_array_append_new (widgets, json_pack ("{s:s}", "id", keys[i]));
    if (json_array_size (widgets) <= LAYOUT_MOST_WIDGETS)
        return json_pack ("{s:o}", "widgets", widgets);
    json_decref (widgets);
    fault_set (error, FAULT_INVALID, "at most %d widgets can be asked for at once", LAYOUT_MOST_WIDGETS);
    return NULL;
}

static HttpReady *
answer_keys (Call *call, const char *list, const WidgetRequest *request, GError **error)
{
    json_t *layout = layout_of_keys (list, error);
    HttpReady *ready = layout ? answer (call, layout, request, NULL, error) : NULL;

    json_decref (layout);
    return ready;
}

gboolean
dashboard_data (Call *call, GError **error)
{
    g_autoptr (HttpReady) ready = NULL;
    const char *list = call_query (call, "widgets");
    WidgetRequest request;

    if (!answer_request (call, &request, error))
        return FALSE;
    ready = list ? answer_keys (call, list, &request, error) : answer_saved (call, &request, error);
    if (!ready)
        return FALSE;
    call_reply_ready (call, ready);
    return TRUE;
}
