#include "sources/ga4_session.h"

#include "base/fault.h"
#include "sources/google_call.h"

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

void
ga4_session_init (Ga4Session *session, const SourceContext *context, const char *token, const char *property)
{
    *session = (Ga4Session){ .context = context, .token = token, .property = property };
    for (guint i = 0; i < GA4_N_NOTICES; i++)
        session->noticed[i] = (Period){ G_MAXINT32, G_MININT32 };
}

static void
read_quota (Ga4Session *session, const json_t *report)
{
    if (!session->spent)
        session->spent = google_quota_spent (json_object_get (report, "propertyQuota"));
}

static json_t *
call (Ga4Session *session, const char *method, const char *body, GError **error)
{
    g_autofree char *path = g_strdup_printf ("/v1beta/properties/%s:%s", session->property, method);
    g_autofree char *url = google_url (session->context->config->ga4_data_url, path);
    GoogleCall request = { .service = "Google Analytics Data API",
                           .method = "POST",
                           .url = url,
                           .token = session->token,
                           .body = body };

    if (session->spent) {
        fault_set_retry (error, FAULT_BUSY, session->spent->seconds, "Google Analytics: %s",
                         session->spent->sentence);
        return NULL;
    }
    return google_call (session->context->fetcher, &request, error);
}

json_t *
ga4_session_ask (Ga4Session *session, const Ga4Question *question, GError **error)
{
    g_autoptr (GString) body = g_string_new (NULL);
    Json json = JSON_INTO (body);
    json_t *answer;

    ga4_question_write (&json, question);
    answer = call (session, "runReport", body->str, error);
    read_quota (session, answer);
    return answer;
}

json_t *
ga4_session_ask_batch (Ga4Session *session, const Ga4Question *questions, guint n, GError **error)
{
    g_autoptr (GString) body = g_string_new (NULL);
    Json json = JSON_INTO (body);
    g_autoptr (json_t) answer = NULL;
    const json_t *reports;

    json_begin_object (&json);
    json_key (&json, "requests");
    json_begin_array (&json);
    for (guint i = 0; i < n; i++)
        ga4_question_write (&json, &questions[i]);
    json_end_array (&json);
    json_end_object (&json);

    answer = call (session, "batchRunReports", body->str, error);
    if (!answer)
        return NULL;
    reports = json_object_get (answer, "reports");
    if (json_array_size (reports) != n) {
        fault_set (error, FAULT_REMOTE, "Google Analytics answered %zu of %u reports",
                   json_array_size (reports), n);
        return NULL;
    }
    for (guint i = 0; i < n; i++)
        read_quota (session, json_array_get (reports, i));
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
