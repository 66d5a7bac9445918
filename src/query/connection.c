#include "query/connection.h"

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
connection_add (Store *store, Sealer *sealer, const char *id, const NewConnection *connection, gint64 now,
                GError **error)
{
    g_autofree char *sealed = connection_seal (sealer, id, connection->credential);

    return store_do (store, &sql_api_connection_insert,
                     PARAMS ({ "id", VALUE_OF_TEXT (id) }, { "user", VALUE_OF_TEXT (connection->user_id) },
                             { "source", VALUE_OF_TEXT (connection->source) },
                             { "external_id", VALUE_OF_TEXT (connection->external_id) },
                             { "name", VALUE_OF_TEXT (connection->name) },
                             { "currency", VALUE_OF_TEXT (connection->currency) },
                             { "time_zone", VALUE_OF_TEXT (connection->time_zone) },
                             { "credential", VALUE_OF_TEXT (sealed) },
                             { "expires_at", VALUE_OF_INSTANT (connection->expires) },
                             { "now", VALUE_OF_INSTANT (now) }),
                     error) > 0;
}
