#include "api/layout_own.h"

#include "api/layout.h"
#include "base/fault.h"
#include "sql.h"

static gboolean
names (json_t *layout, const char *key)
{
    json_t *entry;
    gsize i;

    json_array_foreach (json_object_get (layout, "widgets"), i, entry)
    {
        if (g_strcmp0 (layout_key (entry), key) == 0)
            return TRUE;
    }
    return FALSE;
}

json_t *
layout_own_named (Call *call, json_t *layout, GError **error)
{
    g_autoptr (Rows) rows = store_ask (call->store, &sql_api_custom_list,
                                       PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }), error);
    json_t *named;

    if (!rows)
        return NULL;
    named = json_object ();
    for (guint i = 0; i < rows_count (rows); i++)
        if (names (layout, rows_text (rows, i, 0)))
            json_object_set_new (named, rows_text (rows, i, 0), json_loads (rows_text (rows, i, 1), 0, NULL));
    return named;
}

/* In the place of the one of its key, if there is one. */
static void
put_among (GPtrArray *own, Custom *custom)
{
    for (guint i = 0; i < own->len; i++)
        if (g_str_equal (custom_widget (own->pdata[i])->key, custom_widget (custom)->key))
            g_ptr_array_remove_index (own, i--);
    g_ptr_array_add (own, custom);
}

gboolean
layout_own_read (json_t *carried, json_t *layout, GPtrArray *own, GError **error)
{
    const char *key;
    json_t *definition;

    if (carried && !json_is_object (carried))
        return fault_set (error, FAULT_INVALID, "custom must be an object of definitions by key");
    json_object_foreach (carried, key, definition)
    {
        Custom *custom = custom_new (key, definition, error);

        if (!custom) {
            g_prefix_error (error, "custom, \"%.60s\": ", key);
            return FALSE;
        }
        put_among (own, custom);
        if (!names (layout, key))
            return fault_set (error, FAULT_INVALID,
                              "custom defines \"%.60s\", which no widget of the layout is", key);
    }
    return TRUE;
}

static void
write_keys (const char *name, const GPtrArray *keys, Json *json)
{
    json_key (json, name);
    json_begin_array (json);
    for (guint i = 0; i < keys->len; i++)
        json_text (json, keys->pdata[i]);
    json_end_array (json);
}

static void
write_changed (const char *key, json_t *before, json_t *after, Json *json)
{
    g_autoptr (GPtrArray) fields = layout_differences (before, after);

    json_begin_object (json);
    json_put_text (json, "key", key);
    write_keys ("fields", fields, json);
    json_end_object (json);
}

gboolean
layout_own_difference (json_t *before, json_t *carried, Json *json)
{
    g_autoptr (GPtrArray) added = g_ptr_array_new ();
    gboolean any = FALSE;
    const char *key;
    json_t *is;

    json_key (json, "custom");
    json_begin_object (json);
    json_key (json, "changed");
    json_begin_array (json);
    json_object_foreach (carried, key, is)
    {
        json_t *was = json_object_get (before, key);

        if (!was)
            g_ptr_array_add (added, (gpointer)key);
        else if (!json_equal (was, is)) {
            write_changed (key, was, is, json);
            any = TRUE;
        }
    }
    json_end_array (json);
    write_keys ("added", added, json);
    json_end_object (json);
    return any || added->len;
}

gboolean
layout_own_keep (Call *call, json_t *carried, GError **error)
{
    const char *key;
    json_t *definition;

    json_object_foreach (carried, key, definition)
    {
        if (!custom_keep (call, key, definition, error))
            return FALSE;
    }
    return TRUE;
}
