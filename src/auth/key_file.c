/* sealer_key_file: the master key that nobody has to think about.
 *
 * The file appears whole or not at all: it is written under another name and
 * linked into place, so that of two processes that start at once one wins and
 * the other reads the winner's key, never half of it. */
#include "auth/seal.h"

#include "auth/sodium_start.h"
#include "base/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_BYTES 32
#define KEY_TEXT  (2 * KEY_BYTES + 1)
#define MOST_FILE 1024 /* a passphrase put there by hand fits too */

static gboolean
fail (GError **error, const char *path, const char *what)
{
    int number = errno;

    return fault_set (error, number == ENOSPC ? FAULT_FULL : FAULT_INVALID, "the key file %s %s: %s", path,
                      what, g_strerror (number));
}

static gboolean
is_private (int fd, const char *path, GError **error)
{
    struct stat status;

    if (fstat (fd, &status) != 0)
        return fail (error, path, "cannot be examined");
    if (!S_ISREG (status.st_mode))
        return fault_set (error, FAULT_INVALID, "the key file %s is not a plain file", path);
    if (status.st_mode & (S_IRWXG | S_IRWXO))
        return fault_set (error, FAULT_INVALID,
                          "the key file %s can be read by other users of this machine: run chmod 600 on it",
                          path);
    return TRUE;
}

static char *
read_key (int fd, const char *path, GError **error)
{
    char text[MOST_FILE + 1];
    gssize n = read (fd, text, sizeof text);
    char *key = NULL;

    if (n < 0) {
        fail (error, path, "cannot be read");
    } else if (n > MOST_FILE || memchr (text, '\0', (gsize)n)) {
        fault_set (error, FAULT_INVALID, "the key file %s does not hold a key", path);
    } else {
        text[n] = '\0';
        key = *g_strstrip (text) ? g_strdup (text) : NULL;
        if (!key)
            fault_set (error, FAULT_INVALID, "the key file %s is empty", path);
    }
    sodium_memzero (text, sizeof text);
    return key;
}

/* NULL without an error if there is no such file. */
static char *
open_key (const char *path, GError **error)
{
    int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    char *key = NULL;

    if (fd < 0 && errno != ENOENT)
        fail (error, path, "cannot be opened");
    if (fd < 0)
        return NULL;
    if (is_private (fd, path, error))
        key = read_key (fd, path, error);
    close (fd);
    return key;
}

static gboolean
write_line (int fd, const char *key)
{
    g_autofree char *line = g_strconcat (key, "\n", NULL);
    gsize n = strlen (line);
    gboolean written = write (fd, line, n) == (gssize)n && fsync (fd) == 0;

    sodium_memzero (line, n);
    return written;
}

static gboolean
write_key (int fd, const char *given)
{
    guint8 key[KEY_BYTES];
    char text[KEY_TEXT];
    gboolean written;

    if (given)
        return write_line (fd, given);
    randombytes_buf (key, sizeof key);
    sodium_bin2hex (text, sizeof text, key, sizeof key);
    written = write_line (fd, text);
    sodium_memzero (key, sizeof key);
    sodium_memzero (text, sizeof text);
    return written;
}

/* The name must survive a power cut as surely as what is sealed with the key. */
static void
sync_folder (const char *path)
{
    g_autofree char *folder = g_path_get_dirname (path);
    int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return;
    fsync (fd);
    close (fd);
}

/* FAULT_CONFLICT if the file is there. */
static gboolean
create_key (const char *path, const char *key, GError **error)
{
    g_autofree char *draft = g_strconcat (path, ".XXXXXX", NULL);
    int fd = g_mkstemp_full (draft, O_WRONLY | O_CLOEXEC, 0600);
    gboolean done;

    if (fd < 0)
        return fail (error, path, "cannot be created");
    done = write_key (fd, key) || fail (error, path, "cannot be written");
    close (fd);
    if (done && link (draft, path) != 0)
        done = errno == EEXIST ? fault_set (error, FAULT_CONFLICT, "the key file %s is there already", path)
                               : fail (error, path, "cannot be created");
    g_unlink (draft);
    sync_folder (path);
    return done;
}

/* Of two processes that come at once the second takes the first one's key, which is as good. */
static gboolean
create_first_key (const char *path, GError **error)
{
    g_autoptr (GError) local = NULL;

    if (create_key (path, NULL, &local) || fault_is (local, FAULT_CONFLICT))
        return TRUE;
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
}

char *
sealer_key_file (const char *path, GError **error)
{
    g_autoptr (GError) local = NULL;
    char *key = open_key (path, &local);

    sodium_start ();
    if (!key && !local && create_first_key (path, &local)) {
        key = open_key (path, &local);
        if (!key && !local)
            fault_set (&local, FAULT_INVALID, "the key file %s vanished while it was being created", path);
    }
    if (local)
        g_propagate_error (error, g_steal_pointer (&local));
    return key;
}

/* ---- the next key ---- */

static char *
next_path (const char *path)
{
    return g_strconcat (path, ".next", NULL);
}

gboolean
sealer_key_next_exists (const char *path)
{
    g_autofree char *next = next_path (path);

    return g_file_test (next, G_FILE_TEST_EXISTS);
}

char *
sealer_key_next_read (const char *path, GError **error)
{
    g_autofree char *next = next_path (path);
    g_autoptr (GError) local = NULL;
    char *key = open_key (next, &local);

    if (local)
        g_propagate_error (error, g_steal_pointer (&local));
    else if (!key)
        fault_set (error, FAULT_INVALID, "there is no key file %s", next);
    return key;
}

char *
sealer_key_next_write (const char *path, const char *key, GError **error)
{
    g_autofree char *next = next_path (path);

    sodium_start ();
    return create_key (next, key, error) ? sealer_key_next_read (path, error) : NULL;
}

gboolean
sealer_key_next_adopt (const char *path, GError **error)
{
    g_autofree char *next = next_path (path);

    if (g_rename (next, path) != 0)
        return fail (error, next, "cannot be renamed");
    sync_folder (path);
    return TRUE;
}

gboolean
sealer_key_next_drop (const char *path, GError **error)
{
    g_autofree char *next = next_path (path);

    if (g_unlink (next) != 0)
        return fail (error, next, "cannot be removed");
    sync_folder (path);
    return TRUE;
}
