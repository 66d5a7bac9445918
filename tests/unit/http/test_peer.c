/* Clients that are slow, silent or greedy. Limits are one second here. */
#include "rig.h"

static Rig rig;

static int
setup (void **state)
{
    HttpOptions options = rig_options (&rig);

    options.idle_seconds = 1;
    options.header_seconds = 1;
    rig_start (&rig, &options);
    return 0;
}

static int
teardown (void **state)
{
    rig_stop (&rig);
    return 0;
}

/* Send a byte every 100 ms; returns the seconds until the server had enough. */
static double
dribble (int fd, const char *text)
{
    gint64 start = g_get_monotonic_time ();
    struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

    for (guint i = 0; i < 60; i++) {
        gsize n = strlen (text);

        if (!rig_send_n (fd, &text[i % n], 1) || poll (&poll_fd, 1, 100) == 1)
            break;
    }
    return (double)(g_get_monotonic_time () - start) / G_USEC_PER_SEC;
}

static void
expect_cut (double seconds)
{
    if (seconds < 0.8 || seconds > 3)
        fail_msg ("cut after %.2f s", seconds);
}

static void
test_slow_request_line (void **state)
{
    int fd = rig_connect (&rig);

    rig_send (fd, "GET /");
    expect_cut (dribble (fd, "a"));
    assert_true (rig_is_closed (fd));
    close (fd);
}

static void
test_slow_headers (void **state)
{
    int fd = rig_connect (&rig);

    rig_send (fd, "GET /quick HTTP/1.1\r\nHost: x\r\nX-A: ");
    expect_cut (dribble (fd, "a"));
    assert_true (rig_is_closed (fd));
    close (fd);
}

static void
test_slow_second_request (void **state)
{
    static const char *const starts[] = { "GET /", "GET /quick HTTP/1.1\r\nHost: x\r\nX-A: " };

    for (guint i = 0; i < G_N_ELEMENTS (starts); i++) {
        int fd = rig_connect (&rig);
        g_auto (Answer) answer = { 0 };

        rig_send (fd, "GET /quick HTTP/1.1\r\nHost: x\r\n\r\n");
        answer = rig_read (fd, FALSE);
        assert_int_equal (answer.status, 200);
        rig_send (fd, starts[i]);
        expect_cut (dribble (fd, "a"));
        close (fd);
    }
}

static void
test_silence (void **state)
{
    static const char *const starts[] = {
        "",
        "GET /quick HTTP/1.1\r\nHost: x\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n",
    };

    int fds[G_N_ELEMENTS (starts)];
    gint64 start = g_get_monotonic_time ();

    for (guint i = 0; i < G_N_ELEMENTS (starts); i++) {
        fds[i] = rig_connect (&rig);
        rig_send (fds[i], starts[i]);
    }
    for (guint i = 0; i < G_N_ELEMENTS (starts); i++) {
        assert_true (rig_is_closed (fds[i]));
        expect_cut ((double)(g_get_monotonic_time () - start) / G_USEC_PER_SEC);
        close (fds[i]);
    }
}

static void
test_idle_after_reply (void **state)
{
    int fd = rig_connect (&rig);
    g_auto (Answer) answer = { 0 };
    gint64 start;

    rig_send (fd, "GET /show HTTP/1.1\r\nHost: x\r\n\r\n");
    answer = rig_read (fd, FALSE);
    start = g_get_monotonic_time ();
    assert_true (rig_is_closed (fd));
    expect_cut ((double)(g_get_monotonic_time () - start) / G_USEC_PER_SEC);
    close (fd);
}

/* A body that trickles is not silent: it is taken, however slow. */
static void
test_slow_body_is_taken (void **state)
{
    int fd = rig_connect (&rig);
    g_auto (Answer) answer = { 0 };

    rig_send (fd, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n");
    for (guint i = 0; i < 4; i++) {
        rig_sleep (500);
        assert_true (rig_send (fd, "b"));
    }
    answer = rig_read (fd, FALSE);
    assert_int_equal (answer.status, 200);
    assert_string_equal (answer.body, "bbbb");
    close (fd);
}

/* Work may take longer than any of the limits. */
static void
test_long_work (void **state)
{
    int fd = rig_connect (&rig);
    g_auto (Answer) answer = { 0 };

    atomic_store (&rig.hold, 1);
    rig_send (fd, "POST /hold HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab");
    rig_sleep (1600);
    atomic_store (&rig.hold, 0);
    answer = rig_read (fd, FALSE);
    assert_int_equal (answer.status, 200);
    close (fd);
}

static guint
connections (void)
{
    HttpStats stats;

    http_server_stats (rig.server, &stats);
    return stats.connections;
}

/* Asks again and again and never reads, until nothing moves any more: cut. */
static void
expect_never_reading_is_cut (const char *request)
{
    int fd = rig_connect (&rig);
    struct timeval limit = { .tv_usec = 300000 };
    gint64 start;

    setsockopt (fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    while (rig_send (fd, request))
        ;
    assert_int_equal (connections (), 1);
    start = g_get_monotonic_time ();
    while (connections () > 0 && g_get_monotonic_time () - start < 8 * G_USEC_PER_SEC)
        rig_sleep (20);
    assert_int_equal (connections (), 0);
    close (fd);
}

static void
test_never_reads (void **state)
{
    g_autofree char *filler = rig_fill ('b', 8000);
    g_autofree char *post =
        g_strdup_printf ("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 8000\r\n\r\n%s", filler);
    g_autofree char *get = g_strdup_printf ("GET /show?q=%s HTTP/1.1\r\nHost: x\r\n\r\n", filler);

    expect_never_reading_is_cut (post);
    expect_never_reading_is_cut (get);
}

/* 300 slow ones do not slow the others down. */
static void
test_slow_loris (void **state)
{
    int fds[300];

    for (guint i = 0; i < 300; i++) {
        fds[i] = rig_connect (&rig);
        rig_send (fds[i], "GET /quick HTTP/1.1\r\nHost: x\r\nX-A: a");
    }
    for (guint i = 0; i < 100; i++) {
        gint64 start = g_get_monotonic_time ();
        g_auto (Answer) answer = rig_get (&rig, "/show");

        assert_int_equal (answer.status, 200);
        assert_true (g_get_monotonic_time () - start < G_USEC_PER_SEC);
    }
    for (guint i = 0; i < 300; i++) {
        assert_true (rig_is_closed (fds[i]));
        close (fds[i]);
    }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_slow_request_line),   cmocka_unit_test (test_slow_headers),
        cmocka_unit_test (test_slow_second_request), cmocka_unit_test (test_silence),
        cmocka_unit_test (test_idle_after_reply),    cmocka_unit_test (test_slow_body_is_taken),
        cmocka_unit_test (test_long_work),           cmocka_unit_test (test_never_reads),
        cmocka_unit_test (test_slow_loris),
    };

    return cmocka_run_group_tests (tests, setup, teardown);
}
