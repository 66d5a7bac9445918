/* Replies that go on: the newest piece, hang-ups, slow readers, the end. */
#include "rig.h"

#include "base/fault.h"
#include "certificate.h"

#include <curl/curl.h>

#define MOST 600

/* An application whose every answer is a stream. */
typedef struct {
    Rig rig;
    pthread_mutex_t lock;
    HttpStream *streams[MOST];
    atomic_int n;
} Hall;

static void
open_stream (HttpCall *call, gpointer state, gpointer user)
{
    Hall *hall = user;
    g_autoptr (HttpPiece) first = http_piece_new ("first\n", 6);
    HttpStream *stream = http_reply_stream (call, "text/event-stream", first);

    pthread_mutex_lock (&hall->lock);
    if (stream) {
        hall->streams[hall->n] = stream;
        atomic_fetch_add (&hall->n, 1); /* only then is it seen */
    }
    pthread_mutex_unlock (&hall->lock);
}

static gboolean
never_quick (HttpCall *call, gpointer user)
{
    return FALSE;
}

static void
hall_start_with (Hall *hall, const char *tls_cert, const char *tls_key)
{
    HttpOptions options = rig_options (&hall->rig);

    pthread_mutex_init (&hall->lock, NULL);
    options.quick = never_quick;
    options.work = open_stream;
    options.user = hall;
    options.worker_start = NULL;
    options.worker_stop = NULL;
    options.tls_cert = tls_cert;
    options.tls_key = tls_key;
    rig_start (&hall->rig, &options);
}

static void
hall_start (Hall *hall)
{
    hall_start_with (hall, NULL, NULL);
}

static void
hall_let_go (Hall *hall)
{
    for (int i = 0; i < hall->n; i++)
        http_stream_unref (hall->streams[i]);
    pthread_mutex_destroy (&hall->lock);
}

static void
hall_stop (Hall *hall)
{
    rig_stop (&hall->rig);
    hall_let_go (hall);
}

static gboolean
tell (Hall *hall, int i, const char *text)
{
    g_autoptr (HttpPiece) bytes = http_piece_new (text, strlen (text));

    return http_stream_send (hall->streams[i], bytes);
}

/* Reads until the text ends with that, or the other side closes. */
static char *
read_until (int fd, const char *end)
{
    GString *text = g_string_new (NULL);
    char buffer[65536];
    gssize n = 1;

    while (n > 0 && !(*end && strstr (text->str + (text->len > 100000 ? text->len - 100000 : 0), end))) {
        n = recv (fd, buffer, sizeof buffer, 0);
        if (n > 0)
            g_string_append_len (text, buffer, n);
    }
    return g_string_free (text, FALSE);
}

static int
visit (Hall *hall, const char *method, const char *version)
{
    g_autofree char *request = g_strdup_printf ("%s / HTTP/%s\r\nHost: x\r\n\r\n", method, version);
    int fd = rig_connect (&hall->rig);

    assert_true (rig_send (fd, request));
    return fd;
}

static gint64
now_ms (void)
{
    return g_get_monotonic_time () / 1000;
}

static void
test_pieces_arrive (void **state)
{
    Hall hall = { 0 };
    int fd;
    gint64 begun;

    hall_start (&hall);
    fd = visit (&hall, "GET", "1.1");
    g_autofree char *head = read_until (fd, "first\n");
    assert_non_null (strstr (head, "200 OK"));
    assert_non_null (strstr (head, "Content-Type: text/event-stream"));
    for (int i = 0; i < 5; i++) {
        g_autofree char *text = g_strdup_printf ("piece %d\n", i);
        g_autofree char *got = NULL;

        begun = now_ms ();
        assert_true (tell (&hall, 0, text));
        got = read_until (fd, text);
        assert_non_null (strstr (got, text));
        assert_true (now_ms () - begun < 500);
    }
    http_stream_end (hall.streams[0], NULL);
    g_autofree char *end = read_until (fd, "0\r\n\r\n");
    assert_non_null (strstr (end, "0\r\n\r\n"));
    assert_false (tell (&hall, 0, "too late"));
    /* The connection is as good as before. */
    assert_true (rig_send (fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    g_autofree char *again = read_until (fd, "first\n");
    assert_non_null (strstr (again, "first\n"));
    close (fd);
    hall_stop (&hall);
}

static void
test_last_piece_and_old_clients (void **state)
{
    Hall hall = { 0 };
    g_autoptr (HttpPiece) last = http_piece_new ("last\n", 5);
    int fd;

    hall_start (&hall);
    fd = visit (&hall, "GET", "1.0");
    g_autofree char *head = read_until (fd, "first\n");
    assert_null (strcasestr (head, "chunked"));
    http_stream_end (hall.streams[0], last);
    g_autofree char *rest = read_until (fd, "");
    assert_string_equal (rest, "last\n"); /* and it closes, which is the end in HTTP/1.0 */
    close (fd);
    hall_stop (&hall);
}

static void
test_head (void **state)
{
    Hall hall = { 0 };
    g_autofree char *text = NULL;
    int fd;

    hall_start (&hall);
    fd = visit (&hall, "HEAD", "1.1");
    text = read_until (fd, ""); /* to the end of the connection: there is not a byte of a body */
    assert_non_null (strstr (text, "200 OK"));
    assert_non_null (strstr (text, "Content-Type: text/event-stream"));
    assert_true (strlen (text) == (gsize)(strstr (text, "\r\n\r\n") + 4 - text));
    assert_int_equal (hall.n, 0);
    close (fd);
    hall_stop (&hall);
}

/* A client that goes is noticed at once, though nothing is sent to it. */
static void
test_hang_up (void **state)
{
    Hall hall = { 0 };
    int fd;

    hall_start (&hall);
    fd = visit (&hall, "GET", "1.1");
    g_free (read_until (fd, "first\n"));
    close (fd);
    rig_await (&hall.rig.done, 1);
    assert_false (tell (&hall, 0, "anybody there?"));
    hall_stop (&hall);
}

/* One who does not read keeps two pieces waiting, no more, and then sees the newest. */
static void
test_slow_reader (void **state)
{
    Hall hall = { 0 };
    g_autofree char *filler = rig_fill ('x', 100000);
    g_autofree char *text = NULL;
    int fd;
    const int pieces = 2000;

    hall_start (&hall);
    fd = visit (&hall, "GET", "1.1");
    rig_await (&hall.n, 1);
    for (int i = 0; i < pieces; i++) {
        g_autofree char *piece = g_strdup_printf ("%s piece %d\n", filler, i);

        assert_true (tell (&hall, 0, piece));
        if (i % 50 == 0)
            rig_sleep (2);
    }
    text = read_until (fd, "piece 1999\n");
    assert_non_null (strstr (text, "piece 1999\n"));
    assert_true (strlen (text) < (gsize)pieces * 100000 / 4); /* of 200 MB */
    close (fd);
    hall_stop (&hall);
}

/* A beat never pushes a piece aside. */
static void
test_beat (void **state)
{
    Hall hall = { 0 };
    g_autoptr (HttpPiece) beat = http_piece_new (":\n\n", 3);
    g_autofree char *big = rig_fill ('y', 8000000);
    g_autofree char *text = NULL;
    int fd;

    hall_start (&hall);
    fd = visit (&hall, "GET", "1.1");
    g_free (read_until (fd, "first\n"));
    assert_true (http_stream_beat (hall.streams[0], beat));
    text = read_until (fd, ":\n\n");
    assert_non_null (strstr (text, ":\n\n"));
    tell (&hall, 0, big); /* fills the way */
    rig_sleep (100);
    tell (&hall, 0, "the news\n");
    for (int i = 0; i < 10; i++)
        assert_true (http_stream_beat (hall.streams[0], beat));
    g_free (text);
    text = read_until (fd, "the news\n");
    assert_non_null (strstr (text, "the news\n"));
    close (fd);
    hall_stop (&hall);
}

static void *
shout (void *user)
{
    Hall *hall = user;
    g_autoptr (HttpPiece) bytes = http_piece_new ("hello, all\n", 11);

    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < atomic_load (&hall->n); i++)
            http_stream_send (hall->streams[i], bytes);
        rig_sleep (5);
    }
    return NULL;
}

/* Many streams, several threads that send, clients that leave meanwhile. */
static void
test_crowd (void **state)
{
    Hall hall = { 0 };
    pthread_t threads[2];
    int fds[500];

    hall_start (&hall);
    for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
        fds[i] = visit (&hall, "GET", "1.1");
    rig_await (&hall.n, G_N_ELEMENTS (fds));
    for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        pthread_create (&threads[i], NULL, shout, &hall);
    for (guint i = 0; i < G_N_ELEMENTS (fds); i += 5)
        close (fds[i]);
    for (guint i = 0; i < G_N_ELEMENTS (fds); i++) {
        g_autofree char *text = NULL;

        if (i % 5 == 0)
            continue;
        text = read_until (fds[i], "hello, all\n");
        assert_non_null (strstr (text, "hello, all\n"));
    }
    for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        pthread_join (threads[i], NULL);
    rig_await (&hall.rig.done, G_N_ELEMENTS (fds) / 5);
    for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
        if (i % 5)
            close (fds[i]);
    rig_await (&hall.rig.done, G_N_ELEMENTS (fds));
    hall_stop (&hall);
}

/* The server ends at once, whether a client listens, is stuck, or is sent something right now; and
 * what is sent after the end does no harm. */
static void
test_stop (void **state)
{
    Hall hall = { 0 };
    g_autofree char *big = rig_fill ('z', 8000000);
    g_autofree char *rest = NULL;
    pthread_t thread;
    int fds[50];
    gint64 begun;

    hall_start (&hall);
    for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
        fds[i] = visit (&hall, "GET", "1.1");
    rig_await (&hall.n, G_N_ELEMENTS (fds));
    tell (&hall, 7, big);
    rig_sleep (50);
    pthread_create (&thread, NULL, shout, &hall);
    begun = now_ms ();
    rig_stop (&hall.rig);
    assert_true (now_ms () - begun < 2000);
    pthread_join (thread, NULL);
    assert_false (tell (&hall, 3, "too late"));
    rest = read_until (fds[3], "");
    assert_true (g_str_has_suffix (rest, "0\r\n\r\n")); /* a proper end, not a broken connection */
    for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
        close (fds[i]);
    hall_let_go (&hall);
}

/* ---- TLS ---- */

static gsize
collect (char *data, gsize size, gsize n, void *user)
{
    Hall *hall = user;

    if (g_strstr_len (data, (gssize)n, "first\n"))
        assert_true (tell (hall, 0, "over tls\n"));
    if (g_strstr_len (data, (gssize)n, "over tls\n"))
        http_stream_end (hall->streams[0], NULL);
    return n;
}

static void
test_tls (void **state)
{
    Hall hall = { 0 };
    CURL *curl = curl_easy_init ();
    g_autofree char *url = NULL;
    curl_off_t got;
    CURLcode code;

    hall_start_with (&hall, certificate, certificate_key);
    url = g_strdup_printf ("https://127.0.0.1:%u/", http_server_port (hall.rig.server));
    curl_easy_setopt (curl, CURLOPT_URL, url);
    curl_easy_setopt (curl, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt (curl, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt (curl, CURLOPT_WRITEDATA, &hall);
    curl_easy_setopt (curl, CURLOPT_TIMEOUT, 10L);
    curl_easy_setopt (curl, CURLOPT_NOPROXY, "*");
    code = curl_easy_perform (curl);
    if (code != CURLE_OK)
        fail_msg ("%s", curl_easy_strerror (code));
    curl_easy_getinfo (curl, CURLINFO_SIZE_DOWNLOAD_T, &got);
    assert_int_equal (got, 15);
    curl_easy_cleanup (curl);
    rig_await (&hall.rig.done, 1);
    hall_stop (&hall);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_pieces_arrive), cmocka_unit_test (test_last_piece_and_old_clients),
        cmocka_unit_test (test_head),          cmocka_unit_test (test_hang_up),
        cmocka_unit_test (test_slow_reader),   cmocka_unit_test (test_beat),
        cmocka_unit_test (test_crowd),         cmocka_unit_test (test_stop),
        cmocka_unit_test (test_tls),
    };

    curl_global_init (CURL_GLOBAL_DEFAULT);
    return cmocka_run_group_tests_name ("http/stream", tests, NULL, NULL);
}
