/* test_failpoint.c -- what FAIL arms, and when it strikes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/failpoint.h"
#include "base/fault.h"
#include "base/limit.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void
arm (const char *text)
{
    g_autoptr (GError) error = NULL;

    assert_true (failpoint_arm (text, &error));
    assert_null (error);
}

/* "+-+" for three passes of which the second fails. */
static void
assert_passes (Failpoint point, const char *wanted)
{
    for (const char *one = wanted; *one; one++)
        assert_int_equal (failpoint (point, NULL), *one == '+');
}

static void
test_nothing_is_armed (void **state)
{
    arm (NULL);
    for (Failpoint point = 0; point < FAILPOINTS; point++)
        assert_passes (point, "+++");
}

static void
test_which_time (void **state)
{
    arm ("page:eio,token:eio@2,claimed:eio@2+");
    assert_passes (FAILPOINT_PAGE, "---");
    assert_passes (FAILPOINT_TOKEN, "+-++");
    assert_passes (FAILPOINT_CLAIMED, "+---");
    assert_passes (FAILPOINT_ENDED, "+");
}

static void
test_faults (void **state)
{
    static const struct {
        const char *text;
        FaultCode code;
    } cases[] = { { "page:eio", FAULT_INTERNAL },
                  { "page:enospc", FAULT_FULL },
                  { "page:lost", FAULT_LOST } };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (GError) error = NULL;

        arm (cases[i].text);
        assert_false (failpoint (FAILPOINT_PAGE, &error));
        assert_true (fault_is (error, cases[i].code));
    }
}

static void
test_nonsense_is_refused (void **state)
{
    static const char *const texts[] = { "page",    "page:",     "page:eio@", "page:eio@0", "page:eio@2x",
                                         "pag:eio", "page:eio2", "page:eio,", ":eio" };

    for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
        g_autoptr (GError) error = NULL;

        assert_false (failpoint_arm (texts[i], &error));
        assert_true (fault_is (error, FAULT_INVALID));
    }
}

/* How a child ends that passes the point. */
static int
signal_of (const char *text)
{
    pid_t child;
    int status;

    child = fork ();
    if (child == 0) {
        if (!freopen ("/dev/null", "w", stderr))
            _exit (1);
        arm (text);
        failpoint (FAILPOINT_PAGE, NULL);
        _exit (0);
    }
    assert_int_equal (waitpid (child, &status, WUNTRACED), child);
    if (WIFSTOPPED (status)) {
        int number = WSTOPSIG (status);

        kill (child, SIGCONT);
        assert_int_equal (waitpid (child, &status, 0), child);
        assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
        return number;
    }
    return WIFSIGNALED (status) ? WTERMSIG (status) : 0;
}

static void
test_ends (void **state)
{
    int oom;

    assert_int_equal (signal_of ("page:kill9"), SIGKILL);
    assert_int_equal (signal_of ("page:segv"), SIGSEGV);
    assert_int_equal (signal_of ("page:stop@1"), SIGSTOP);
    oom = signal_of ("page:oom");
    assert_true (oom == SIGTRAP || oom == SIGABRT);
}

static void *
pass (void *passed)
{
    failpoint (FAILPOINT_PAGE, NULL);
    g_atomic_int_set ((gint *)passed, TRUE);
    return NULL;
}

static void
test_pause_lasts_until_continued (void **state)
{
    pthread_t thread;
    gint passed = FALSE;

    arm ("page:pause");
    pthread_create (&thread, NULL, pass, &passed);
    g_usleep (200000);
    assert_false (g_atomic_int_get (&passed));
    raise (SIGCONT);
    pthread_join (thread, NULL);
    assert_true (passed);
}

static void
test_end_ends_only_the_thread (void **state)
{
    pthread_t thread;
    gint passed = FALSE;

    arm ("page:end");
    pthread_create (&thread, NULL, pass, &passed);
    pthread_join (thread, NULL);
    assert_false (passed);
}

static void
test_limits (void **state)
{
    assert_int_equal (limit_seconds (LIMIT_LEASE), 90);
    limit_set (LIMIT_LEASE, 3);
    assert_int_equal (limit_seconds (LIMIT_LEASE), 3);
    assert_int_equal (limit_seconds (LIMIT_HEARTBEAT), 20);
    limit_set (LIMIT_LEASE, 0);
    assert_int_equal (limit_seconds (LIMIT_LEASE), 90);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_nothing_is_armed),
        cmocka_unit_test (test_which_time),
        cmocka_unit_test (test_faults),
        cmocka_unit_test (test_nonsense_is_refused),
        cmocka_unit_test (test_ends),
        cmocka_unit_test (test_pause_lasts_until_continued),
        cmocka_unit_test (test_end_ends_only_the_thread),
        cmocka_unit_test (test_limits),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
