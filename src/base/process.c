#include "base/process.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static double
cpu_seconds (void)
{
    struct timespec used = { 0 };

    clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

static gint64
resident_bytes (void)
{
    FILE *file = fopen ("/proc/self/statm", "re");
    long pages = 0;

    if (!file)
        return 0;
    if (fscanf (file, "%*d %ld", &pages) != 1)
        pages = 0;
    fclose (file);
    return (gint64)pages * sysconf (_SC_PAGESIZE);
}

guint
process_entries (const char *folder)
{
    g_autoptr (GDir) entries = g_dir_open (folder, 0, NULL);
    guint n = 0;

    while (entries && g_dir_read_name (entries))
        n++;
    return n;
}

/* Without the one by which they are counted. */
static guint
open_files (void)
{
    guint n = process_entries ("/proc/self/fd");

    return n ? n - 1 : 0;
}

static guint
most_files (void)
{
    struct rlimit limit = { 0 };

    getrlimit (RLIMIT_NOFILE, &limit);
    return (guint)MIN (limit.rlim_cur, (rlim_t)G_MAXUINT);
}

/* Ticks since the machine was started, the 22nd field; the second is a name that may hold spaces. */
static gboolean
read_start (long long *ticks)
{
    g_autofree char *text = NULL;
    const char *after;

    if (!g_file_get_contents ("/proc/self/stat", &text, NULL, NULL))
        return FALSE;
    after = strrchr (text, ')');
    return after &&
           sscanf (after + 1,
                   " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %lld",
                   ticks) == 1;
}

static gint64
started (void)
{
    struct timespec up;
    long long ticks;

    if (!read_start (&ticks) || clock_gettime (CLOCK_BOOTTIME, &up) != 0)
        return 0;
    return g_get_real_time () / G_USEC_PER_SEC - (up.tv_sec - ticks / sysconf (_SC_CLK_TCK));
}

void
process_look (ProcessStats *stats)
{
    *stats = (ProcessStats){
        .cpu_seconds = cpu_seconds (),
        .resident_bytes = resident_bytes (),
        .open_files = open_files (),
        .most_files = most_files (),
        .started = started (),
    };
}
