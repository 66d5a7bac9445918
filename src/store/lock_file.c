/* One process owns a SQLite file. The lock is an flock, which the kernel
 * releases when the process ends, however it ends; the number in the file is
 * only there to be read by people. */
#include "base/fault.h"
#include "store/migrate.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static gboolean
refuse_second (int fd, const char *path, GError **error)
{
    char owner[16] = "";
    ssize_t length = pread (fd, owner, sizeof owner - 1, 0);

    if (length > 0)
        owner[length] = '\0';
    g_strchomp (owner);
    return fault_set (
        error, FAULT_CONFLICT,
        "another daymark%s%s owns the database file %s: stop it first, or use another DATABASE_URL",
        *owner ? ", process " : "", owner, path);
}

static gboolean
note_owner (int fd, const char *lock_path, GError **error)
{
    char owner[16];
    int length = g_snprintf (owner, sizeof owner, "%d\n", (int)getpid ());

    if (ftruncate (fd, 0) == 0 && pwrite (fd, owner, (gsize)length, 0) == length)
        return TRUE;
    return fault_set (error, errno == ENOSPC ? FAULT_FULL : FAULT_INTERNAL, "cannot write %s: %s", lock_path,
                      g_strerror (errno));
}

static gboolean
take (int fd, const char *path, const char *lock_path, GError **error)
{
    if (flock (fd, LOCK_EX | LOCK_NB) == 0)
        return note_owner (fd, lock_path, error);
    if (errno == EWOULDBLOCK)
        return refuse_second (fd, path, error);
    return fault_set (error, FAULT_INTERNAL, "cannot lock %s: %s", lock_path, g_strerror (errno));
}

int
store_lock_file (const char *url, GError **error)
{
    const char *path = url + strlen ("sqlite:");
    g_autofree char *lock_path = NULL;
    int fd;

    if (store_engine_of_url (url) != STORE_SQLITE)
        return -1;
    lock_path = g_strconcat (path, ".lock", NULL);
    fd = open (lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        fault_set (error, FAULT_INVALID, "cannot open %s, the lock of the database file: %s", lock_path,
                   g_strerror (errno));
        return -1;
    }
    if (take (fd, path, lock_path, error))
        return fd;
    close (fd);
    return -1;
}
