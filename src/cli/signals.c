#include "cli/signals.h"

#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define LOOK_SECONDS 2

void
signals_block (sigset_t *set)
{
    sigemptyset (set);
    sigaddset (set, SIGINT);
    sigaddset (set, SIGTERM);
    sigaddset (set, SIGHUP);
    pthread_sigmask (SIG_BLOCK, set, NULL);
}

/* Is it still there, if there was one? */
static gboolean
terminal_is_gone (void)
{
    struct termios shown;

    return tcgetattr (STDERR_FILENO, &shown) != 0 && errno == EIO;
}

void
signals_wait (const sigset_t *set, void (*look) (gboolean told, gpointer user), gpointer user)
{
    const struct timespec pause = { .tv_sec = LOOK_SECONDS };
    int got;

    do {
        got = sigtimedwait (set, NULL, &pause);
        if (got == SIGHUP && terminal_is_gone ())
            break;
        if (got == SIGHUP || (got < 0 && errno == EAGAIN))
            look (got == SIGHUP, user);
    } while (got != SIGINT && got != SIGTERM);
    signal (SIGINT, SIG_DFL);
    signal (SIGTERM, SIG_DFL);
    pthread_sigmask (SIG_UNBLOCK, set, NULL);
    log_event (LOG_INFO, "serve.stopping", "stopping; once more ends at once", NULL);
}
