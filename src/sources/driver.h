/* driver.h -- what a source can do; one const struct a platform.
 *
 * A source knows its platform and nothing else: no database, no clock, no
 * threads, no retries, no schedule. It gets a token, an account, days and an
 * HTTP client, and emits facts and notices. Each call asks once; whether and
 * when to ask again is the job's to decide from the error:
 *
 *   FAULT_RECONNECT  the credential is dead (from authorize), or the access token is
 *                    (from the others: the job refreshes it once and asks again)
 *   FAULT_DENIED     refused for good; the sentence says in plain words what to do
 *   FAULT_BUSY       throttled or out of quota; fault_retry_after says how long, if known
 *   FAULT_REMOTE, FAULT_LOST, FAULT_TIMEOUT   try again, few and slow
 *   FAULT_CANCELLED
 *
 * No sentence ever holds a token. */
#pragma once
#include "base/config.h"
#include "fetch/fetch.h"
#include "model/fact.h"
#include "model/period.h"
#include "model/source.h"
#include "sources/memory.h"

/* How close to its limits an account is, as the last answer said. */
typedef struct {
    int percent; /* of the limit that is used up most; 0 if nothing was said */
    int seconds; /* until it makes sense to ask again; 0 if that was not said */
} SourcePace;

/* A source has no clock, but some must wait within a pull: for a report that the platform
 * makes, or because it is told to slow down. Whoever has the time gives it a pause. */
typedef struct {
    Fetcher *fetcher;
    const Config *config; /* addresses and OAuth apps */
    /* Wait so many seconds; FALSE: stop instead, with FAULT_CANCELLED. NULL: nobody may be kept
     * waiting here, and what can't be had at once is FAULT_BUSY. */
    gboolean (*pause) (gpointer user, int seconds);
    gpointer pause_user;
    SourcePace *pace;     /* kept from call to call by those who make several; or NULL */
    SourceMemory *memory; /* of the process; or NULL */
    gint64 since;         /* monotonic: limits from before are tried anew; 0: all of them hold */
    const char *payer;    /* what authorize said of the credential in use; or NULL */
    /* What pulls have learnt of the account, kept for the others of the same sync; or NULL. */
    GHashTable *notes;
} SourceContext;

/* An empty table for notes, which the caller unrefs. */
GHashTable *source_notes_new (void);
/* What was noted under that name (a literal); 0: nothing. */
int source_recall (const SourceContext *context, const char *name);
void source_note (const SourceContext *context, const char *name, int value);

/* An access token, and what else the platform said when it gave it. */
typedef struct {
    char *access_token;
    gint64 expires;            /* instant; INSTANT_NONE if it does not end */
    char *credential;          /* the new credential to store (a rotated refresh token), or NULL */
    gint64 credential_expires; /* instant; INSTANT_NONE or 0 if it does not end, or that was not said */
    char *payer; /* whose limits calls with it use up (the cloud project of a Google credential), or NULL */
} Grant;

void grant_clear (Grant *grant);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Grant, grant_clear)

/* What the platform says of one account; texts are NULL where it said nothing. */
typedef struct {
    char *name, *currency, *time_zone;
    Day first_day;  /* no data can exist before; DAY_NONE if unknown */
    gint64 expires; /* of the credential itself, not of an access token; INSTANT_NONE: never, or unknown */
} AccountInfo;

#define ACCOUNT_INFO_NONE ((AccountInfo){ .first_day = DAY_NONE, .expires = INSTANT_NONE })

void account_info_clear (AccountInfo *info);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AccountInfo, account_info_clear)

/* One trip of a person's browser to the platform's consent page and back. */
typedef struct {
    const char *redirect_uri; /* the same in both halves, to the letter */
    const char *state;        /* comes back with the browser */
    const char *verifier;     /* of PKCE (RFC 7636), for platforms that have it */
} Consent;

/* An account that a credential can read, for its owner to choose from. */
typedef struct {
    char *external_id, *name;
    char *detail; /* what tells it from others of that name: its parent, currency, page; or NULL */
} AccountChoice;

void account_choice_free (gpointer choice);
/* Append one, unless its account is there already; takes it over. */
void account_choices_add (GPtrArray *choices, AccountChoice *choice);

/* Where facts and notices go. All rows of a by-day table and of the asked window are
 * emitted before the call returns TRUE; days without numbers as zeros. */
typedef struct {
    void (*emit) (gpointer user, const FactTable *table, const Value *values);
    void (*notice) (gpointer user, const char *code, Period days, const char *text);
    gpointer user;
} SourceSink;

/* A number that a source gives for a whole period, and ours that should be equal to it. */
typedef struct {
    const char *metric; /* "sessions": in answers */
    const char *column; /* of the table by day, whose days add up to it; NULL: we keep nothing like it */
    gboolean money;     /* in micros */
    gboolean unique;    /* people: days don't add up to it, they only bound it */
} OwnMetric;

#define OWN_METRICS_MOST 12

/* What it said of one period. */
typedef struct {
    Value values[OWN_METRICS_MOST]; /* in the order of its own_metrics; VALUE_NULL: it did not say */
    char *currency, *time_zone;     /* by which it counted; NULL if it did not say */
} OwnTotals;

void own_totals_clear (OwnTotals *totals);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OwnTotals, own_totals_clear)

#define SOURCE_DAY_TABLES 4

typedef struct {
    Source source;
    guint window_days;    /* the most days that one pull should cover */
    guint look_back_days; /* numbers may still change for so long; 0: SYNC_DAYS */
    guint history_days;   /* the platform keeps no more; 0: no limit */
    /* What pull fills of tables that are replaced by day: a window is replaced also by nothing. */
    const FactTable *by_day[SOURCE_DAY_TABLES + 1]; /* NULL-terminated */
    gboolean renews; /* authorize gives a new access token each time, so a dead one can be replaced */

    /* The external_id in the form that is stored ("properties/123" is 123); a wrong kind
     * of id (G-…, UA-…) is FAULT_INVALID with the way to the right one. Caller frees. */
    char *(*normal_id) (const char *external_id, GError **error);
    /* Is this credential (a JSON object in text) one of the forms it takes? FAULT_INVALID. */
    gboolean (*check_credential) (const char *credential, GError **error);
    /* now is for the assertion's times. */
    gboolean (*authorize) (const SourceContext *context, const char *credential, gint64 now, Grant *grant,
                           GError **error);
    /* The address of the consent page; FAULT_DENIED if the OAuth app is not configured. */
    char *(*consent_url) (const Config *config, const Consent *consent, GError **error);
    /* What the person's yes is worth: fills the grant with its credential. FAULT_DENIED also if
     * a permission was left out. */
    gboolean (*exchange) (const SourceContext *context, const char *code, const Consent *consent, gint64 now,
                          Grant *grant, GError **error);
    /* AccountChoice, in the platform's order; the caller owns the array. */
    GPtrArray *(*list_accounts) (const SourceContext *context, const char *access_token, GError **error);
    /* Can this token read this account, and what is it? Used by connect and test. */
    gboolean (*describe) (const SourceContext *context, const char *access_token, const char *external_id,
                          AccountInfo *info, GError **error);
    /* Facts of all tables by day for these days. */
    gboolean (*pull) (const SourceContext *context, const char *access_token, const char *external_id,
                      Period window, const SourceSink *sink, GError **error);
    /* Facts that are not by day, as of that last complete day; NULL if it has none. */
    gboolean (*pull_totals) (const SourceContext *context, const char *access_token, const char *external_id,
                             Day last, const SourceSink *sink, GError **error);

    /* For reconciling: the source's own totals of these days, asked for as a whole and not by day.
     * Tells its notices to the sink, and emits nothing. NULL if it has none. */
    const OwnMetric *own_metrics; /* ends with metric NULL */
    gboolean (*own_totals) (const SourceContext *context, const char *access_token, const char *external_id,
                            Period days, OwnTotals *totals, const SourceSink *sink, GError **error);
} SourceDriver;

/* NULL while a platform has no driver. */
const SourceDriver *source_driver (Source one);
