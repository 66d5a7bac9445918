/* Where a database is: the disk under an SQLite file, and the files that libpq reads when it connects: named
 * by the address, the environment, or by custom in the folder of the user. */
#include "store/store.h"

#include <libpq-fe.h>
#include <string.h>
#include <sys/statvfs.h>

gboolean
store_disk_free (const char *url, guint64 *bytes)
{
    g_autofree char *folder = NULL;
    struct statvfs disk;

    if (store_engine_of_url (url) != STORE_SQLITE)
        return FALSE;
    folder = g_path_get_dirname (url + strlen ("sqlite:"));
    if (statvfs (folder, &disk) != 0)
        return FALSE;
    *bytes = (guint64)disk.f_bavail * disk.f_frsize;
    return TRUE;
}

static gboolean
names_a_file (const char *keyword)
{
    static const char *const keywords[] = { "passfile", "sslcert",   "sslkey", "sslrootcert",
                                            "sslcrl",   "sslcrldir", NULL };

    return g_strv_contains (keywords, keyword);
}

/* Takes over the options. */
static void
add_named (GPtrArray *files, PQconninfoOption *options)
{
    for (PQconninfoOption *one = options; one && one->keyword; one++)
        if (one->val && names_a_file (one->keyword))
            g_ptr_array_add (files, g_strdup (one->val));
    PQconninfoFree (options);
}

static void
add_customary (GPtrArray *files)
{
    static const char *const names[] = { ".postgresql", ".pgpass", ".pg_service.conf" };
    const char *service = g_getenv ("PGSERVICEFILE");

    for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        g_ptr_array_add (files, g_build_filename (g_get_home_dir (), names[i], NULL));
    if (service)
        g_ptr_array_add (files, g_strdup (service));
}

char **
store_files (const char *url)
{
    GPtrArray *files = g_ptr_array_new ();

    if (store_engine_of_url (url) == STORE_POSTGRESQL) {
        add_named (files, PQconndefaults ());
        add_named (files, PQconninfoParse (url, NULL));
        add_customary (files);
    }
    g_ptr_array_add (files, NULL);
    return (char **)g_ptr_array_free (files, FALSE);
}
