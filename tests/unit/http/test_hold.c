/* Calls that are held: answered later by another thread, while the worker serves others. */
#include "rig.h"

#define MOST 8

typedef struct {
    Rig rig; /* first: the hooks of the rig take it */
    pthread_mutex_t lock;
    HttpCall *held[MOST];
    guint n;
} Later;

static void
work (HttpCall *call, gpointer state, gpointer user)
{
    Later *later = user;

    if (strcmp (http_call_path (call), "/later") != 0) {
        rig_work (call, state, user);
        return;
    }
    http_call_hold (call);
    pthread_mutex_lock (&later->lock);
    later->held[later->n++] = call;
    pthread_mutex_unlock (&later->lock);
    atomic_fetch_add (&later->rig.entered, 1);
}

static void
begin (Later *later, int fds[], guint n)
{
    HttpOptions options = rig_options (&later->rig);

    options.workers = 1;
    options.work = work;
    options.user = later;
    pthread_mutex_init (&later->lock, NULL);
    rig_start (&later->rig, &options);
    for (guint i = 0; i < n; i++) {
        fds[i] = rig_connect (&later->rig);
        rig_send (fds[i], "GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
        rig_await (&later->rig.entered, (int)i + 1);
    }
}

static guint
count_held (Later *later)
{
    HttpStats stats;

    http_server_stats (later->rig.server, &stats);
    return stats.held;
}

static void
test_worker_is_free_meanwhile (void **state)
{
    Later later = { 0 };
    int fds[3];
    g_auto (Answer) other = { 0 };

    begin (&later, fds, 3);
    other = rig_get (&later.rig, "/show");
    assert_int_equal (other.status, 200);
    assert_int_equal (count_held (&later), 3);
    for (guint i = 3; i-- > 0;) { /* in any order */
        g_auto (Answer) answer = { 0 };

        http_reply (later.held[i], 200, "text/plain", "later", 5);
        http_call_release (later.held[i]);
        answer = rig_read (fds[i], FALSE);
        assert_string_equal (answer.body, "later");
        close (fds[i]);
    }
    assert_int_equal (count_held (&later), 0);
    rig_stop (&later.rig);
}

/* Whoever releases without a reply has forgotten it, as a worker may. */
static void
test_release_without_a_reply (void **state)
{
    Later later = { 0 };
    g_auto (Answer) answer = { 0 };
    int fd;

    begin (&later, &fd, 1);
    http_call_release (later.held[0]);
    answer = rig_read (fd, FALSE);
    assert_int_equal (answer.status, 500);
    close (fd);
    rig_stop (&later.rig);
}

/* The client goes away; the call is there until it is released. */
static void
test_client_has_gone (void **state)
{
    Later later = { 0 };
    int fd;

    begin (&later, &fd, 1);
    close (fd);
    rig_sleep (50);
    http_reply (later.held[0], 200, "text/plain", "later", 5);
    http_call_release (later.held[0]);
    rig_await (&later.rig.done, 1);
    rig_stop (&later.rig);
}

static void *
stop_main (void *user)
{
    http_server_stop (user, 0);
    return NULL;
}

/* Without patience for clients, the stop still waits for whoever holds a call. */
static void
test_stop_waits (void **state)
{
    Later later = { 0 };
    g_auto (Answer) answer = { 0 };
    pthread_t thread;
    int fd;

    begin (&later, &fd, 1);
    pthread_create (&thread, NULL, stop_main, later.rig.server);
    rig_await (&later.rig.stopped, 1); /* the worker has gone */
    rig_sleep (50);
    http_reply (later.held[0], 200, "text/plain", "later", 5);
    http_call_release (later.held[0]);
    answer = rig_read (fd, FALSE);
    assert_int_equal (answer.status, 200);
    pthread_join (thread, NULL);
    close (fd);
    http_ready_unref (later.rig.ready);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_worker_is_free_meanwhile),
        cmocka_unit_test (test_release_without_a_reply),
        cmocka_unit_test (test_client_has_gone),
        cmocka_unit_test (test_stop_waits),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
