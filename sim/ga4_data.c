/* ga4_data.c -- the Data API: who may ask, what goes wrong, and which report it is. */
#include "ga4_report.h"
#include "ga4_schema.h"
#include "google.h"

#include <string.h>

#define SERVICE   "analyticsdata.googleapis.com"
#define MAX_BATCH 5

/* One request to one property, past the checks. */
typedef struct {
    SimState *state;
    const SimRequest *request;
    SimReply *reply;
    Property *property;
    Quota *quota;
} DataCall;

/* ---- what can go wrong before the report ---- */

static gboolean
fail_by_fault (DataCall *call)
{
    gint64 fault = switch_feel (&call->state->switches, SWITCH_FAULT);

    if (!fault)
        return FALSE;
    call->quota->used[QUOTA_ERRORS]++;
    if (fault == 1)
        google_fail (call->reply, 500, "Internal error encountered.");
    else
        google_fail (call->reply, 503, "The service is currently unavailable.");
    return TRUE;
}

static gboolean
fail_by_quota (DataCall *call)
{
    QuotaKind kind = quota_exhausted (call->quota, &call->state->switches);
    gint64 forced = switch_feel (&call->state->switches, SWITCH_EXHAUSTED);

    if (forced)
        kind = (QuotaKind)(forced - 1); /* the switch's words are in the order of QuotaKind, after "none" */
    if (kind == QUOTA_NONE)
        return FALSE;
    google_fail (call->reply, 429, "%s", quota_message (kind));
    return TRUE;
}

static gboolean
fail_by_permission (SimState *state, SimReply *reply)
{
    gint64 denied = switch_value (&state->switches, SWITCH_DENIED);

    if ((denied != 1 && denied != 2) || !switch_feel (&state->switches, SWITCH_DENIED))
        return FALSE;
    if (denied == 2)
        google_service_disabled (reply, "Google Analytics Data API", SERVICE);
    else
        google_fail (
            reply, 403,
            "User does not have sufficient permissions for this property. To learn more about Property ID, "
            "see https://developers.google.com/analytics/devguides/reporting/data/v1/property-id.");
    return TRUE;
}

/* ---- reports ---- */

static void
look_through (DataCall *call, const Ga4Query *query, Day today, Ga4View *view)
{
    const Switches *switches = &call->state->switches;
    gint64 growing = switch_value (switches, SWITCH_GROWING);

    ga4_view_init (view, call->property);
    view->today = switch_value (switches, SWITCH_EMPTY) ? call->property->first - 1 : today;
    view->minute = sim_state_minute (call->state, call->property);
    if (growing)
        view->processed = (int)(60 + 40 * MIN (growing, (gint64)call->state->n_reports) / growing);
    view->sampled = (int)switch_value (switches, SWITCH_SAMPLED);
    view->kept_pages = (guint)switch_value (switches, SWITCH_OTHER_ROW);
    view->other_date = switch_value (switches, SWITCH_OTHER_DATE) != 0;
    view->odd_paths = switch_value (switches, SWITCH_ODD_PATHS) != 0;
    for (guint i = 0; i < query->n_ranges; i++)
        view->range_names[i] = query->ranges[i].name;
}

static void
charge (DataCall *call, const Ga4Query *query)
{
    quota_charge (call->quota, ga4_report_cost (query));
    if (switch_value (&call->state->switches, SWITCH_THRESHOLD))
        call->quota->used[QUOTA_THRESHOLDED]++;
    call->state->n_reports++;
}

static gboolean
write_report (DataCall *call, json_t *request, Json *json)
{
    gboolean no_revenue = switch_value (&call->state->switches, SWITCH_NO_REVENUE) != 0;
    Day today = sim_state_today (call->state, call->property);
    g_autofree char *problem = NULL;
    g_auto (Ga4Query) query = { 0 };
    g_auto (Ga4View) view = { 0 };
    guint64 salt = call->state->seed;

    if (!ga4_query_read (&query, request, call->property, today, no_revenue, &problem))
        return google_fail (call->reply, 400, "%s", problem);
    look_through (call, &query, today, &view);
    charge (call, &query);
    if (switch_value (&call->state->switches, SWITCH_SHUFFLE))
        salt += call->state->n_reports;
    ga4_report_write (&query, &view, &call->state->switches, call->quota, salt, json);
    return TRUE;
}

static json_t *
read_body (DataCall *call, const ProtoMessage *message)
{
    g_autofree char *problem = NULL;
    json_t *body = proto_read (message, call->request->body, call->request->body_size, &problem);

    if (!body)
        google_fail (call->reply, 400, "%s", problem);
    return body;
}

static void
run_report (DataCall *call)
{
    json_t *body = read_body (call, &ga4_run_report);
    Json json = JSON_INTO (call->reply->body);

    if (body)
        write_report (call, body, &json);
    json_decref (body);
}

static gboolean
is_same_property (const DataCall *call, const json_t *request)
{
    g_autofree char *own = g_strconcat ("properties/", call->property->preset.id, NULL);
    const char *named = json_string_value (json_object_get (request, "property"));

    return !named || !*named || strcmp (named, own) == 0;
}

/* All reports of a batch fail if one does. */
static void
write_batch (DataCall *call, const json_t *requests)
{
    Json json = JSON_INTO (call->reply->body);
    json_t *request;
    size_t i;

    json_begin_object (&json);
    json_key (&json, "reports");
    json_begin_array (&json);
    json_array_foreach (requests, i, request)
    {
        if (!is_same_property (call, request)) {
            google_fail (call->reply, 400,
                         "A batch's requests must have the property of the batch, or none.");
            return;
        }
        if (!write_report (call, request, &json))
            return;
    }
    json_end_array (&json);
    json_put_text (&json, "kind", "analyticsData#batchRunReports");
    json_end_object (&json);
}

static void
run_batch (DataCall *call)
{
    json_t *body = read_body (call, &ga4_batch_run_reports);
    const json_t *requests = json_object_get (body, "requests");

    if (json_array_size (requests) > MAX_BATCH)
        google_fail (call->reply, 400,
                     "Batch requests are limited to %d requests. This batch has %zu requests.", MAX_BATCH,
                     json_array_size (requests));
    else if (body)
        write_batch (call, requests);
    json_decref (body);
}

/* ---- what can be asked ---- */

static void
write_dimension_metadata (Json *json, const DimensionInfo *info)
{
    json_begin_object (json);
    json_put_text (json, "apiName", info->name);
    json_put_text (json, "uiName", info->title);
    json_put_text (json, "description", info->title);
    json_put_text (json, "category", "General");
    json_end_object (json);
}

static void
write_metric_metadata (Json *json, const MetricInfo *info)
{
    json_begin_object (json);
    json_put_text (json, "apiName", info->name);
    json_put_text (json, "uiName", info->title);
    json_put_text (json, "description", info->title);
    if (info->deprecated) {
        json_key (json, "deprecatedApiNames");
        json_begin_array (json);
        json_text (json, info->deprecated);
        json_end_array (json);
    }
    json_put_text (json, "type", info->type);
    json_put_text (json, "category", "General");
    json_end_object (json);
}

static void
answer_metadata (const char *id, SimReply *reply)
{
    g_autofree char *name = g_strdup_printf ("properties/%s/metadata", id);
    Json json = sim_reply_json (reply, 200);

    json_begin_object (&json);
    json_key (&json, "dimensions");
    json_begin_array (&json);
    for (int i = 0; i < DIMENSION_RANGE; i++) /* dateRange is no field of a property */
        write_dimension_metadata (&json, &ga4_dimensions[i]);
    json_end_array (&json);
    json_key (&json, "metrics");
    json_begin_array (&json);
    for (int i = 0; i < N_METRICS; i++)
        write_metric_metadata (&json, &ga4_metrics[i]);
    json_end_array (&json);
    json_put_text (&json, "name", name);
    json_end_object (&json);
}

/* The fields of the request that are in it; 0 bits for none. */
typedef struct {
    guint64 dimensions, metrics;
} Asked;

static gboolean
read_names (const json_t *list, gboolean metrics, guint64 *bits, SimReply *reply)
{
    const json_t *item;
    size_t i;

    json_array_foreach (list, i, item)
    {
        const char *name = json_string_value (json_object_get (item, "name"));
        int id = metrics ? ga4_metric_find (name ? name : "") : ga4_dimension_find (name ? name : "");

        if (id < 0) {
            g_autofree char *problem = ga4_unknown_field (name ? name : "", metrics ? "metric" : "dimension");
            return google_fail (reply, 400, "%s", problem);
        }
        *bits |= G_GUINT64_CONSTANT (1) << id;
    }
    return TRUE;
}

static gboolean
any (guint64 bits, int n, gboolean (*test) (int))
{
    for (int i = 0; i < n; i++)
        if ((bits >> i & 1) && test (i))
            return TRUE;
    return FALSE;
}

static gboolean
is_cost (int metric)
{
    return ga4_metrics[metric].cost;
}

static gboolean
metric_excludes (int metric)
{
    return ga4_metric_excludes_cost ((MetricId)metric);
}

static gboolean
dimension_excludes (int dimension)
{
    return ga4_dimension_excludes_cost ((DimensionId)dimension);
}

static void
write_compatibility (Json *json, const char *key, gboolean compatible, const char *filter, gboolean metric,
                     int id)
{
    const char *word = compatible ? "COMPATIBLE" : "INCOMPATIBLE";

    if (filter && strcmp (filter, word) != 0 && strcmp (filter, "COMPATIBILITY_UNSPECIFIED") != 0)
        return;
    json_begin_object (json);
    json_key (json, key);
    if (metric)
        write_metric_metadata (json, &ga4_metrics[id]);
    else
        write_dimension_metadata (json, &ga4_dimensions[id]);
    json_put_text (json, "compatibility", word);
    json_end_object (json);
}

static void
write_all_compatibilities (const Asked *asked, const char *filter, SimReply *reply)
{
    gboolean cost = any (asked->metrics, N_METRICS, is_cost);
    gboolean excluded = any (asked->metrics, N_METRICS, metric_excludes) ||
                        any (asked->dimensions, N_DIMENSIONS, dimension_excludes);
    Json json = sim_reply_json (reply, 200);

    json_begin_object (&json);
    json_key (&json, "dimensionCompatibilities");
    json_begin_array (&json);
    for (int i = 0; i < DIMENSION_RANGE; i++)
        write_compatibility (&json, "dimensionMetadata", !(cost && dimension_excludes (i)), filter, FALSE, i);
    json_end_array (&json);
    json_key (&json, "metricCompatibilities");
    json_begin_array (&json);
    for (int i = 0; i < N_METRICS; i++)
        write_compatibility (&json, "metricMetadata",
                             !(cost && metric_excludes (i)) && !(excluded && is_cost (i)), filter, TRUE, i);
    json_end_array (&json);
    json_end_object (&json);
}

static void
check_compatibility (DataCall *call)
{
    json_t *body = read_body (call, &ga4_check_compatibility);
    Asked asked = { 0 };

    if (body && read_names (json_object_get (body, "dimensions"), FALSE, &asked.dimensions, call->reply) &&
        read_names (json_object_get (body, "metrics"), TRUE, &asked.metrics, call->reply))
        write_all_compatibilities (&asked, json_string_value (json_object_get (body, "compatibilityFilter")),
                                   call->reply);
    json_decref (body);
}

/* ---- the door ---- */

static const struct {
    const char *verb, *method;
    void (*run) (DataCall *call); /* NULL: metadata, which costs no quota */
} verbs[] = {
    { "runReport", "POST", run_report },
    { "batchRunReports", "POST", run_batch },
    { "checkCompatibility", "POST", check_compatibility },
    { "metadata", "GET", NULL },
};

static void
spoil (SimState *state, SimReply *reply)
{
    switch (switch_feel (&state->switches, SWITCH_BROKEN)) {
    case 1:
        g_string_truncate (reply->body, reply->body->len / 2);
        break;
    case 2:
        g_string_assign (reply->body, "<html><head><title>502 Bad Gateway</title></head></html>");
        break;
    case 3:
        g_string_truncate (reply->body, 0);
        break;
    default:
        break;
    }
}

static void
run (SimState *state, const SimRequest *request, Property *property, void (*verb) (DataCall *),
     SimReply *reply)
{
    DataCall call = { state, request, reply, property, sim_state_quota (state, property) };

    if (fail_by_quota (&call) || fail_by_fault (&call))
        return;
    call.quota->used[QUOTA_CONCURRENT]++; /* until sim_state_done */
    reply->holds = call.quota;
    verb (&call);
    spoil (state, reply);
}

gboolean
ga4_data_answer (SimState *state, const SimRequest *request, SimReply *reply)
{
    g_autofree char *id = NULL, *verb = NULL;
    Property *property;
    guint i = 0;

    if (!g_str_has_prefix (request->path, "/v1beta/") ||
        !google_property_path (request->path + strlen ("/v1beta/"), &id, &verb))
        return FALSE;
    while (i < G_N_ELEMENTS (verbs) && strcmp (verbs[i].verb, verb) != 0)
        i++;
    if (i == G_N_ELEMENTS (verbs) || strcmp (verbs[i].method, request->method) != 0)
        return FALSE;
    sim_state_slow (state, reply, SWITCH_SLOW);
    if (!google_authorized (state, request, SERVICE, reply) || fail_by_permission (state, reply))
        return TRUE;
    if (!verbs[i].run && strcmp (id, "0") == 0) {
        answer_metadata (id, reply);
        return TRUE;
    }
    property = google_property (state, id, 403, reply);
    if (property && verbs[i].run)
        run (state, request, property, verbs[i].run, reply);
    else if (property)
        answer_metadata (id, reply);
    return TRUE;
}
