/* zone.c -- time zones, as the files of the system say at this moment.
 *
 * GLib reads a zone once and keeps it under its name for as long as anybody has it. But governments change
 * their minds, and packages with their rules arrive while a server runs. So a look at the file's stamp
 * decides, and another spelling of its path is another name to GLib. A file that is gone or broken for
 * a moment, as in the middle of such an installation, leaves the zone as it was. */
#include "base/date.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec changed;
} Stamp;

typedef struct {
    Stamp stamp;
    GTimeZone *zone;
    guint reads;
} Known;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards all that is known below */
static GHashTable *known;                                /* of Known by name; never freed: names are few */

static char *
path_of (const char *name, guint reads)
{
    const char *folder = g_getenv ("TZDIR");
    GString *path = g_string_new (folder ? folder : "/usr/share/zoneinfo");

    for (guint i = 0; i <= reads; i++)
        g_string_append_c (path, '/');
    g_string_append (path, name);
    return g_string_free (path, FALSE);
}

static gboolean
look (const char *path, Stamp *stamp)
{
    struct stat status;

    memset (stamp, 0, sizeof *stamp); /* also what is between the fields: stamps are compared as bytes */
    if (stat (path, &status) != 0 || !S_ISREG (status.st_mode))
        return FALSE;
    stamp->device = status.st_dev;
    stamp->inode = status.st_ino;
    stamp->size = status.st_size;
    stamp->changed.tv_sec = status.st_mtim.tv_sec;
    stamp->changed.tv_nsec = status.st_mtim.tv_nsec;
    return TRUE;
}

/* GLib would also take "+02:00", a path, and a POSIX rule, so that "Foo5" is a zone to it. Names of
 * zones with a digit all have a slash (Etc/GMT+5), but for some relics; and beside the zones lie files
 * that are none, or that count leap seconds. */
static gboolean
looks_like_zone (const char *name)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz/_-+0123456789";
    static const char *const relics[] = { "PST8PDT", "MST7MDT", "CST6CDT", "EST5EDT",
                                          "GMT0",    "GMT+0",   "GMT-0",   NULL };
    static const char *const others[] = { "posixrules", "localtime", "Factory", NULL };
    const char *digit = strpbrk (name, "+0123456789");

    if (g_strv_contains (relics, name))
        return TRUE;
    return g_ascii_isalpha (name[0]) && name[strspn (name, letters)] == '\0' && !strstr (name, "//") &&
           (!digit || strchr (name, '/')) && !g_strv_contains (others, name) &&
           !g_str_has_prefix (name, "right/");
}

static Known *
known_of (const char *name)
{
    Known *one;

    if (!known)
        known = g_hash_table_new (g_str_hash, g_str_equal);
    one = g_hash_table_lookup (known, name);
    if (!one) {
        one = g_new0 (Known, 1);
        g_hash_table_insert (known, g_strdup (name), one);
    }
    return one;
}

/* GLib complains loudly of a file that is none of a zone. */
static gboolean
is_zone_file (const char *path)
{
    char head[44];
    FILE *file = fopen (path, "re");
    gsize n = file ? fread (head, 1, sizeof head, file) : 0;

    if (file)
        fclose (file);
    return n == sizeof head && memcmp (head, "TZif", 4) == 0;
}

static void
read_again (Known *one, const char *name, const Stamp *stamp)
{
    g_autofree char *path = path_of (name, one->reads + 1);
    GTimeZone *zone = is_zone_file (path) ? g_time_zone_new_identifier (path) : NULL;

    if (!zone)
        return;
    if (one->zone)
        g_time_zone_unref (one->zone);
    one->zone = zone;
    one->stamp = *stamp;
    one->reads++;
}

static GTimeZone *
current (const char *name)
{
    g_autofree char *path = path_of (name, 0);
    gboolean there;
    Known *one;
    Stamp stamp;

    there = look (path, &stamp);
    if (!there && !(known && g_hash_table_contains (known, name)))
        return NULL; /* a name that somebody made up takes no room */
    one = known_of (name);
    if (there && (!one->zone || memcmp (&stamp, &one->stamp, sizeof stamp) != 0))
        read_again (one, name, &stamp);
    return one->zone ? g_time_zone_ref (one->zone) : NULL;
}

GTimeZone *
zone_find (const char *name)
{
    GTimeZone *zone;

    if (!name || !looks_like_zone (name))
        return NULL;
    pthread_mutex_lock (&lock);
    zone = current (name);
    pthread_mutex_unlock (&lock);
    return zone;
}

/* The first line of the text that the rules are made from: "# version 2025b". */
static const char *
read_version (const char *path)
{
    char version[16];
    FILE *file = fopen (path, "re");
    int n = file ? fscanf (file, "# version %15[0-9a-z]", version) : 0;

    if (file)
        fclose (file);
    return n == 1 ? g_intern_string (version) : "unknown";
}

const char *
zone_data_version (void)
{
    static const char *version = "unknown";
    static Stamp read;
    g_autofree char *path = path_of ("tzdata.zi", 0);
    const char *now;
    Stamp stamp;

    pthread_mutex_lock (&lock);
    if (look (path, &stamp) && memcmp (&stamp, &read, sizeof stamp) != 0) {
        version = read_version (path);
        read = stamp;
    }
    now = version;
    pthread_mutex_unlock (&lock);
    return now;
}
