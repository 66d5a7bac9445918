#include "cli/sealed.h"

#include "sql.h"

#include <string.h>

/* Who keeps sealed values, and how one of them gets another. */
static const struct {
    const char *table, *column;
    const Sql *reseal;
} holders[] = {
    { "connections", "credential", &sql_cli_reseal_connection },
    { "connect_grants", "credential", &sql_cli_reseal_grant },
    { "connect_states", "verifier", &sql_cli_reseal_state },
};

static guint
holder_of (const Rows *rows, guint row)
{
    guint i = 0;

    while (i + 1 < G_N_ELEMENTS (holders) &&
           strcmp (holders[i].table, rows_text (rows, row, SEALED_HOLDER)) != 0)
        i++;
    return i;
}

Rows *
sealed_read (Store *store, GError **error)
{
    return store_ask (store, &sql_cli_sealed, NO_PARAMS, error);
}

const char *
sealed_column (const Rows *rows, guint row)
{
    return holders[holder_of (rows, row)].column;
}

const Sql *
sealed_reseal (const Rows *rows, guint row)
{
    return holders[holder_of (rows, row)].reseal;
}

char *
sealed_context (const Rows *rows, guint row)
{
    guint holder = holder_of (rows, row);

    return g_strdup_printf ("%s|%s|%s", holders[holder].table, rows_text (rows, row, SEALED_ID),
                            holders[holder].column);
}

char *
sealed_open (Sealer *sealer, const Rows *rows, guint row, GError **error)
{
    g_autofree char *context = sealed_context (rows, row);

    return sealer_open (sealer, context, rows_text (rows, row, SEALED_VALUE), error);
}

guint
sealed_count_opened (Sealer *sealer, const Rows *rows)
{
    guint n = 0;

    for (guint i = 0; i < rows_count (rows); i++) {
        char *plain = sealed_open (sealer, rows, i, NULL);

        n += plain != NULL;
        secret_free (plain);
    }
    return n;
}
