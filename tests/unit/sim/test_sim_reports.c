/* Reports that succeed: they agree with the truth and with each other. */
#include "desk.h"

static Desk desk;

#define DATES(from, to) "\"dateRanges\":[{\"startDate\":\"" from "\",\"endDate\":\"" to "\"}]"
#define DIM(name)       "{\"name\":\"" name "\"}"
#define MONTH           DATES ("2026-10-01", "2026-10-31")

static int
start (void **test_state)
{
    desk_start (&desk, TODAY, 400, NULL);
    return 0;
}

static int
stop (void **test_state)
{
    desk_stop (&desk);
    return 0;
}

static Answer
report (const char *body)
{
    Answer answer = desk_report (&desk, body);

    if (answer.status != 200)
        print_error ("%s\n", answer.text);
    assert_int_equal (answer.status, 200);
    return answer;
}

static Answer
truth (const char *from, const char *to)
{
    g_autofree char *path = g_strdup_printf ("/sim/truth?startDate=%s&endDate=%s", from, to);

    return desk_ask (&desk, "GET", path, NULL);
}

static void
days_are_the_truth (void **test_state)
{
    /* clang-format off */
    static const char question[] =
        "{\"dimensions\":[" DIM ("date") "],\"metrics\":[" DIM ("sessions") "," DIM ("activeUsers") ","
        DIM ("totalUsers") "," DIM ("newUsers") "," DIM ("engagedSessions") "," DIM ("screenPageViews")
        "," DIM ("active7DayUsers") "," DIM ("active28DayUsers") "," DIM ("keyEvents") ","
        DIM ("purchaseRevenue") "]," MONTH ",\"orderBys\":[{\"dimension\":{\"dimensionName\":\"date\"}}]}";
    /* clang-format on */
    static const char *const names[] = { "sessions",         "users",      "total_users", "new_users",
                                         "engaged_sessions", "page_views", "users_7d",    "users_28d",
                                         "conversions" };
    g_auto (Answer) got = report (question);
    g_auto (Answer) true_days = truth ("2026-10-01", "2026-10-31");

    assert_int_equal (rows_of (&got), 31);
    assert_int_equal (int_at (&got, "rowCount"), 31);
    for (size_t row = 0; row < 31; row++) {
        json_t *day = json_array_get (at (&true_days, "days"), row);
        g_auto (GStrv) date = g_strsplit (json_string_value (json_object_get (day, "date")), "-", -1);
        g_autofree char *compact = g_strjoinv ("", date);
        double revenue = (double)json_integer_value (json_object_get (day, "revenue_micros")) / 1e6;

        assert_string_equal (dimension_of (&got, row, 0), compact);
        for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
            assert_int_equal ((gint64)metric_of (&got, row, i),
                              json_integer_value (json_object_get (day, names[i])));
        assert_true (revenue > 0 && fabs (metric_of (&got, row, 9) - revenue) < 1e-6);
    }
}

static void
channels_add_up_but_their_users_do_not (void **test_state)
{
    g_auto (Answer) whole = report (
        "{\"metrics\":[" DIM ("sessions") "," DIM ("keyEvents") "," DIM ("totalUsers") "]," MONTH "}");
    g_auto (Answer) parts =
        report ("{\"dimensions\":[" DIM ("sessionDefaultChannelGroup") "],\"metrics\":[" DIM (
            "sessions") "," DIM ("keyEvents") "," DIM ("totalUsers") "]," MONTH "}");

    assert_int_equal (rows_of (&whole), 1);
    assert_int_equal (rows_of (&parts), 8);
    assert_null (at (&whole, "dimensionHeaders"));
    assert_null (at (&whole, "rows.0.dimensionValues"));
    assert_int_equal ((gint64)metric_sum (&parts, 0), (gint64)metric_of (&whole, 0, 0));
    assert_int_equal ((gint64)metric_sum (&parts, 1), (gint64)metric_of (&whole, 0, 1));
    assert_true (metric_sum (&parts, 2) > metric_of (&whole, 0, 2));
}

/* A few sessions are counted under two pages, as in the recorded month of a real property. */
static void
landing_pages_nearly_add_up (void **test_state)
{
    g_auto (Answer) whole =
        report ("{\"metrics\":[" DIM ("sessions") "," DIM ("screenPageViews") "]," MONTH "}");
    g_auto (Answer) parts = report ("{\"dimensions\":[" DIM ("landingPage") "],\"metrics\":[" DIM (
        "sessions") "," DIM ("screenPageViews") "]," MONTH "}");
    double sessions = metric_of (&whole, 0, 0), excess = metric_sum (&parts, 0) - sessions;

    assert_true (excess > 0 && excess < sessions * .005);
    assert_int_equal ((gint64)metric_sum (&parts, 1), (gint64)metric_of (&whole, 0, 1));
    assert_in_range (rows_of (&parts), 60, 300);
}

static void
users_of_a_period_are_unique (void **test_state)
{
    g_auto (Answer) days =
        report ("{\"dimensions\":[" DIM ("date") "],\"metrics\":[" DIM ("activeUsers") "]," MONTH "}");
    g_auto (Answer) whole =
        report ("{\"metrics\":[" DIM ("activeUsers") "," DIM ("active28DayUsers") "]," MONTH "}");
    g_auto (Answer) true_month = truth ("2026-10-01", "2026-10-31");

    assert_int_equal ((gint64)metric_of (&whole, 0, 0), int_at (&true_month, "period.users"));
    assert_true (metric_of (&whole, 0, 0) < metric_sum (&days, 0));
    assert_true (metric_of (&whole, 0, 1) < metric_of (&whole, 0, 0));
}

static void
the_shape_is_googles (void **test_state)
{
    g_auto (Answer) got =
        report ("{\"dimensions\":[" DIM ("date") "],\"metrics\":[" DIM ("sessions") "," DIM (
            "engagementRate") "," DIM ("averageSessionDuration") "," DIM ("totalRevenue") "]," MONTH
                                                                                          ",\"limit\":"
                                                                                          "\"1\"}");

    assert_string_equal (text_at (&got, "dimensionHeaders.0.name"), "date");
    assert_string_equal (text_at (&got, "metricHeaders.0.type"), "TYPE_INTEGER");
    assert_string_equal (text_at (&got, "metricHeaders.1.type"), "TYPE_FLOAT");
    assert_string_equal (text_at (&got, "metricHeaders.2.type"), "TYPE_SECONDS");
    assert_string_equal (text_at (&got, "metricHeaders.3.type"), "TYPE_CURRENCY");
    assert_true (json_is_string (at (&got, "rows.0.metricValues.0.value")));
    assert_int_equal (rows_of (&got), 1);
    assert_int_equal (int_at (&got, "rowCount"), 31);
    assert_string_equal (text_at (&got, "kind"), "analyticsData#runReport");
    assert_string_equal (text_at (&got, "metadata.currencyCode"), "EUR");
    assert_string_equal (text_at (&got, "metadata.timeZone"), "Europe/Berlin");
    assert_int_equal (json_object_size (at (&got, "metadata")), 2);
    assert_null (at (&got, "propertyQuota"));
    assert_null (at (&got, "totals"));
}

static void
no_data_has_no_rows_and_no_count (void **test_state)
{
    g_auto (Answer) early =
        report ("{\"metrics\":[" DIM ("sessions") "]," DATES ("2020-01-01", "2020-01-31") "}");
    g_auto (Answer) future =
        report ("{\"metrics\":[" DIM ("sessions") "]," DATES ("2027-01-01", "2027-01-31") "}");
    g_auto (Answer) empty =
        desk_ask (&desk, "POST", "/v1beta/properties/" EMPTY_PROPERTY ":runReport",
                  "{\"metrics\":[" DIM ("sessions") "]," MONTH ",\"metricAggregations\":[\"TOTAL\"]}");

    assert_null (at (&early, "rows"));
    assert_null (at (&early, "rowCount"));
    assert_null (at (&future, "rows"));
    assert_int_equal (empty.status, 200);
    assert_null (at (&empty, "rows"));
    assert_int_equal (json_object_size (at (&empty, "totals.0")), 0);
    assert_non_null (at (&empty, "metricHeaders"));
}

static void
pages_walk_to_the_end (void **test_state)
{
    static const char body[] = "{\"dimensions\":[" DIM ("landingPage") "],\"metrics\":[" DIM (
        "sessions") "]," MONTH ",\"orderBys\":[{\"metric\":{\"metricName\":\"sessions\"},\"desc\":true}],"
                    "\"offset\":\"%d\",\"limit\":50}";
    g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    gint64 total = 1;
    double before = 1e9;

    for (int offset = 0; offset < total; offset += 50) {
        g_autofree char *text = g_strdup_printf (body, offset);
        g_auto (Answer) page = report (text);

        total = int_at (&page, "rowCount");
        for (size_t row = 0; row < rows_of (&page); row++) {
            assert_true (metric_of (&page, row, 0) <= before);
            before = metric_of (&page, row, 0);
            assert_true (g_hash_table_add (seen, g_strdup (dimension_of (&page, row, 0))));
        }
    }
    assert_int_equal (g_hash_table_size (seen), total);
    {
        g_autofree char *text = g_strdup_printf (body, 5000);
        g_auto (Answer) beyond = report (text);

        assert_null (at (&beyond, "rows"));
        assert_int_equal (int_at (&beyond, "rowCount"), total);
    }
}

static void
ranges_come_with_their_names (void **test_state)
{
    g_auto (Answer) got =
        report ("{\"dimensions\":[" DIM ("sessionDefaultChannelGroup") "],\"metrics\":[" DIM (
            "sessions") "],"
                        "\"dateRanges\":[{\"startDate\":\"7daysAgo\",\"endDate\":\"yesterday\"},"
                        "{\"startDate\":\"2026-11-07\",\"endDate\":\"2026-11-13\",\"name\":\"before\"}],"
                        "\"orderBys\":[{\"dimension\":{\"dimensionName\":\"dateRange\"}},{\"dimension\":{"
                        "\"dimensionName\":\"sessionDefaultChannelGroup\"}}],"
                        "\"metricAggregations\":[\"TOTAL\",\"MAXIMUM\"]}");
    size_t half = rows_of (&got) / 2;

    assert_string_equal (text_at (&got, "dimensionHeaders.1.name"), "dateRange");
    assert_string_equal (dimension_of (&got, 0, 1), "before");
    assert_string_equal (dimension_of (&got, 0, 0), "Direct");
    assert_string_equal (dimension_of (&got, half, 1), "date_range_0");
    assert_int_equal (json_array_size (at (&got, "totals")), 2);
    assert_string_equal (text_at (&got, "totals.0.dimensionValues.0.value"), "RESERVED_TOTAL");
    assert_string_equal (text_at (&got, "totals.0.dimensionValues.1.value"), "date_range_0");
    assert_true (int_at (&got, "maximums.0.metricValues.0.value") <
                 int_at (&got, "totals.0.metricValues.0.value"));
}

static void
filters_choose_rows (void **test_state)
{
    g_auto (Answer) all = report ("{\"dimensions\":[" DIM (
        "sessionDefaultChannelGroup") "],\"metrics\":[" DIM ("sessions") "]," MONTH "}");
    g_auto (Answer) some =
        report ("{\"dimensions\":[" DIM ("sessionDefaultChannelGroup") "],\"metrics\":[" DIM (
            "sessions") "]," MONTH ",\"dimensionFilter\":{\"andGroup\":{\"expressions\":["
                        "{\"filter\":{\"fieldName\":\"sessionDefaultChannelGroup\",\"inListFilter\":{"
                        "\"values\":[\"paid search\",\"Paid Social\",\"Email\"]}}},"
                        "{\"notExpression\":{\"filter\":{\"fieldName\":\"sessionDefaultChannelGroup\","
                        "\"stringFilter\":{\"matchType\":\"ENDS_WITH\",\"value\":\"Social\","
                        "\"caseSensitive\":true}}}}]}},"
                        "\"orderBys\":[{\"dimension\":{\"dimensionName\":\"sessionDefaultChannelGroup\"}}]}");
    g_auto (Answer) mobile = report ("{\"metrics\":[" DIM (
        "sessions") "]," MONTH ",\"dimensionFilter\":{\"orGroup\":{\"expressions\":[{\"filter\":{"
                    "\"fieldName\":\"deviceCategory\",\"stringFilter\":{\"value\":\"MOBILE\"}}},"
                    "{\"filter\":{\"fieldName\":\"deviceCategory\",\"stringFilter\":{\"matchType\":\"PARTIAL_"
                    "REGEXP\",\"value\":\"^tab\"}}}]}}}");
    g_auto (Answer) large =
        report ("{\"dimensions\":[" DIM ("sessionDefaultChannelGroup") "],\"metrics\":[" DIM (
            "sessions") "]," MONTH
                        ",\"metricFilter\":{\"filter\":{\"fieldName\":\"sessions\",\"numericFilter\":{"
                        "\"operation\":\"GREATER_THAN\",\"value\":{\"int64Value\":\"5000\"}}}}}");
    double share;

    assert_int_equal (rows_of (&some), 2);
    assert_string_equal (dimension_of (&some, 0, 0), "Email");
    assert_string_equal (dimension_of (&some, 1, 0), "Paid Search");
    share = metric_of (&mobile, 0, 0) / metric_sum (&all, 0);
    assert_true (share > .60 && share < .68);
    assert_true (rows_of (&large) > 0 && rows_of (&large) < rows_of (&all));
    for (size_t row = 0; row < rows_of (&large); row++)
        assert_true (metric_of (&large, row, 0) > 5000);
}

/* Unassigned has days with people but without a session. */
static void
empty_rows_are_kept_on_demand (void **test_state)
{
    static const char body[] = "{\"dimensions\":[" DIM ("date") "," DIM (
        "sessionDefaultChannelGroup") "],\"metrics\":[" DIM ("sessions") "]," MONTH ",\"keepEmptyRows\":%s}";
    g_autofree char *without = g_strdup_printf (body, "false"), *with = g_strdup_printf (body, "true");
    g_auto (Answer) few = report (without);
    g_auto (Answer) all = report (with);

    assert_true (rows_of (&few) < rows_of (&all));
    assert_int_equal ((gint64)metric_sum (&few, 0), (gint64)metric_sum (&all, 0));
}

static void
today_is_partial_and_the_propertys_own (void **test_state)
{
    Desk other;
    g_auto (Answer) fixed =
        report ("{\"dimensions\":[" DIM ("date") "],\"metrics\":[" DIM ("sessions") "]," DATES (
            "yesterday", "today") ",\"orderBys\":[{\"dimension\":{\"dimensionName\":\"date\"}}]}");

    assert_int_equal (rows_of (&fixed), 2);
    assert_true (metric_of (&fixed, 1, 0) < metric_of (&fixed, 0, 0) / 2);
    /* 12:00 UTC on the 21st is the 22nd in Kiribati, and the 21st in Los Angeles */
    desk_start (&other, NULL, 30, "Pacific/Kiritimati");
    {
        static const char body[] = "{\"dimensions\":[" DIM ("date") "],\"metrics\":[" DIM (
            "sessions") "]," DATES ("today", "today") "}";
        g_auto (Answer) east = desk_report (&other, body);
        g_auto (Answer) west =
            desk_ask (&other, "POST", "/v1beta/properties/" SMALL_PROPERTY ":runReport", body);

        assert_string_equal (dimension_of (&east, 0, 0), "20261122");
        assert_string_equal (dimension_of (&west, 0, 0), "20261121");
        assert_string_equal (text_at (&east, "metadata.timeZone"), "Pacific/Kiritimati");
        other.clock.time += 40 * 86400 * SECOND_US; /* a demo that runs for weeks */
    }
    {
        g_autofree char *token = desk_new_token (&other);
        g_auto (Answer) later =
            desk_send (&other, "POST", "/v1beta/properties/" MAIN_PROPERTY ":runReport", token,
                       "{\"metrics\":[" DIM ("sessions") "]," DATES ("20daysAgo", "yesterday") "}", NULL);

        assert_int_equal (later.status, 200);
        assert_true (metric_of (&later, 0, 0) > 5000);
    }
    desk_stop (&other);
}

static void
a_batch_keeps_its_order (void **test_state)
{
    g_auto (Answer) got = desk_ask (
        &desk, "POST", "/v1beta/properties/" MAIN_PROPERTY ":batchRunReports",
        "{\"requests\":[{\"metrics\":[" DIM (
            "sessions") "]," MONTH "},"
                        "{\"property\":\"properties/" MAIN_PROPERTY
                        "\",\"metrics\":[" DIM ("newUsers") "]," MONTH ",\"returnPropertyQuota\":true}]}");

    assert_int_equal (got.status, 200);
    assert_string_equal (text_at (&got, "kind"), "analyticsData#batchRunReports");
    assert_int_equal (json_array_size (at (&got, "reports")), 2);
    assert_string_equal (text_at (&got, "reports.0.metricHeaders.0.name"), "sessions");
    assert_string_equal (text_at (&got, "reports.1.metricHeaders.0.name"), "newUsers");
    assert_null (at (&got, "reports.0.propertyQuota"));
    assert_non_null (at (&got, "reports.1.propertyQuota"));
}

static void
money_is_converted_and_old_names_work (void **test_state)
{
    g_auto (Answer) euro =
        report ("{\"metrics\":[" DIM ("totalRevenue") "," DIM ("conversions") "]," MONTH "}");
    g_auto (Answer) dollar = report (
        "{\"metrics\":[" DIM ("totalRevenue") "," DIM ("keyEvents") "]," MONTH ",\"currency_code\":\"USD\"}");

    assert_true (fabs (metric_of (&dollar, 0, 0) / metric_of (&euro, 0, 0) - 1.1) < 1e-9);
    assert_string_equal (text_at (&dollar, "metadata.currencyCode"), "USD");
    assert_string_equal (text_at (&euro, "metricHeaders.1.name"), "conversions");
    assert_int_equal ((gint64)metric_of (&euro, 0, 1), (gint64)metric_of (&dollar, 0, 1));
}

static void
rates_are_of_sums (void **test_state)
{
    g_auto (Answer) got = report ("{\"metrics\":[" DIM ("sessions") "," DIM ("engagedSessions") "," DIM (
        "engagementRate") "," DIM ("bounceRate") "," DIM ("sessionKeyEventRate") "]," MONTH "}");
    double rate = metric_of (&got, 0, 1) / metric_of (&got, 0, 0);

    assert_true (fabs (metric_of (&got, 0, 2) - rate) < 1e-12);
    assert_true (fabs (metric_of (&got, 0, 2) + metric_of (&got, 0, 3) - 1) < 1e-12);
    assert_true (metric_of (&got, 0, 4) > .005 && metric_of (&got, 0, 4) < .1);
}

static void
metadata_names_the_old_names (void **test_state)
{
    g_auto (Answer) got = desk_ask (&desk, "GET", "/v1beta/properties/" MAIN_PROPERTY "/metadata", NULL);
    g_auto (Answer) common = desk_ask (&desk, "GET", "/v1beta/properties/0/metadata", NULL);
    json_t *metric;
    size_t i;
    gboolean found = FALSE;

    json_array_foreach (at (&got, "metrics"), i,
                        metric) if (strcmp (json_string_value (json_object_get (metric, "apiName")),
                                            "keyEvents") == 0) found =
        strcmp (json_string_value (json_array_get (json_object_get (metric, "deprecatedApiNames"), 0)),
                "conversions") == 0;
    assert_true (found);
    assert_string_equal (text_at (&got, "name"), "properties/" MAIN_PROPERTY "/metadata");
    assert_int_equal (common.status, 200);
}

static json_t *
compatibility_of (const Answer *answer, const char *list, const char *inner, const char *name)
{
    json_t *item;
    size_t i;

    json_array_foreach (
        at (answer, list), i,
        item) if (strcmp (json_string_value (json_object_get (json_object_get (item, inner), "apiName")),
                          name) == 0) return json_object_get (item, "compatibility");
    return NULL;
}

static void
cost_is_incompatible_with_sessions (void **test_state)
{
    g_auto (Answer) got = desk_ask (&desk, "POST", "/v1beta/properties/" MAIN_PROPERTY ":checkCompatibility",
                                    "{\"metrics\":[" DIM ("sessions") "]}");
    g_auto (Answer) only =
        desk_ask (&desk, "POST", "/v1beta/properties/" MAIN_PROPERTY ":checkCompatibility",
                  "{\"metrics\":[" DIM ("advertiserAdCost") "],\"compatibilityFilter\":\"COMPATIBLE\"}");

    assert_string_equal (json_string_value (compatibility_of (&got, "metricCompatibilities", "metricMetadata",
                                                              "advertiserAdCost")),
                         "INCOMPATIBLE");
    assert_string_equal (
        json_string_value (compatibility_of (&got, "metricCompatibilities", "metricMetadata", "newUsers")),
        "COMPATIBLE");
    assert_null (compatibility_of (&only, "dimensionCompatibilities", "dimensionMetadata", "landingPage"));
    assert_non_null (compatibility_of (&only, "dimensionCompatibilities", "dimensionMetadata", "date"));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (days_are_the_truth),
        cmocka_unit_test (channels_add_up_but_their_users_do_not),
        cmocka_unit_test (landing_pages_nearly_add_up),
        cmocka_unit_test (users_of_a_period_are_unique),
        cmocka_unit_test (the_shape_is_googles),
        cmocka_unit_test (no_data_has_no_rows_and_no_count),
        cmocka_unit_test (pages_walk_to_the_end),
        cmocka_unit_test (ranges_come_with_their_names),
        cmocka_unit_test (filters_choose_rows),
        cmocka_unit_test (empty_rows_are_kept_on_demand),
        cmocka_unit_test (today_is_partial_and_the_propertys_own),
        cmocka_unit_test (a_batch_keeps_its_order),
        cmocka_unit_test (money_is_converted_and_old_names_work),
        cmocka_unit_test (rates_are_of_sums),
        cmocka_unit_test (metadata_names_the_old_names),
        cmocka_unit_test (cost_is_incompatible_with_sessions),
    };

    return cmocka_run_group_tests (tests, start, stop);
}
