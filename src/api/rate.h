/* rate.h -- how often one may ask: token buckets in this process's memory.
 *
 * A bucket holds `burst` and gets one back after each `every`. Kept of it is one instant (the
 * time at which it will be full again: the generic cell rate algorithm), so an idle bucket is
 * one that need not be kept. Any thread. */
#pragma once
#include "base/clock.h"

typedef enum {
    RATE_NONE,
    RATE_LOGIN,
    RATE_CRON,
    RATE_SYNC,
    RATE_INSIGHTS,
    RATE_EXPORT,
    RATE_SHARE,
    RATE_MAIL,
    RATE_UNSUBSCRIBE,
    N_RATES
} Rate;

typedef enum {
    COUNT_USER,     /* all that a user asks */
    COUNT_ADDRESS,  /* all that an address asks */
    COUNT_REFUSALS, /* only what an address was refused (401, 403) */
} RateCount;

typedef struct {
    const char *name;
    guint burst;
    gint64 every; /* microseconds */
    RateCount counts;
} RateRule;

extern const RateRule rate_rules[N_RATES];

typedef struct {
    guint left;
    gint64 wait; /* microseconds until the next one; 0: now */
    gint64 full; /* until all are there again */
} RateState;

typedef struct Rates Rates;

Rates *rates_new (Clock *clock);
void rates_free (Rates *rates);
/* FALSE: none is left, and state says how long to wait. n: how many it takes, 0 only looks. */
gboolean rates_take (Rates *rates, Rate rate, const char *who, guint n, RateState *state);
/* How often that was so. */
guint64 rates_refused (const Rates *rates, Rate rate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Rates, rates_free)
