/* process.h -- what this process takes of the machine. */
#pragma once
#include <glib.h>

typedef struct {
    double cpu_seconds;    /* of all threads, since the start */
    gint64 resident_bytes; /* 0: unknown, without /proc */
    guint open_files, most_files;
    gint64 started; /* seconds since 1970; 0: unknown */
} ProcessStats;

void process_look (ProcessStats *stats);
/* How many there are in a folder of /proc; 0: it cannot be read. */
guint process_entries (const char *folder);
