#include "api/rate.h"

#include "base/date.h"

#include <pthread.h>
#include <stdatomic.h>

#define MOST_BUCKETS 65536
#define OTHERS       "" /* whoever comes when there are so many shares one bucket */

const RateRule rate_rules[N_RATES] = {
    [RATE_LOGIN] = { "login", 20, 10 * SECOND_US, COUNT_REFUSALS },
    [RATE_CRON] = { "cron", 120, SECOND_US, COUNT_REFUSALS },
    [RATE_SYNC] = { "sync", 300, SECOND_US / 5, COUNT_USER },
    [RATE_INSIGHTS] = { "insights", 300, SECOND_US / 5, COUNT_USER },
    [RATE_EXPORT] = { "export", 300, SECOND_US / 5, COUNT_USER },
    [RATE_SHARE] = { "share", 300, SECOND_US / 5, COUNT_ADDRESS },
    [RATE_MAIL] = { "mail", 10, 60 * SECOND_US, COUNT_USER },
    [RATE_UNSUBSCRIBE] = { "unsubscribe", 300, SECOND_US / 5, COUNT_ADDRESS },
};

struct Rates {
    Clock *clock;
    pthread_mutex_t lock;
    GHashTable *full_at; /* "login|203.0.113.7" -> gint64, the instant at which it is full; under lock */
    _Atomic guint64 refused[N_RATES];
};

Rates *
rates_new (Clock *clock)
{
    Rates *rates = g_new0 (Rates, 1);

    rates->clock = clock;
    pthread_mutex_init (&rates->lock, NULL);
    rates->full_at = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    return rates;
}

void
rates_free (Rates *rates)
{
    if (!rates)
        return;
    g_hash_table_unref (rates->full_at);
    pthread_mutex_destroy (&rates->lock);
    g_free (rates);
}

static gboolean
is_full (gpointer key G_GNUC_UNUSED, gpointer value, gpointer now)
{
    return *(gint64 *)value <= *(gint64 *)now;
}

/* The bucket's instant, made if it is not there. */
static gint64 *
bucket (Rates *rates, Rate rate, const char *who, gint64 now)
{
    g_autofree char *key = g_strconcat (rate_rules[rate].name, "|", who, NULL);
    gint64 *at = g_hash_table_lookup (rates->full_at, key);

    if (at)
        return at;
    if (g_hash_table_size (rates->full_at) >= MOST_BUCKETS)
        g_hash_table_foreach_remove (rates->full_at, is_full, &now);
    if (g_hash_table_size (rates->full_at) >= MOST_BUCKETS && *who)
        return bucket (rates, rate, OTHERS, now);
    at = g_new0 (gint64, 1);
    g_hash_table_insert (rates->full_at, g_steal_pointer (&key), at);
    return at;
}

gboolean
rates_take (Rates *rates, Rate rate, const char *who, guint n, RateState *state)
{
    const RateRule *rule = &rate_rules[rate];
    gint64 size = rule->burst * rule->every, now = clock_monotonic (rates->clock), lacks, *at;
    gboolean taken;

    pthread_mutex_lock (&rates->lock);
    at = bucket (rates, rate, who, now);
    lacks = MAX (*at - now, 0);
    taken = lacks + rule->every * MAX (n, 1) <= size;
    if (taken) {
        lacks += rule->every * n;
        *at = now + lacks;
    }
    pthread_mutex_unlock (&rates->lock);
    if (!taken)
        atomic_fetch_add (&rates->refused[rate], 1);
    *state = (RateState){ .left = (guint)((size - lacks) / rule->every),
                          .wait = MAX (lacks + rule->every - size, 0),
                          .full = lacks };
    return taken;
}

guint64
rates_refused (const Rates *rates, Rate rate)
{
    return atomic_load (&rates->refused[rate]);
}
