/* rig.h -- a small application on a real server, and a plain-socket client.
 *
 * Header only, because each test file is a program of its own. */
#pragma once
#include "http/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    HttpServer *server;
    HttpReady *ready;
    atomic_int started, stopped, entered, left, done, gone; /* gone: done without a reply */
    atomic_int hold;                                        /* while it is not 0, /hold stays on its worker */
    char last_id[80];
} Rig;

typedef struct {
    int status;
    char *head; /* status line and headers */
    char *body;
    gsize n;
} Answer;

static inline void
rig_sleep (int ms)
{
    struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };

    nanosleep (&time, NULL);
}

/* ---- the application ---- */

static inline gboolean
rig_quick (HttpCall *call, gpointer user)
{
    Rig *rig = user;
    const char *path = http_call_path (call);

    if (strcmp (path, "/quick") == 0) {
        http_reply (call, 200, "text/plain", "quick", 5);
        return TRUE;
    }
    if (strcmp (path, "/block") == 0) { /* holds the loop itself: only a test may do that */
        atomic_fetch_add (&rig->entered, 1);
        while (atomic_load (&rig->hold))
            rig_sleep (1);
        http_reply (call, 200, "text/plain", "freed", 5);
        return TRUE;
    }
    if (strcmp (path, "/ready") == 0) {
        if (http_call_query (call, "origin")) {
            http_reply_header (call, "Access-Control-Allow-Origin", http_call_query (call, "origin"));
            http_reply_header (call, "X-Dropped", "yes");
        }
        http_reply_ready (call, rig->ready);
        return TRUE;
    }
    return FALSE;
}

/* "/show" writes down what the application sees of the request. */
static inline GString *
rig_show (HttpCall *call)
{
    GString *out = g_string_new (NULL);
    gsize n;

    http_call_body (call, &n);
    g_string_append_printf (out, "method=%s\npath=%s\nid=%s\npeer=%s\nbody=%zu\n", http_call_method (call),
                            http_call_path (call), http_call_id (call), http_call_peer (call), n);
    for (guint i = 0; i < http_call_n_segments (call); i++)
        g_string_append_printf (out, "segment=%s\n", http_call_segment (call, i));
    g_string_append_printf (out, "past=%s\n",
                            http_call_segment (call, http_call_n_segments (call)) ? "?" : "none");
    if (http_call_query (call, "q"))
        g_string_append_printf (out, "q=%s\n", http_call_query (call, "q"));
    if (http_call_cookie (call, "sid"))
        g_string_append_printf (out, "sid=%s\n", http_call_cookie (call, "sid"));
    if (http_call_header (call, "x-mine"))
        g_string_append_printf (out, "x-mine=%s\n", http_call_header (call, "x-mine"));
    return out;
}

static inline void
rig_work (HttpCall *call, gpointer state, gpointer user)
{
    Rig *rig = user;
    const char *path = http_call_path (call);
    gsize n;

    atomic_fetch_add (&rig->entered, 1);
    if (strcmp (path, "/hold") == 0)
        while (atomic_load (&rig->hold))
            rig_sleep (2);
    if (strcmp (path, "/silent") == 0) {
        /* forgets to answer */
    } else if (strcmp (path, "/echo") == 0) {
        const char *body = http_call_body (call, &n);

        http_reply (call, 200, "application/octet-stream", body, n);
    } else if (strcmp (path, "/headers") == 0) {
        http_reply_header (call, "X-Good", "1");
        http_reply_header (call, "X-Good", "2");
        http_reply_header (call, "Set-Cookie", "a=1");
        http_reply_header (call, "Set-Cookie", "b=2");
        http_reply_header (call, "X-Bad", "x\r\nX-Injected: 1");
        http_reply_header (call, "X-Bad\r\nX-Injected", "1");
        http_reply_header (call, "X-Bad", "\x01");
        http_reply_header (call, "X-Bad", "\x7f");
        http_reply (call, 201, "text/plain", "made", 4);
    } else if (strcmp (path, "/empty") == 0) {
        http_reply (call, 204, NULL, "", 0);
    } else {
        http_reply_take (call, 200, "text/plain", rig_show (call));
    }
    atomic_fetch_add (&rig->left, 1);
}

static inline gpointer
rig_worker_start (gpointer user)
{
    atomic_fetch_add (&((Rig *)user)->started, 1);
    return user;
}

static inline void
rig_worker_stop (gpointer state, gpointer user)
{
    assert_ptr_equal (state, user);
    atomic_fetch_add (&((Rig *)user)->stopped, 1);
}

static inline void
rig_refuse (HttpCall *call, int status, const char *reason, gpointer user)
{
    g_autofree char *text = g_strdup_printf ("{\"status\":%d,\"detail\":\"%s\",\"id\":\"%s\"}", status,
                                             reason, http_call_id (call));

    http_reply (call, status, "application/problem+json", text, strlen (text));
}

static inline void
rig_done (HttpCall *call, gpointer user)
{
    Rig *rig = user;

    if (http_call_status (call) == 0)
        atomic_fetch_add (&rig->gone, 1);
    atomic_fetch_add (&rig->done, 1);
}

static inline HttpOptions
rig_options (Rig *rig)
{
    return (HttpOptions){
        .address = "127.0.0.1",
        .loops = 2,
        .workers = 4,
        .max_body = 10000,
        .quick = rig_quick,
        .work = rig_work,
        .worker_start = rig_worker_start,
        .worker_stop = rig_worker_stop,
        .refuse = rig_refuse,
        .done = rig_done,
        .user = rig,
    };
}

static inline void
rig_start (Rig *rig, const HttpOptions *options)
{
    static const char *const headers[] = { "Cache-Control", "private, no-cache", NULL };
    HttpOptions standard = rig_options (rig);
    g_autoptr (GError) error = NULL;

    signal (SIGPIPE, SIG_IGN);
    rig->ready = http_ready_new (200, "application/json", g_bytes_new_static ("{\"ready\":true}", 14),
                                 "\"v1\"", headers);
    rig->server = http_server_start (options ? options : &standard, &error);
    if (!rig->server)
        fail_msg ("%s", error->message);
}

static inline void
rig_stop (Rig *rig)
{
    http_server_stop (rig->server, 5);
    http_ready_unref (rig->ready);
}

/* Wait, bounded, for a counter to reach a number. */
static inline void
rig_await (atomic_int *counter, int wanted)
{
    for (int i = 0; atomic_load (counter) < wanted && i < 5000; i++)
        rig_sleep (2);
    assert_true (atomic_load (counter) >= wanted);
}

/* ---- the client ---- */

static inline int
rig_connect (Rig *rig)
{
    int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons (http_server_port (rig->server)) };
    struct timeval limit = { .tv_sec = 10 };

    to.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
    setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt (fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    assert_int_equal (connect (fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

/* FALSE if the other side closed before all was sent. */
static inline gboolean
rig_send_n (int fd, const char *text, gsize n)
{
    while (n > 0) {
        gssize sent = send (fd, text, n, MSG_NOSIGNAL);

        if (sent <= 0)
            return FALSE;
        text += sent;
        n -= (gsize)sent;
    }
    return TRUE;
}

static inline gboolean
rig_send (int fd, const char *text)
{
    return rig_send_n (fd, text, strlen (text));
}

static inline const char *
answer_header (const Answer *answer, const char *name)
{
    static __thread char value[300];
    g_autofree char *line = g_strdup_printf ("\r\n%s:", name);
    const char *found = answer->head ? strcasestr (answer->head, line) : NULL;

    if (!found)
        return NULL;
    found += strlen (line);
    found += strspn (found, " ");
    g_strlcpy (value, found, MIN (sizeof value, strcspn (found, "\r\n") + 1));
    return value;
}

static inline void
answer_clear (Answer *answer)
{
    g_clear_pointer (&answer->head, g_free);
    g_clear_pointer (&answer->body, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

/* One answer; bodiless for HEAD. Status 0: the connection ended first. */
static inline Answer
rig_read (int fd, gboolean bodiless)
{
    Answer answer = { 0 };
    g_autoptr (GString) head = g_string_new (NULL);
    const char *length;
    char c;

    while (!g_str_has_suffix (head->str, "\r\n\r\n")) {
        if (recv (fd, &c, 1, 0) != 1)
            return answer;
        g_string_append_c (head, c);
    }
    answer.head = g_strdup (head->str);
    assert_int_equal (sscanf (head->str, "HTTP/1.%*d %d", &answer.status), 1);
    if (answer.status == 100) {
        answer_clear (&answer);
        return rig_read (fd, bodiless);
    }
    length = answer_header (&answer, "Content-Length");
    answer.n = length && !bodiless && answer.status != 304 ? (gsize)g_ascii_strtoull (length, NULL, 10) : 0;
    answer.body = g_malloc0 (answer.n + 1);
    for (gsize got = 0; got < answer.n;) {
        gssize n = recv (fd, answer.body + got, answer.n - got, 0);

        assert_true (n > 0);
        got += (gsize)n;
    }
    return answer;
}

/* Send one request on a connection of its own. */
static inline Answer
rig_ask_n (Rig *rig, const char *request, gsize n)
{
    int fd = rig_connect (rig);
    Answer answer;

    rig_send_n (fd, request, n);
    answer = rig_read (fd, g_str_has_prefix (request, "HEAD "));
    close (fd);
    return answer;
}

static inline Answer
rig_ask (Rig *rig, const char *request)
{
    return rig_ask_n (rig, request, strlen (request));
}

static inline Answer
rig_get (Rig *rig, const char *target)
{
    g_autofree char *request = g_strdup_printf ("GET %s HTTP/1.1\r\nHost: x\r\n\r\n", target);

    return rig_ask (rig, request);
}

/* Nothing more comes: the other side has closed. */
static inline gboolean
rig_is_closed (int fd)
{
    char c;
    gssize n = recv (fd, &c, 1, 0);

    return n == 0 || (n < 0 && errno == ECONNRESET);
}

static inline char *
rig_fill (char c, gsize n)
{
    char *text = g_malloc (n + 1);

    memset (text, c, n);
    text[n] = '\0';
    return text;
}
