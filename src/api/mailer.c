#include "api/mailer.h"

#include "api/mailer_private.h"
#include "base/limit.h"
#include "base/log.h"
#include "query/now.h"
#include "sql.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#define TURN_US       (10 * SECOND_US)
#define ASK_MS        20000
#define PRUNE_US      (3600 * SECOND_US)
#define KEPT_US       (90 * 86400 * SECOND_US)
#define DELIVERS_MOST 100 /* mails before we look again for what is due */

struct Mailer {
    Api *api;
    Store *store;     /* the thread's */
    gint64 pruned_at; /* monotonic, the thread's */
    gint stopping;    /* atomic, and under lock when it is set */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    gboolean nudged; /* under lock */
    MailStats stats;
    pthread_t thread;
};

Call
mail_call (const MailTurn *turn, const char *user_id)
{
    Call call = { .api = turn->api, .store = turn->store };

    g_strlcpy (call.who.user_id, user_id, sizeof call.who.user_id);
    return call;
}

/* ---- a turn ---- */

static gboolean
read_clock (Mailer *mailer, gint64 *now, GError **error)
{
    *now = shared_now (mailer->store, mailer->api->options.clock, error);
    return *now != INSTANT_NONE;
}

static gboolean
open_store (Mailer *mailer, GError **error)
{
    const char *url = mailer->api->options.config->database_url;

    if (mailer->store)
        return TRUE;
    mailer->store = store_open (url, &(StoreOptions){ .durable = TRUE, .timeout_ms = ASK_MS }, error);
    if (!mailer->store)
        return FALSE;
    /* This process owns an SQLite file: whatever was being sent has no sender any more. */
    return store_engine (mailer->store) != STORE_SQLITE ||
           store_do (mailer->store, &sql_mail_mail_expire, PARAMS ({ "past", VALUE_OF_INSTANT (0) }),
                     error) >= 0;
}

static gboolean
prune (Mailer *mailer, gint64 now, GError **error)
{
    gint64 monotonic = clock_monotonic (mailer->api->options.clock);

    if (mailer->pruned_at && monotonic < mailer->pruned_at + PRUNE_US)
        return TRUE;
    mailer->pruned_at = monotonic;
    return store_do (mailer->store, &sql_mail_mail_prune,
                     PARAMS ({ "before", VALUE_OF_INSTANT (now - KEPT_US) }), error) >= 0;
}

static void
kept_clear (KeptLetter *kept)
{
    g_free (kept->of);
    letter_clear (&kept->letter);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (KeptLetter, kept_clear)

static gboolean
take_turn (Mailer *mailer, GError **error)
{
    g_auto (KeptLetter) kept = { 0 };
    MailTurn turn = {
        .api = mailer->api, .cancel = &mailer->stopping, .kept = &kept, .stats = &mailer->stats
    };
    gboolean found = TRUE;

    if (!open_store (mailer, error) || !read_clock (mailer, &turn.now, error))
        return FALSE;
    turn.store = mailer->store;
    if (!mail_plan (&turn, error) || !mail_watch (&turn, error))
        return FALSE;
    for (int i = 0; found && i < DELIVERS_MOST && !g_atomic_int_get (&mailer->stopping); i++)
        if (!read_clock (mailer, &turn.now, error) || !mail_deliver (&turn, &found, error))
            return FALSE;
    return prune (mailer, turn.now, error);
}

/* ---- the thread ---- */

/* FALSE: the end. */
static gboolean
wait_for_turn (Mailer *mailer)
{
    gint64 end = g_get_monotonic_time () + MIN (TURN_US, limit_seconds (LIMIT_RETRY) * SECOND_US);
    struct timespec until = { .tv_sec = end / SECOND_US, .tv_nsec = end % SECOND_US * 1000 };

    pthread_mutex_lock (&mailer->lock);
    while (!g_atomic_int_get (&mailer->stopping) && !mailer->nudged)
        if (pthread_cond_timedwait (&mailer->changed, &mailer->lock, &until) == ETIMEDOUT)
            break;
    mailer->nudged = FALSE;
    pthread_mutex_unlock (&mailer->lock);
    return !g_atomic_int_get (&mailer->stopping);
}

static void *
mailer_main (void *data)
{
    Mailer *mailer = data;

    do {
        g_autoptr (GError) error = NULL;

        if (!take_turn (mailer, &error))
            log_event (LOG_ERROR, "mail.turn", error->message, NULL);
    } while (wait_for_turn (mailer));
    store_close (mailer->store);
    return NULL;
}

const MailStats *
mailer_stats (const Mailer *mailer)
{
    return mailer ? &mailer->stats : NULL;
}

void
mailer_nudge (Mailer *mailer)
{
    if (!mailer)
        return;
    pthread_mutex_lock (&mailer->lock);
    mailer->nudged = TRUE;
    pthread_cond_signal (&mailer->changed);
    pthread_mutex_unlock (&mailer->lock);
}

Mailer *
mailer_start (Api *api)
{
    Mailer *mailer;
    pthread_condattr_t monotonic;

    if (!api->options.config->smtp_url)
        return NULL;
    mailer = g_new0 (Mailer, 1);
    mailer->api = api;
    pthread_mutex_init (&mailer->lock, NULL);
    pthread_condattr_init (&monotonic);
    pthread_condattr_setclock (&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init (&mailer->changed, &monotonic);
    pthread_condattr_destroy (&monotonic);
    if (pthread_create (&mailer->thread, NULL, mailer_main, mailer) != 0)
        g_error ("cannot create a thread");
    return mailer;
}

void
mailer_stop (Mailer *mailer)
{
    if (!mailer)
        return;
    pthread_mutex_lock (&mailer->lock);
    g_atomic_int_set (&mailer->stopping, TRUE);
    pthread_cond_signal (&mailer->changed);
    pthread_mutex_unlock (&mailer->lock);
    pthread_join (mailer->thread, NULL);
    pthread_cond_destroy (&mailer->changed);
    pthread_mutex_destroy (&mailer->lock);
    g_free (mailer);
}
