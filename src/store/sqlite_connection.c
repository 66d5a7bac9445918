/* A SQLite connection: its settings, its time limit, its errors.
 *
 * Two things end a call in time: the busy handler, while another connection
 * holds the lock, and the progress handler, while a statement computes. Both
 * look at the same deadline. */
#include "base/fault.h"
#include "store/sqlite_mishap.h"
#include "store/sqlite_private.h"

#include <errno.h>

#define PROGRESS_STEPS 2000 /* virtual machine steps between two looks at the clock */
#define BUSY_WAIT_US   2000

/* ---- errors ---- */

/* A full disk is SQLITE_FULL already; a quota or a limit of the file's size is
 * not. SQLite forgets the cause when a commit fails, but errno still has it. */
static FaultCode
fault_of_io_error (SqliteStore *sqlite)
{
    int last = errno, kept = sqlite3_system_errno (sqlite->db);
    int cause = kept ? kept : last;

    if (cause == ENOSPC || cause == EDQUOT || cause == EFBIG)
        return FAULT_FULL;
    return FAULT_INTERNAL;
}

static FaultCode
fault_of_code (SqliteStore *sqlite, int code)
{
    if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
        return FAULT_CONFLICT;
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
        return FAULT_BUSY;
    case SQLITE_FULL:
        return FAULT_FULL;
    case SQLITE_IOERR:
        return fault_of_io_error (sqlite);
    case SQLITE_INTERRUPT:
        return FAULT_TIMEOUT;
    default:
        return FAULT_INTERNAL;
    }
}

/* SQLite's own sentences name tables and columns, never values. */
gboolean
sqlite_fault (SqliteStore *sqlite, const char *what, int code, GError **error)
{
    FaultCode fault = fault_of_code (sqlite, code);

    if (fault == FAULT_TIMEOUT)
        return fault_set (error, fault, "%s took longer than its limit of %d ms", what,
                          (int)(sqlite->base.timeout_us / 1000));
    if (fault == FAULT_BUSY && code != SQLITE_NOMEM)
        return fault_set (error, fault, "%s: another connection holds the database's lock", what);
    return fault_set (error, fault, "%s: %s", what, sqlite3_errmsg (sqlite->db));
}

/* ---- the time limit ---- */

static gboolean
is_late (const SqliteStore *sqlite)
{
    return g_get_monotonic_time () >= sqlite->base.deadline;
}

static int
on_progress (void *sqlite)
{
    return is_late (sqlite);
}

static int
on_busy (void *sqlite, int times)
{
    (void)times;
    if (is_late (sqlite))
        return 0;
    g_usleep (BUSY_WAIT_US);
    return 1;
}

void
sqlite_watch (SqliteStore *sqlite)
{
    sqlite3_progress_handler (sqlite->db, PROGRESS_STEPS, on_progress, sqlite);
}

/* ---- opening ---- */

/* now(): so that one text serves both engines. The form in which instants are kept. */
static void
sql_now (sqlite3_context *context, int n, sqlite3_value **values)
{
    Value now = VALUE_OF_INSTANT (g_get_real_time ());
    char text[VALUE_TEXT_MAX];

    (void)n;
    (void)values;
    sqlite3_result_text (context, value_write (&now, text), -1, SQLITE_TRANSIENT);
}

static gboolean
configure (SqliteStore *sqlite, gboolean durable, GError **error)
{
    const char *pragmas =
        durable ? "PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL"
                : "PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL";
    const char *sizes =
        "PRAGMA cache_size = -4096; PRAGMA mmap_size = 268435456; PRAGMA temp_store = MEMORY; "
        "PRAGMA journal_size_limit = 67108864";
    int code;

    sqlite3_busy_handler (sqlite->db, on_busy, sqlite);
    sqlite_watch (sqlite);
    code = sqlite3_create_function (sqlite->db, "now", 0, SQLITE_UTF8, NULL, sql_now, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec (sqlite->db, pragmas, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec (sqlite->db, sizes, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_prepare_v3 (sqlite->db, "ROLLBACK", -1, SQLITE_PREPARE_PERSISTENT, &sqlite->rollback,
                                   NULL);
    return code == SQLITE_OK || sqlite_fault (sqlite, "opening the database file", code, error);
}

/* SQLite itself would only say "unable to open database file". */
static gboolean
check_path (const char *path, GError **error)
{
    g_autofree char *folder = g_path_get_dirname (path);

    if (!*path)
        return fault_set (error, FAULT_INVALID, "the database address sqlite: names no file");
    if (g_file_test (path, G_FILE_TEST_IS_DIR))
        return fault_set (error, FAULT_INVALID, "the database file %s is a folder", path);
    if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
        return fault_set (error, FAULT_INVALID, "the folder %s of the database file does not exist", folder);
    return TRUE;
}

/* SQLite would count its memory, under one lock of all threads, for a figure that nobody reads. */
static void
configure_library (void)
{
    sqlite3_config (SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite_mishap_setup ();
}

gboolean
sqlite_connect (SqliteStore *sqlite, const char *path, gboolean durable, GError **error)
{
    const int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once (&once, configure_library);
    if (!check_path (path, error))
        return FALSE;
    if (sqlite3_open_v2 (path, &sqlite->db, flags, NULL) != SQLITE_OK)
        return fault_set (error, FAULT_INVALID, "the database file %s cannot be opened: %s", path,
                          g_strerror (sqlite3_system_errno (sqlite->db)));
    return configure (sqlite, durable, error);
}
