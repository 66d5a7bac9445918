/* Insights of an account and of a post: /17…/insights. */
#include "instagram.h"

#include <string.h>

#define MOST_SPAN 2592000 /* seconds */
#define KEPT_DAYS 90
#define DAY_US    (86400 * SECOND_US)
#define LATE_HOUR (3600 * SECOND_US)
#define MANY_FANS 100 /* fewer followers: some numbers are withheld */

static gboolean
fail_unknown (SimReply *reply)
{
    return instagram_fail (reply, 1, 0, "An unknown error has occurred.");
}

/* ---- the metrics that are asked for ---- */

typedef struct {
    guint metrics; /* bits */
    gint64 since, until;
    gboolean series;
} Question;

static char *
list_of_metrics (guint metrics)
{
    GString *list = g_string_new (NULL);

    for (guint i = 0; i < N_IG_METRICS; i++)
        if (metrics & 1u << i)
            g_string_append_printf (list, "%s%s", list->len ? ", " : "", instagram_metric_names[i]);
    return g_string_free (list, FALSE);
}

static int
find_metric (const char *name)
{
    for (int i = 0; i < N_IG_METRICS; i++)
        if (strcmp (instagram_metric_names[i], name) == 0)
            return i;
    return -1;
}

static gboolean
read_metrics (const SimRequest *request, guint allowed, guint *metrics, SimReply *reply)
{
    const char *text = sim_request_parameter (request, "metric");
    g_auto (GStrv) names = g_strsplit (text ? text : "", ",", -1);

    *metrics = 0;
    if (!names[0])
        return instagram_fail (reply, 100, 0, "(#100) The parameter metric is required.");
    for (guint i = 0; names[i]; i++) {
        int metric = find_metric (names[i]);

        if (metric < 0 || !(allowed & 1u << metric)) {
            g_autofree char *list = list_of_metrics (allowed);

            return instagram_fail (reply, 100, 0, "(#100) metric[%u] must be one of the following values: %s",
                                   i, list);
        }
        *metrics |= 1u << metric;
    }
    return TRUE;
}

/* ---- one bad metric spoils the call ---- */

static gboolean
check_poison (SimState *state, guint metrics, SimReply *reply)
{
    static const int poisons[] = { -1,       IG_VIEWS, IG_ACCOUNTS_ENGAGED, IG_SAVES, IG_PROFILE_VIEWS,
                                   IG_REACH, IG_SHARES };
    gint64 choice = switch_value (&state->switches, SWITCH_IG_POISON);

    if (choice == 0 || !(metrics & 1u << poisons[choice]))
        return TRUE;
    if (poisons[choice] == IG_SHARES)
        return fail_unknown (reply);
    return instagram_fail (reply, 100, 0, "(#100) The metric %s is not available for this account.",
                           instagram_metric_names[poisons[choice]]);
}

/* ---- an account ---- */

static gboolean
read_time (const SimRequest *request, const char *name, gint64 *instant, SimReply *reply)
{
    const char *text = sim_request_parameter (request, name);
    gint64 seconds;

    if (!text)
        return TRUE;
    if (!g_ascii_string_to_signed (text, 10, 0, G_MAXINT32, &seconds, NULL))
        return instagram_fail (reply, 100, 0, "(#100) Param %s must be a valid Unix timestamp", name);
    *instant = seconds * SECOND_US;
    return TRUE;
}

static gboolean
read_span (SimState *state, const SimRequest *request, Question *question, SimReply *reply)
{
    gint64 now = instagram_now (state);

    question->until = now;
    question->since = now - DAY_US;
    if (!read_time (request, "since", &question->since, reply) ||
        !read_time (request, "until", &question->until, reply))
        return FALSE;
    if (question->since > now)
        return instagram_fail (reply, 100, 0, "(#100) since param is not valid: it lies in the future");
    if (question->since >= question->until)
        return instagram_fail (reply, 100, 0, "(#100) until param must be after since");
    if (question->until - question->since > MOST_SPAN * SECOND_US)
        return instagram_fail (
            reply, 100, 0, "(#100) There cannot be more than 30 days (2592000 s) between since and until");
    return TRUE;
}

static gboolean
check_types (const SimRequest *request, Question *question, SimReply *reply)
{
    const guint series = 1u << IG_REACH | 1u << IG_FOLLOWER_COUNT;
    const char *period = sim_request_parameter (request, "period");
    const char *type = sim_request_parameter (request, "metric_type");

    if (g_strcmp0 (period, "day") != 0)
        return instagram_fail (reply, 100, 0, "(#100) Incompatible period for the metrics: use period=day");
    if (type && strcmp (type, "time_series") != 0 && strcmp (type, "total_value") != 0)
        return instagram_fail (
            reply, 100, 0,
            "(#100) metric_type must be one of the following values: time_series, total_value");
    question->series = g_strcmp0 (type, "total_value") != 0;
    if (question->series && (question->metrics & ~series)) {
        g_autofree char *names = list_of_metrics (question->metrics & ~series);

        return instagram_fail (
            reply, 100, 0,
            "(#100) The following metrics (%s) should be specified with parameter metric_type=total_value",
            names);
    }
    if (!question->series && (question->metrics & 1u << IG_FOLLOWER_COUNT))
        return instagram_fail (
            reply, 100, 0, "(#100) The following metrics (follower_count) are incompatible with total_value");
    return TRUE;
}

/* Only some metrics can be broken down, and this simulator does none. */
static gboolean
check_breakdown (const SimRequest *request, SimReply *reply)
{
    return !sim_request_parameter (request, "breakdown") || fail_unknown (reply);
}

/* Kept for 90 days, and told up to two days late. */
static gboolean
has_day (SimState *state, const InstagramAccount *account, InstagramMetric metric, Day day)
{
    gint64 late = switch_value (&state->switches, SWITCH_IG_LATE) * LATE_HOUR;
    Day today = instagram_today (state);

    if (switch_value (&state->switches, SWITCH_IG_EMPTY))
        return FALSE;
    if (metric == IG_FOLLOWER_COUNT && instagram_followers (state, account, today) < MANY_FANS)
        return FALSE;
    return day >= today - KEPT_DAYS && instagram_midnight_of (day + 1) + late <= instagram_now (state);
}

static void
write_head (Json *json, const char *id, InstagramMetric metric, const char *name, const char *period)
{
    g_autofree char *path = g_strdup_printf ("%s/insights/%s/%s", id, name, period);

    json_put_text (json, "name", name);
    json_put_text (json, "period", period);
    json_put_text (json, "title", name);
    json_put_text (json, "description", "A number that Instagram describes at length.");
    json_put_text (json, "id", path);
}

/* "2026-01-11T08:00:00+0000" */
static void
write_end_time (Json *json, gint64 instant)
{
    g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (instant / SECOND_US);
    g_autofree char *text = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S+0000");

    json_put_text (json, "end_time", text);
}

/* The days whose end is in since < end <= until. */
static void
write_series (SimState *state, const InstagramAccount *account, InstagramMetric metric,
              const Question *question, Json *json)
{
    gboolean begun = FALSE;

    for (Day day = (Day)(question->since / DAY_US) - 2; day <= (Day)(question->until / DAY_US) + 1; day++) {
        gint64 end = instagram_midnight_of (day + 1);

        if (end <= question->since || end > question->until || !has_day (state, account, metric, day))
            continue;
        if (!begun) {
            json_begin_object (json);
            json_key (json, "values");
            json_begin_array (json);
            begun = TRUE;
        }
        json_begin_object (json);
        json_put_int (json, "value", instagram_day_value (state, account, metric, day));
        write_end_time (json, end);
        json_end_object (json);
    }
    if (!begun)
        return;
    json_end_array (json);
    write_head (json, account->id, metric, instagram_metric_names[metric], "day");
    json_end_object (json);
}

/* The sum of the days whose middle is inside; nothing at all without such a day. */
static void
write_total (SimState *state, const InstagramAccount *account, InstagramMetric metric,
             const Question *question, Json *json)
{
    gint64 sum = 0;
    guint n = 0;

    for (Day day = (Day)(question->since / DAY_US) - 2; day <= (Day)(question->until / DAY_US) + 1; day++) {
        gint64 middle = instagram_midnight_of (day + 1) - DAY_US / 2;

        if (middle < question->since || middle >= question->until || !has_day (state, account, metric, day))
            continue;
        sum += instagram_day_value (state, account, metric, day);
        n++;
    }
    if (!n)
        return;
    json_begin_object (json);
    json_key (json, "total_value");
    json_begin_object (json);
    json_put_int (json, "value", sum);
    json_end_object (json);
    write_head (json, account->id, metric, instagram_metric_names[metric], "day");
    json_end_object (json);
}

/* With the token in it, as the real ones are. */
static void
write_span_link (SimState *state, Json *json, const char *name, const InstagramAccount *account, gint64 since,
                 gint64 until)
{
    g_autofree char *url =
        g_strdup_printf ("%s/v25.0/%s/insights?access_token=" INSTAGRAM_TOKEN
                         "&period=day&since=%" G_GINT64_FORMAT "&until=%" G_GINT64_FORMAT,
                         state->base_url, account->id, since / SECOND_US, until / SECOND_US);

    json_put_text (json, name, url);
}

void
instagram_answer_insights (SimState *state, const InstagramAccount *account, const SimRequest *request,
                           SimReply *reply)
{
    Question question;
    Json json;

    if (!read_metrics (request, (1u << N_IG_METRICS) - 1, &question.metrics, reply) ||
        !check_breakdown (request, reply) || !check_types (request, &question, reply) ||
        !read_span (state, request, &question, reply) || !check_poison (state, question.metrics, reply))
        return;
    json = sim_reply_json (reply, 200);
    json_begin_object (&json);
    json_key (&json, "data");
    json_begin_array (&json);
    for (InstagramMetric metric = 0; metric < N_IG_METRICS; metric++)
        if (question.metrics & 1u << metric)
            (question.series ? write_series : write_total) (state, account, metric, &question, &json);
    json_end_array (&json);
    json_key (&json, "paging");
    json_begin_object (&json);
    write_span_link (state, &json, "previous", account, 2 * question.since - question.until, question.since);
    write_span_link (state, &json, "next", account, question.until, 2 * question.until - question.since);
    json_end_object (&json);
    json_end_object (&json);
}

/* ---- a post ---- */

/* "saved" is what posts call it. */
static const char *
post_metric_name (InstagramMetric metric)
{
    return metric == IG_SAVES ? "saved" : instagram_metric_names[metric];
}

static guint
metrics_of (InstagramKind kind)
{
    guint all = 1u << IG_REACH | 1u << IG_VIEWS | 1u << IG_SHARES | 1u << IG_TOTAL_INTERACTIONS;

    return kind == IG_STORY ? all : all | 1u << IG_LIKES | 1u << IG_COMMENTS | 1u << IG_SAVES;
}

static gboolean
read_post_metrics (const SimRequest *request, const InstagramPost *post, guint *metrics, SimReply *reply)
{
    const char *text = sim_request_parameter (request, "metric");
    g_auto (GStrv) names = g_strsplit (text ? text : "", ",", -1);

    *metrics = 0;
    for (guint i = 0; names[i]; i++) {
        int metric = strcmp (names[i], "saved") == 0 ? IG_SAVES : find_metric (names[i]);

        if (metric < 0 || strcmp (names[i], "saves") == 0)
            return instagram_fail (
                reply, 100, 0,
                "(#100) metric[%u] must be one of the following values: reach, views, shares, "
                "total_interactions, likes, comments, saved, replies, follows, profile_visits",
                i);
        if (!(metrics_of (post->kind) & 1u << metric))
            return instagram_fail (
                reply, 100, 0,
                "(#100) The Media Insights API does not support the %s metric for this media product type.",
                names[i]);
        *metrics |= 1u << metric;
    }
    return *metrics || instagram_fail (reply, 100, 0, "(#100) The parameter metric is required.");
}

static gboolean
is_from (SimState *state, SwitchId id, guint number)
{
    gint64 first = switch_value (&state->switches, id);

    return first && number >= first;
}

static gboolean
check_post (SimState *state, const InstagramPost *post, guint metrics, SimReply *reply)
{
    gint64 refused = switch_value (&state->switches, SWITCH_IG_REFUSED);

    if (post->number ? switch_value (&state->switches, SWITCH_IG_DELETED) == post->number
                     : switch_value (&state->switches, SWITCH_IG_STORY_GONE))
        return instagram_fail (
            reply, 100, 33,
            "Unsupported get request. Object with ID '%s' does not exist, cannot be loaded due "
            "to missing permissions, or does not support this operation",
            post->id);
    if (post->number && refused == post->number)
        return instagram_fail (reply, 10, 0, "(#10) Application does not have permission for this action");
    if (is_from (state, SWITCH_IG_CONVERSION, post->number))
        return instagram_fail (reply, 100, 2108006, "(#100) Media posted before business account conversion");
    if (post->number && switch_value (&state->switches, SWITCH_IG_FEW_VIEWERS) == post->number)
        return instagram_fail (reply, 10, 0, "(#10) Not enough viewers for the media to show insights");
    if (is_from (state, SWITCH_IG_OLD_VIEWS, post->number) && (metrics & 1u << IG_VIEWS))
        return instagram_fail (
            reply, 100, 0,
            "(#100) The Media Insights API does not support the views metric for this media product type.");
    return TRUE;
}

void
instagram_answer_post (SimState *state, const InstagramPost *post, const SimRequest *request, SimReply *reply)
{
    const char *period = sim_request_parameter (request, "period");
    guint metrics;
    Json json;

    if (period && strcmp (period, "lifetime") != 0) {
        instagram_fail (reply, 100, 0, "(#100) Incompatible period for the metrics: use period=lifetime");
        return;
    }
    if (!read_post_metrics (request, post, &metrics, reply) || !check_post (state, post, metrics, reply))
        return;
    json = sim_reply_json (reply, 200);
    json_begin_object (&json);
    json_key (&json, "data");
    json_begin_array (&json);
    for (InstagramMetric metric = 0; metric < N_IG_METRICS; metric++) {
        if (!(metrics & 1u << metric))
            continue;
        json_begin_object (&json);
        json_key (&json, "values");
        json_begin_array (&json);
        json_begin_object (&json);
        json_put_int (&json, "value", post->values[metric]);
        json_end_object (&json);
        json_end_array (&json);
        write_head (&json, post->id, metric, post_metric_name (metric), "lifetime");
        json_end_object (&json);
    }
    json_end_array (&json);
    json_end_object (&json);
}
