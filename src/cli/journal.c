/* journal.c -- an SQLite file when its server has ended. */
#include "base/log.h"
#include "cli/cli.h"
#include "sql.h"

void
cli_settle_database (const Config *config)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (Store) store = NULL;
    g_autoptr (Rows) rows = NULL;

    if (store_engine_of_url (config->database_url) != STORE_SQLITE)
        return;
    store = store_open (config->database_url, NULL, &error);
    rows = store ? store_ask (store, &sql_cli_checkpoint, NO_PARAMS, &error) : NULL;
    if (!rows || rows_int (rows, 0, 0) != 0)
        log_event (
            LOG_WARNING, "serve.journal",
            error ? error->message
                  : "another program reads the database, so a part of it stays in its -wal file: copy both",
            NULL);
}
