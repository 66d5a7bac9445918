/* test_clock.c -- the program's clocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SLEPT "1000"

static void
test_monotonic_moves_on (void **state)
{
    Clock *clock = clock_system ();
    gint64 first = clock_monotonic (clock);

    g_usleep (2000);
    assert_true (clock_monotonic (clock) - first >= 2000);
}

/* In a time namespace of its own a process can have been asleep without the machine's sleeping. */
static gboolean
pretend_sleep (void)
{
    static const char offsets[] = "boottime " SLEPT " 0\n";
    int file;
    gboolean ok;

    if (unshare (CLONE_NEWTIME) != 0)
        return FALSE;
    file = open ("/proc/self/timens_offsets", O_WRONLY);
    ok = file >= 0 && write (file, offsets, strlen (offsets)) > 0;
    if (file >= 0)
        close (file);
    return ok;
}

/* In a child of that process, which is the first one inside. */
static int
look_from_inside (void)
{
    gint64 asleep = clock_monotonic (clock_system ()) - g_get_monotonic_time ();

    return asleep > 900 * G_USEC_PER_SEC ? 0 : 1;
}

static int
look_after_sleep (void)
{
    pid_t inside;
    int status = 0;

    if (!pretend_sleep ())
        return 77;
    inside = fork ();
    if (inside == 0)
        _exit (look_from_inside ());
    return waitpid (inside, &status, 0) == inside && WIFEXITED (status) ? WEXITSTATUS (status) : 2;
}

/* A lease runs out also while the machine sleeps, so the clock that says so must count that. */
static void
test_monotonic_counts_the_machines_sleep (void **state)
{
    pid_t outside = fork ();
    int status = 0;

    if (outside == 0)
        _exit (look_after_sleep ());
    assert_int_equal (waitpid (outside, &status, 0), outside);
    if (WIFEXITED (status) && WEXITSTATUS (status) == 77) {
        print_message ("skipped: no time namespace can be made here\n");
        skip ();
    }
    assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_monotonic_moves_on),
        cmocka_unit_test (test_monotonic_counts_the_machines_sleep),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
