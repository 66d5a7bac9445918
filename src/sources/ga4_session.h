/* ga4_session.h -- a few calls to one property that belong together.
 *
 * Lives on the stack for one pull, and is cleared after it. It remembers what the last answer said of
 * the quotas, and stops before a request that Google would refuse; and it
 * gathers what the reports say about themselves (sampled, thresholded …), so
 * that each is told once with all the days it touches. */
#pragma once
#include "sources/driver.h"
#include "sources/ga4_report.h"
#include "sources/google_quota.h"

#define GA4_MAX_BATCH 5

typedef enum { GA4_SAMPLED, GA4_THRESHOLDED, GA4_OTHER_ROW, GA4_RESTRICTED, GA4_N_NOTICES } Ga4Notice;

typedef struct {
    const SourceContext *context;
    const char *token, *property;
    const GoogleQuota *spent;      /* what is used up, or NULL */
    GHashTable *names;             /* see ga4_names.h; NULL until a report was refused for a name */
    gboolean names_are_new;        /* they are from the property itself, just now */
    Period noticed[GA4_N_NOTICES]; /* days; from > to while there is nothing to tell */
} Ga4Session;

void
ga4_session_init (Ga4Session *session, const SourceContext *context, const char *token, const char *property);
void ga4_session_clear (Ga4Session *session);
/* Ask one report; the answer is the caller's to drop. */
json_t *ga4_session_ask (Ga4Session *session, const Ga4Question *question, GError **error);
/* Ask up to GA4_MAX_BATCH reports at once; the answer's `reports` has as many. */
json_t *ga4_session_ask_batch (Ga4Session *session, const Ga4Question *questions, guint n, GError **error);

/* Remember that this is true of these days. */
void ga4_session_note (Ga4Session *session, Ga4Notice notice, Period days);
/* The same from a report's metadata. */
void ga4_session_note_metadata (Ga4Session *session, const json_t *metadata, Period days);
void ga4_session_tell (const Ga4Session *session, const SourceSink *sink);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Ga4Session, ga4_session_clear)
