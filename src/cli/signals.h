/* signals.h -- the signals that end a server: SIGINT and SIGTERM. */
#pragma once
#include <signal.h>

/* From now on they wait for signals_wait, in this thread and those that it starts. */
void signals_block (sigset_t *set);
/* The first ends the wait; the next one ends the process. */
void signals_wait (const sigset_t *set);
