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

/* SQLite: one process owns the file. Takes the lock "<path>.lock" beside it
 * for the life of the process (returns its descriptor) or -1 with
 * FAULT_CONFLICT and a clear sentence. PostgreSQL needs none: returns -1
 * without an error. */
int store_lock_file (const char *url, GError **error);
