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

/* A refusal is ours: problem+json with the id, and the connection ends. */
static void
expect_refusal (const char *what, Answer *answer, int status)
{
    if (answer->status != status)
        fail_msg ("%s: status %d, wanted %d\n%s%s", what, answer->status, status,
                  answer->head ? answer->head : "", answer->body ? answer->body : "");
    assert_string_equal (answer_header (answer, "Content-Type"), "application/problem+json");
    assert_string_equal (answer_header (answer, "X-Content-Type-Options"), "nosniff");
    assert_non_null (answer_header (answer, "X-Request-Id"));
    assert_non_null (strstr (answer->body, "\"detail\""));
}

static const struct {
    const char *what, *request;
} malformed[] = {
    { "two Host headers", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" },
    { "the same Host twice", "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n" },
    { "length and encoding",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
    { "encoding and length",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n" },
    { "two lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc" },
    { "the same length twice",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc" },
    { "unknown encoding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n" },
    { "encoding list", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" },
    { "identity encoding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n" },
    { "encoding twice", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
                        "chunked\r\n\r\n0\r\n\r\n" },
    { "chunkedchunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunkedchunked\r\n\r\n0\r\n\r\n" },
    { "encoding in 1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
    { "space before the colon",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n" },
    { "tab before the colon", "GET / HTTP/1.1\r\nHost: a\r\nX-A\t: b\r\n\r\n" },
    { "a name that is no token", "GET / HTTP/1.1\r\nHost: a\r\nX(A): b\r\n\r\n" },
    { "a control byte in a value", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\x01\r\n\r\n" },
    { "broken escape", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n" },
    { "NUL in the path", "GET /a%00b HTTP/1.1\r\nHost: a\r\n\r\n" },
    { "path is not UTF-8", "GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n" },
    { "no slash", "GET a HTTP/1.1\r\nHost: a\r\n\r\n" },
    { "authority form", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n" },
    { "hosts disagree", "GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n" },
};

static void
test_malformed (void **state)
{
    for (guint i = 0; i < G_N_ELEMENTS (malformed); i++) {
        g_auto (Answer) answer = rig_ask (&rig, malformed[i].request);

        expect_refusal (malformed[i].what, &answer, 400);
        assert_string_equal (answer_header (&answer, "Connection"), "close");
    }
}

/* These the library decides by itself; what matters is that none is served. */
static const struct {
    const char *what, *request;
} library[] = {
    { "no Host", "GET /quick HTTP/1.1\r\n\r\n" },
    { "length +5", "POST /quick HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nabcde" },
    { "length -1", "POST /quick HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n" },
    { "length 0x5", "POST /quick HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\nabcde" },
    { "length list", "POST /quick HTTP/1.1\r\nHost: a\r\nContent-Length: 5,5\r\n\r\nabcde" },
    { "length too big for 64 bits",
      "POST /quick HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n" },
    { "empty length", "POST /quick HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n" },
    { "a line without a colon", "GET /quick HTTP/1.1\r\nHost: a\r\nnothing\r\n\r\n" },
    { "a space in the target", "GET /quick /quick HTTP/1.1\r\nHost: a\r\n\r\n" },
    { "HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" },
    { "HTTP/0.9", "GET /quick\r\n\r\n" },
    { "chunk size is no number",
      "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n" },
    { "chunk size with 0x",
      "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x2\r\nab\r\n0\r\n\r\n" },
    { "negative chunk",
      "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\nab\r\n0\r\n\r\n" },
    { "chunk size overflows", "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
                              "chunked\r\n\r\n10000000000000002\r\nab\r\n0\r\n\r\n" },
    { "chunk longer than it says",
      "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n" },
};

static void
test_library_refuses (void **state)
{
    for (guint i = 0; i < G_N_ELEMENTS (library); i++) {
        g_auto (Answer) answer = rig_ask (&rig, library[i].request);

        if (answer.status != 0 && (answer.status < 400 || answer.status > 505))
            fail_msg ("%s: status %d", library[i].what, answer.status);
    }
}

/* What follows a refused request on the connection must never run. */
static void
test_nothing_runs_after_refusal (void **state)
{
    Rig own = { 0 };
    g_auto (Answer) answer = { 0 };
    HttpStats stats;
    int fd;

    rig_start (&own, NULL);
    fd = rig_connect (&own);
    rig_send (fd, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "0\r\n\r\nGET /quick HTTP/1.1\r\nHost: a\r\n\r\n");
    answer = rig_read (fd, FALSE);
    expect_refusal ("smuggled", &answer, 400);
    assert_true (rig_is_closed (fd));
    close (fd);
    rig_await (&own.done, 1);
    http_server_stats (own.server, &stats);
    assert_int_equal (stats.requests, 1);
    rig_stop (&own);
    assert_int_equal (own.done, 1);
}

/* "GET " + target + " HTTP/1.1\r\n" is the request line. */
static Answer
ask_line (gsize bytes)
{
    g_autofree char *filler = rig_fill ('a', bytes - strlen ("GET / HTTP/1.1\r\n"));
    g_autofree char *target = g_strdup_printf ("/%s", filler);

    return rig_get (&rig, target);
}

static void
test_long_line (void **state)
{
    static const struct {
        gsize bytes;
        int status;
    } lines[] = { { 8192, 200 }, { 8193, 414 }, { 9000, 414 }, { 30000, 414 }, { 40000, 414 } };

    for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
        g_auto (Answer) answer = ask_line (lines[i].bytes);

        if (lines[i].status == 200)
            assert_int_equal (answer.status, 200);
        else
            expect_refusal ("long line", &answer, 414);
    }
}

static Answer
ask_headers (gsize bytes, gsize each)
{
    g_autoptr (GString) request = g_string_new ("GET / HTTP/1.1\r\n");
    gsize line = request->len;

    g_string_append (request, "Host: x\r\n");
    while (request->len - line < bytes - 2) {
        gsize n = MIN (each, bytes - 2 - (request->len - line));
        g_autofree char *value = NULL;

        if (bytes - 2 - (request->len - line) - n < 10)
            n = bytes - 2 - (request->len - line); /* the last one takes the rest */
        value = rig_fill ('v', n - strlen ("X-A: \r\n"));
        g_string_append_printf (request, "X-A: %s\r\n", value);
    }
    g_string_append (request, "\r\n");
    assert_int_equal (request->len - line, bytes);
    return rig_ask (&rig, request->str);
}

static void
test_large_headers (void **state)
{
    static const struct {
        gsize bytes, each;
        int status;
    } headers[] = {
        { 32768, 32768, 200 }, { 32768, 300, 200 },  { 32769, 300, 431 },
        { 32769, 40000, 431 }, { 36000, 1000, 431 }, { 40000, 40000, 431 },
    };

    for (guint i = 0; i < G_N_ELEMENTS (headers); i++) {
        g_auto (Answer) answer = ask_headers (headers[i].bytes, headers[i].each);

        if (headers[i].status == 200)
            assert_int_equal (answer.status, 200);
        else
            expect_refusal ("large headers", &answer, 431);
    }
}

/* Far beyond the limits the library answers, before we see the request. */
static void
test_far_beyond (void **state)
{
    g_auto (Answer) line = ask_line (300000);
    g_auto (Answer) headers = ask_headers (300000, 1000);

    assert_true (line.status == 414 || line.status == 0);
    assert_true (headers.status == 431 || headers.status == 413 || headers.status == 0);
}

/* The library has no room for so many; a call that it forgets would be lost (LeakSanitizer looks). */
static void
test_many_parameters (void **state)
{
    g_autoptr (GString) text = g_string_new ("GET /quick?");

    for (int i = 0; i < 1000; i++)
        g_string_append_printf (text, "p%d=%d&", i, i);
    g_string_append (text, " HTTP/1.1\r\nHost: a\r\n\r\n");
    for (int i = 0; i < 3; i++) {
        g_auto (Answer) answer = rig_ask (&rig, text->str);

        assert_true (answer.status == 0 || answer.status >= 400);
    }
}

static void
test_absolute_target (void **state)
{
    g_auto (Answer) answer =
        rig_ask (&rig, "GET http://Host.example:80/show?q=1 HTTP/1.1\r\nHost: host.example:80\r\n\r\n");

    assert_int_equal (answer.status, 200);
    assert_non_null (strstr (answer.body, "path=/show\n"));
    assert_non_null (strstr (answer.body, "q=1\n"));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_malformed),
        cmocka_unit_test (test_library_refuses),
        cmocka_unit_test (test_nothing_runs_after_refusal),
        cmocka_unit_test (test_long_line),
        cmocka_unit_test (test_large_headers),
        cmocka_unit_test (test_far_beyond),
        cmocka_unit_test (test_many_parameters),
        cmocka_unit_test (test_absolute_target),
    };

    return cmocka_run_group_tests (tests, setup, teardown);
}
