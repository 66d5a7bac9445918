#include "cli/signals.h"

#include "base/log.h"

#include <pthread.h>

void
signals_block (sigset_t *set)
{
    sigemptyset (set);
    sigaddset (set, SIGINT);
    sigaddset (set, SIGTERM);
    pthread_sigmask (SIG_BLOCK, set, NULL);
}

void
signals_wait (const sigset_t *set)
{
    int got;

    sigwait (set, &got);
    signal (SIGINT, SIG_DFL);
    signal (SIGTERM, SIG_DFL);
    pthread_sigmask (SIG_UNBLOCK, set, NULL);
    log_event (LOG_INFO, "serve.stopping", "stopping; once more ends at once", NULL);
}
