/* A file layer and an allocator that pass everything on, unless a mishap is planned. */
#include "store/sqlite_mishap.h"

#ifdef DAYMARK_FAILPOINTS

#include "base/mishap.h"

#include <errno.h>
#include <string.h>

/* ---- memory ---- */

static sqlite3_mem_methods real_memory;

static void *
take (int n)
{
    return mishap (MISHAP_MEMORY) ? NULL : real_memory.xMalloc (n);
}

static void *
take_more (void *old, int n)
{
    return mishap (MISHAP_MEMORY) ? NULL : real_memory.xRealloc (old, n);
}

/* ---- files ---- */

typedef struct {
    sqlite3_file base;
    sqlite3_file *real; /* lies behind */
} File;

static sqlite3_vfs *real_vfs, wrapped;

static sqlite3_file *
real_of (sqlite3_file *file)
{
    return ((File *)file)->real;
}

static int
io_error (int code)
{
    errno = EIO;
    return code;
}

static int
close_file (sqlite3_file *file)
{
    return real_of (file)->pMethods->xClose (real_of (file));
}

static int
read_file (sqlite3_file *file, void *into, int n, sqlite3_int64 at)
{
    if (mishap (MISHAP_FILE))
        return io_error (SQLITE_IOERR_READ);
    return real_of (file)->pMethods->xRead (real_of (file), into, n, at);
}

/* What has happened to a write that is to fail: nothing of it was written, or half. */
static int
write_badly (sqlite3_file *file, const void *from, int n, sqlite3_int64 at)
{
    if (strcmp (mishap_how (), "full") == 0)
        return SQLITE_FULL;
    if (strcmp (mishap_how (), "torn") == 0)
        real_of (file)->pMethods->xWrite (real_of (file), from, n / 2, at);
    return io_error (SQLITE_IOERR_WRITE);
}

static int
write_file (sqlite3_file *file, const void *from, int n, sqlite3_int64 at)
{
    if (mishap (MISHAP_FILE) || mishap (MISHAP_WRITE))
        return write_badly (file, from, n, at);
    return real_of (file)->pMethods->xWrite (real_of (file), from, n, at);
}

static int
truncate_file (sqlite3_file *file, sqlite3_int64 size)
{
    if (mishap (MISHAP_FILE) || mishap (MISHAP_WRITE))
        return io_error (SQLITE_IOERR_TRUNCATE);
    return real_of (file)->pMethods->xTruncate (real_of (file), size);
}

static int
sync_file (sqlite3_file *file, int flags)
{
    if (mishap (MISHAP_FILE) || mishap (MISHAP_WRITE))
        return io_error (SQLITE_IOERR_FSYNC);
    return real_of (file)->pMethods->xSync (real_of (file), flags);
}

static int
file_size (sqlite3_file *file, sqlite3_int64 *size)
{
    if (mishap (MISHAP_FILE))
        return io_error (SQLITE_IOERR_FSTAT);
    return real_of (file)->pMethods->xFileSize (real_of (file), size);
}

static int
lock_file (sqlite3_file *file, int level)
{
    return mishap (MISHAP_LOCK) ? SQLITE_BUSY : real_of (file)->pMethods->xLock (real_of (file), level);
}

static int
unlock_file (sqlite3_file *file, int level)
{
    return real_of (file)->pMethods->xUnlock (real_of (file), level);
}

static int
check_reserved (sqlite3_file *file, int *reserved)
{
    return real_of (file)->pMethods->xCheckReservedLock (real_of (file), reserved);
}

static int
control (sqlite3_file *file, int what, void *value)
{
    return real_of (file)->pMethods->xFileControl (real_of (file), what, value);
}

static int
sector_size (sqlite3_file *file)
{
    return real_of (file)->pMethods->xSectorSize (real_of (file));
}

static int
characteristics (sqlite3_file *file)
{
    return real_of (file)->pMethods->xDeviceCharacteristics (real_of (file));
}

static int
shared_map (sqlite3_file *file, int page, int size, int extend, void volatile **at)
{
    if (extend && mishap (MISHAP_FILE))
        return io_error (SQLITE_IOERR_SHMSIZE);
    return real_of (file)->pMethods->xShmMap (real_of (file), page, size, extend, at);
}

static int
shared_lock (sqlite3_file *file, int from, int n, int flags)
{
    if ((flags & SQLITE_SHM_LOCK) && mishap (MISHAP_LOCK))
        return SQLITE_BUSY;
    return real_of (file)->pMethods->xShmLock (real_of (file), from, n, flags);
}

static void
shared_barrier (sqlite3_file *file)
{
    real_of (file)->pMethods->xShmBarrier (real_of (file));
}

static int
shared_unmap (sqlite3_file *file, int remove)
{
    return real_of (file)->pMethods->xShmUnmap (real_of (file), remove);
}

static int
fetch_page (sqlite3_file *file, sqlite3_int64 at, int n, void **page)
{
    if (mishap (MISHAP_FILE))
        return io_error (SQLITE_IOERR_MMAP);
    return real_of (file)->pMethods->xFetch (real_of (file), at, n, page);
}

static int
unfetch_page (sqlite3_file *file, sqlite3_int64 at, void *page)
{
    return real_of (file)->pMethods->xUnfetch (real_of (file), at, page);
}

static const sqlite3_io_methods methods = {
    .iVersion = 3,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = file_size,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = check_reserved,
    .xFileControl = control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = shared_map,
    .xShmLock = shared_lock,
    .xShmBarrier = shared_barrier,
    .xShmUnmap = shared_unmap,
    .xFetch = fetch_page,
    .xUnfetch = unfetch_page,
};

static int
open_file (sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *given)
{
    File *file = (File *)base;
    int code;

    file->base.pMethods = NULL; /* as long as there is nothing to be closed */
    file->real = (sqlite3_file *)(file + 1);
    if (mishap (MISHAP_FILE))
        return io_error (SQLITE_CANTOPEN);
    code = real_vfs->xOpen (real_vfs, name, file->real, flags, given);
    if (file->real->pMethods)
        file->base.pMethods = &methods;
    return code;
}

static void
wrap_files (void)
{
    real_vfs = sqlite3_vfs_find (NULL);
    wrapped = *real_vfs;
    wrapped.zName = "mishap";
    wrapped.szOsFile = (int)sizeof (File) + real_vfs->szOsFile;
    wrapped.xOpen = open_file;
    sqlite3_vfs_register (&wrapped, 1);
}

/* ---- interruptions ---- */

static int
interrupt_at_once (void *db)
{
    return 1;
}

gboolean
sqlite_mishap_interrupts (sqlite3 *db)
{
    if (!mishap (MISHAP_STATEMENT))
        return FALSE;
    sqlite3_progress_handler (db, 1, interrupt_at_once, db);
    return TRUE;
}

void
sqlite_mishap_setup (void)
{
    sqlite3_mem_methods memory;

    sqlite3_config (SQLITE_CONFIG_GETMALLOC, &real_memory);
    memory = real_memory;
    memory.xMalloc = take;
    memory.xRealloc = take_more;
    sqlite3_config (SQLITE_CONFIG_MALLOC, &memory);
    sqlite3_config (SQLITE_CONFIG_LOOKASIDE, 0, 0); /* or small pieces would not come here */
    wrap_files ();
}

#endif
