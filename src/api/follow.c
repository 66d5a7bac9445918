#include "api/follow.h"

#include "auth/secret.h"
#include "base/fault.h"
#include "base/json.h"
#include "base/log.h"
#include "sql.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#define ASK_MS 5000 /* a question's time limit: beats wait for it */

typedef struct {
    HttpStream *stream;
    char user[UUID_TEXT], job[UUID_TEXT];
    char tag[SIGHT_TAG]; /* of the state that was sent last */
    Via via;
    char hash[SECRET_HASH_TEXT]; /* of the token or session */
    gint64 expires;              /* of it */
    gint64 spoken;               /* monotonic: when something was sent last */
    guint64 since;               /* the turn in which it came: what was read before is old to it */
} Follower;

struct Follow {
    const Config *config;
    Clock *clock;
    Identities *identities;
    Store *store;  /* the thread's */
    gboolean away; /* the thread's: the database cannot be asked; said once */
    gint64 checked;
    guint64 revocations;
    HttpPiece *beat;

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    GPtrArray *followers; /* of Follower */
    GHashTable *places;   /* user id -> how many he has */
    guint reserved;       /* in all */
    guint64 turn;
    pthread_t thread;
    gboolean running, stopping, nudged;
};

/* ---- places; under the lock ---- */

static guint
places_of (Follow *follow, const char *user)
{
    return GPOINTER_TO_UINT (g_hash_table_lookup (follow->places, user));
}

static void
set_places (Follow *follow, const char *user, guint n)
{
    if (n)
        g_hash_table_replace (follow->places, g_strdup (user), GUINT_TO_POINTER (n));
    else
        g_hash_table_remove (follow->places, user);
}

static void
leave_place (Follow *follow, const char *user)
{
    follow->reserved--;
    set_places (follow, user, places_of (follow, user) - 1);
}

static void
drop (Follow *follow, guint i)
{
    Follower *follower = follow->followers->pdata[i];

    leave_place (follow, follower->user);
    g_ptr_array_remove_index_fast (follow->followers, i);
}

static void
follower_free (gpointer data)
{
    Follower *follower = data;

    http_stream_unref (follower->stream);
    g_free (follower);
}

static void
sweep (Follow *follow)
{
    for (guint i = follow->followers->len; i-- > 0;)
        if (!http_stream_is_open (((Follower *)follow->followers->pdata[i])->stream))
            drop (follow, i);
}

/* ---- what a turn sees ---- */

/* Under the lock. */
static Sight *
list_jobs (Follow *follow)
{
    Sight *sight = sight_new ();

    for (guint i = 0; i < follow->followers->len; i++) {
        const Follower *follower = follow->followers->pdata[i];

        sight_add (sight, follower->user, follower->job);
    }
    return sight;
}

static gboolean
ask (Follow *follow, Sight *sight, GError **error)
{
    if (!follow->store)
        follow->store =
            store_open (follow->config->database_url, &(StoreOptions){ .timeout_ms = ASK_MS }, error);
    return follow->store && sight_read (sight, follow->store, error);
}

/* While the database is away the streams wait, and only beat. */
static gboolean
look (Follow *follow, Sight *sight)
{
    g_autoptr (GError) error = NULL;
    gboolean good = ask (follow, sight, &error);

    if (!good && !follow->away)
        log_event (LOG_WARNING, "follow.database", error->message, NULL);
    follow->away = !good;
    return good;
}

/* ---- who may still listen ---- */

/* The hashes of tokens and sessions that may have been revoked, as a JSON array. Under the lock. */
static char *
list_hashes (Follow *follow)
{
    g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
    GString *list = g_string_new (NULL);
    Json json = JSON_INTO (list);

    json_begin_array (&json);
    for (guint i = 0; i < follow->followers->len; i++) {
        Follower *follower = follow->followers->pdata[i];

        if (follower->via != VIA_JWT && g_hash_table_add (seen, follower->hash))
            json_text (&json, follower->hash);
    }
    json_end_array (&json);
    return g_string_free (list, FALSE);
}

static void
end_revoked (Follow *follow, const Rows *alive)
{
    g_autoptr (GHashTable) good = g_hash_table_new (g_str_hash, g_str_equal);

    for (guint i = 0; i < rows_count (alive); i++)
        g_hash_table_add (good, (gpointer)rows_text (alive, i, 0));
    for (guint i = follow->followers->len; i-- > 0;) {
        Follower *follower = follow->followers->pdata[i];

        if (follower->via == VIA_JWT || follower->since >= follow->turn ||
            g_hash_table_contains (good, follower->hash))
            continue;
        http_stream_end (follower->stream, NULL);
        drop (follow, i);
    }
}

/* When something was revoked here, at once; else now and then, for what was revoked elsewhere. */
static void
check_secrets (Follow *follow)
{
    gint64 now = clock_monotonic (follow->clock);
    guint64 revocations = identities_revocations (follow->identities);
    g_autofree char *hashes = NULL;
    g_autoptr (Rows) alive = NULL;

    if (!follow->store ||
        (revocations == follow->revocations && now < follow->checked + RECHECK_SECONDS * SECOND_US / 2))
        return;
    pthread_mutex_lock (&follow->lock);
    hashes = list_hashes (follow);
    pthread_mutex_unlock (&follow->lock);
    if (strcmp (hashes, "[]") == 0)
        return; /* only tokens that nobody can revoke */
    alive = store_ask (follow->store, &sql_auth_secrets_alive,
                       PARAMS ({ "hashes", VALUE_OF_TEXT (hashes) },
                               { "now", VALUE_OF_INSTANT (clock_now (follow->clock)) }),
                       NULL);
    if (!alive)
        return; /* as soon as the database is back */
    follow->checked = now;
    follow->revocations = revocations;
    pthread_mutex_lock (&follow->lock);
    end_revoked (follow, alive);
    pthread_mutex_unlock (&follow->lock);
}

/* ---- telling; under the lock ---- */

/* FALSE: this stream is over. */
static gboolean
tell (Follow *follow, Follower *follower, const Sight *sight)
{
    Seen seen = sight_find (sight, follower->user, follower->job);

    if (!seen.tag || seen.final) {
        http_stream_end (follower->stream, seen.news);
        return FALSE;
    }
    if (strcmp (follower->tag, seen.tag) == 0)
        return TRUE;
    g_strlcpy (follower->tag, seen.tag, SIGHT_TAG);
    follower->spoken = clock_monotonic (follow->clock);
    return http_stream_send (follower->stream, seen.news);
}

static gboolean
beat (Follow *follow, Follower *follower)
{
    gint64 now = clock_monotonic (follow->clock);

    if (now < follower->spoken + FOLLOW_BEAT_US)
        return http_stream_is_open (follower->stream);
    follower->spoken = now;
    return http_stream_beat (follower->stream, follow->beat);
}

static gboolean
has_expired (Follow *follow, const Follower *follower)
{
    if (follower->expires == INSTANT_NONE || clock_now (follow->clock) < follower->expires)
        return FALSE;
    http_stream_end (follower->stream, NULL);
    return TRUE;
}

/* sight is NULL if the database could not be asked. */
static void
tell_all (Follow *follow, const Sight *sight)
{
    for (guint i = follow->followers->len; i-- > 0;) {
        Follower *follower = follow->followers->pdata[i];
        gboolean is_new = follower->since >= follow->turn;

        if (has_expired (follow, follower) || (sight && !is_new && !tell (follow, follower, sight)) ||
            !beat (follow, follower))
            drop (follow, i);
    }
}

static void
take_turn (Follow *follow)
{
    g_autoptr (Sight) sight = NULL;
    gboolean good;

    pthread_mutex_lock (&follow->lock);
    follow->turn++;
    sight = list_jobs (follow);
    pthread_mutex_unlock (&follow->lock);
    good = look (follow, sight);
    pthread_mutex_lock (&follow->lock);
    tell_all (follow, good ? sight : NULL);
    pthread_mutex_unlock (&follow->lock);
    check_secrets (follow);
}

/* ---- the thread ---- */

/* Until the next second, a nudge or the end; without followers, until there are some. FALSE: the end. */
static gboolean
wait_for_turn (Follow *follow, gint64 begun)
{
    gint64 end = begun + FOLLOW_PERIOD_US;
    struct timespec until = { .tv_sec = end / SECOND_US, .tv_nsec = end % SECOND_US * 1000 };
    gboolean go_on;

    pthread_mutex_lock (&follow->lock);
    while (!follow->stopping && !follow->nudged)
        if (follow->followers->len == 0)
            pthread_cond_wait (&follow->changed, &follow->lock);
        else if (pthread_cond_timedwait (&follow->changed, &follow->lock, &until) == ETIMEDOUT)
            break;
    follow->nudged = FALSE;
    go_on = !follow->stopping;
    pthread_mutex_unlock (&follow->lock);
    return go_on;
}

static void *
follow_main (void *data)
{
    Follow *follow = data;
    gint64 begun = g_get_monotonic_time ();

    while (wait_for_turn (follow, begun)) {
        begun = g_get_monotonic_time ();
        take_turn (follow);
    }
    store_close (follow->store);
    return NULL;
}

/* Under the lock; the first follower starts it. */
static void
start_thread (Follow *follow)
{
    if (follow->running)
        return;
    if (pthread_create (&follow->thread, NULL, follow_main, follow) != 0)
        g_error ("cannot create a thread");
    follow->running = TRUE;
}

/* ---- everybody's side ---- */

gboolean
follow_reserve (Follow *follow, const char *user_id, GError **error)
{
    gboolean most, his;

    pthread_mutex_lock (&follow->lock);
    if (follow->reserved >= FOLLOW_MOST || places_of (follow, user_id) >= FOLLOW_PER_USER)
        sweep (follow);
    most = follow->reserved >= FOLLOW_MOST;
    his = places_of (follow, user_id) >= FOLLOW_PER_USER;
    if (!most && !his) {
        follow->reserved++;
        set_places (follow, user_id, places_of (follow, user_id) + 1);
    }
    pthread_mutex_unlock (&follow->lock);
    if (his)
        return fault_set_status (error, 429, "too-many-streams",
                                 "you have %d streams open already; close one, or ask for the job itself",
                                 FOLLOW_PER_USER);
    return !most || fault_set_status (error, 503, "too-many-streams",
                                      "too many streams are open; ask for the job itself");
}

void
follow_give_up (Follow *follow, const char *user_id)
{
    pthread_mutex_lock (&follow->lock);
    leave_place (follow, user_id);
    pthread_mutex_unlock (&follow->lock);
}

void
follow_add (Follow *follow, const Identity *who, const char *job, const char *tag, HttpStream *stream)
{
    Follower *follower = g_new0 (Follower, 1);

    follower->stream = stream;
    memcpy (follower->user, who->user_id, UUID_TEXT);
    g_strlcpy (follower->job, job, UUID_TEXT);
    g_strlcpy (follower->tag, tag, SIGHT_TAG);
    g_strlcpy (follower->hash, who->hash, SECRET_HASH_TEXT);
    follower->via = who->via;
    follower->expires = who->expires;
    follower->spoken = clock_monotonic (follow->clock);
    pthread_mutex_lock (&follow->lock);
    follower->since = follow->turn;
    g_ptr_array_add (follow->followers, follower);
    start_thread (follow);
    pthread_cond_signal (&follow->changed);
    pthread_mutex_unlock (&follow->lock);
}

void
follow_nudge (Follow *follow)
{
    pthread_mutex_lock (&follow->lock);
    follow->nudged = follow->followers->len > 0;
    pthread_cond_signal (&follow->changed);
    pthread_mutex_unlock (&follow->lock);
}

guint
follow_count (Follow *follow)
{
    guint n;

    pthread_mutex_lock (&follow->lock);
    n = follow->followers->len;
    pthread_mutex_unlock (&follow->lock);
    return n;
}

/* ---- life ---- */

Follow *
follow_new (const Config *config, Clock *clock, Identities *identities)
{
    Follow *follow = g_new0 (Follow, 1);
    pthread_condattr_t monotonic;

    follow->config = config;
    follow->clock = clock;
    follow->identities = identities;
    follow->beat = http_piece_new (":\n\n", 3);
    follow->followers = g_ptr_array_new_with_free_func (follower_free);
    follow->places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    pthread_mutex_init (&follow->lock, NULL);
    pthread_condattr_init (&monotonic);
    pthread_condattr_setclock (&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init (&follow->changed, &monotonic);
    pthread_condattr_destroy (&monotonic);
    return follow;
}

void
follow_free (Follow *follow)
{
    if (!follow)
        return;
    pthread_mutex_lock (&follow->lock);
    follow->stopping = TRUE;
    pthread_cond_signal (&follow->changed);
    pthread_mutex_unlock (&follow->lock);
    if (follow->running)
        pthread_join (follow->thread, NULL);
    g_ptr_array_unref (follow->followers);
    g_hash_table_unref (follow->places);
    http_piece_unref (follow->beat);
    pthread_cond_destroy (&follow->changed);
    pthread_mutex_destroy (&follow->lock);
    g_free (follow);
}
