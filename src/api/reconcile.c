/* reconcile.c -- our totals beside the source's own.
 *
 * A worker waits for the source, so only few may do that at a time, and one a connection. */
#include "insights/reconcile.h"

#include "api/demo.h"
#include "api/handlers.h"
#include "base/fault.h"
#include "base/random.h"
#include "sql.h"

#include <pthread.h>
#include <string.h>

#define TIME_LIMIT_MS (20 * 1000)
#define MOST_AT_ONCE  3
#define AGAIN_SECONDS 5

/* Who is asking about which connection: with the user in it, nobody learns of another's. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *busy[MOST_AT_ONCE];

/* Its place among them; -1: there is none, or it is there already. */
static int
enter (const char *question)
{
    int place = -1;

    pthread_mutex_lock (&lock);
    for (int i = 0; i < MOST_AT_ONCE; i++) {
        if (busy[i] && strcmp (busy[i], question) == 0) {
            place = -1;
            break;
        }
        if (!busy[i])
            place = i;
    }
    if (place >= 0)
        busy[place] = g_strdup (question);
    pthread_mutex_unlock (&lock);
    return place;
}

static void
leave (int place)
{
    pthread_mutex_lock (&lock);
    g_clear_pointer (&busy[place], g_free);
    pthread_mutex_unlock (&lock);
}

/* What went wrong at the source, as a problem: it is neither the caller's fault nor ours. */
static gboolean
refuse (const GError *cause, GError **error)
{
    if (fault_is (cause, FAULT_RECONNECT))
        return call_fail (error, 409, "reconnect", "%s", cause->message);
    if (fault_is (cause, FAULT_DENIED))
        return call_fail (error, 502, "source-refused", "%s", cause->message);
    if (error)
        *error = g_error_copy (cause);
    return FALSE;
}

static gboolean
reply (Call *call, Period asked, const char *id, GError **error)
{
    const ApiOptions *options = &call->api->options;
    const Reconciler reconciler = { .store = call->store,
                                    .config = options->config,
                                    .sealer = options->sealer,
                                    .clock = options->clock,
                                    .stop = options->stop,
                                    .timeout_ms = TIME_LIMIT_MS };
    g_auto (Reconciliation) result = { 0 };
    g_autoptr (GError) local = NULL;
    GString *body;
    Json json;

    if (!reconcile (&reconciler, call->who.user_id, id, &asked, &result, &local))
        return refuse (local, error);
    body = g_string_sized_new (2048);
    json = JSON_INTO (body);
    reconciliation_write (&result, &json);
    return call_reply (call, 200, body);
}

/* Is it his, and real? Before anything else: whose it is not learns nothing of it, not even that his dates
 * are wrong. */
static gboolean
is_there (Call *call, const char *id, GError **error)
{
    g_autoptr (Rows) rows =
        call_find (call, &sql_api_connection_find, id, "unknown-connection", "connection", error);

    return rows && demo_is_not (rows, error);
}

gboolean
connection_reconcile (Call *call, GError **error)
{
    g_autofree char *id = g_ascii_strdown (call_segment (call, 2), -1);
    g_autofree char *question = g_strdup_printf ("%s|%s", call->who.user_id, id);
    Period asked;
    gboolean ok;
    int place;

    if (!is_there (call, id, error) ||
        !period_read (call_query (call, "startDate"), call_query (call, "endDate"), &asked, error))
        return FALSE;
    place = enter (question);
    if (place < 0)
        return fault_set_retry (error, FAULT_BUSY, AGAIN_SECONDS,
                                "the source is being asked already; try again in a moment");
    ok = reply (call, asked, id, error);
    leave (place);
    return ok;
}
