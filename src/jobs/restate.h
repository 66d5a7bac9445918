/* restate.h -- note what a re-read changes of days that were stored before.
 *
 * Platforms correct themselves: Meta puts a purchase on the day of the ad, up
 * to 28 days later; GA4 finishes a day after two. A changed number of a day is
 * noted once with what it was and what it became, by the table that holds the
 * source's days (a breakdown would tell the same change many times). */
#pragma once
#include "model/source.h"
#include "store/store.h"

typedef struct {
    const char *user_id, *external_id;
    Source source;
    gint64 now;
} Restated;

/* In the transaction that will replace these days, and before it does. */
gboolean restate_note (Store *store, const Restated *of, const FactSet *facts, Period window, GError **error);
