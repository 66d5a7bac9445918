#include "rig.h"

static Rig rig;

static int
setup (void **state)
{
    struct rlimit limit;

    getrlimit (RLIMIT_NOFILE, &limit);
    limit.rlim_cur = MIN (limit.rlim_max, 4096);
    setrlimit (RLIMIT_NOFILE, &limit);
    rig_start (&rig, NULL);
    return 0;
}

static int
teardown (void **state)
{
    rig_stop (&rig);
    return 0;
}

static void
test_whole (void **state)
{
    g_auto (Answer) answer = rig_get (&rig, "/ready");

    assert_int_equal (answer.status, 200);
    assert_string_equal (answer.body, "{\"ready\":true}");
    assert_string_equal (answer_header (&answer, "ETag"), "\"v1\"");
    assert_string_equal (answer_header (&answer, "Content-Type"), "application/json");
    assert_string_equal (answer_header (&answer, "Cache-Control"), "private, no-cache");
    assert_string_equal (answer_header (&answer, "X-Content-Type-Options"), "nosniff");
}

static const struct {
    const char *method, *tags;
    int status;
} conditions[] = {
    { "GET", "\"v1\"", 304 },
    { "HEAD", "\"v1\"", 304 },
    { "GET", "W/\"v1\"", 304 },
    { "GET", "*", 304 },
    { "GET", "\"v0\", \"v1\"", 304 },
    { "GET", "\"v0\",\"v1\",\"v2\"", 304 },
    { "GET", "  W/\"x\" ,\tW/\"v1\"", 304 },
    { "GET", "\"a,b\", \"v1\"", 304 },
    { "GET", "\"v2\"", 200 },
    { "GET", "\"v11\"", 200 },
    { "GET", "\"xv1\"", 200 },
    { "GET", "v1", 200 },
    { "GET", "\"a,\"v1\"", 200 }, /* broken: better twice than stale */
    { "GET", "", 200 },
    { "GET", ",,", 200 },
    { "POST", "\"v1\"", 200 },
};

static void
test_conditions (void **state)
{
    for (guint i = 0; i < G_N_ELEMENTS (conditions); i++) {
        g_autofree char *request =
            g_strdup_printf ("%s /ready HTTP/1.1\r\nHost: x\r\nIf-None-Match: %s\r\n\r\n",
                             conditions[i].method, conditions[i].tags);
        g_auto (Answer) answer = rig_ask (&rig, request);

        if (answer.status != conditions[i].status)
            fail_msg ("%s %s: %d", conditions[i].method, conditions[i].tags, answer.status);
        assert_string_equal (answer_header (&answer, "ETag"), "\"v1\"");
        assert_string_equal (answer_header (&answer, "Cache-Control"), "private, no-cache");
    }
}

/* After a 304 the connection goes on: nothing of a body was sent. */
static void
test_unchanged_keeps_the_connection (void **state)
{
    int fd = rig_connect (&rig);

    for (guint i = 0; i < 10; i++) {
        g_auto (Answer) answer = { 0 };

        rig_send (fd, i % 2 ? "GET /ready HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"v1\"\r\n\r\n"
                            : "GET /ready HTTP/1.1\r\nHost: x\r\n\r\n");
        answer = rig_read (fd, FALSE);
        assert_int_equal (answer.status, i % 2 ? 304 : 200);
    }
    close (fd);
}

/* Who sends an id gets it back; who comes from another origin gets his header. */
static void
test_personal_headers (void **state)
{
    g_auto (Answer) named = rig_ask (&rig, "GET /ready HTTP/1.1\r\nHost: x\r\nX-Request-Id: mine\r\n\r\n");
    g_auto (Answer) cors = rig_get (&rig, "/ready?origin=https://a.example");
    g_auto (Answer) same = rig_ask (&rig, "GET /ready?origin=x HTTP/1.1\r\nHost: x\r\nX-Request-Id: mine\r\n"
                                          "If-None-Match: \"v1\"\r\n\r\n");
    g_auto (Answer) plain = rig_get (&rig, "/ready");

    assert_string_equal (answer_header (&named, "X-Request-Id"), "mine");
    assert_string_equal (named.body, "{\"ready\":true}");
    assert_string_equal (answer_header (&cors, "Access-Control-Allow-Origin"), "https://a.example");
    assert_null (answer_header (&cors, "X-Dropped"));
    assert_int_equal (same.status, 304);
    assert_string_equal (answer_header (&same, "Access-Control-Allow-Origin"), "x");
    assert_string_equal (answer_header (&same, "X-Request-Id"), "mine");
    assert_null (answer_header (&plain, "X-Request-Id"));
    assert_null (answer_header (&plain, "Access-Control-Allow-Origin"));
}

static void
test_fields (void **state)
{
    g_autoptr (HttpReady) ready = http_ready_new (203, NULL, g_bytes_new ("abc", 3), NULL, NULL);
    HttpReady *again = http_ready_ref (ready);

    assert_int_equal (http_ready_status (ready), 203);
    assert_null (http_ready_etag (ready));
    assert_int_equal (g_bytes_get_size (http_ready_body (ready)), 3);
    assert_true (http_ready_size (ready) > 1000);
    http_ready_unref (again);
}

/* Keep the only loop busy until all have asked, so that exactly n are ready in
 * one look at the epoll set. The library's internal threads would stall with
 * exactly 128. */
static void
ask_together (Rig *one, guint n)
{
    g_autofree int *fds = g_new (int, n);
    int blocker = rig_connect (one), entered = 0;
    gint64 start = g_get_monotonic_time ();

    for (guint i = 0; i < n; i++)
        fds[i] = rig_connect (one);
    for (guint round = 0; round < 3; round++) {
        g_auto (Answer) freed = { 0 };

        atomic_store (&one->hold, 1);
        rig_send (blocker, "GET /block HTTP/1.1\r\nHost: x\r\n\r\n");
        rig_await (&one->entered, ++entered);
        for (guint i = 0; i < n; i++)
            rig_send (fds[i], "GET /ready HTTP/1.1\r\nHost: x\r\n\r\n");
        atomic_store (&one->hold, 0);
        for (guint i = 0; i < n; i++) {
            g_auto (Answer) answer = rig_read (fds[i], FALSE);

            assert_int_equal (answer.status, 200);
        }
        freed = rig_read (blocker, FALSE);
        assert_int_equal (freed.status, 200);
    }
    for (guint i = 0; i < n; i++)
        close (fds[i]);
    close (blocker);
    assert_true (g_get_monotonic_time () - start < 8 * G_USEC_PER_SEC);
}

static void
test_many_at_once (void **state)
{
    static const guint counts[] = { 127, 128, 129, 256, 500 };

    for (guint i = 0; i < G_N_ELEMENTS (counts); i++) {
        Rig one = { 0 };
        HttpOptions options = rig_options (&one);

        options.loops = 1;
        rig_start (&one, &options);
        ask_together (&one, counts[i]);
        rig_stop (&one);
    }
}

typedef struct {
    Rig *rig;
    atomic_int failures;
} Crowd;

static void *
crowd_member (void *user)
{
    Crowd *crowd = user;
    int fd = rig_connect (crowd->rig);

    for (guint i = 0; i < 200; i++) {
        g_auto (Answer) answer = { 0 };

        rig_send (fd, i % 3   ? "GET /ready HTTP/1.1\r\nHost: x\r\n\r\n"
                      : i % 2 ? "GET /ready?origin=o HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"v1\"\r\n\r\n"
                              : "GET /show HTTP/1.1\r\nHost: x\r\n\r\n");
        answer = rig_read (fd, FALSE);
        if (answer.status != 200 && answer.status != 304)
            atomic_fetch_add (&crowd->failures, 1);
    }
    close (fd);
    return NULL;
}

/* One shared reply, two loops, four workers, eight clients. */
static void
test_shared_by_all (void **state)
{
    Crowd crowd = { .rig = &rig };
    pthread_t threads[8];

    for (guint i = 0; i < 8; i++)
        assert_int_equal (pthread_create (&threads[i], NULL, crowd_member, &crowd), 0);
    for (guint i = 0; i < 8; i++)
        pthread_join (threads[i], NULL);
    assert_int_equal (crowd.failures, 0);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_whole),
        cmocka_unit_test (test_conditions),
        cmocka_unit_test (test_unchanged_keeps_the_connection),
        cmocka_unit_test (test_personal_headers),
        cmocka_unit_test (test_fields),
        cmocka_unit_test (test_many_at_once),
        cmocka_unit_test (test_shared_by_all),
    };

    return cmocka_run_group_tests (tests, setup, teardown);
}
