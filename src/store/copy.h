/* copy.h -- every row of one database into another, whichever engines the two are.
 *
 * What a backup is made of, and the way from SQLite to PostgreSQL and back. Rows travel by
 * the page, each page as one JSON text, which both engines write and read by themselves, so
 * that nothing of a row is known here but its table's columns. */
#pragma once
#include "store/store.h"

typedef struct Copy Copy;

/* What there is to copy, from the catalogue of that database. Statements are remembered by
 * their address, so a Copy must outlive both stores. */
Copy *copy_new (Store *from, GError **error);
void copy_free (Copy *copy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Copy, copy_free)

/* Rows copied, -1 on error. One snapshot of one side into one transaction of the other, which
 * has the same schema: all or nothing. FAULT_CONFLICT if the other holds data already. What is
 * short-lived (sessions, sign-ins under way) stays behind. */
gint64 copy_run (const Copy *copy, Store *from, Store *to, GError **error);
