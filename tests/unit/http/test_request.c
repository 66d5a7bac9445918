/* Requests that are well-formed: the loop's path and the workers' path, bodies,
 * what the application sees, several requests on one connection. */
#include "rig.h"

static Rig rig;

static int
setup (void **state)
{
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
test_quick_and_work (void **state)
{
    g_auto (Answer) quick = rig_get (&rig, "/quick");
    int entered = atomic_load (&rig.entered);
    g_auto (Answer) work = rig_get (&rig, "/show");

    assert_int_equal (quick.status, 200);
    assert_string_equal (quick.body, "quick");
    assert_int_equal (work.status, 200);
    assert_int_equal (atomic_load (&rig.entered), entered + 1);
}

static const struct {
    const char *request;
    const char *lines[4]; /* that the application saw */
} seen[] = {
    { "GET /a/b%2Fc/?q=1 HTTP/1.1\r\nHost: x\r\n\r\n",
      { "segment=a\n", "segment=b/c\n", "segment=\n", "past=none\n" } },
    { "GET /x?a=1&q=one+two%21&q=2 HTTP/1.1\r\nHost: x\r\n\r\n", { "path=/x\n", "q=one two!\n" } },
    { "GET /x?q=%00%ff HTTP/1.1\r\nHost: x\r\n\r\n", { "q=\xef\xbf\xbd\xef\xbf\xbd\n" } },
    { "GET /x HTTP/1.1\r\nHost: x\r\nX-MINE:  v w \r\n\r\n", { "x-mine=v w" } },
    { "GET /x HTTP/1.1\r\nHost: x\r\nCookie: SID=no; sid=yes; sid=2\r\n\r\n", { "sid=yes\n" } },
    { "GET /x HTTP/1.1\r\nHost: x\r\nCookie: xsid=no;sid=\"quoted\"\r\n\r\n", { "sid=quoted\n" } },
    { "GET /x HTTP/1.1\r\nHost: x\r\ncookie: a=sid=1; sid= ; b\r\n\r\n", { "sid=\n" } },
    { "DELETE /x HTTP/1.1\r\nHost: x\r\n\r\n", { "method=DELETE\n", "peer=127.0.0.1\n", "body=0\n" } },
    { "GET /x HTTP/1.0\r\n\r\n", { "method=GET\n" } },
    { "GET /x HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", { "body=3\n" } },
    { "GET /x HTTP/1.1\r\nHost: x\r\nX-Request-Id: A.b_9-\r\n\r\n", { "id=A.b_9-\n" } },
};

static void
test_what_the_application_sees (void **state)
{
    for (guint i = 0; i < G_N_ELEMENTS (seen); i++) {
        g_auto (Answer) answer = rig_ask (&rig, seen[i].request);

        assert_int_equal (answer.status, 200);
        for (guint j = 0; j < 4 && seen[i].lines[j]; j++)
            if (!strstr (answer.body, seen[i].lines[j]))
                fail_msg ("%s\ndoes not show %s\nbut %s", seen[i].request, seen[i].lines[j], answer.body);
    }
}

static void
test_cookie_absent (void **state)
{
    g_auto (Answer) answer =
        rig_ask (&rig, "GET /x HTTP/1.1\r\nHost: x\r\nCookie: SID=1; xsid=2; s=3\r\n\r\n");

    assert_null (strstr (answer.body, "sid="));
}

static void
test_request_ids (void **state)
{
    static const char *const insane[] = {
        "",    "a b",      "a\"b",
        "a/b", "\xc3\xa9", "12345678901234567890123456789012345678901234567890123456789012345"
    };
    g_auto (Answer) first = rig_get (&rig, "/quick");
    g_autofree char *id = g_strdup (answer_header (&first, "X-Request-Id"));
    g_auto (Answer) second = rig_get (&rig, "/quick");

    assert_int_equal (strlen (id), 32);
    assert_int_equal (strspn (id, "0123456789abcdef"), 32);
    assert_string_not_equal (id, answer_header (&second, "X-Request-Id"));
    for (guint i = 0; i < G_N_ELEMENTS (insane); i++) {
        g_autofree char *request =
            g_strdup_printf ("GET /quick HTTP/1.1\r\nHost: x\r\nX-Request-Id: %s\r\n\r\n", insane[i]);
        g_auto (Answer) answer = rig_ask (&rig, request);

        assert_int_equal (answer.status, 200);
        assert_int_equal (strlen (answer_header (&answer, "X-Request-Id")), 32);
    }
}

static void
test_theirs_is_taken (void **state)
{
    g_autofree char *longest = rig_fill ('z', 64);
    g_autofree char *request =
        g_strdup_printf ("GET /quick HTTP/1.1\r\nHost: x\r\nX-Request-Id: %s\r\n\r\n", longest);
    g_auto (Answer) answer = rig_ask (&rig, request);

    assert_string_equal (answer_header (&answer, "X-Request-Id"), longest);
}

static void
test_keep_alive (void **state)
{
    int fd = rig_connect (&rig);

    for (guint i = 0; i < 50; i++) {
        g_auto (Answer) answer = { 0 };

        rig_send (fd,
                  i % 2 ? "GET /show HTTP/1.1\r\nHost: x\r\n\r\n" : "GET /quick HTTP/1.1\r\nHost: x\r\n\r\n");
        answer = rig_read (fd, FALSE);
        assert_int_equal (answer.status, 200);
        assert_null (answer_header (&answer, "Connection"));
    }
    close (fd);
}

/* Answers come in the order of the requests, though the first needs a worker. */
static void
test_pipelining (void **state)
{
    int fd = rig_connect (&rig);
    g_autoptr (GString) requests = g_string_new (NULL);

    for (guint i = 0; i < 40; i++)
        g_string_append_printf (
            requests,
            i % 3 ? "GET /quick HTTP/1.1\r\nHost: x\r\nX-Request-Id: %u\r\n\r\n"
                  : "POST /echo HTTP/1.1\r\nHost: x\r\nX-Request-Id: %u\r\nContent-Length: 4\r\n\r\nbody",
            i);
    rig_send (fd, requests->str);
    for (guint i = 0; i < 40; i++) {
        g_auto (Answer) answer = rig_read (fd, FALSE);

        assert_int_equal (answer.status, 200);
        assert_int_equal (g_ascii_strtoull (answer_header (&answer, "X-Request-Id"), NULL, 10), i);
        assert_string_equal (answer.body, i % 3 ? "quick" : "body");
    }
    close (fd);
}

static void
test_http_1_0_closes (void **state)
{
    int fd = rig_connect (&rig);
    g_auto (Answer) answer = { 0 };

    rig_send (fd, "GET /quick HTTP/1.0\r\n\r\n");
    answer = rig_read (fd, FALSE);
    assert_int_equal (answer.status, 200);
    assert_true (rig_is_closed (fd));
    close (fd);
}

/* ---- bodies ---- */

static char *
post_with_length (const char *path, gsize n)
{
    g_autofree char *body = rig_fill ('b', n);

    return g_strdup_printf ("POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n%s", path, n, body);
}

static char *
post_chunked (const char *path, gsize n, gsize each)
{
    GString *request = g_string_new (NULL);

    g_string_append_printf (request, "POST %s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
                            path);
    while (n > 0) {
        gsize piece = MIN (n, each);
        g_autofree char *data = rig_fill ('b', piece);

        g_string_append_printf (request, "%zx\r\n%s\r\n", piece, data);
        n -= piece;
    }
    g_string_append (request, "0\r\n\r\n");
    return g_string_free (request, FALSE);
}

/* The limit of the rig is 10000. Afterwards the connection still works. */
static void
expect_body (char *request, int status, gsize n)
{
    int fd = rig_connect (&rig);
    g_auto (Answer) answer = { 0 }, next = { 0 };

    rig_send (fd, request);
    rig_send (fd, "GET /quick HTTP/1.1\r\nHost: x\r\n\r\n");
    answer = rig_read (fd, FALSE);
    assert_int_equal (answer.status, status);
    if (status == 200)
        assert_int_equal (answer.n, n);
    else
        assert_string_equal (answer_header (&answer, "Content-Type"), "application/problem+json");
    next = rig_read (fd, FALSE);
    assert_int_equal (next.status, 200);
    assert_string_equal (next.body, "quick");
    close (fd);
    g_free (request);
}

static void
test_body_limits (void **state)
{
    expect_body (post_with_length ("/echo", 0), 200, 0);
    expect_body (post_with_length ("/echo", 1), 200, 1);
    expect_body (post_with_length ("/echo", 10000), 200, 10000);
    expect_body (post_with_length ("/echo", 10001), 413, 0);
    expect_body (post_with_length ("/echo", 500000), 413, 0);
    expect_body (post_chunked ("/echo", 0, 1), 200, 0);
    expect_body (post_chunked ("/echo", 10000, 1), 200, 10000);
    expect_body (post_chunked ("/echo", 10000, 3333), 200, 10000);
    expect_body (post_chunked ("/echo", 10001, 10000), 413, 0);
    expect_body (post_chunked ("/echo", 500000, 1000), 413, 0);
}

/* A quick answer waits for the body that nobody wants, and keeps the connection. */
static void
test_quick_answer_to_a_body (void **state)
{
    int fd = rig_connect (&rig);
    g_autofree char *request = post_with_length ("/quick", 9000);

    for (guint i = 0; i < 3; i++) {
        g_auto (Answer) answer = { 0 };

        rig_send (fd, request);
        answer = rig_read (fd, FALSE);
        assert_int_equal (answer.status, 200);
    }
    close (fd);
}

/* Far too much: refused without being read, whatever the client goes on sending. */
static void
test_huge_length (void **state)
{
    g_auto (Answer) answer =
        rig_ask (&rig, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000000\r\n\r\nabc");

    assert_int_equal (answer.status, 413);
    assert_string_equal (answer_header (&answer, "Connection"), "close");
}

/* An endless chunked body is cut once more than MAX_DRAIN is thrown away. */
static void
test_endless_chunks (void **state)
{
    int fd = rig_connect (&rig);
    g_autofree char *data = rig_fill ('b', 0x4000);
    gboolean open = TRUE;
    guint sent = 0;

    rig_send (fd, "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (; open && sent < 2000; sent++)
        open = rig_send (fd, "4000\r\n") && rig_send (fd, data) && rig_send (fd, "\r\n");
    assert_false (open);
    close (fd);
}

static void
test_expect_continue (void **state)
{
    int fd = rig_connect (&rig);
    g_auto (Answer) answer = { 0 };
    char interim[64] = { 0 };

    rig_send (fd, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    assert_true (recv (fd, interim, 25, MSG_WAITALL) == 25);
    assert_string_equal (interim, "HTTP/1.1 100 Continue\r\n\r\n");
    rig_send (fd, "data");
    answer = rig_read (fd, FALSE);
    assert_int_equal (answer.status, 200);
    assert_string_equal (answer.body, "data");
    close (fd);
}

/* It asked first, so it is told before it sends anything. */
static void
test_expect_refused (void **state)
{
    static const struct {
        const char *path, *length;
        int status;
    } cases[] = { { "/echo", "10001", 413 }, { "/echo", "99999999", 413 }, { "/quick", "4", 200 } };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        int fd = rig_connect (&rig);
        char line[13] = { 0 }, want[13];
        g_autofree char *request = g_strdup_printf (
            "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %s\r\nExpect: 100-continue\r\n\r\n",
            cases[i].path, cases[i].length);

        g_snprintf (want, sizeof want, "HTTP/1.1 %d", cases[i].status);
        rig_send (fd, request);
        assert_true (recv (fd, line, 12, MSG_WAITALL) == 12);
        assert_string_equal (line, want);
        close (fd);
    }
}

/* ---- clients that go away ---- */

static void
test_client_leaves_in_the_middle (void **state)
{
    static const char *const starts[] = {
        "",
        "GE",
        "GET /quick HTTP/1.1\r\nHos",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nabc",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    };

    for (guint i = 0; i < G_N_ELEMENTS (starts); i++) {
        int fd = rig_connect (&rig);

        rig_send (fd, starts[i]);
        rig_sleep (10);
        close (fd);
    }
    for (guint i = 0; i < 1000; i++) {
        HttpStats stats;

        http_server_stats (rig.server, &stats);
        if (stats.connections == 0)
            return;
        rig_sleep (5);
    }
    fail_msg ("a connection is left");
}

/* The call must live until its worker has given it back. */
static void
test_client_leaves_during_work (void **state)
{
    int entered = atomic_load (&rig.entered), done = atomic_load (&rig.done);

    atomic_store (&rig.hold, 1);
    for (guint i = 0; i < 4; i++) {
        int fd = rig_connect (&rig);
        struct linger reset = { .l_onoff = 1 };

        rig_send (fd, "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
        rig_await (&rig.entered, entered + (int)i + 1);
        if (i % 2)
            setsockopt (fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close (fd);
    }
    rig_sleep (20);
    atomic_store (&rig.hold, 0);
    rig_await (&rig.done, done + 4);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_quick_and_work),
        cmocka_unit_test (test_what_the_application_sees),
        cmocka_unit_test (test_cookie_absent),
        cmocka_unit_test (test_request_ids),
        cmocka_unit_test (test_theirs_is_taken),
        cmocka_unit_test (test_keep_alive),
        cmocka_unit_test (test_pipelining),
        cmocka_unit_test (test_http_1_0_closes),
        cmocka_unit_test (test_body_limits),
        cmocka_unit_test (test_quick_answer_to_a_body),
        cmocka_unit_test (test_huge_length),
        cmocka_unit_test (test_endless_chunks),
        cmocka_unit_test (test_expect_continue),
        cmocka_unit_test (test_expect_refused),
        cmocka_unit_test (test_client_leaves_in_the_middle),
        cmocka_unit_test (test_client_leaves_during_work),
    };

    return cmocka_run_group_tests (tests, setup, teardown);
}
