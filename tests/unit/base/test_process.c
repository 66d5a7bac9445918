#include "base/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>

static void
test_files (void **state)
{
    ProcessStats before, after;
    int fd;

    process_look (&before);
    fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
    process_look (&after);
    close (fd);
    assert_int_equal (after.open_files, before.open_files + 1);
    assert_true (after.most_files >= after.open_files);
}

static void
test_memory_and_time (void **state)
{
    static char block[8 << 20];
    ProcessStats before, after;

    process_look (&before);
    for (gsize i = 0; i < sizeof block; i += 1024)
        block[i] = (char)i;
    process_look (&after);
    assert_true (before.resident_bytes > 0);
    assert_true (after.resident_bytes >= before.resident_bytes + (4 << 20));
    assert_true (after.cpu_seconds > before.cpu_seconds);
}

static void
test_start (void **state)
{
    gint64 now = g_get_real_time () / G_USEC_PER_SEC;
    ProcessStats stats;

    process_look (&stats);
    assert_true (stats.started <= now + 2 && stats.started > now - 300);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_files),
        cmocka_unit_test (test_memory_and_time),
        cmocka_unit_test (test_start),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
