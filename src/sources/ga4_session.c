#include "sources/ga4_session.h"

#include "base/fault.h"
#include "sources/ga4_limits.h"
#include "sources/ga4_names.h"
#include "sources/google_call.h"

#define NAMES_SECONDS (24 * 3600)

static const struct {
    const char *code, *text;
} notices[GA4_N_NOTICES] = {
    [GA4_SAMPLED] = { "sampled", "Google Analytics estimated these numbers from a sample of the events" },
    [GA4_THRESHOLDED] = { "thresholded",
                          "Google Analytics may have withheld small rows to protect people's privacy" },
    [GA4_OTHER_ROW] = { "other_row", "Google Analytics put rows beyond its limits together as (other): "
                                     "breakdowns are incomplete" },
    [GA4_RESTRICTED] = { "restricted",
                         "the connected account may not see all metrics (revenue, cost): their zeros "
                         "mean \"not allowed\", not \"nothing\"" },
};

/* What a property calls its fields is asked once a day, not with each window. */
static char *
names_key (const Ga4Session *session)
{
    return g_strdup_printf ("ga4|names|%s", session->property);
}

void
ga4_session_init (Ga4Session *session, const SourceContext *context, const char *token, const char *property)
{
    g_autofree char *key = NULL;

    *session = (Ga4Session){ .context = context, .token = token, .property = property };
    key = names_key (session);
    session->names = source_memory_recall (context->memory, key);
    for (guint i = 0; i < GA4_N_NOTICES; i++)
        session->noticed[i] = (Period){ G_MAXINT32, G_MININT32 };
}

void
ga4_session_clear (Ga4Session *session)
{
    g_clear_pointer (&session->names, g_hash_table_unref);
}

static void
read_quota (Ga4Session *session, const json_t *report)
{
    const json_t *quota = json_object_get (report, "propertyQuota");

    if (!session->spent)
        session->spent = google_quota_spent (quota);
    ga4_limits_read (session->context, session->property, quota);
}

/* what is ":runReport", or another end of the property's address; without a body it is only read. */
static json_t *
call (Ga4Session *session, const char *what, const char *body, GError **error)
{
    g_autofree char *path = g_strdup_printf ("/v1beta/properties/%s%s", session->property, what);
    g_autofree char *url = google_url (session->context->config->ga4_data_url, path);
    GoogleCall request = { .service = "Google Analytics Data API",
                           .method = body ? "POST" : "GET",
                           .url = url,
                           .token = session->token,
                           .body = body };

    if (session->spent) {
        fault_set_retry (error, FAULT_BUSY, session->spent->seconds, "Google Analytics: %s",
                         session->spent->sentence);
        return NULL;
    }
    return ga4_limits_call (session->context, session->property, &request, error);
}

/* Several reports asked for in one request, or one in a request of its own. */
typedef struct {
    const Ga4Question *questions;
    guint n;
    gboolean batch;
} Asked;

static void
write_batch (Json *json, const Asked *asked, GHashTable *names)
{
    json_begin_object (json);
    json_key (json, "requests");
    json_begin_array (json);
    for (guint i = 0; i < asked->n; i++)
        ga4_names_write (json, &asked->questions[i], names);
    json_end_array (json);
    json_end_object (json);
}

static json_t *
ask_once (Ga4Session *session, const Asked *asked, GError **error)
{
    g_autoptr (GString) body = g_string_new (NULL);
    Json json = JSON_INTO (body);

    if (asked->batch)
        write_batch (&json, asked, session->names);
    else
        ga4_names_write (&json, asked->questions, session->names);
    return call (session, asked->batch ? ":batchRunReports" : ":runReport", body->str, error);
}

static void
keep_names (Ga4Session *session, GHashTable *names)
{
    g_autofree char *key = names_key (session);

    g_clear_pointer (&session->names, g_hash_table_unref);
    session->names = names;
    session->names_are_new = TRUE;
    source_memory_keep (session->context->memory, key, names, NAMES_SECONDS);
}

/* Refused for a name: does the property have it under another? FALSE, with the refusal in *error,
 * if that is no help. */
static gboolean
learn_names (Ga4Session *session, const Asked *asked, GError **refusal)
{
    g_autoptr (GError) local = NULL;
    g_autoptr (json_t) metadata = session->names_are_new ? NULL : call (session, "/metadata", NULL, &local);
    gboolean had_names = session->names != NULL; /* from before, so any change may help */

    if (local && fault_is_transient (local)) { /* later it may be */
        g_clear_error (refusal);
        g_propagate_error (refusal, g_steal_pointer (&local));
    }
    if (!metadata)
        return FALSE;
    keep_names (session, ga4_names_read (metadata));
    return had_names || ga4_names_help (session->names, asked->questions, asked->n);
}

static json_t *
ask (Ga4Session *session, const Asked *asked, GError **error)
{
    g_autoptr (GError) local = NULL;
    json_t *answer = ask_once (session, asked, &local);

    if (ga4_names_are_refused (local) && learn_names (session, asked, &local)) {
        g_clear_error (&local);
        answer = ask_once (session, asked, &local);
    }
    if (local)
        g_propagate_error (error, g_steal_pointer (&local));
    return answer;
}

static void
take_report (Ga4Session *session, json_t *report, const Ga4Question *question)
{
    read_quota (session, report);
    ga4_names_restore (report, question, session->names);
}

json_t *
ga4_session_ask (Ga4Session *session, const Ga4Question *question, GError **error)
{
    json_t *answer = ask (session, &(Asked){ question, 1, FALSE }, error);

    if (answer)
        take_report (session, answer, question);
    return answer;
}

json_t *
ga4_session_ask_batch (Ga4Session *session, const Ga4Question *questions, guint n, GError **error)
{
    g_autoptr (json_t) answer = ask (session, &(Asked){ questions, n, TRUE }, error);
    const json_t *reports = json_object_get (answer, "reports");

    if (!answer)
        return NULL;
    if (json_array_size (reports) != n) {
        fault_set (error, FAULT_REMOTE, "Google Analytics answered %zu of %u reports",
                   json_array_size (reports), n);
        return NULL;
    }
    for (guint i = 0; i < n; i++)
        take_report (session, json_array_get (reports, i), &questions[i]);
    return g_steal_pointer (&answer);
}

void
ga4_session_note (Ga4Session *session, Ga4Notice notice, Period days)
{
    Period *noticed = &session->noticed[notice];

    noticed->from = MIN (noticed->from, days.from);
    noticed->to = MAX (noticed->to, days.to);
}

void
ga4_session_note_metadata (Ga4Session *session, const json_t *metadata, Period days)
{
    const json_t *restriction = json_object_get (metadata, "schemaRestrictionResponse");

    if (json_array_size (json_object_get (metadata, "samplingMetadatas")) > 0)
        ga4_session_note (session, GA4_SAMPLED, days);
    if (json_is_true (json_object_get (metadata, "subjectToThresholding")))
        ga4_session_note (session, GA4_THRESHOLDED, days);
    if (json_is_true (json_object_get (metadata, "dataLossFromOtherRow")))
        ga4_session_note (session, GA4_OTHER_ROW, days);
    if (json_array_size (json_object_get (restriction, "activeMetricRestrictions")) > 0)
        ga4_session_note (session, GA4_RESTRICTED, days);
}

void
ga4_session_tell (const Ga4Session *session, const SourceSink *sink)
{
    for (guint i = 0; i < GA4_N_NOTICES; i++)
        if (session->noticed[i].from <= session->noticed[i].to)
            sink->notice (sink->user, notices[i].code, session->noticed[i], notices[i].text);
}
