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

static guint
count (const char *text, const char *part)
{
    guint n = 0;

    for (const char *p = text; (p = strcasestr (p, part)); p += strlen (part))
        n++;
    return n;
}

static void
test_headers (void **state)
{
    g_auto (Answer) answer = rig_get (&rig, "/headers");

    assert_int_equal (answer.status, 201);
    assert_string_equal (answer.body, "made");
    assert_string_equal (answer_header (&answer, "X-Good"), "2"); /* set again: replaced */
    assert_int_equal (count (answer.head, "X-Good:"), 1);
    assert_int_equal (count (answer.head, "Set-Cookie:"), 2);
    assert_string_equal (answer_header (&answer, "Content-Type"), "text/plain");
    assert_string_equal (answer_header (&answer, "X-Content-Type-Options"), "nosniff");
    assert_non_null (answer_header (&answer, "Date"));
}

static void
test_injection_is_refused (void **state)
{
    g_auto (Answer) answer = rig_get (&rig, "/headers");

    assert_null (strcasestr (answer.head, "injected"));
    assert_null (strcasestr (answer.head, "X-Bad"));
}

static void
test_head (void **state)
{
    static const char *const paths[] = { "/quick", "/headers", "/ready", "/show" };

    for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
        g_autofree char *requests = g_strdup_printf ("HEAD %s HTTP/1.1\r\nHost: x\r\n\r\n"
                                                     "GET /quick HTTP/1.1\r\nHost: x\r\n\r\n",
                                                     paths[i]);
        int fd = rig_connect (&rig);
        g_auto (Answer) head = { 0 }, next = { 0 };

        rig_send (fd, requests);
        head = rig_read (fd, TRUE);
        assert_in_range (head.status, 200, 201);
        assert_true (g_ascii_strtoull (answer_header (&head, "Content-Length"), NULL, 10) > 0);
        next = rig_read (fd, FALSE); /* no body came between */
        assert_int_equal (next.status, 200);
        assert_string_equal (next.body, "quick");
        close (fd);
    }
}

static void
test_no_content (void **state)
{
    g_auto (Answer) answer = rig_get (&rig, "/empty");

    assert_int_equal (answer.status, 204);
    assert_int_equal (answer.n, 0);
    assert_null (answer_header (&answer, "Content-Type"));
}

/* A worker that forgets to answer does not leave its client waiting. */
static void
test_silence_is_500 (void **state)
{
    g_auto (Answer) answer = rig_get (&rig, "/silent");
    HttpStats stats;

    assert_int_equal (answer.status, 500);
    assert_string_equal (answer_header (&answer, "Content-Type"), "application/problem+json");
    http_server_stats (rig.server, &stats);
    assert_true (stats.replies_5xx >= 1);
}

static gboolean
quick_500 (HttpCall *call, gpointer user)
{
    return TRUE; /* says it has replied, and has not */
}

static void
test_quick_silence_is_500 (void **state)
{
    Rig other = { 0 };
    HttpOptions options = rig_options (&other);
    g_auto (Answer) answer = { 0 };

    options.quick = quick_500;
    options.refuse = NULL; /* then the refusal is plain text */
    rig_start (&other, &options);
    answer = rig_get (&other, "/");
    assert_int_equal (answer.status, 500);
    assert_string_equal (answer_header (&answer, "Content-Type"), "text/plain; charset=utf-8");
    rig_stop (&other);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_headers),        cmocka_unit_test (test_injection_is_refused),
        cmocka_unit_test (test_head),           cmocka_unit_test (test_no_content),
        cmocka_unit_test (test_silence_is_500), cmocka_unit_test (test_quick_silence_is_500),
    };

    return cmocka_run_group_tests (tests, setup, teardown);
}
