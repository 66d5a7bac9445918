/* What the real API refuses, with its words. */
#include "desk.h"

static Desk desk;

#define RANGE    "\"dateRanges\":[{\"startDate\":\"2026-10-01\",\"endDate\":\"2026-10-31\"}]"
#define SESSIONS "\"metrics\":[{\"name\":\"sessions\"}]"

static int
start (void **test_state)
{
    desk_start (&desk, TODAY, 60, NULL);
    return 0;
}

static int
stop (void **test_state)
{
    desk_stop (&desk);
    return 0;
}

/* Every request that is INVALID_ARGUMENT, and a part of the sentence. */
static const struct {
    const char *body, *message;
} refused[] = {
    { "{\"x\":1}", "Invalid JSON payload received. Unknown name \"x\": Cannot find field." },
    { "{\"dimensions\":[{\"nam\":\"date\"}]}",
      "Unknown name \"nam\" at 'dimensions[0]': Cannot find field." },
    { "{\"dateRanges\":[{\"start\":\"today\"}]}", "Unknown name \"start\" at 'date_ranges[0]'" },
    { "{", "Invalid JSON payload received." },
    { "[]", "Invalid JSON payload received." },
    { "{\"metrics\":[\"sessions\"]}",
      "Invalid value at 'metrics[0]' (type.googleapis.com/google.analytics.data.v1beta.Metric), "
      "\"sessions\"" },
    { "{\"metrics\":{}}", "Invalid value at 'metrics'" },
    { "{\"limit\":\"many\"}", "Invalid value at 'limit' (TYPE_INT64), \"many\"" },
    { "{\"limit\":1.5}", "Invalid value at 'limit' (TYPE_INT64), 1.5" },
    { "{\"keepEmptyRows\":\"yes\"}", "Invalid value at 'keep_empty_rows' (TYPE_BOOL), \"yes\"" },
    { "{\"metricAggregations\":[\"SUM\"]}",
      "Invalid value at 'metric_aggregations[0]' (TYPE_ENUM), \"SUM\"" },
    { "{}", "at least one dimension or metric" },
    { "{" SESSIONS "}", "at least one dateRange" },
    { "{\"metrics\":[{\"name\":\"pageViews\"}]," RANGE "}",
      "Field pageViews is not a valid metric. For a list of valid dimensions and metrics, see "
      "https://developers.google.com/analytics/devguides/reporting/data/v1/api-schema" },
    { "{\"dimensions\":[{\"name\":\"sessionDefaultChannelGrouping\"}]," SESSIONS "," RANGE "}",
      "Field sessionDefaultChannelGrouping is not a valid dimension." },
    { "{\"dimensions\":[{\"name\":\"date\"},{\"name\":\"date\"}]," SESSIONS "," RANGE "}",
      "Duplicate dimensions" },
    { "{\"dimensions\":[{},{},{},{},{},{},{},{},{},{}]," SESSIONS "," RANGE "}",
      "limited to 9 dimensions within a nested request. This request is for 10 dimensions." },
    { "{\"metrics\":[{},{},{},{},{},{},{},{},{},{},{}]," RANGE "}",
      "limited to 10 metrics within a nested request. This request is for 11 metrics." },
    { "{" SESSIONS ",\"dateRanges\":[{},{},{},{},{}]}", "limited to 4 dateRanges" },
    { "{\"metrics\":[{\"name\":\"sessions\"},{\"name\":\"advertiserAdCost\"}]," RANGE "}",
      "Please remove sessions to make the request compatible. The request's dimensions & metrics are "
      "incompatible." },
    { "{\"dimensions\":[{\"name\":\"landingPage\"}],\"metrics\":[{\"name\":\"returnOnAdSpend\"}]," RANGE "}",
      "Please remove landingPage to make the request compatible." },
    { "{" SESSIONS ",\"dateRanges\":[{\"startDate\":\"2026-13-01\",\"endDate\":\"today\"}]}",
      "Invalid startDate: 2026-13-01" },
    { "{" SESSIONS ",\"dateRanges\":[{\"startDate\":\"today\",\"endDate\":\"2026-02-29\"}]}",
      "Invalid endDate: 2026-02-29" },
    { "{" SESSIONS ",\"dateRanges\":[{\"startDate\":\"7daysago\",\"endDate\":\"today\"}]}",
      "Invalid startDate: 7daysago" },
    { "{" SESSIONS ",\"dateRanges\":[{\"startDate\":\"-1daysAgo\",\"endDate\":\"today\"}]}",
      "Invalid startDate: -1daysAgo" },
    { "{" SESSIONS ",\"dateRanges\":[{\"startDate\":\"2015-08-13\",\"endDate\":\"today\"}]}",
      "Invalid startDate: 2015-08-13" },
    { "{" SESSIONS ",\"dateRanges\":[{\"startDate\":\"today\",\"endDate\":\"3000-01-01\"}]}",
      "Invalid endDate: 3000-01-01" },
    { "{" SESSIONS ",\"dateRanges\":[{\"endDate\":\"today\"}]}", "startDate is required" },
    { "{" SESSIONS ",\"dateRanges\":[{\"startDate\":\"2026-10-02\",\"endDate\":\"2026-10-01\"}]}",
      "startDate must be before or equal to the endDate" },
    { "{" SESSIONS
      ",\"dateRanges\":[{\"startDate\":\"today\",\"endDate\":\"today\",\"name\":\"date_range_7\"}]}",
      "date_range_" },
    { "{" SESSIONS "," RANGE ",\"limit\":0}", "limit must be positive" },
    { "{" SESSIONS "," RANGE ",\"limit\":\"-5\"}", "limit must be positive" },
    { "{" SESSIONS "," RANGE ",\"offset\":-1}", "offset must be non-negative" },
    { "{" SESSIONS "," RANGE ",\"metricAggregations\":[\"COUNT\"]}", "COUNT" },
    { "{" SESSIONS "," RANGE ",\"orderBys\":[{\"metric\":{\"metricName\":\"newUsers\"}}]}", "newUsers" },
    { "{" SESSIONS "," RANGE ",\"orderBys\":[{\"desc\":true}]}", "exactly one of" },
    { "{" SESSIONS "," RANGE ",\"currencyCode\":\"XXX\"}", "Invalid currencyCode: XXX" },
    { "{" SESSIONS "," RANGE
      ",\"dimensionFilter\":{\"filter\":{\"fieldName\":\"browser\",\"stringFilter\":{\"value\":\"x\"}}}}",
      "Field browser is not a valid dimension" },
    { "{" SESSIONS "," RANGE ",\"dimensionFilter\":{\"filter\":{\"fieldName\":\"date\"}}}",
      "must have one of" },
    { "{" SESSIONS "," RANGE ",\"dimensionFilter\":{\"andGroup\":{}}}", "at least one expression" },
    { "{" SESSIONS "," RANGE ",\"dimensionFilter\":{\"andGroup\":{},\"orGroup\":{}}}",
      "exactly one of andGroup" },
    { "{" SESSIONS "," RANGE
      ",\"dimensionFilter\":{\"filter\":{\"fieldName\":\"date\",\"inListFilter\":{}}}}",
      "at least one value" },
    { "{" SESSIONS "," RANGE ",\"dimensionFilter\":{\"filter\":{\"fieldName\":\"date\",\"stringFilter\":{"
      "\"matchType\":\"FULL_REGEXP\",\"value\":\"(\"}}}}",
      "Invalid regular expression" },
    { "{" SESSIONS "," RANGE
      ",\"dimensionFilter\":{\"notExpression\":{\"filter\":{\"fieldName\":\"date\",\"numericFilter\":{}}}}}",
      "stringFilter or inListFilter" },
    { "{" SESSIONS "," RANGE
      ",\"metricFilter\":{\"filter\":{\"fieldName\":\"sessions\",\"stringFilter\":{}}}}",
      "numericFilter or betweenFilter" },
    { "{" SESSIONS "," RANGE
      ",\"metricFilter\":{\"filter\":{\"fieldName\":\"newUsers\",\"numericFilter\":{}}}}",
      "must be in the request's metrics" },
};

static void
bad_requests_are_refused (void **test_state)
{
    for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
        g_auto (Answer) answer = desk_report (&desk, refused[i].body);

        if (answer.status != 400 || !strstr (text_at (&answer, "error.message"), refused[i].message))
            print_error ("%s\n", refused[i].body);
        assert_failure (&answer, 400, "INVALID_ARGUMENT", refused[i].message);
    }
}

static void
the_most_is_allowed (void **test_state)
{
    g_auto (Answer) answer =
        desk_report (&desk, "{\"dimensions\":[{\"name\":\"date\"},{\"name\":\"sessionDefaultChannelGroup\"},{"
                            "\"name\":\"landingPage\"},"
                            "{\"name\":\"landingPagePlusQueryString\"},{\"name\":\"deviceCategory\"},{"
                            "\"name\":\"country\"},{\"name\":\"dateRange\"}],"
                            "\"metrics\":[{\"name\":\"sessions\"},{\"name\":\"totalUsers\"},{\"name\":"
                            "\"activeUsers\"},{\"name\":\"newUsers\"},{\"name\":\"keyEvents\"},"
                            "{\"name\":\"eventCount\"},{\"name\":\"transactions\"},{\"name\":"
                            "\"totalRevenue\"},{\"name\":\"bounceRate\"},{\"name\":\"engagementRate\"}],"
                            "\"dateRanges\":[{\"startDate\":\"today\",\"endDate\":\"today\"},{\"startDate\":"
                            "\"yesterday\",\"endDate\":\"yesterday\"},"
                            "{\"startDate\":\"2daysAgo\",\"endDate\":\"2daysAgo\"},{\"startDate\":"
                            "\"3daysAgo\",\"endDate\":\"3daysAgo\"}],\"limit\":\"999999999\"}");

    assert_int_equal (answer.status, 200);
    assert_int_equal (rows_of (&answer), int_at (&answer, "rowCount"));
    assert_int_equal (json_array_size (at (&answer, "rows.0.dimensionValues")), 7);
}

static void
batches_are_limited (void **test_state)
{
    g_auto (Answer) six = desk_ask (&desk, "POST", "/v1beta/properties/" MAIN_PROPERTY ":batchRunReports",
                                    "{\"requests\":[{},{},{},{},{},{}]}");
    g_auto (Answer) foreign =
        desk_ask (&desk, "POST", "/v1beta/properties/" MAIN_PROPERTY ":batchRunReports",
                  "{\"requests\":[{\"property\":\"properties/1\"," SESSIONS "," RANGE "}]}");
    g_auto (Answer) one_bad = desk_ask (&desk, "POST", "/v1beta/properties/" MAIN_PROPERTY ":batchRunReports",
                                        "{\"requests\":[{" SESSIONS "," RANGE "},{" SESSIONS "}]}");

    assert_failure (&six, 400, "INVALID_ARGUMENT", "limited to 5 requests");
    assert_failure (&foreign, 400, "INVALID_ARGUMENT", "property");
    assert_failure (&one_bad, 400, "INVALID_ARGUMENT", "at least one dateRange");
}

static void
tokens_are_required (void **test_state)
{
    static const char *const paths[] = { "/v1beta/properties/" MAIN_PROPERTY "/metadata",
                                         "/v1beta/accountSummaries", "/v1beta/properties/" MAIN_PROPERTY,
                                         "/v1beta/properties/999/keyEvents" };

    for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
        g_auto (Answer) none = desk_send (&desk, "GET", paths[i], NULL, NULL, NULL);
        g_auto (Answer) wrong = desk_send (&desk, "GET", paths[i], "ya29.nobody", NULL, NULL);

        assert_failure (&none, 401, "UNAUTHENTICATED", "missing required authentication credential");
        assert_failure (&wrong, 401, "UNAUTHENTICATED", "Request had invalid authentication credentials.");
        assert_string_equal (text_at (&wrong, "error.details.0.@type"),
                             "type.googleapis.com/google.rpc.ErrorInfo");
    }
}

static void
a_token_ends_after_its_seconds (void **test_state)
{
    g_autofree char *token = desk_new_token (&desk);
    const char *path = "/v1beta/properties/" MAIN_PROPERTY;

    desk.clock.time += 3598 * SECOND_US;
    {
        g_auto (Answer) alive = desk_send (&desk, "GET", path, token, NULL, NULL);
        assert_int_equal (alive.status, 200);
    }
    desk.clock.time += 2 * SECOND_US;
    {
        g_auto (Answer) dead = desk_send (&desk, "GET", path, token, NULL, NULL);
        assert_failure (&dead, 401, "UNAUTHENTICATED", "invalid authentication");
    }
    desk_renew (&desk);
}

static void
properties_are_told_apart (void **test_state)
{
    static const char body[] = "{" SESSIONS "," RANGE "}";
    g_auto (Answer) unknown = desk_ask (&desk, "POST", "/v1beta/properties/999:runReport", body);
    g_auto (Answer) measurement = desk_ask (&desk, "POST", "/v1beta/properties/G-ABC123:runReport", body);
    g_auto (Answer) admin = desk_ask (&desk, "GET", "/v1beta/properties/999", NULL);

    assert_failure (&unknown, 403, "PERMISSION_DENIED",
                    "User does not have sufficient permissions for this property.");
    assert_failure (&measurement, 400, "INVALID_ARGUMENT", "A numeric Property ID is required.");
    assert_failure (&admin, 404, "NOT_FOUND", "");
}

static void
other_paths_are_html (void **test_state)
{
    static const char *const targets[] = { "/", "/v1beta/properties/" MAIN_PROPERTY ":runPivotReport",
                                           "/v1/accountSummaries",
                                           "/v1beta/properties/" MAIN_PROPERTY "/<script>" };

    for (guint i = 0; i < G_N_ELEMENTS (targets); i++) {
        g_auto (Answer) answer = desk_ask (&desk, "POST", targets[i], NULL);

        assert_int_equal (answer.status, 404);
        assert_non_null (strstr (answer.text, "<!DOCTYPE html>"));
        assert_null (strstr (answer.text, "<script>"));
    }
    {
        g_auto (Answer) wrong_method =
            desk_ask (&desk, "GET", "/v1beta/properties/" MAIN_PROPERTY ":runReport", NULL);
        assert_int_equal (wrong_method.status, 404);
    }
}

/* proto3's JSON: fields by either of their names, numbers as texts, words of an enum also by number. */
static void
test_other_spellings (void **state)
{
    static const char *const bodies[] = {
        "{" SESSIONS "," RANGE "}",
        "{" SESSIONS ",\"date_ranges\":[{\"start_date\":\"2026-10-01\",\"end_date\":\"2026-10-31\"}],"
        "\"keep_empty_rows\":false,\"limit\":\"10000\",\"offset\":0}",
        "{" SESSIONS "," RANGE ",\"metricAggregations\":[],\"metricFilter\":{\"filter\":{\"fieldName\":"
        "\"sessions\",\"numericFilter\":{\"operation\":4,\"value\":{\"doubleValue\":\"1e0\"}}}}}",
    };
    g_autofree char *first = NULL;

    for (guint i = 0; i < G_N_ELEMENTS (bodies); i++) {
        g_auto (Answer) answer =
            desk_ask (&desk, "POST", "/v1beta/properties/" MAIN_PROPERTY ":runReport", bodies[i]);

        assert_int_equal (answer.status, 200);
        if (!first)
            first = g_strdup (text_at (&answer, "rows.0.metricValues.0.value"));
        assert_string_equal (text_at (&answer, "rows.0.metricValues.0.value"), first);
    }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_other_spellings),      cmocka_unit_test (bad_requests_are_refused),
        cmocka_unit_test (the_most_is_allowed),       cmocka_unit_test (batches_are_limited),
        cmocka_unit_test (tokens_are_required),       cmocka_unit_test (a_token_ends_after_its_seconds),
        cmocka_unit_test (properties_are_told_apart), cmocka_unit_test (other_paths_are_html),
    };

    return cmocka_run_group_tests (tests, start, stop);
}
