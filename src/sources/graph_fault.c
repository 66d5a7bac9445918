#include "sources/graph_fault.h"

#include "base/fault.h"

#include <string.h>

#define ANY (-1)

/* A %v in a sentence is the API version, a %m Meta's own words (words_of). */
typedef struct {
    gint64 first, last; /* codes */
    gint64 subcode;     /* or ANY */
    const char *words;  /* that the message must contain, in lower case; or NULL */
    FaultCode fault;
    GraphRemedy remedy;
    int seconds; /* to wait, if nobody says how long */
    const char *sentence;
} Meaning;

#define CODE(n)         .first = (n), .last = (n), .subcode = ANY
#define SUBCODE(n, sub) .first = (n), .last = (n), .subcode = (sub)

#define AGAIN "connect the account again"

/* The first that fits counts. */
static const Meaning meanings[] = {
    /* the token is dead */
    { SUBCODE (190, 463), .fault = FAULT_RECONNECT,
      .sentence = "the access token has expired: " AGAIN ", best with a system user's token, which lasts" },
    { SUBCODE (190, 460), .fault = FAULT_RECONNECT,
      .sentence = "the access token ended because the Facebook password was changed: " AGAIN },
    { SUBCODE (190, 458), .fault = FAULT_RECONNECT,
      .sentence = "the app was removed from the Facebook account: " AGAIN " and allow it" },
    { SUBCODE (190, 459), .fault = FAULT_RECONNECT,
      .sentence =
          "Facebook wants this person to confirm who they are: sign in to facebook.com, then " AGAIN },
    { SUBCODE (190, 464), .fault = FAULT_RECONNECT,
      .sentence = "the Facebook account is not confirmed: confirm it at facebook.com, then " AGAIN },
    { CODE (190), .words = "must be granted", .fault = FAULT_RECONNECT,
      .sentence = "the access token lacks a permission: " AGAIN " and allow what is asked for (%m)" },
    { CODE (190), .fault = FAULT_RECONNECT, .sentence = "the access token is no longer valid: " AGAIN },
    { CODE (102), .fault = FAULT_RECONNECT, .sentence = "the session of the access token is over: " AGAIN },

    /* too much at once */
    { .first = 0,
      .last = G_MAXINT64,
      .subcode = ANY,
      .words = "reduce the amount of data",
      .fault = FAULT_REMOTE,
      .remedy = GRAPH_ASK_FOR_LESS,
      .sentence = "it is too much data for one answer" },
    { SUBCODE (100, 1487534), .fault = FAULT_DENIED, .remedy = GRAPH_SPLIT,
      .sentence = "one day of this account is more than one answer may hold" },

    /* throttled */
    { SUBCODE (4, 1504022), .fault = FAULT_BUSY, .seconds = 60, .sentence = "Meta's servers are overloaded" },
    { CODE (4), .fault = FAULT_BUSY, .seconds = 300, .sentence = "the app has made too many calls" },
    { CODE (17), .fault = FAULT_BUSY, .seconds = 300,
      .sentence = "the user or ad account has made too many calls" },
    { CODE (32), .fault = FAULT_BUSY, .seconds = 300, .sentence = "the page has made too many calls" },
    { CODE (341), .fault = FAULT_BUSY, .seconds = 300, .sentence = "a limit of the app is reached" },
    { CODE (613), .fault = FAULT_BUSY, .seconds = 300, .sentence = "calls come faster than Meta allows" },
    { .first = 80000,
      .last = 80014,
      .subcode = ANY,
      .fault = FAULT_BUSY,
      .seconds = 300,
      .sentence = "the account has made too many calls for its kind of access" },

    /* only the operator can help */
    { CODE (2635), .fault = FAULT_DENIED,
      .sentence = "Meta has retired version %v of its API: update Daymark, or set META_API_VERSION to a "
                  "version that is current" },
    { CODE (3018), .fault = FAULT_DENIED, .sentence = "numbers older than 37 months are not kept" },
    { CODE (368), .fault = FAULT_DENIED,
      .sentence = "Meta has blocked this user or app for what it takes for abuse: see the Support Inbox at "
                  "facebook.com" },
    { CODE (270), .fault = FAULT_DENIED,
      .sentence = "the app has only development access, which does not cover this ad account: ask Meta for "
                  "advanced access to ads_read, or use the app with ad accounts of its own developers" },
    { SUBCODE (100, 33), .fault = FAULT_DENIED, .remedy = GRAPH_NOT_THERE_YET,
      .sentence = "there is no such account, or this access token may not see it: check the number, and in "
                  "Business settings that the account is assigned to the user of the token" },
    { CODE (100), .words = "appsecret_proof", .fault = FAULT_DENIED,
      .sentence =
          "the access token is of another app than META_APP_ID and META_APP_SECRET: make it with that "
          "app, or set them to its own (%m)" },
    { CODE (100), .words = "missing permission", .fault = FAULT_DENIED,
      .sentence = "the access token may not read this account: it needs the permission ads_read" },
    { CODE (10), .fault = FAULT_DENIED,
      .sentence = "the app may not do this: it needs the permission ads_read (%m)" },
    { .first = 200,
      .last = 299,
      .subcode = ANY,
      .fault = FAULT_DENIED,
      .sentence = "the access token may not read this account: allow ads_read when you connect, and in "
                  "Business settings assign the account to the user of the token (%m)" },

    /* passing */
    { CODE (2642), .fault = FAULT_REMOTE, .sentence = "a page of the report could not be found again" },
    { CODE (100), .words = "creating the report run", .fault = FAULT_REMOTE,
      .sentence = "the report was not ready yet" },
    { CODE (1), .fault = FAULT_REMOTE, .sentence = "an unknown error on Meta's side (%m)" },
    { CODE (2), .fault = FAULT_REMOTE, .sentence = "Meta's service is down for the moment (%m)" },
    { CODE (104), .fault = FAULT_REMOTE, .sentence = "the connection inside Meta broke" },
    { CODE (960), .fault = FAULT_REMOTE, .sentence = "Meta took too long" },
    { .first = 0,
      .last = G_MAXINT64,
      .subcode = 99,
      .fault = FAULT_REMOTE,
      .sentence = "an unknown error on Meta's side (%m)" },
};

/* No code that we know: by what else is said. */
static const Meaning transient_meaning = { .fault = FAULT_REMOTE, .sentence = "a passing error (%m)" };
static const Meaning denied_meaning = { .fault = FAULT_DENIED,
                                        .sentence = "Meta does not accept the request: %m" };

static gboolean
fits (const Meaning *meaning, const GraphFailure *failure, const char *message)
{
    return failure->code >= meaning->first && failure->code <= meaning->last &&
           (meaning->subcode == ANY || meaning->subcode == failure->subcode) &&
           (!meaning->words || strstr (message, meaning->words));
}

static const Meaning *
find (const GraphFailure *failure)
{
    g_autofree char *message = g_ascii_strdown (failure->message, -1);

    for (guint i = 0; i < G_N_ELEMENTS (meanings); i++)
        if (fits (&meanings[i], failure, message))
            return &meanings[i];
    return failure->transient || failure->status >= 500 ? &transient_meaning : &denied_meaning;
}

/* "Invalid parameter: The level is odd." Where Meta has words for people, they say more. */
static char *
words_of (const GraphFailure *failure)
{
    gboolean has_advice = failure->advice && *failure->advice;

    if (!*failure->message)
        return g_strdup (has_advice ? failure->advice : "it does not say why");
    return has_advice ? g_strconcat (failure->message, ": ", failure->advice, NULL)
                      : g_strdup (failure->message);
}

static char *
sentence_of (const Meaning *meaning, const GraphFailure *failure)
{
    g_autoptr (GString) text = g_string_new (meaning->sentence);
    g_autofree char *words = words_of (failure);

    g_string_replace (text, "%v", failure->version, 0);
    g_string_replace (text, "%m", words, 1);
    return g_string_free (g_steal_pointer (&text), FALSE);
}

GraphRemedy
graph_fault_set (const GraphFailure *failure, GError **error)
{
    const Meaning *meaning = find (failure);
    g_autofree char *sentence = sentence_of (meaning, failure);
    int known = failure->regain > 0 ? failure->regain : meaning->seconds;
    int seconds = meaning->fault == FAULT_BUSY ? known : -1;

    fault_set_retry (error, meaning->fault, seconds, "%s: %s", failure->service, sentence);
    return meaning->remedy;
}
