#include "both_engines.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

static void
test_a_second_process_is_refused (void **state)
{
    const Fixture *fixture = fixture_of (state);
    g_autoptr (GError) error = NULL;
    g_autoptr (GError) second = NULL;
    g_autofree char *number = NULL;
    int ready[2], fd, status;
    char byte;
    pid_t child;

    assert_int_equal (pipe (ready), 0);
    child = fork ();
    if (child == 0) {
        byte = store_lock_file (fixture->url, NULL) >= 0 ? 'y' : 'n';
        _exit (write (ready[1], &byte, 1) == 1 ? (pause (), 0) : 1);
    }
    assert_int_equal (read (ready[0], &byte, 1), 1);
    assert_int_equal (byte, 'y');
    assert_int_equal (store_lock_file (fixture->url, &second), -1);
    assert_fault (second, FAULT_CONFLICT);
    number = g_strdup_printf ("process %d", (int)child);
    assert_non_null (strstr (second->message, number));

    kill (child, SIGKILL);
    waitpid (child, &status, 0);
    fd = store_lock_file (fixture->url, &error);
    assert_fine (fd >= 0, error);
    assert_true (fcntl (fd, F_GETFD) & FD_CLOEXEC);
    close (fd);
    close (ready[0]);
    close (ready[1]);
}

static void
test_only_sqlite_needs_it (void **state)
{
    g_autoptr (GError) error = NULL;

    (void)state;
    assert_int_equal (store_lock_file ("postgresql://localhost/x", &error), -1);
    assert_null (error);
    assert_int_equal (store_lock_file ("sqlite:/nowhere/at/all/x.db", &error), -1);
    assert_fault (error, FAULT_INVALID);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        ON_SQLITE (test_a_second_process_is_refused),
        cmocka_unit_test (test_only_sqlite_needs_it),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
