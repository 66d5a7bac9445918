/* sqlite_mishap.h -- below SQLite, in a test build: files and memory that fail at the Nth time.
 *
 * The errors are SQLite's own: its file layer is wrapped, its allocator too, and a statement that
 * is to be interrupted is interrupted while it runs. In a release nothing of it is there. */
#pragma once
#include <glib.h>
#include <sqlite3.h>

#ifdef DAYMARK_FAILPOINTS

/* Before anything else of SQLite is called, once. */
void sqlite_mishap_setup (void);
/* Before a statement: TRUE if it is this one's turn to be interrupted, and sqlite_watch has to be called
 * after it. */
gboolean sqlite_mishap_interrupts (sqlite3 *db);

#else

static inline void
sqlite_mishap_setup (void)
{
}

static inline gboolean
sqlite_mishap_interrupts (sqlite3 *db)
{
    return FALSE;
}

#endif
