/* reconcile.h -- our total of some days beside the one that the source itself gives.
 *
 * Two numbers of the same days that differ are either explained by something that
 * was found to be true (these days were still moving when they were read; those
 * are missing here; and on all others both agree), or they are not, and it says
 * so. To find out, the source is asked a second time, for the days alone that
 * should not differ. Nothing is written but a credential that the platform has
 * replaced. A Reconciliation owns all its text; one thread. */
#pragma once
#include "auth/seal.h"
#include "base/clock.h"
#include "base/json.h"
#include "sources/driver.h"
#include "store/store.h"

typedef enum { VERDICT_EXACT, VERDICT_EXPLAINED, VERDICT_UNEXPLAINED } Verdict;

const char *verdict_name (Verdict verdict); /* "exact", "explained", "unexplained" */

typedef struct {
    const char *code;
    char *text;
} Why;

typedef struct {
    const OwnMetric *metric;
    Value ours, theirs; /* VALUE_NULL: not known */
    const char *basis;  /* of ours: "sum", "unique", or "sum_of_days" of people, which is no total */
    Verdict verdict;
    GPtrArray *why; /* of Why */
} Reconciled;

typedef struct {
    char *id, *external_id, *name, *currency;
    Source source;
    Period asked, compared; /* compared: those of the asked days that have been read; may be none */
    Day provisional_from;   /* days from here on were still moving when they were read */
    gint64 as_of;           /* the last sync; INSTANT_NONE */
    Verdict verdict;        /* the worst of its metrics' */
    GArray *metrics;        /* of Reconciled */
    GPtrArray *notices;     /* of Why, about the days */
} Reconciliation;

/* Everything outlives the call. */
typedef struct {
    Store *store;
    const Config *config;
    Sealer *sealer;
    Clock *clock;
    const gint *stop; /* atomic: non-zero ends it with FAULT_CANCELLED; or NULL */
    int timeout_ms;   /* for all that the source is asked */
} Reconciler;

/* asked NULL: the last 28 days that have been read. 404 "unknown-connection" also for another user's;
 * 409 "reconnect" if its credential is dead; FAULT_INVALID for a source that has no totals; else
 * the source's own faults. */
gboolean reconcile (const Reconciler *reconciler, const char *user_id, const char *connection_id,
                    const Period *asked, Reconciliation *result, GError **error);
void reconciliation_clear (Reconciliation *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reconciliation, reconciliation_clear)
void reconciliation_write (const Reconciliation *result, Json *json);
