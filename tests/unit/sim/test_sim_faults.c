/* Every switch: what it does, when it starts, when it ends. */
#include "desk.h"

static Desk desk;

#define RANGE               "\"dateRanges\":[{\"startDate\":\"2026-10-01\",\"endDate\":\"2026-10-31\"}]"
#define SESSIONS            "\"metrics\":[{\"name\":\"sessions\"}]"
#define PLAIN               "{" SESSIONS "," RANGE "}"
#define BY(dimension, rest) "{\"dimensions\":[{\"name\":\"" dimension "\"}]," SESSIONS "," RANGE rest "}"

static int
start (void **test_state)
{
    desk_start (&desk, TODAY, 60, NULL);
    return 0;
}

static int
reset (void **test_state)
{
    desk_reset (&desk);
    return 0;
}

static int
stop (void **test_state)
{
    desk_stop (&desk);
    return 0;
}

static void
fails (const char *body, int status, const char *word, const char *message)
{
    g_auto (Answer) answer = desk_report (&desk, body);

    assert_failure (&answer, status, word, message);
}

static void
works (const char *body)
{
    g_auto (Answer) answer = desk_report (&desk, body);

    assert_int_equal (answer.status, 200);
}

static void
a_token_expires_in_the_middle (void **test_state)
{
    desk_switch (&desk, "{\"expire\":{\"value\":1,\"after\":2}}");
    works (PLAIN);
    works (PLAIN);
    fails (PLAIN, 401, "UNAUTHENTICATED", "Request had invalid authentication credentials.");
    fails (PLAIN, 401, "UNAUTHENTICATED", "Request had invalid authentication credentials.");
    desk_renew (&desk);
    works (PLAIN);
}

static void
permission_is_denied (void **test_state)
{
    g_auto (Answer) answer = { 0 };

    desk_switch (&desk, "{\"denied\":\"permission\"}");
    fails (PLAIN, 403, "PERMISSION_DENIED", "User does not have sufficient permissions for this property.");
    answer = desk_ask (&desk, "GET", "/v1beta/properties/" MAIN_PROPERTY, NULL);
    assert_failure (&answer, 403, "PERMISSION_DENIED", "The caller does not have permission");
}

static void
an_api_is_not_enabled (void **test_state)
{
    g_auto (Answer) data = { 0 }, admin = { 0 }, other = { 0 };

    desk_switch (&desk, "{\"denied\":\"data_api\"}");
    data = desk_report (&desk, PLAIN);
    assert_failure (&data, 403, "PERMISSION_DENIED", "has not been used in project");
    assert_string_equal (text_at (&data, "error.details.0.reason"), "SERVICE_DISABLED");
    assert_string_equal (text_at (&data, "error.details.0.metadata.service"), "analyticsdata.googleapis.com");
    other = desk_ask (&desk, "GET", "/v1beta/accountSummaries", NULL);
    assert_int_equal (other.status, 200);
    desk_switch (&desk, "{\"denied\":\"admin_api\"}");
    admin = desk_ask (&desk, "GET", "/v1beta/accountSummaries", NULL);
    assert_failure (&admin, 403, "PERMISSION_DENIED", "or it is disabled");
    assert_string_equal (text_at (&admin, "error.details.0.metadata.service"),
                         "analyticsadmin.googleapis.com");
    works (PLAIN);
}

static void
quotas_are_used_up (void **test_state)
{
    static const struct {
        const char *limits, *message;
        int good; /* reports before the first 429 */
    } cases[] = {
        { "{\"quota_day\":3}",
          "Exhausted property tokens per day. These quota tokens will return in under 24 hours.", 3 },
        { "{\"quota_hour\":2}", "Exhausted property tokens per hour.", 2 },
        { "{\"quota_project_hour\":1}", "Exhausted property tokens for a project per hour.", 1 },
        { "{\"quota_concurrent\":0}", "Exhausted concurrent requests quota.", 0 },
        { "{\"quota_errors\":0}", "Exhausted server errors quota.", 0 },
        { "{\"quota_thresholded\":2,\"threshold\":1}", "Exhausted potentially thresholded requests quota.",
          2 },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        desk_reset (&desk);
        desk_switch (&desk, cases[i].limits);
        for (int n = 0; n < cases[i].good; n++)
            works (PLAIN);
        fails (PLAIN, 429, "RESOURCE_EXHAUSTED", cases[i].message);
    }
}

static void
quotas_are_shown_and_come_back (void **test_state)
{
    static const char body[] = "{" SESSIONS "," RANGE ",\"returnPropertyQuota\":true}";
    g_auto (Answer) first = desk_report (&desk, body), second = desk_report (&desk, body), later = { 0 };

    assert_int_equal (int_at (&first, "propertyQuota.tokensPerDay.consumed"), 1);
    assert_int_equal (int_at (&first, "propertyQuota.tokensPerDay.remaining"), 199999);
    assert_int_equal (int_at (&second, "propertyQuota.tokensPerDay.remaining"), 199998);
    assert_int_equal (int_at (&second, "propertyQuota.tokensPerHour.remaining"), 39998);
    assert_int_equal (int_at (&second, "propertyQuota.tokensPerProjectPerHour.remaining"), 13998);
    assert_int_equal (int_at (&second, "propertyQuota.concurrentRequests.remaining"), 10);
    assert_null (at (&second, "propertyQuota.concurrentRequests.consumed"));
    assert_int_equal (int_at (&second, "propertyQuota.serverErrorsPerProjectPerHour.remaining"), 10);
    assert_int_equal (int_at (&second, "propertyQuota.potentiallyThresholdedRequestsPerHour.remaining"), 120);
    desk.clock.time += 3600 * SECOND_US;
    desk_renew (&desk);
    later = desk_report (&desk, body);
    assert_int_equal (int_at (&later, "propertyQuota.tokensPerHour.remaining"), 39999);
    assert_int_equal (int_at (&later, "propertyQuota.tokensPerDay.remaining"), 199997);
}

/* Each property has its own; a year with many columns costs more. */
static void
quotas_are_a_propertys_own (void **test_state)
{
    g_auto (Answer) other = { 0 }, dear = { 0 };

    desk_switch (&desk, "{\"quota_hour\":1}");
    works (PLAIN);
    fails (PLAIN, 429, "RESOURCE_EXHAUSTED", "per hour");
    other = desk_ask (&desk, "POST", "/v1beta/properties/" SMALL_PROPERTY ":runReport", PLAIN);
    assert_int_equal (other.status, 200);
    desk_reset (&desk);
    dear = desk_report (&desk, "{\"dimensions\":[{\"name\":\"date\"},{\"name\":\"country\"}]," SESSIONS
                               ",\"dateRanges\":[{\"startDate\":\"999daysAgo\",\"endDate\":\"today\"}],"
                               "\"returnPropertyQuota\":true,\"limit\":1}");
    assert_int_equal (int_at (&dear, "propertyQuota.tokensPerHour.consumed"), 13);
}

static void
a_quota_is_exhausted_by_order (void **test_state)
{
    static const char *const words[][2] = { { "day", "per day" },
                                            { "hour", "tokens per hour" },
                                            { "project_hour", "a project per hour" },
                                            { "concurrent", "concurrent" },
                                            { "server_errors", "server errors" },
                                            { "thresholded", "thresholded" } };

    for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
        g_autofree char *json =
            g_strdup_printf ("{\"exhausted\":{\"value\":\"%s\",\"times\":1}}", words[i][0]);

        desk_switch (&desk, json);
        fails (PLAIN, 429, "RESOURCE_EXHAUSTED", words[i][1]);
        works (PLAIN);
    }
}

static void
ten_requests_at_once_are_the_most (void **test_state)
{
    SimReply held[10];

    for (int i = 0; i < 10; i++) {
        g_auto (Answer) answer = desk_send (&desk, "POST", "/v1beta/properties/" MAIN_PROPERTY ":runReport",
                                            desk.token, PLAIN, &held[i]);
        assert_int_equal (answer.status, 200);
    }
    fails (PLAIN, 429, "RESOURCE_EXHAUSTED", "Exhausted concurrent requests quota.");
    for (int i = 0; i < 10; i++) {
        sim_state_done (desk.state, &held[i]);
        sim_reply_clear (&held[i]);
    }
    works (PLAIN);
}

static void
server_errors_are_counted (void **test_state)
{
    desk_switch (&desk, "{\"fault\":\"500\"}");
    for (int i = 0; i < 5; i++)
        fails (PLAIN, 500, "INTERNAL", "");
    desk_switch (&desk, "{\"fault\":\"503\"}");
    for (int i = 0; i < 5; i++)
        fails (PLAIN, 503, "UNAVAILABLE", "unavailable");
    fails (PLAIN, 429, "RESOURCE_EXHAUSTED", "Exhausted server errors quota.");
    desk_switch (&desk, "{\"fault\":\"none\"}");
    fails (PLAIN, 429, "RESOURCE_EXHAUSTED", "Exhausted server errors quota.");
}

static void
faults_wait_and_end (void **test_state)
{
    desk_switch (&desk, "{\"fault\":{\"value\":\"503\",\"after\":1,\"times\":2}}");
    works (PLAIN);
    fails (PLAIN, 503, "UNAVAILABLE", "");
    fails (PLAIN, 503, "UNAVAILABLE", "");
    works (PLAIN);
}

static void
answers_are_slow (void **test_state)
{
    g_auto (Answer) slow = { 0 }, quick = { 0 };

    desk_switch (&desk, "{\"slow\":{\"value\":65000,\"times\":1}}");
    slow = desk_report (&desk, PLAIN);
    quick = desk_report (&desk, PLAIN);
    assert_int_equal (slow.delay, 65000);
    assert_int_equal (quick.delay, 0);
}

static void
answers_are_broken (void **test_state)
{
    static const char *const words[] = { "half", "html", "empty" };

    for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
        g_autofree char *json = g_strdup_printf ("{\"broken\":\"%s\"}", words[i]);
        g_auto (Answer) answer = { 0 };

        desk_switch (&desk, json);
        answer = desk_report (&desk, PLAIN);
        assert_int_equal (answer.status, 200);
        assert_null (answer.json);
    }
}

static void
rows_are_clamped (void **test_state)
{
    g_auto (Answer) answer = { 0 };

    desk_switch (&desk, "{\"max_rows\":7}");
    answer = desk_report (&desk, BY ("date", ",\"limit\":\"1000\""));
    assert_int_equal (rows_of (&answer), 7);
    assert_int_equal (int_at (&answer, "rowCount"), 31);
}

static void
rows_and_counts_go_missing (void **test_state)
{
    g_auto (Answer) empty = { 0 }, uncounted = { 0 };

    desk_switch (&desk, "{\"empty\":true}");
    empty = desk_report (&desk, BY ("date", ""));
    assert_null (at (&empty, "rows"));
    assert_null (at (&empty, "rowCount"));
    desk_switch (&desk, "{\"empty\":false,\"no_row_count\":true}");
    uncounted = desk_report (&desk, BY ("date", ""));
    assert_int_equal (rows_of (&uncounted), 31);
    assert_null (at (&uncounted, "rowCount"));
}

static void
order_changes_when_left_open (void **test_state)
{
    g_auto (Answer) a = desk_report (&desk, BY ("landingPage", "")),
                    b = desk_report (&desk, BY ("landingPage", ""));
    g_auto (Answer) c = { 0 }, d = { 0 };

    assert_true (json_equal (at (&a, "rows"), at (&b, "rows")));
    desk_switch (&desk, "{\"shuffle\":1}");
    c = desk_report (&desk, BY ("landingPage", ""));
    d = desk_report (&desk, BY ("landingPage", ""));
    assert_int_equal (rows_of (&c), rows_of (&d));
    assert_false (json_equal (at (&c, "rows"), at (&d, "rows")));
}

static double
sessions_named (const Answer *answer, const char *name)
{
    double sum = 0;

    for (size_t row = 0; row < rows_of (answer); row++)
        if (strcmp (dimension_of (answer, row, 0), name) == 0)
            sum += metric_of (answer, row, 0);
    return sum;
}

static void
small_pages_become_other (void **test_state)
{
    g_auto (Answer) before = desk_report (&desk, BY ("landingPage", "")), after = { 0 }, plain = { 0 };

    desk_switch (&desk, "{\"other_row\":20}");
    after = desk_report (&desk, BY ("landingPage", ""));
    assert_int_equal (rows_of (&after), 21);
    assert_true (sessions_named (&after, "(other)") > 0);
    assert_int_equal ((gint64)metric_sum (&after, 0), (gint64)metric_sum (&before, 0));
    assert_true (json_is_true (at (&after, "metadata.dataLossFromOtherRow")));
    plain = desk_report (&desk, BY ("date", ""));
    assert_null (at (&plain, "metadata.dataLossFromOtherRow"));
}

static void
even_a_date_may_be_other (void **test_state)
{
    g_auto (Answer) before = desk_report (&desk, BY ("date", "")), after = { 0 };

    desk_switch (&desk, "{\"other_date\":1}");
    after = desk_report (&desk, BY ("date", ""));
    assert_int_equal (rows_of (&after), 32);
    assert_true (sessions_named (&after, "(other)") > 0);
    assert_int_equal ((gint64)metric_sum (&after, 0), (gint64)metric_sum (&before, 0));
}

static void
paths_are_odd (void **test_state)
{
    g_auto (Answer) answer = { 0 }, with_query = { 0 };
    size_t longest = 0;
    guint unnamed = 0;

    desk_switch (&desk, "{\"odd_paths\":1}");
    answer = desk_report (&desk, BY ("landingPage", ""));
    with_query = desk_report (&desk, BY ("landingPagePlusQueryString", ""));
    assert_true (sessions_named (&answer, "(not set)") > 0);
    assert_true (sessions_named (&answer, "") > 0);
    assert_true (sessions_named (&answer, "/größe/日本語/🎒-\"quoted\"-\\-é") > 0);
    for (size_t row = 0; row < rows_of (&answer); row++)
        longest = MAX (longest, strlen (dimension_of (&answer, row, 0)));
    assert_int_equal (longest, 2048);
    for (size_t row = 0; row < rows_of (&with_query); row++)
        unnamed += g_str_has_prefix (dimension_of (&with_query, row, 0), "(not set)");
    assert_int_equal (unnamed, 1);
}

static double
yesterdays_sessions (void)
{
    g_auto (Answer) answer = desk_report (
        &desk, "{" SESSIONS ",\"dateRanges\":[{\"startDate\":\"yesterday\",\"endDate\":\"yesterday\"}]}");

    return metric_of (&answer, 0, 0);
}

static void
the_last_days_grow (void **test_state)
{
    double full = yesterdays_sessions (), before = 0;
    g_auto (Answer) old = desk_report (&desk, PLAIN), old_again = { 0 };

    desk_switch (&desk, "{\"growing\":4}");
    old_again = desk_report (&desk, PLAIN);
    assert_int_equal ((gint64)metric_of (&old, 0, 0), (gint64)metric_of (&old_again, 0, 0));
    desk_switch (&desk, "{\"growing\":4}");
    for (int i = 0; i < 4; i++) {
        double now = yesterdays_sessions ();

        assert_true (now > before && now < full);
        before = now;
    }
    assert_true (yesterdays_sessions () == full);
}

static void
small_rows_are_withheld (void **test_state)
{
    g_auto (Answer) before = desk_report (&desk, "{\"dimensions\":[{\"name\":\"date\"},{\"name\":\"country\"}"
                                                 "],\"metrics\":[{\"name\":\"totalUsers\"}]," RANGE "}");
    g_auto (Answer) after = { 0 };

    assert_null (at (&before, "metadata.subjectToThresholding"));
    desk_switch (&desk, "{\"threshold\":1}");
    after =
        desk_report (&desk, "{\"dimensions\":[{\"name\":\"date\"},{\"name\":\"landingPage\"}],\"metrics\":[{"
                            "\"name\":\"totalUsers\"}]," RANGE ",\"returnPropertyQuota\":true}");
    assert_true (json_is_true (at (&after, "metadata.subjectToThresholding")));
    assert_int_equal (int_at (&after, "propertyQuota.potentiallyThresholdedRequestsPerHour.consumed"), 1);
    for (size_t row = 0; row < rows_of (&after); row++)
        assert_true (metric_of (&after, row, 0) >= 3);
}

static void
a_sample_is_near_the_truth (void **test_state)
{
    g_auto (Answer) all = desk_report (&desk, PLAIN), sampled = { 0 };
    double error;

    desk_switch (&desk, "{\"sampled\":25}");
    sampled = desk_report (&desk, PLAIN);
    error = metric_of (&sampled, 0, 0) / metric_of (&all, 0, 0) - 1;
    assert_true (error != 0 && fabs (error) < .03);
    assert_string_equal (text_at (&sampled, "metadata.samplingMetadatas.0.samplesReadCount"), "2500");
    assert_string_equal (text_at (&sampled, "metadata.samplingMetadatas.0.samplingSpaceSize"), "10000");
}

static void
revenue_is_not_allowed (void **test_state)
{
    g_auto (Answer) answer = { 0 }, other = { 0 };

    desk_switch (&desk, "{\"no_revenue\":1}");
    answer = desk_report (&desk,
                          "{\"metrics\":[{\"name\":\"sessions\"},{\"name\":\"purchaseRevenue\"}]," RANGE "}");
    assert_true (metric_of (&answer, 0, 0) > 0);
    assert_string_equal (text_at (&answer, "rows.0.metricValues.1.value"), "0");
    assert_string_equal (
        text_at (&answer, "metadata.schemaRestrictionResponse.activeMetricRestrictions.0.metricName"),
        "purchaseRevenue");
    assert_string_equal (
        text_at (&answer,
                 "metadata.schemaRestrictionResponse.activeMetricRestrictions.0.restrictedMetricTypes.0"),
        "REVENUE_DATA");
    fails ("{\"metrics\":[{\"name\":\"purchaseRevenue\"}]," RANGE
           ",\"metricFilter\":{\"filter\":{\"fieldName\":\"purchaseRevenue\",\"numericFilter\":{"
           "\"operation\":\"GREATER_THAN\",\"value\":{\"doubleValue\":1}}}}}",
           400, "INVALID_ARGUMENT", "restricted");
    other = desk_report (&desk, PLAIN);
    assert_null (at (&other, "metadata.schemaRestrictionResponse"));
}

static void
unknown_members_appear (void **test_state)
{
    g_auto (Answer) answer = { 0 };

    desk_switch (&desk, "{\"extra_members\":1}");
    answer = desk_report (&desk, PLAIN);
    assert_non_null (at (&answer, "newInThisRelease"));
    assert_non_null (at (&answer, "metadata.dataFreshness"));
    assert_int_equal (rows_of (&answer), 1);
}

/* ---- the switches themselves ---- */

static void
switches_are_listed_and_checked (void **test_state)
{
    static const char *const bad[] = { "[]",
                                       "{\"nothing\":1}",
                                       "{\"slow\":-1}",
                                       "{\"slow\":\"x\"}",
                                       "{\"fault\":\"501\"}",
                                       "{\"slow\":9,\"fault\":{\"value\":\"500\",\"after\":\"soon\"}}",
                                       "{\"slow\":9,\"fault\":{}}",
                                       "{" };
    g_auto (Answer) list = desk_ask (&desk, "GET", "/sim/switches", NULL);

    assert_int_equal (json_array_size (at (&list, "switches")), N_SWITCHES);
    for (int id = 0; id < N_SWITCHES; id++) {
        assert_non_null (switch_infos[id].name);
        assert_non_null (switch_infos[id].help);
    }
    for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
        g_auto (Answer) answer = desk_ask (&desk, "POST", "/sim/switches", bad[i]);
        assert_int_equal (answer.status, 422);
    }
    {
        g_auto (Answer) after = desk_ask (&desk, "GET", "/sim/switches", NULL); /* all or nothing */
        assert_true (json_equal (list.json, after.json));
    }
}

static void
switches_start_from_the_command_line (void **test_state)
{
    static const char *const bad[] = {
        "fault", "fault=501", "nothing=1", "fault=500:soon=1", "fault=500:after=x", "slow=-1"
    };
    Switches switches;

    switches_init (&switches);
    for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
        g_autoptr (GError) error = NULL;
        assert_false (switches_start (&switches, bad[i], &error));
        assert_non_null (error);
    }
    assert_true (switches_start (&switches, "fault=503:after=1:times=2", NULL));
    assert_int_equal (switch_feel (&switches, SWITCH_FAULT), 0);
    assert_int_equal (switch_feel (&switches, SWITCH_FAULT), 2);
    assert_int_equal (switch_feel (&switches, SWITCH_FAULT), 2);
    assert_int_equal (switch_feel (&switches, SWITCH_FAULT), 0);
    switches_reset (&switches);
    assert_int_equal (switches.now[SWITCH_FAULT].after, 1);
    assert_int_equal (switches.now[SWITCH_FAULT].value, 2);
}

static void
requests_are_counted (void **test_state)
{
    g_auto (Answer) counts = { 0 };

    works (PLAIN);
    fails ("{}", 400, "INVALID_ARGUMENT", "");
    counts = desk_ask (&desk, "GET", "/sim/requests", NULL);
    assert_int_equal (int_at (&counts, "total"), 2);
    assert_int_equal (int_at (&counts, "requests.POST /v1beta/properties/" MAIN_PROPERTY ":runReport"), 2);
}

#define TEST(test) cmocka_unit_test_setup (test, reset)

int
main (void)
{
    const struct CMUnitTest tests[] = {
        TEST (a_token_expires_in_the_middle),
        TEST (permission_is_denied),
        TEST (an_api_is_not_enabled),
        TEST (quotas_are_used_up),
        TEST (quotas_are_shown_and_come_back),
        TEST (quotas_are_a_propertys_own),
        TEST (a_quota_is_exhausted_by_order),
        TEST (ten_requests_at_once_are_the_most),
        TEST (server_errors_are_counted),
        TEST (faults_wait_and_end),
        TEST (answers_are_slow),
        TEST (answers_are_broken),
        TEST (rows_are_clamped),
        TEST (rows_and_counts_go_missing),
        TEST (order_changes_when_left_open),
        TEST (small_pages_become_other),
        TEST (even_a_date_may_be_other),
        TEST (paths_are_odd),
        TEST (the_last_days_grow),
        TEST (small_rows_are_withheld),
        TEST (a_sample_is_near_the_truth),
        TEST (revenue_is_not_allowed),
        TEST (unknown_members_appear),
        TEST (switches_are_listed_and_checked),
        TEST (switches_start_from_the_command_line),
        TEST (requests_are_counted),
    };

    return cmocka_run_group_tests (tests, start, stop);
}
