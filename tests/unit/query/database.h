/* database.h -- an empty, migrated SQLite database of one group of tests. */
#pragma once
#include "store/migrate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib/gstdio.h>

typedef struct {
    char *folder;
    Store *store;
} Database;

static inline void
database_do (Store *store, const char *text)
{
    Sql sql = { .name = "test", .text = text };
    g_autoptr (GError) error = NULL;

    if (store_do (store, &sql, NO_PARAMS, &error) < 0)
        fail_msg ("%s: %s", text, error->message);
}

static inline int
database_open (void **state)
{
    Database *database = g_new0 (Database, 1);
    g_autofree char *url = NULL;

    database->folder = g_dir_make_tmp ("daymark-query-XXXXXX", NULL);
    url = g_strconcat ("sqlite:", database->folder, "/test.db", NULL);
    database->store = store_open (url, NULL, NULL);
    *state = database;
    return database->store && migrate (database->store, migrations, NULL) > 0 ? 0 : -1;
}

static inline int
database_close (void **state)
{
    static const char *const files[] = { "test.db", "test.db-wal", "test.db-shm" };
    Database *database = *state;

    store_close (database->store);
    for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
        g_autofree char *path = g_build_filename (database->folder, files[i], NULL);

        g_unlink (path);
    }
    g_rmdir (database->folder);
    g_free (database->folder);
    g_free (database);
    return 0;
}
