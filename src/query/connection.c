#include "query/connection.h"

#include "base/fault.h"
#include "sql.h"

static char *
seal_context (const char *id)
{
    return g_strdup_printf ("connections|%s|credential", id);
}

char *
connection_seal (Sealer *sealer, const char *id, const char *credential)
{
    g_autofree char *context = seal_context (id);

    return sealer_seal (sealer, context, credential);
}

char *
connection_open (Sealer *sealer, const char *id, const char *sealed, GError **error)
{
    g_autofree char *context = seal_context (id);

    return sealer_open (sealer, context, sealed, error);
}

gboolean
connection_may_join (Store *store, const char *user_id, gboolean demo, GError **error)
{
    g_autoptr (Rows) rows =
        store_ask (store, &sql_api_connection_demo, PARAMS ({ "user", VALUE_OF_TEXT (user_id) }), error);
    gint64 made_up, all;

    if (!rows)
        return FALSE;
    made_up = rows_int (rows, 0, 0);
    all = rows_int (rows, 0, 1);
    if (demo && all > made_up)
        return fault_set_status (
            error, 409, "not-empty",
            "demo data is for an account without any connection, so that nothing made up "
            "is ever counted among real numbers");
    if (!demo && made_up)
        return fault_set_status (error, 409, "demo-data",
                                 "this account shows demo data: remove it first, so that nothing made up is "
                                 "ever counted among real numbers");
    return TRUE;
}

gboolean
connection_add (Store *store, Sealer *sealer, const char *id, const NewConnection *connection, gint64 now,
                GError **error)
{
    g_autofree char *sealed = connection_seal (sealer, id, connection->credential);

    if (!connection_may_join (store, connection->user_id, connection->demo, error))
        return FALSE;
    return store_do (store, &sql_api_connection_insert,
                     PARAMS ({ "id", VALUE_OF_TEXT (id) }, { "user", VALUE_OF_TEXT (connection->user_id) },
                             { "source", VALUE_OF_TEXT (connection->source) },
                             { "external_id", VALUE_OF_TEXT (connection->external_id) },
                             { "name", VALUE_OF_TEXT (connection->name) },
                             { "currency", VALUE_OF_TEXT (connection->currency) },
                             { "time_zone", VALUE_OF_TEXT (connection->time_zone) },
                             { "credential", VALUE_OF_TEXT (sealed) },
                             { "expires_at", VALUE_OF_INSTANT (connection->expires) },
                             { "now", VALUE_OF_INSTANT (now) }, { "demo", VALUE_OF_INT (connection->demo) }),
                     error) > 0;
}
