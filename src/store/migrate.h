/* migrate.h -- bring the database to the newest schema.
 *
 * sql/schema/NNN-name.sql, applied in order, each once, in a transaction of
 * its own with its row in schema_migrations. Two instances that start at once
 * wait for each other (advisory lock; BEGIN IMMEDIATE). A database that is
 * newer than the program is refused with FAULT_INVALID.
 *
 * One text serves both engines: PostgreSQL's type names, which SQLite accepts
 * as they are. A line that starts with "--sqlite " or "--pg " is only for that
 * engine: the marker is cut off there and the line stays a comment elsewhere. */
#pragma once
#include "store/store.h"

typedef struct {
    int version;
    const char *name;
    const char *text;
} Migration;

extern const Migration migrations[]; /* generated from sql/schema; ends with version 0 */

/* Returns how many were applied, -1 on error. */
int migrate (Store *store, const Migration *list, GError **error);
/* The same, but no further than to that version. */
int migrate_until (Store *store, const Migration *list, int version, GError **error);
/* The version that this program knows. */
int migrate_newest (const Migration *list);
/* The version that the database has; -1 with an error if it has no schema of ours. */
int migrate_version (Store *store, GError **error);

/* SQLite: one process owns the file. Takes the lock "<path>.lock" beside it
 * for the life of the process (returns its descriptor) or -1 with
 * FAULT_CONFLICT and a clear sentence. PostgreSQL needs none: returns -1
 * without an error. */
int store_lock_file (const char *url, GError **error);
