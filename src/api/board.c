/* board.c -- every widget of the saved layout, or of a list of keys, in one answer.
 *
 * All parts carry the same data version in their keys. Those that are kept are
 * taken as they are; the others are asked together, in one round trip and from
 * one snapshot, and kept. */
#include "api/answer.h"
#include "api/custom.h"
#include "api/handlers.h"
#include "api/layout.h"
#include "base/fault.h"
#include "sql.h"

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

static gboolean
read_layout (Call *call, json_t **layout, GError **error)
{
    g_autoptr (Rows) rows = store_ask (call->store, &sql_api_layout_get,
                                       PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }), error);

    if (!rows)
        return FALSE;
    *layout = rows_count (rows) ? layout_parse (rows_text (rows, 0, 0)) : NULL;
    return TRUE;
}

/* The keys that were asked for as a layout of them: each its own id. */
static gboolean
layout_of_keys (const char *list, json_t **layout, GError **error)
{
    g_auto (GStrv) keys = g_strsplit (list, ",", LAYOUT_MOST_WIDGETS + 1);
    json_t *widgets = json_array ();

    *layout = json_pack ("{s:o}", "widgets", widgets);
    for (guint i = 0; keys[i]; i++)
        if (*keys[i] && json_array_append_new (widgets, json_pack ("{s:s}", "id", keys[i])) != 0)
            return fault_set (error, FAULT_INVALID, "a key is not text");
    return json_array_size (widgets) <= LAYOUT_MOST_WIDGETS ||
           fault_set (error, FAULT_INVALID, "at most %d widgets can be asked for at once",
                      LAYOUT_MOST_WIDGETS);
}

/* What is to be answered; the caller drops it, also on failure. */
static gboolean
read_asked (Call *call, json_t **layout, GError **error)
{
    const char *list = call_query (call, "widgets");

    *layout = NULL;
    return list ? layout_of_keys (list, layout, error) : read_layout (call, layout, error);
}

/* A widget that this version no longer has is left out, so that the others show. */
static GArray *
list_parts (Call *call, json_t *layout, GPtrArray *own, const WidgetRequest *request)
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

static gboolean
ask_missing (Call *call, GPtrArray *missing, const WidgetRequest *request, GError **error)
{
    g_autofree const Widget **widgets = g_new (const Widget *, missing->len + 1);
    g_autofree GString **texts = g_new0 (GString *, missing->len + 1);

    for (guint i = 0; i < missing->len; i++)
        widgets[i] = ((Part *)missing->pdata[i])->widget;
    if (missing->len &&
        !widgets_answer (call->store, call->who.user_id, widgets, missing->len, request, texts, error))
        return FALSE;
    for (guint i = 0; i < missing->len; i++) {
        Part *part = missing->pdata[i];

        part->ready = answer_keep (call, part->key->str, part->word, texts[i]);
    }
    return TRUE;
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

static gboolean
answer (Call *call, json_t *layout, const WidgetRequest *request, GError **error)
{
    g_autoptr (GPtrArray) own = names_own (layout) ? custom_list (call, error) : g_ptr_array_new ();
    g_autoptr (GArray) parts = NULL;
    g_autoptr (GPtrArray) missing = NULL;
    g_autoptr (HttpReady) ready = NULL;

    if (!own)
        return FALSE;
    parts = list_parts (call, layout, own, request);
    missing = take_kept (call, parts);
    if (!ask_missing (call, missing, request, error))
        return FALSE;
    ready = answer_ready (call, draw (parts));
    call_reply_ready (call, ready);
    return TRUE;
}

gboolean
dashboard_data (Call *call, GError **error)
{
    WidgetRequest request;
    json_t *layout;
    gboolean ok;

    if (!answer_request (call, &request, error))
        return FALSE;
    ok = read_asked (call, &layout, error) && answer (call, layout, &request, error);
    json_decref (layout);
    return ok;
}
