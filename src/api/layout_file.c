/* layout_file.c -- the layout as a file to keep: written the same way each time, so that a
 * version control shows what changed, and compared with the saved one before it is taken. It carries
 * the definitions of the user's own widgets that it names, so that it shows the same elsewhere; not
 * his targets, which are about his numbers and not about the board. */
#include "api/handlers.h"
#include "api/layout.h"
#include "api/layout_own.h"
#include "base/fault.h"
#include "sql.h"

#include <string.h>

#define CARRIED "custom" /* the member that holds what it carries */

static gboolean
read_saved (Call *call, json_t **layout, char **tag, GError **error)
{
    g_autoptr (Rows) rows = store_ask (call->store, &sql_api_layout_get,
                                       PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }), error);

    if (!rows)
        return FALSE;
    *layout = rows_count (rows) ? layout_parse (rows_text (rows, 0, 0)) : NULL;
    *tag = layout_tag (rows_count (rows) ? rows_instant (rows, 0, 1) : INSTANT_NONE);
    if (!*layout)
        *layout = json_pack ("{s:[]}", "widgets");
    json_object_del (*layout, CARRIED);
    return TRUE;
}

/* The user's own widgets that it names, into the layout. */
static gboolean
carry_own (Call *call, json_t *layout, GError **error)
{
    json_t *named = layout_own_named (call, layout, error);

    if (named && json_object_size (named))
        return json_object_set_new (layout, CARRIED, named) == 0;
    json_decref (named);
    return named != NULL;
}

gboolean
layout_export (Call *call, GError **error)
{
    json_t *layout = NULL;
    g_autofree char *tag = NULL, *text = NULL;
    GString *body;

    if (!read_saved (call, &layout, &tag, error) || !carry_own (call, layout, error)) {
        json_decref (layout);
        return FALSE;
    }
    text = json_dumps (layout, JSON_INDENT (2) | JSON_SORT_KEYS);
    json_decref (layout);
    body = g_string_new (text);
    g_string_append_c (body, '\n');
    http_reply_header (call->http, "ETag", tag);
    http_reply_header (call->http, "Content-Disposition", "attachment; filename=\"daymark-layout.json\"");
    return call_reply (call, 200, body);
}

/* ---- the difference ---- */

/* The widgets of one layout by id; one that stands twice is "id" and "id (2)". */
typedef struct {
    GPtrArray *names; /* in their order */
    GHashTable *entries;
} Side;

static void
side_clear (Side *side)
{
    g_clear_pointer (&side->entries, g_hash_table_unref);
    g_clear_pointer (&side->names, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Side, side_clear)

static Side
side_of (json_t *layout)
{
    Side side = { g_ptr_array_new_with_free_func (g_free), g_hash_table_new (g_str_hash, g_str_equal) };
    gsize i;
    json_t *entry;

    json_array_foreach (json_object_get (layout, "widgets"), i, entry)
    {
        const char *id = json_string_value (json_object_get (entry, "id"));
        char *name = g_strdup (id ? id : "");

        for (guint n = 2; g_hash_table_contains (side.entries, name); n++) {
            g_free (name);
            name = g_strdup_printf ("%s (%u)", id ? id : "", n);
        }
        g_ptr_array_add (side.names, name);
        g_hash_table_insert (side.entries, name, entry);
    }
    return side;
}

/* The place of a widget among those that both sides have. */
static guint
rank_of (const Side *side, const Side *other, const char *name)
{
    guint rank = 0;

    for (guint i = 0; i < side->names->len && strcmp (side->names->pdata[i], name) != 0; i++)
        rank += g_hash_table_contains (other->entries, side->names->pdata[i]);
    return rank;
}

static void
add_once (GPtrArray *list, const char *name)
{
    if (!g_ptr_array_find_with_equal_func (list, name, g_str_equal, NULL))
        g_ptr_array_add (list, (gpointer)name);
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
    return strcmp (*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *
layout_differences (json_t *one, json_t *other)
{
    GPtrArray *names = g_ptr_array_new ();
    const char *name;
    json_t *value;

    json_object_foreach (one, name, value) if (!json_equal (value, json_object_get (other, name)))
        add_once (names, name);
    json_object_foreach (other, name, value) if (!json_equal (value, json_object_get (one, name)))
        add_once (names, name);
    g_ptr_array_sort (names, compare_names);
    return names;
}

static gboolean
is_place (const char *field)
{
    static const char *const places[] = { "h", "order", "places", "size", "w", "x", "y", NULL };

    return g_strv_contains (places, field);
}

static gboolean
only_places (const GPtrArray *fields)
{
    for (guint i = 0; i < fields->len; i++)
        if (!is_place (fields->pdata[i]))
            return FALSE;
    return TRUE;
}

static void
write_names (const char *key, const GPtrArray *names, Json *json)
{
    json_key (json, key);
    json_begin_array (json);
    for (guint i = 0; i < names->len; i++)
        json_text (json, names->pdata[i]);
    json_end_array (json);
}

static void
write_entry (json_t *entry, const GPtrArray *fields, Json *json)
{
    json_begin_object (json);
    json_put_text (json, "id", json_string_value (json_object_get (entry, "id")));
    json_put_text (json, "key", layout_key (entry));
    if (fields)
        write_names ("fields", fields, json);
    json_end_object (json);
}

/* What one side has and the other lacks. */
static gboolean
write_only (const char *key, const Side *side, const Side *other, Json *json)
{
    gboolean any = FALSE;

    json_key (json, key);
    json_begin_array (json);
    for (guint i = 0; i < side->names->len; i++) {
        const char *name = side->names->pdata[i];

        if (g_hash_table_contains (other->entries, name))
            continue;
        write_entry (g_hash_table_lookup (side->entries, name), NULL, json);
        any = TRUE;
    }
    json_end_array (json);
    return any;
}

/* What both have, but not alike: only in another place, or else changed. */
static gboolean
write_altered (const char *key, const Side *before, const Side *after, gboolean moved, Json *json)
{
    gboolean any = FALSE;

    json_key (json, key);
    json_begin_array (json);
    for (guint i = 0; i < after->names->len; i++) {
        const char *name = after->names->pdata[i];
        json_t *was = g_hash_table_lookup (before->entries, name),
               *is = g_hash_table_lookup (after->entries, name);
        g_autoptr (GPtrArray) fields = was ? layout_differences (was, is) : g_ptr_array_new ();

        if (was && rank_of (before, after, name) != rank_of (after, before, name))
            add_once (fields, "order");
        if (!fields->len || only_places (fields) != moved)
            continue;
        write_entry (is, fields, json);
        any = TRUE;
    }
    json_end_array (json);
    return any;
}

/* The members of the layout besides its widgets. */
static gboolean
write_members (json_t *before, json_t *after, Json *json)
{
    g_autoptr (GPtrArray) names = layout_differences (before, after);
    guint at;

    if (g_ptr_array_find_with_equal_func (names, "widgets", g_str_equal, &at))
        g_ptr_array_remove_index (names, at);
    write_names ("members", names, json);
    return names->len > 0;
}

/* What the user has, and what the file wants. */
typedef struct {
    json_t *layout, *custom; /* custom NULL: nothing is carried */
} Board;

static void
board_clear (Board *board)
{
    json_decref (board->layout);
    json_decref (board->custom);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Board, board_clear)

static void
write_difference (const Board *before, const Board *after, Json *json)
{
    g_auto (Side) was = side_of (before->layout), is = side_of (after->layout);
    gboolean any = write_only ("added", &is, &was, json);

    any |= write_only ("removed", &was, &is, json);
    any |= write_altered ("moved", &was, &is, TRUE, json);
    any |= write_altered ("changed", &was, &is, FALSE, json);
    any |= write_members (before->layout, after->layout, json);
    any |= layout_own_difference (before->custom, after->custom, json);
    json_put_bool (json, "same", !any);
}

/* ---- taking it ---- */

static gboolean
read_dry (const Call *call, gboolean *dry, GError **error)
{
    const char *text = call_query (call, "dry");

    *dry = text && (strcmp (text, "1") == 0 || strcmp (text, "true") == 0);
    if (!text || *dry || strcmp (text, "0") == 0 || strcmp (text, "false") == 0)
        return TRUE;
    return fault_set (error, FAULT_INVALID, "dry is \"%.20s\"; it can be 1 or 0", text);
}

/* As it is kept; the file itself may be larger, being made for people. */
static gboolean
check_size (json_t *layout, GError **error)
{
    g_autofree char *text = json_dumps (layout, JSON_COMPACT);

    if (strlen (text) <= LAYOUT_MOST_BYTES)
        return TRUE;
    return call_fail (error, 413, "layout-too-large", "a layout has at most %d KB", LAYOUT_MOST_BYTES / 1024);
}

static gboolean
check_match (const Call *call, const char *tag, GError **error)
{
    const char *match = http_call_header (call->http, "If-Match");

    if (!match || strcmp (match, "*") == 0 || strcmp (match, tag) == 0)
        return TRUE;
    return call_fail (error, 412, "layout-changed",
                      "the layout was saved from somewhere else meanwhile; load it again");
}

static gboolean
keep (Call *call, const Board *wanted, GError **error)
{
    if (!store_begin (call->store, error))
        return FALSE;
    if (!layout_own_keep (call, wanted->custom, error) || !layout_save (call, wanted->layout, error) ||
        !store_commit (call->store, error)) {
        store_rollback (call->store);
        return FALSE;
    }
    if (wanted->custom)
        versions_bump (call->api->options.versions, call->who.user_id);
    return TRUE;
}

static gboolean
import (Call *call, const Board *wanted, gboolean dry, GError **error)
{
    g_autoptr (GString) body = g_string_new (NULL);
    Json json = JSON_INTO (body);
    g_auto (Board) saved = { 0 };
    g_autofree char *tag = NULL;

    if (!read_saved (call, &saved.layout, &tag, error) || !check_match (call, tag, error) ||
        !(saved.custom = layout_own_named (call, wanted->layout, error)))
        return FALSE;
    json_begin_object (&json);
    json_put_bool (&json, "ok", TRUE);
    json_put_bool (&json, "dry", dry);
    write_difference (&saved, wanted, &json);
    json_end_object (&json);
    return (dry || keep (call, wanted, error)) && call_reply (call, 200, g_steal_pointer (&body));
}

/* The file in its two parts, both checked. */
static gboolean
read_file (Call *call, Board *wanted, GError **error)
{
    g_autoptr (GPtrArray) own = NULL;

    wanted->layout = call_body (call, error);
    own = wanted->layout ? custom_list (call, error) : NULL;
    if (!own)
        return FALSE;
    wanted->custom = json_incref (json_object_get (wanted->layout, CARRIED));
    json_object_del (wanted->layout, CARRIED);
    return layout_own_read (wanted->custom, wanted->layout, own, error) &&
           layout_check (wanted->layout, own, error) && check_size (wanted->layout, error) &&
           custom_fit (own, error);
}

gboolean
layout_import (Call *call, GError **error)
{
    g_auto (Board) wanted = { 0 };
    gboolean dry;

    return read_dry (call, &dry, error) && read_file (call, &wanted, error) &&
           import (call, &wanted, dry, error);
}
