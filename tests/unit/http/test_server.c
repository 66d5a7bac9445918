/* Start and stop, TLS, a full queue, too many connections. */
#include "rig.h"

#include "base/fault.h"
#include "certificate.h"

#include <curl/curl.h>

static void
test_workers_start_and_stop (void **state)
{
    Rig rig = { 0 };

    rig_start (&rig, NULL);
    rig_await (&rig.started, 4);
    assert_true (http_server_port (rig.server) > 0);
    rig_stop (&rig);
    assert_int_equal (rig.started, 4);
    assert_int_equal (rig.stopped, 4);
}

static void
test_cannot_start (void **state)
{
    Rig rig = { 0 };
    HttpOptions options = rig_options (&rig);
    g_autoptr (GError) error = NULL;

    options.address = "localhost"; /* not numeric */
    assert_null (http_server_start (&options, &error));
    assert_true (fault_is (error, FAULT_INVALID));
    g_clear_error (&error);
    options.address = "192.0.2.1"; /* not ours */
    assert_null (http_server_start (&options, &error));
    assert_true (fault_is (error, FAULT_INVALID));
    g_clear_error (&error);
    options = rig_options (&rig);
    options.tls_cert = options.tls_key = "nonsense";
    assert_null (http_server_start (&options, &error));
    assert_non_null (strstr (error->message, "TLS"));
}

/* A port that another program has is an error, not shared with it. */
static void
test_port_is_taken (void **state)
{
    Rig rig = { 0 };
    HttpOptions options = rig_options (&rig);
    g_autoptr (GError) error = NULL;
    struct sockaddr_in at = { .sin_family = AF_INET };
    socklen_t n = sizeof at;
    int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    at.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
    assert_int_equal (bind (fd, (struct sockaddr *)&at, n), 0);
    assert_int_equal (listen (fd, 1), 0);
    getsockname (fd, (struct sockaddr *)&at, &n);
    options.port = ntohs (at.sin_port);
    assert_null (http_server_start (&options, &error));
    assert_non_null (strstr (error->message, "in use"));
    close (fd);
}

static void
test_ipv6 (void **state)
{
    Rig rig = { 0 };
    HttpOptions options = rig_options (&rig);
    struct sockaddr_in6 to = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
    g_auto (Answer) answer = { 0 };
    int fd = socket (AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind (fd, (struct sockaddr *)&to, sizeof to) != 0)
        skip (); /* no IPv6 here */
    close (fd);
    options.address = "::1";
    rig_start (&rig, &options);
    fd = socket (AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    to.sin6_port = htons (http_server_port (rig.server));
    assert_int_equal (connect (fd, (struct sockaddr *)&to, sizeof to), 0);
    rig_send (fd, "GET /show HTTP/1.1\r\nHost: x\r\n\r\n");
    answer = rig_read (fd, FALSE);
    assert_non_null (strstr (answer.body, "peer=::1\n"));
    close (fd);
    rig_stop (&rig);
}

/* One worker, a queue of two: the fourth and later are told to come back. */
static void
test_full_queue (void **state)
{
    Rig rig = { 0 };
    HttpOptions options = rig_options (&rig);
    HttpStats stats;
    int fds[5];

    options.workers = 1;
    options.queue = 2;
    rig_start (&rig, &options);
    atomic_store (&rig.hold, 1);
    for (guint i = 0; i < 3; i++) {
        fds[i] = rig_connect (&rig);
        rig_send (fds[i], "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
        rig_await (&rig.entered, 1);
        do {
            rig_sleep (2);
            http_server_stats (rig.server, &stats);
        } while (stats.queued < i);
    }
    assert_int_equal (stats.queued, 2);
    assert_int_equal (stats.working, 1);
    for (guint i = 3; i < 5; i++) {
        g_auto (Answer) answer = rig_get (&rig, "/hold");

        assert_int_equal (answer.status, 503);
        assert_string_equal (answer_header (&answer, "Retry-After"), "1");
        assert_string_equal (answer_header (&answer, "Content-Type"), "application/problem+json");
    }
    atomic_store (&rig.hold, 0);
    for (guint i = 0; i < 3; i++) {
        g_auto (Answer) answer = rig_read (fds[i], FALSE);

        assert_int_equal (answer.status, 200);
        close (fds[i]);
    }
    http_server_stats (rig.server, &stats);
    assert_int_equal (stats.refused_busy, 2);
    assert_int_equal (stats.requests, 5);
    assert_int_equal (stats.replies_5xx, 2);
    rig_stop (&rig);
}

/* A full house: the next waits at the door and is served when one leaves. */
static void
test_connection_limit (void **state)
{
    Rig rig = { 0 };
    HttpOptions options = rig_options (&rig);
    struct timeval moment = { .tv_usec = 200000 }, long_time = { .tv_sec = 5 };
    g_auto (Answer) answer = { 0 };
    HttpStats stats;
    int fds[3];
    char c;

    options.loops = 1;
    options.max_connections = 2;
    rig_start (&rig, &options);
    for (guint i = 0; i < 3; i++) {
        fds[i] = rig_connect (&rig);
        rig_send (fds[i], "GET /quick HTTP/1.1\r\nHost: x\r\n\r\n");
        rig_sleep (50);
    }
    http_server_stats (rig.server, &stats);
    assert_int_equal (stats.connections, 2);
    setsockopt (fds[2], SOL_SOCKET, SO_RCVTIMEO, &moment, sizeof moment);
    assert_int_equal (recv (fds[2], &c, 1, 0), -1);
    close (fds[0]);
    setsockopt (fds[2], SOL_SOCKET, SO_RCVTIMEO, &long_time, sizeof long_time);
    answer = rig_read (fds[2], FALSE);
    assert_int_equal (answer.status, 200);
    close (fds[1]);
    close (fds[2]);
    rig_stop (&rig);
}

/* ---- stop ---- */

typedef struct {
    Rig *rig;
    guint grace;
    atomic_int stopped;
} Stop;

static void *
stop_main (void *user)
{
    Stop *stop = user;

    http_server_stop (stop->rig->server, stop->grace);
    atomic_store (&stop->stopped, 1);
    return NULL;
}

/* What runs or waits is finished and answered; what is idle is cut. */
static void
test_graceful_stop (void **state)
{
    Rig rig = { 0 };
    HttpOptions options = rig_options (&rig);
    Stop stop = { .rig = &rig, .grace = 10 };
    g_auto (Answer) first = { 0 };
    HttpStats stats = { 0 };
    pthread_t thread;
    int busy[2], idle;

    options.workers = 1;
    rig_start (&rig, &options);
    atomic_store (&rig.hold, 1);
    idle = rig_connect (&rig);
    rig_send (idle, "GET /quick HTTP/1.1\r\nHost: x\r\n\r\n");
    first = rig_read (idle, FALSE);
    assert_int_equal (first.status, 200);
    for (guint i = 0; i < 2; i++) {
        busy[i] = rig_connect (&rig);
        rig_send (busy[i], "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    for (guint i = 0; (stats.queued < 1 || stats.working < 1) && i < 1000; i++) {
        rig_sleep (2);
        http_server_stats (rig.server, &stats);
    }
    pthread_create (&thread, NULL, stop_main, &stop);
    assert_true (rig_is_closed (idle));
    assert_int_equal (atomic_load (&stop.stopped), 0);
    atomic_store (&rig.hold, 0);
    for (guint i = 0; i < 2; i++) {
        g_auto (Answer) answer = rig_read (busy[i], FALSE);

        assert_int_equal (answer.status, 200);
        assert_string_equal (answer_header (&answer, "Connection"), "close");
        close (busy[i]);
    }
    pthread_join (thread, NULL);
    close (idle);
    http_ready_unref (rig.ready);
}

/* When the time is up, the queue is refused; the one at work is still answered. */
static void
test_stop_out_of_patience (void **state)
{
    Rig rig = { 0 };
    HttpOptions options = rig_options (&rig);
    Stop stop = { .rig = &rig, .grace = 0 };
    g_auto (Answer) working = { 0 }, waiting = { 0 };
    HttpStats stats = { 0 };
    pthread_t thread;
    int fds[2];

    options.workers = 1;
    rig_start (&rig, &options);
    atomic_store (&rig.hold, 1);
    for (guint i = 0; i < 2; i++) {
        fds[i] = rig_connect (&rig);
        rig_send (fds[i], "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n");
        rig_await (&rig.entered, 1);
    }
    for (guint i = 0; stats.queued < 1 && i < 1000; i++) {
        rig_sleep (2);
        http_server_stats (rig.server, &stats);
    }
    pthread_create (&thread, NULL, stop_main, &stop);
    waiting = rig_read (fds[1], FALSE);
    assert_int_equal (waiting.status, 503);
    atomic_store (&rig.hold, 0);
    working = rig_read (fds[0], FALSE);
    assert_int_equal (working.status, 200);
    pthread_join (thread, NULL);
    close (fds[0]);
    close (fds[1]);
    http_ready_unref (rig.ready);
}

/* Half a request does not hold the stop up for its whole grace. */
static void
test_stop_with_half_requests (void **state)
{
    Rig rig = { 0 };
    gint64 start;
    int fds[3];

    rig_start (&rig, NULL);
    for (guint i = 0; i < 3; i++)
        fds[i] = rig_connect (&rig);
    rig_send (fds[1], "GET /qui");
    rig_send (fds[2], "GET /quick HTTP/1.1\r\nHost: x\r\n");
    rig_sleep (50);
    start = g_get_monotonic_time ();
    rig_stop (&rig);
    assert_true (g_get_monotonic_time () - start < 3 * G_USEC_PER_SEC);
    for (guint i = 0; i < 3; i++)
        close (fds[i]);
}

typedef struct {
    guint16 port;
    atomic_int run, answered;
} Load;

static void *
load_main (void *user)
{
    Load *load = user;

    while (atomic_load (&load->run)) {
        struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons (load->port) };
        int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        struct timeval limit = { .tv_sec = 2 };
        char buffer[400];

        to.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
        setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        if (connect (fd, (struct sockaddr *)&to, sizeof to) == 0 &&
            rig_send (fd, "GET /show HTTP/1.1\r\nHost: x\r\n\r\nGET /ready HTTP/1.1\r\nHost: x\r\n\r\n") &&
            recv (fd, buffer, sizeof buffer, 0) > 0)
            atomic_fetch_add (&load->answered, 1);
        close (fd);
    }
    return NULL;
}

/* Stop in the middle of traffic, many times: the sanitizers look on. */
static void
test_stop_under_load (void **state)
{
    for (guint round = 0; round < 8; round++) {
        Rig rig = { 0 };
        Load load = { .run = 1 };
        pthread_t threads[4];

        rig_start (&rig, NULL);
        load.port = http_server_port (rig.server);
        for (guint i = 0; i < 4; i++)
            pthread_create (&threads[i], NULL, load_main, &load);
        rig_await (&load.answered, 20);
        rig_stop (&rig);
        atomic_store (&load.run, 0);
        for (guint i = 0; i < 4; i++)
            pthread_join (threads[i], NULL);
    }
}

/* ---- TLS ---- */

static size_t
collect (char *data, size_t size, size_t n, void *user)
{
    g_string_append_len (user, data, (gssize)(size * n));
    return size * n;
}

static long
https_get (CURL *curl, guint16 port, const char *trusted, const char *path, GString *body)
{
    g_autofree char *url = g_strdup_printf ("https://127.0.0.1:%u%s", port, path);
    CURLcode code;
    long status = 0;

    curl_easy_setopt (curl, CURLOPT_URL, url);
    curl_easy_setopt (curl, CURLOPT_CAINFO, trusted);
    curl_easy_setopt (curl, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt (curl, CURLOPT_WRITEDATA, body);
    curl_easy_setopt (curl, CURLOPT_TIMEOUT, 10L);
    curl_easy_setopt (curl, CURLOPT_NOPROXY, "*");
    code = curl_easy_perform (curl);
    if (code != CURLE_OK)
        fail_msg ("%s", curl_easy_strerror (code));
    curl_easy_getinfo (curl, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

static void
test_tls (void **state)
{
    static const char *const paths[] = { "/ready", "/show", "/quick", "/ready" };
    Rig rig = { 0 };
    HttpOptions options = rig_options (&rig);
    CURL *curl = curl_easy_init ();
    g_autofree char *trusted = NULL;
    int file = g_file_open_tmp ("daymark-test-XXXXXX", &trusted, NULL);
    int plain;
    char c;

    assert_int_equal (write (file, certificate, strlen (certificate)), strlen (certificate));
    close (file);
    options.tls_cert = certificate;
    options.tls_key = certificate_key;
    rig_start (&rig, &options);
    for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
        g_autoptr (GString) body = g_string_new (NULL);

        assert_int_equal (https_get (curl, http_server_port (rig.server), trusted, paths[i], body), 200);
        assert_true (body->len > 0);
    }
    curl_easy_cleanup (curl);
    unlink (trusted);
    plain = rig_connect (&rig); /* plain HTTP on a TLS port is not answered in plain */
    rig_send (plain, "GET /quick HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_true (recv (plain, &c, 1, 0) <= 0 || c != 'H');
    close (plain);
    rig_stop (&rig);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_workers_start_and_stop),
        cmocka_unit_test (test_cannot_start),
        cmocka_unit_test (test_port_is_taken),
        cmocka_unit_test (test_ipv6),
        cmocka_unit_test (test_full_queue),
        cmocka_unit_test (test_connection_limit),
        cmocka_unit_test (test_graceful_stop),
        cmocka_unit_test (test_stop_out_of_patience),
        cmocka_unit_test (test_stop_with_half_requests),
        cmocka_unit_test (test_stop_under_load),
        cmocka_unit_test (test_tls),
    };

    curl_global_init (CURL_GLOBAL_DEFAULT);
    return cmocka_run_group_tests (tests, NULL, NULL);
}
