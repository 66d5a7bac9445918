#include "api/news.h"

#include "api/news_table.h"
#include "base/date.h"
#include "base/fault.h"
#include "base/log.h"
#include "sql.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define CHANNEL      "daymark"
#define CALL_MS      5000
#define LOOK_MS      1000
#define RETRY_MS     1000
#define PING_US      (30 * SECOND_US)
#define PONG_US      (5 * SECOND_US) /* a ping that is not heard by then is lost */
#define DEAF_US      (5 * SECOND_US) /* without an ear, everything counts as changed so often */
#define MOST_WAITING 1000            /* different messages; beyond, one says "everything" */

/* The words of a message, after the sender's id: "data <user id>". */
static const char *const words[] = {
    [NEWS_DATA] = "data",
    [NEWS_REVOKED] = "revoked",
    [NEWS_JOB] = "job",
};

struct News {
    NewsOptions options;
    char id[UUID_TEXT]; /* of this process */
    int wake_fd;
    pthread_t thread;
    gint stopping; /* atomic */

    /* The thread's. */
    Store *store;
    NewsTable *table;
    gboolean listening; /* as far as we know; or reading */
    gboolean reading;   /* the table, as a pooler is in the way of listening */
    gboolean away;      /* said already: no connection */
    gboolean deaf;      /* said already: connected, but nothing is heard */
    gint64 pinged, heard_ping, shaken;

    pthread_mutex_t hearing; /* held while what was heard is passed on */
    gboolean muted;          /* under hearing */
    pthread_mutex_t lock;
    GHashTable *waiting; /* messages to send, each once; under lock */
};

/* ---- hearing ---- */

static void
pass_on (News *news, NewsKind kind, const char *user_id)
{
    pthread_mutex_lock (&news->hearing);
    if (!news->muted)
        news->options.heard (kind, user_id, news->options.user);
    pthread_mutex_unlock (&news->hearing);
}

static void
shake_all (News *news)
{
    news->shaken = g_get_monotonic_time ();
    for (guint kind = 0; kind < G_N_ELEMENTS (words); kind++)
        pass_on (news, kind, NULL);
}

/* "<id> <word>[ <user id>]"; what is not understood comes from a newer version, and may mean anything. */
static void
on_message (const char *message, gpointer user)
{
    News *news = user;
    g_auto (GStrv) parts = g_strsplit (message, " ", 3);
    guint n = g_strv_length (parts), kind = 0;

    if (n >= 1 && strcmp (parts[0], news->id) == 0) {
        if (n == 2 && strcmp (parts[1], "ping") == 0)
            news->heard_ping = g_get_monotonic_time ();
        return;
    }
    if (n == 2 && strcmp (parts[1], "ping") == 0)
        return; /* somebody else's */
    while (n >= 2 && kind < G_N_ELEMENTS (words) && strcmp (parts[1], words[kind]) != 0)
        kind++;
    if (n < 2 || kind == G_N_ELEMENTS (words))
        shake_all (news);
    else
        pass_on (news, kind, n > 2 && uuid_is_valid (parts[2]) ? parts[2] : NULL);
}

/* ---- telling ---- */

static gboolean
tell (Store *store, const char *message, GError **error)
{
    g_autoptr (Rows) rows = store_ask (
        store, &sql_news_tell,
        PARAMS ({ "channel", VALUE_OF_TEXT (CHANNEL) }, { "message", VALUE_OF_TEXT (message) }), error);

    return rows != NULL;
}

static gboolean
send_message (News *news, const char *message, GError **error)
{
    g_autofree char *signed_message = g_strconcat (news->id, " ", message, NULL);

    return tell (news->store, signed_message, error);
}

static gboolean
ping (News *news, GError **error)
{
    news->pinged = g_get_monotonic_time ();
    return send_message (news, "ping", error);
}

static GHashTable *
message_set (void)
{
    return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static GHashTable *
take_waiting (News *news)
{
    GHashTable *taken;

    pthread_mutex_lock (&news->lock);
    taken = news->waiting;
    news->waiting = message_set ();
    pthread_mutex_unlock (&news->lock);
    return taken;
}

static void
wait_message (News *news, char *message)
{
    pthread_mutex_lock (&news->lock);
    if (g_hash_table_size (news->waiting) >= MOST_WAITING) {
        g_hash_table_remove_all (news->waiting);
        g_hash_table_add (news->waiting, g_strdup ("everything"));
    }
    g_hash_table_add (news->waiting, message);
    pthread_mutex_unlock (&news->lock);
}

static gboolean
has_waiting (News *news)
{
    gboolean some;

    pthread_mutex_lock (&news->lock);
    some = g_hash_table_size (news->waiting) > 0;
    pthread_mutex_unlock (&news->lock);
    return some;
}

/* What cannot be sent now goes back, to be sent over the next connection. */
static gboolean
send_waiting (News *news, GError **error)
{
    g_autoptr (GHashTable) messages = take_waiting (news);
    GHashTableIter iter;
    gpointer message;
    gboolean good = TRUE;

    g_hash_table_iter_init (&iter, messages);
    while (g_hash_table_iter_next (&iter, &message, NULL)) {
        good = good && send_message (news, message, error);
        if (!good)
            wait_message (news, g_strdup (message));
    }
    return good;
}

/* ---- the thread ---- */

static gboolean
connect_store (News *news, GError **error)
{
    if (!news->store)
        news->store =
            store_open (news->options.database_url, &(StoreOptions){ .timeout_ms = CALL_MS }, error);
    return news->store != NULL;
}

/* What was told before comes with the first reading. */
static gboolean
begin_reading (News *news, GError **error)
{
    if (!news_table_begin (news->table, news->store, error))
        return FALSE;
    if (!news->reading)
        log_event (
            LOG_INFO, "news.reading",
            "a pooler shares the database's sessions: what other instances change is seen within seconds",
            NULL);
    news->reading = TRUE;
    shake_all (news);
    return TRUE;
}

static gboolean
begin_hearing (News *news, GError **error)
{
    news->reading = FALSE;
    if (!store_listen (news->store, CHANNEL, error))
        return FALSE;
    shake_all (news);
    news->heard_ping = 0;
    return ping (news, error);
}

/* Whatever was told while nobody listened here counts as told. */
static gboolean
begin_listening (News *news, GError **error)
{
    if (!connect_store (news, error) ||
        !(store_is_pooled (news->store) ? begin_reading (news, error) : begin_hearing (news, error)))
        return FALSE;
    if (news->away)
        log_event (LOG_INFO, "news.listening", "other instances are heard again", NULL);
    news->away = FALSE;
    news->listening = TRUE;
    return TRUE;
}

static void
lose (News *news, const GError *error)
{
    if (!news->away)
        log_event (LOG_WARNING, "news.lost", error->message, NULL);
    news->away = TRUE;
    news->listening = FALSE;
}

static void
note_deafness (News *news, gboolean deaf)
{
    if (deaf && !news->deaf)
        log_event (LOG_WARNING, "news.deaf",
                   "notifications do not arrive (a pooler that shares connections between transactions?); "
                   "what other instances change is seen within seconds instead of at once",
                   NULL);
    news->deaf = deaf;
}

/* Is our ear still good? One that never was costs freshness only; one that no longer is may be a
 * connection that died without a word. */
static gboolean
check_ear (News *news, GError **error)
{
    gint64 now = g_get_monotonic_time ();
    gboolean answered = news->heard_ping >= news->pinged;

    if (answered)
        note_deafness (news, FALSE);
    else if (now > news->pinged + PONG_US)
        note_deafness (news, TRUE);
    if (news->deaf && now > news->shaken + DEAF_US)
        shake_all (news);
    if (now < news->pinged + PING_US)
        return TRUE;
    return news->deaf ? begin_listening (news, error) : ping (news, error);
}

static void
clear_wake (News *news)
{
    guint64 count;
    gssize n = read (news->wake_fd, &count, sizeof count);

    (void)n; /* nobody may have woken us */
}

static void
pause_before_retry (News *news)
{
    struct pollfd fd = { .fd = news->wake_fd, .events = POLLIN };

    /* What is told meanwhile waits anyway, so only the end is looked for. */
    for (int i = 0; i < 10 && !g_atomic_int_get (&news->stopping); i++) {
        clear_wake (news);
        poll (&fd, 1, RETRY_MS / 10);
    }
}

/* What is told goes at once; what others tell is looked for so often. */
static gboolean
read_on (News *news, GError **error)
{
    struct pollfd fd = { .fd = news->wake_fd, .events = POLLIN };

    poll (&fd, 1, LOOK_MS);
    clear_wake (news);
    return send_waiting (news, error) && news_table_read (news->table, news->store, on_message, news, error);
}

static gboolean
listen_on (News *news, GError **error)
{
    if (!store_wait (news->store, news->wake_fd, LOOK_MS, on_message, news, error))
        return FALSE;
    clear_wake (news);
    return send_waiting (news, error) && check_ear (news, error);
}

static void *
news_main (void *data)
{
    News *news = data;

    while (!g_atomic_int_get (&news->stopping)) {
        g_autoptr (GError) error = NULL;

        if (news->listening) {
            if (!(news->reading ? read_on (news, &error) : listen_on (news, &error)))
                lose (news, error); /* begins anew at once */
        } else if (!begin_listening (news, &error)) {
            lose (news, error);
            pause_before_retry (news);
        }
    }
    if (!news->away && has_waiting (news) && (news->listening || begin_listening (news, NULL)))
        send_waiting (news, NULL);
    store_close (news->store);
    return NULL;
}

/* ---- everybody's side ---- */

static void
wake (News *news)
{
    guint64 one = 1;

    while (write (news->wake_fd, &one, sizeof one) < 0 && errno == EINTR)
        ;
}

static char *
make_message (NewsKind kind, const char *user_id)
{
    return user_id ? g_strconcat (words[kind], " ", user_id, NULL) : g_strdup (words[kind]);
}

void
news_tell (News *news, NewsKind kind, const char *user_id)
{
    if (!news)
        return;
    wait_message (news, make_message (kind, user_id));
    wake (news);
}

void
news_send (Store *store, NewsKind kind, const char *user_id)
{
    g_autofree char *message = make_message (kind, user_id);
    g_autofree char *from_command = g_strconcat ("command ", message, NULL);
    g_autoptr (GError) error = NULL;

    if (store_engine (store) == STORE_POSTGRESQL && !tell (store, from_command, &error))
        log_event (LOG_WARNING, "news.lost", error->message, NULL);
}

/* ---- life ---- */

News *
news_start (const NewsOptions *options)
{
    News *news;

    if (store_engine_of_url (options->database_url) != STORE_POSTGRESQL)
        return NULL;
    news = g_new0 (News, 1);
    news->options = *options;
    random_uuid (options->random, news->id);
    news->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
    news->waiting = message_set ();
    news->table = news_table_new ();
    pthread_mutex_init (&news->lock, NULL);
    pthread_mutex_init (&news->hearing, NULL);
    if (news->wake_fd < 0 || pthread_create (&news->thread, NULL, news_main, news) != 0)
        g_error ("cannot start the thread that listens for other instances");
    return news;
}

void
news_mute (News *news)
{
    if (!news)
        return;
    pthread_mutex_lock (&news->hearing);
    news->muted = TRUE;
    pthread_mutex_unlock (&news->hearing);
}

void
news_stop (News *news)
{
    if (!news)
        return;
    g_atomic_int_set (&news->stopping, TRUE);
    wake (news);
    pthread_join (news->thread, NULL);
    close (news->wake_fd);
    g_hash_table_unref (news->waiting);
    news_table_free (news->table);
    pthread_mutex_destroy (&news->lock);
    pthread_mutex_destroy (&news->hearing);
    g_free (news);
}
