/* signals.h -- the signals of a server: SIGINT and SIGTERM end it, SIGHUP lets it look at its files. */
#pragma once
#include <glib.h>
#include <signal.h>

/* From now on they wait for signals_wait, in this thread and those that it starts. */
void signals_block (sigset_t *set);
/* Until a signal ends the server; the next one then ends the process. Meanwhile look is called every few
 * seconds, and at once, told, for SIGHUP. A terminal that is closed sends SIGHUP too, and ends the server. */
void signals_wait (const sigset_t *set, void (*look) (gboolean told, gpointer user), gpointer user);
