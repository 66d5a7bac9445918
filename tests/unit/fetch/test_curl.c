/* The real client against a small real server: a thread on loopback that
 * answers by path, well or badly. */
#include "base/fault.h"
#include "fetch/fetch.h"

#include <arpa/inet.h>
#include <gio/gio.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct {
    int listener;
    pthread_t thread;
    gint connections; /* atomic */
    gint stop;        /* atomic */
    char *seen;       /* the last request's head and body; read after the answer came */
} Server;

static Server server;
static char *base_url;

static void
put (int socket, const char *text, gsize n)
{
    while (n > 0) {
        ssize_t sent = send (socket, text, n, MSG_NOSIGNAL);

        if (sent <= 0)
            return;
        text += sent;
        n -= (gsize)sent;
    }
}

static void
put_text (int socket, const char *text)
{
    put (socket, text, strlen (text));
}

static GBytes *
squeeze (gsize zeros)
{
    g_autoptr (GConverter) gzip = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9));
    g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
    g_autoptr (GOutputStream) out = g_converter_output_stream_new (memory, gzip);
    g_autofree char *block = g_strnfill (zeros, 'z');

    assert_true (g_output_stream_write_all (out, block, zeros, NULL, NULL, NULL));
    assert_true (g_output_stream_close (out, NULL, NULL));
    return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

static void
answer_gzip (int socket, gsize size)
{
    g_autoptr (GBytes) bytes = squeeze (size);
    g_autofree char *head = g_strdup_printf (
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n", g_bytes_get_size (bytes));

    put_text (socket, head);
    put (socket, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
answer_drip (int socket)
{
    put_text (socket, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    for (int i = 0; i < 600 && !g_atomic_int_get (&server.stop); i++) {
        if (send (socket, "x", 1, MSG_NOSIGNAL) <= 0)
            return;
        g_usleep (50 * 1000);
    }
}

static void
answer_long_headers (int socket)
{
    g_autofree char *value = g_strnfill (8000, 'h');

    put_text (socket, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 20; i++) {
        g_autofree char *line = g_strdup_printf ("X-%d: %s\r\n", i, value);

        put_text (socket, line);
    }
    put_text (socket, "Content-Length: 0\r\n\r\n");
}

static const struct {
    const char *path;
    const char *answer;
    gboolean keep; /* the connection stays open */
} answers[] = {
    { "/ok", "HTTP/1.1 200 OK\r\nX-One:  a b \r\nRETRY-AFTER: 7\r\nContent-Length: 5\r\n\r\nhello", TRUE },
    { "/continue",
      "HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", TRUE },
    { "/busy", "HTTP/1.1 429 Too Many\r\nContent-Length: 4\r\n\r\nwait", TRUE },
    { "/moved", "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n",
      TRUE },
    { "/short", "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf", FALSE },
    { "/chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", FALSE },
    { "/silent", "", FALSE },
    { "/garbage", "\x01\x02 this is not HTTP at all\r\n\r\n", FALSE },
    { "/badgzip", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!", FALSE },
    { "/odd", "HTTP/1.1 200 OK\r\nContent-Encoding: rot13\r\nContent-Length: 2\r\n\r\nok", FALSE },
};

/* TRUE if the connection stays open for another request. */
static gboolean
answer (int socket, const char *path)
{
    for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
        if (strcmp (path, answers[i].path) == 0) {
            put_text (socket, answers[i].answer);
            return answers[i].keep;
        }
    }
    if (strcmp (path, "/gzip") == 0)
        answer_gzip (socket, 50000);
    else if (strcmp (path, "/bomb") == 0)
        answer_gzip (socket, 64 << 20);
    else if (strcmp (path, "/drip") == 0)
        answer_drip (socket);
    else if (strcmp (path, "/headers") == 0)
        answer_long_headers (socket);
    return FALSE;
}

/* One request, head and (by Content-Length) body, or NULL at the end. */
static char *
read_request (int socket)
{
    g_autoptr (GString) text = g_string_new (NULL);
    const char *end, *length;
    char block[4096];
    ssize_t n;

    while ((n = recv (socket, block, sizeof block, 0)) > 0) {
        g_string_append_len (text, block, n);
        end = strstr (text->str, "\r\n\r\n");
        length = strstr (text->str, "Content-Length: ");
        if (end && text->len >=
                       (gsize)(end + 4 - text->str) + (length ? g_ascii_strtoull (length + 16, NULL, 10) : 0))
            return g_string_free (g_steal_pointer (&text), FALSE);
    }
    return NULL;
}

static void *
serve_connection (void *user)
{
    int socket = GPOINTER_TO_INT (user);
    gboolean more = TRUE;

    while (more) {
        g_autofree char *request = read_request (socket);
        g_auto (GStrv) words = request ? g_strsplit_set (request, " ?", 3) : NULL;

        if (!request)
            break;
        g_free (g_atomic_pointer_get (&server.seen));
        g_atomic_pointer_set (&server.seen, g_strdup (request));
        more = answer (socket, words[1]);
    }
    shutdown (socket, SHUT_RDWR);
    close (socket);
    return NULL;
}

static void *
serve (void *user)
{
    int socket;

    while ((socket = accept (server.listener, NULL, NULL)) >= 0) {
        pthread_t thread;

        g_atomic_int_inc (&server.connections);
        assert_int_equal (pthread_create (&thread, NULL, serve_connection, GINT_TO_POINTER (socket)), 0);
        pthread_detach (thread);
    }
    return NULL;
}

static int
start_server (void **state)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
    socklen_t size = sizeof address;

    server.listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal (bind (server.listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal (listen (server.listener, 16), 0);
    assert_int_equal (getsockname (server.listener, (struct sockaddr *)&address, &size), 0);
    base_url = g_strdup_printf ("http://127.0.0.1:%u", ntohs (address.sin_port));
    return pthread_create (&server.thread, NULL, serve, NULL);
}

static int
stop_server (void **state)
{
    g_atomic_int_set (&server.stop, 1);
    shutdown (server.listener, SHUT_RDWR);
    pthread_join (server.thread, NULL);
    close (server.listener);
    g_free (server.seen);
    g_free (base_url);
    return 0;
}

/* ------------------------------------------------------------------------ */

static FetchResponse *
get_with (Fetcher *fetcher, const char *path, FetchRequest request, GError **error)
{
    g_autofree char *url = g_strconcat (base_url, path, "?access_token=SECRET", NULL);

    request.method = request.method ? request.method : "GET";
    request.url = url;
    return fetcher_fetch (fetcher, &request, error);
}

static FetchResponse *
get (Fetcher *fetcher, const char *path, GError **error)
{
    return get_with (fetcher, path, (FetchRequest){ .timeout_ms = 5000 }, error);
}

static void
assert_body (const FetchResponse *response, const char *text)
{
    assert_non_null (response);
    assert_int_equal (g_bytes_get_size (response->body), strlen (text));
    assert_memory_equal (g_bytes_get_data (response->body, NULL), text, strlen (text));
}

/* Every failure: no response, the right code, and never the query. */
static void
assert_fault (FetchResponse *response, GError *error, FaultCode code)
{
    assert_null (response);
    assert_non_null (error);
    assert_true (fault_is (error, code));
    assert_null (strstr (error->message, "SECRET"));
    assert_null (strstr (error->message, "access_token"));
    g_error_free (error);
}

static void
fails (const char *path, FetchRequest request, FaultCode code)
{
    g_autoptr (Fetcher) fetcher = fetcher_new_curl (NULL);
    GError *error = NULL;
    FetchResponse *response = get_with (fetcher, path, request, &error);

    assert_fault (response, error, code);
}

static void
test_status_and_headers (void **state)
{
    g_autoptr (Fetcher) fetcher = fetcher_new_curl (NULL);
    g_autoptr (FetchResponse) ok = get (fetcher, "/ok", NULL);
    g_autoptr (FetchResponse) busy = get (fetcher, "/busy", NULL);
    g_autoptr (FetchResponse) late = get (fetcher, "/continue", NULL);

    assert_int_equal (ok->status, 200);
    assert_body (ok, "hello");
    assert_string_equal (fetch_response_header (ok, "X-One"), "a b");
    assert_string_equal (g_hash_table_lookup (ok->headers, "x-one"), "a b");
    assert_int_equal (fetch_response_retry_after (ok), 7);
    assert_int_equal (busy->status, 429);
    assert_body (busy, "wait");
    assert_body (late, "ok");
    assert_null (fetch_response_header (late, "x-early"));
}

static void
test_post (void **state)
{
    static const char *const headers[] = { "Content-Type: application/json", "X-Two: 2", NULL };
    g_autoptr (Fetcher) fetcher = fetcher_new_curl (NULL);
    FetchRequest request = { .method = "POST", .headers = headers, .body = "{\"a\":1}", .body_size = 7 };
    g_autoptr (FetchResponse) response = get_with (fetcher, "/ok", request, NULL);

    assert_int_equal (response->status, 200);
    assert_true (g_str_has_prefix (server.seen, "POST /ok?access_token=SECRET HTTP/1.1\r\n"));
    assert_non_null (strstr (server.seen, "\r\nUser-Agent: Daymark/"));
    assert_non_null (strstr (server.seen, "\r\nX-Two: 2\r\n"));
    assert_non_null (strstr (server.seen, "\r\nContent-Type: application/json\r\n"));
    assert_true (g_str_has_suffix (server.seen, "\r\n\r\n{\"a\":1}"));
    assert_null (strstr (server.seen, "Expect"));
}

/* Nothing of a request may show in the next one on the same handle. */
static void
test_requests_are_separate (void **state)
{
    g_autoptr (Fetcher) fetcher = fetcher_new_curl (NULL);
    FetchRequest request = { .method = "DELETE", .body = "gone", .body_size = 4 };
    g_autoptr (FetchResponse) first = get_with (fetcher, "/ok", request, NULL);
    g_autofree char *seen = g_strdup (server.seen);
    g_autoptr (FetchResponse) second = get (fetcher, "/ok", NULL);

    assert_true (g_str_has_prefix (seen, "DELETE /ok"));
    assert_true (g_str_has_prefix (server.seen, "GET /ok"));
    assert_true (g_str_has_suffix (server.seen, "\r\n\r\n"));
}

static void
test_header_injection (void **state)
{
    static const char *const headers[] = { "Authorization: Bearer x\r\nX-Evil: 1", NULL };

    fails ("/ok", (FetchRequest){ .headers = headers }, FAULT_INVALID);
}

static void
test_connection_is_kept (void **state)
{
    g_autoptr (Fetcher) fetcher = fetcher_new_curl (NULL);
    gint before = g_atomic_int_get (&server.connections);

    for (int i = 0; i < 5; i++) {
        g_autoptr (FetchResponse) response = get (fetcher, "/ok", NULL);

        assert_body (response, "hello");
    }
    assert_int_equal (g_atomic_int_get (&server.connections) - before, 1);
}

static void
test_redirect_is_an_answer (void **state)
{
    g_autoptr (Fetcher) fetcher = fetcher_new_curl (NULL);
    g_autoptr (FetchResponse) response = get (fetcher, "/moved", NULL);

    assert_int_equal (response->status, 302);
    assert_string_equal (fetch_response_header (response, "location"), "http://169.254.169.254/");
}

static void
test_gzip (void **state)
{
    g_autoptr (Fetcher) fetcher = fetcher_new_curl (NULL);
    g_autoptr (FetchResponse) response = get (fetcher, "/gzip", NULL);
    g_autofree char *want = g_strnfill (50000, 'z');

    assert_body (response, want);
    assert_non_null (strstr (server.seen, "Accept-Encoding: gzip, deflate\r\n"));
}

static void
test_size_is_bounded (void **state)
{
    /* 64 MB of one letter: some 65 KB on the wire. */
    fails ("/bomb", (FetchRequest){ .max_bytes = 1 << 20 }, FAULT_REMOTE);
    fails ("/ok", (FetchRequest){ .max_bytes = 4 }, FAULT_REMOTE);
    fails ("/headers", (FetchRequest){ 0 }, FAULT_REMOTE);
}

static void
test_size_limit_is_inclusive (void **state)
{
    g_autoptr (Fetcher) fetcher = fetcher_new_curl (NULL);
    g_autoptr (FetchResponse) response = get_with (fetcher, "/ok", (FetchRequest){ .max_bytes = 5 }, NULL);

    assert_body (response, "hello");
}

static void
test_broken_answers (void **state)
{
    fails ("/short", (FetchRequest){ 0 }, FAULT_LOST);
    fails ("/chunk", (FetchRequest){ 0 }, FAULT_LOST);
    fails ("/silent", (FetchRequest){ 0 }, FAULT_LOST);
    fails ("/garbage", (FetchRequest){ 0 }, FAULT_REMOTE);
    fails ("/badgzip", (FetchRequest){ 0 }, FAULT_REMOTE);
    fails ("/odd", (FetchRequest){ 0 }, FAULT_REMOTE);
}

static void
test_drip_times_out (void **state)
{
    gint64 start = g_get_monotonic_time ();

    fails ("/drip", (FetchRequest){ .timeout_ms = 700 }, FAULT_TIMEOUT);
    assert_in_range (g_get_monotonic_time () - start, 600 * 1000, 3000 * 1000);
}

static void *
cancel_soon (void *user)
{
    g_usleep (300 * 1000);
    g_atomic_int_set ((gint *)user, 1);
    return NULL;
}

static void
test_cancel (void **state)
{
    gint cancel = 0;
    g_autoptr (Fetcher) fetcher = fetcher_new_curl (&cancel);
    gint64 start = g_get_monotonic_time ();
    GError *error = NULL;
    FetchResponse *response;
    pthread_t thread;

    assert_int_equal (pthread_create (&thread, NULL, cancel_soon, &cancel), 0);
    response = get_with (fetcher, "/drip", (FetchRequest){ 0 }, &error);
    assert_fault (response, error, FAULT_CANCELLED);
    assert_in_range (g_get_monotonic_time () - start, 250 * 1000, 2000 * 1000);
    pthread_join (thread, NULL);
    error = NULL; /* the flag stays up: not even a connection */
    response = get_with (fetcher, "/ok", (FetchRequest){ 0 }, &error);
    assert_fault (response, error, FAULT_CANCELLED);
}

static void
test_refused_and_foreign (void **state)
{
    static const struct {
        const char *url;
        FaultCode code;
    } cases[] = {
        { "http://127.0.0.1:1/?access_token=SECRET", FAULT_LOST },
        { "http://no-such-host.invalid/?access_token=SECRET", FAULT_LOST },
        { "file:///etc/passwd?access_token=SECRET", FAULT_INVALID },
        { "gopher://127.0.0.1/access_token=SECRET", FAULT_INVALID },
        { "access_token=SECRET", FAULT_INVALID },
        { "", FAULT_INVALID },
    };
    g_autoptr (Fetcher) fetcher = fetcher_new_curl (NULL);

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        FetchRequest request = { .method = "GET", .url = cases[i].url };
        GError *error = NULL;
        FetchResponse *response = fetcher_fetch (fetcher, &request, &error);

        assert_fault (response, error, cases[i].code);
    }
}

/* curl takes every name that ends in .localhost for this machine: a name of the internet with a private
 * address, as far as the guard can tell. */
static void
test_private_address_behind_a_name (void **state)
{
    g_autofree char *url =
        g_strdup_printf ("http://platform.localhost%s/ok?access_token=SECRET", strrchr (base_url, ':'));
    g_autoptr (Fetcher) fetcher = fetcher_new_curl (NULL);
    FetchRequest request = { .method = "GET", .url = url };
    g_autoptr (FetchResponse) allowed = NULL;
    GError *error = NULL;
    FetchResponse *response = fetcher_fetch (fetcher, &request, &error);

    assert_non_null (strstr (error->message, "platform.localhost was not asked"));
    assert_fault (response, error, FAULT_REMOTE);
    request.private_too = TRUE;
    allowed = fetcher_fetch (fetcher, &request, NULL);
    assert_body (allowed, "hello");
}

/* After every kind of failure the same fetcher still works. */
static void
test_recovers (void **state)
{
    g_autoptr (Fetcher) fetcher = fetcher_new_curl (NULL);

    for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
        FetchResponse *any = get (fetcher, answers[i].path, NULL);
        g_autoptr (FetchResponse) response = get (fetcher, "/ok", NULL);

        fetch_response_free (any);
        assert_body (response, "hello");
    }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_status_and_headers),
        cmocka_unit_test (test_post),
        cmocka_unit_test (test_requests_are_separate),
        cmocka_unit_test (test_header_injection),
        cmocka_unit_test (test_connection_is_kept),
        cmocka_unit_test (test_redirect_is_an_answer),
        cmocka_unit_test (test_gzip),
        cmocka_unit_test (test_size_is_bounded),
        cmocka_unit_test (test_size_limit_is_inclusive),
        cmocka_unit_test (test_broken_answers),
        cmocka_unit_test (test_drip_times_out),
        cmocka_unit_test (test_cancel),
        cmocka_unit_test (test_refused_and_foreign),
        cmocka_unit_test (test_private_address_behind_a_name),
        cmocka_unit_test (test_recovers),
    };

    return cmocka_run_group_tests (tests, start_server, stop_server);
}
