/* The simulated Marketing API: accounts, insights, report runs, limits, errors. */
#include "desk.h"

#include "sim/meta.h"

static Desk desk;

#define ACT      "act_1010202030304040"
#define ACT_US   "act_1010202030305050"
#define ACT_NONE "act_1010202030306060"
#define BASE     "/v25.0/" ACT "/insights?level=campaign&time_increment=1"
#define DAYS     "&time_range=%7B%22since%22%3A%222026-10-01%22%2C%22until%22%3A%222026-10-30%22%7D"
#define ONE_DAY  "&time_range=%7B%22since%22%3A%222026-10-01%22%2C%22until%22%3A%222026-10-01%22%7D"
#define FIELDS   "&fields=campaign_id,spend,impressions,clicks,inline_link_clicks,actions,action_values"

static int
start (void **test_state)
{
    desk_start (&desk, TODAY, 200, NULL);
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

static Answer
get (const char *target)
{
    return desk_send (&desk, "GET", target, META_ACCESS_TOKEN, NULL, NULL);
}

static void
fails (const char *target, int status, int code, int subcode, const char *message)
{
    g_auto (Answer) answer = get (target);

    if (answer.status != status || !strstr (text_at (&answer, "error.message"), message))
        print_error ("%s: %d %s\n", target, answer.status, answer.text);
    assert_int_equal (answer.status, status);
    assert_int_equal (int_at (&answer, "error.code"), code);
    assert_int_equal (int_at (&answer, "error.error_subcode"), subcode);
    assert_non_null (strstr (text_at (&answer, "error.message"), message));
}

static void
an_account_describes_itself (void **test_state)
{
    g_auto (Answer) one =
        get ("/v25.0/" ACT "?fields=name,currency,timezone_name,account_status,timezone_offset_hours_utc");
    g_auto (Answer) all = get ("/v26.0/me/adaccounts?fields=id,account_id,currency&limit=2");
    g_auto (Answer) rest = { 0 };
    g_autofree char *next = NULL;

    assert_string_equal (text_at (&one, "id"), ACT);
    assert_string_equal (text_at (&one, "currency"), "EUR");
    assert_string_equal (text_at (&one, "timezone_name"), "Europe/Berlin");
    assert_int_equal (int_at (&one, "account_status"), 1);
    assert_int_equal (json_array_size (at (&all, "data")), 2);
    assert_string_equal (text_at (&all, "data.1.currency"), "USD");
    next = g_strdup_printf ("/v26.0/me/adaccounts?limit=2&after=%s", text_at (&all, "paging.cursors.after"));
    rest = get (next);
    assert_int_equal (json_array_size (at (&rest, "data")), 1);
    assert_string_equal (text_at (&rest, "data.0.id"), ACT_NONE);
    assert_null (at (&rest, "paging.next"));
}

static void
it_is_as_strict_as_the_real_one (void **test_state)
{
    g_auto (Answer) none = desk_send (&desk, "GET", "/v25.0/" ACT, NULL, NULL, NULL);
    g_auto (Answer) dead = desk_send (&desk, "GET", "/v25.0/" ACT, "x", NULL, NULL);
    g_auto (Answer) query =
        desk_send (&desk, "GET", "/v25.0/" ACT "?access_token=" META_ACCESS_TOKEN, NULL, NULL, NULL);

    assert_int_equal (int_at (&none, "error.code"), 104);
    assert_int_equal (int_at (&dead, "error.code"), 190);
    assert_int_equal (query.status, 200);
    fails ("/" ACT "/insights", 400, 2635, 0, "deprecated version");
    fails ("/v23.0/" ACT "/insights", 400, 2635, 0, "deprecated version");
    fails ("/v99.0/" ACT "/insights", 400, 2500, 0, "Unknown path components");
    fails ("/v25.0/act_1/insights", 400, 100, 33, "Unsupported get request. Object with ID 'act_1'");
    fails ("/v25.0/" ACT "?fields=nme", 400, 100, 0, "nonexisting field (nme)");
    fails (BASE DAYS "&fields=spent", 400, 100, 0, "spent is not valid for fields param");
    fails ("/v25.0/" ACT "/insights?level=campain", 400, 100, 0, "Param level must be one of");
    fails (BASE "&time_range=2026-10-01", 400, 100, 0, "YYYY-MM-DD");
    fails (BASE "&time_range=%7B%22since%22%3A%222026-02-30%22%2C%22until%22%3A%222026-03-01%22%7D", 400, 100,
           0, "YYYY-MM-DD");
    fails (BASE "&time_range=%7B%22since%22%3A%222026-10-02%22%2C%22until%22%3A%222026-10-01%22%7D", 400, 100,
           0, "Start date");
    fails (BASE "&time_range=%7B%22since%22%3A%222023-10-20%22%2C%22until%22%3A%222026-10-01%22%7D", 400,
           3018, 0, "37 months");
    fails (BASE DAYS "&limit=0", 400, 100, 0, "limit");
    fails (BASE DAYS "&after=eHg%3D", 400, 2642, 0, "cursors");
    fails ("/v25.0/" ACT "/insights?time_increment=91", 400, 100, 0, "time_increment");
    fails (BASE DAYS "&action_attribution_windows=7d_click", 400, 100, 0, "must be an array");
    fails (BASE DAYS "&action_attribution_windows=%5B%223d_click%22%5D", 400, 100, 0, "must be an array");
    fails (BASE DAYS "&use_unified_attribution_setting=yes", 400, 100, 0, "must be a boolean");
}

static void
lists_are_long_and_may_turn (void **test_state)
{
    g_auto (Answer) first = { 0 }, last = { 0 };

    desk_switch (&desk, "{\"meta_extra_accounts\":30}");
    first = get ("/v25.0/me/adaccounts?fields=id,name,currency&limit=20");
    assert_int_equal (json_array_size (at (&first, "data")), 20);
    assert_non_null (at (&first, "paging.next"));
    last = get ("/v25.0/me/adaccounts?fields=id&limit=20&after=YXQyMA==");
    assert_int_equal (json_array_size (at (&last, "data")), 13);
    assert_null (at (&last, "paging.next"));
    fails ("/v25.0/act_9000000000", 400, 100, 33, "does not exist");
    desk_switch (&desk, "{\"meta_circle\":1}");
    answer_clear (&last);
    last = get ("/v25.0/me/adaccounts?fields=id&limit=5&after=YXQyMA==");
    assert_string_equal (text_at (&last, "paging.cursors.after"), "YXQyMA==");
}

/* No ads on some days of a year, a campaign that ended, and a sale: told, to be found. */
static void
the_truth_names_unusual_days (void **test_state)
{
    g_auto (Answer) truth = desk_ask (&desk, "GET", "/sim/truth?account=" ACT, NULL);
    const json_t *unusual = at (&truth, "unusual_days"), *events = at (&truth, "events");

    assert_true (json_array_size (unusual) > 0);
    assert_true (json_array_size (events) > json_array_size (unusual) / 4);
    for (gsize i = 0; i < json_array_size (unusual); i++) {
        const char *kind = json_string_value (json_object_get (json_array_get (unusual, i), "kind"));

        assert_true (g_str_equal (kind, "ads_off") || g_str_equal (kind, "sale"));
    }
}

static void
a_proof_must_fit (void **test_state)
{
    fails ("/v25.0/" ACT "?appsecret_proof=00", 400, 100, 0, "Invalid appsecret_proof");
    desk_switch (&desk, "{\"meta_proof\":1}");
    fails ("/v25.0/" ACT, 400, 100, 0, "require an appsecret_proof");
}

/* Rows are texts, by day, with cursors on the last page too, and add up to the truth. */
static void
pages_add_up_to_the_truth (void **test_state)
{
    g_auto (Answer) truth =
        desk_ask (&desk, "GET", "/sim/truth?account=" ACT "&startDate=2026-10-01&endDate=2026-10-30", NULL);
    g_autofree char *after = g_strdup ("");
    gint64 spend = 0, clicks = 0, rows = 0;

    while (after) {
        g_autofree char *target =
            g_strconcat (BASE DAYS FIELDS "&limit=17", *after ? "&after=" : "", after, NULL);
        g_auto (Answer) page = get (target);
        json_t *row;
        size_t i;

        json_array_foreach (at (&page, "data"), i, row)
        {
            spend +=
                (gint64)(g_ascii_strtod (json_string_value (json_object_get (row, "spend")), NULL) * 100 +
                         .5);
            clicks += g_ascii_strtoll (json_string_value (json_object_get (row, "clicks")), NULL, 10);
            rows++;
        }
        g_free (after);
        after = NULL;
        assert_non_null (at (&page, "paging.cursors.after"));
        if (at (&page, "paging.next")) {
            assert_non_null (strstr (text_at (&page, "paging.next"), META_ACCESS_TOKEN));
            after = g_uri_escape_string (text_at (&page, "paging.cursors.after"), NULL, FALSE);
        }
    }
    assert_true (rows > 40);
    assert_int_equal (spend * 10000, int_at (&truth, "period.spend_micros"));
    assert_int_equal (clicks, int_at (&truth, "period.clicks"));
}

static void
purchases_overlap (void **test_state)
{
    static const struct {
        const char *set, *first;
        size_t n;
    } cases[] = { { "{\"meta_actions\":\"all\"}", "omni_purchase", 5 },
                  { "{\"meta_actions\":\"purchase\"}", "purchase", 3 },
                  { "{\"meta_actions\":\"pixel\"}", "offsite_conversion.fb_pixel_purchase", 1 } };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_auto (Answer) answer = { 0 };

        desk_switch (&desk, cases[i].set);
        answer = get (BASE ONE_DAY FIELDS);
        assert_string_equal (text_at (&answer, "data.0.action_values.0.action_type"), cases[i].first);
        assert_int_equal (json_array_size (at (&answer, "data.0.action_values")), cases[i].n);
        assert_string_equal (text_at (&answer, "data.0.actions.0.action_type"), "link_click");
    }
}

/* The ads' clicks bring the visits: Paid Social follows the spend. */
static void
both_platforms_tell_one_story (void **test_state)
{
    g_auto (Answer) ads = desk_ask (&desk, "GET", "/sim/truth?account=" ACT, NULL);
    g_auto (Answer) site = desk_ask (&desk, "GET", "/sim/truth?property=" MAIN_PROPERTY, NULL);
    json_t *day;
    size_t i, idle = 0, days = json_array_size (at (&ads, "days"));
    double sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0, n = (double)days;

    json_array_foreach (at (&ads, "days"), i, day)
    {
        double x = json_number_value (json_object_get (day, "spend_micros")) / 1e6, y = 0;
        json_t *channel, *channels = json_object_get (json_array_get (at (&site, "days"), i), "channels");
        size_t c;

        json_array_foreach (channels, c,
                            channel) if (strcmp (json_string_value (json_object_get (channel, "channel")),
                                                 "Paid Social") == 0) y =
            json_number_value (json_object_get (channel, "sessions"));
        idle += json_array_size (json_object_get (day, "campaigns")) == 0;
        sx += x, sy += y, sxx += x * x, syy += y * y, sxy += x * y;
    }
    assert_in_range (days, 190, 210);
    assert_in_range (idle, 1, 20);
    assert_true ((n * sxy - sx * sy) / sqrt ((n * sxx - sx * sx) * (n * syy - sy * sy)) > .8);
}

static void
purchases_drift_in (void **test_state)
{
    g_auto (Answer) now = desk_ask (&desk, "GET", "/sim/truth?account=" ACT, NULL), later = { 0 };
    json_t *before, *after;
    size_t i, n = json_array_size (at (&now, "days")), grown = 0;

    desk_switch (&desk, "{\"meta_drift\":0}");
    later = desk_ask (&desk, "GET", "/sim/truth?account=" ACT, NULL);
    json_array_foreach (at (&now, "days"), i, before)
    {
        after = json_array_get (at (&later, "days"), i);
        assert_true (
            json_equal (json_object_get (before, "spend_micros"), json_object_get (after, "spend_micros")));
        if (json_equal (json_object_get (before, "conversions"), json_object_get (after, "conversions")))
            continue;
        grown++;
        assert_true (i + 28 >= n);
        assert_true (json_integer_value (json_object_get (before, "conversions")) <
                     json_integer_value (json_object_get (after, "conversions")));
    }
    assert_true (grown > 15);
}

static void
zeros_are_missing (void **test_state)
{
    g_auto (Answer) idle = get ("/v25.0/" ACT_NONE "/insights?level=campaign&time_increment=1" DAYS FIELDS);
    g_auto (Answer) today = { 0 };

    assert_int_equal (json_array_size (at (&idle, "data")), 0);
    assert_null (at (&idle, "paging"));
    desk_switch (&desk, "{\"meta_numbers\":1,\"meta_all_metrics\":1}");
    today = get (BASE ONE_DAY FIELDS);
    assert_true (json_is_number (at (&today, "data.0.spend")));
}

/* ---- report runs ---- */

static char *
order (void)
{
    g_auto (Answer) answer = desk_send (&desk, "POST", "/v25.0/" ACT "/insights", META_ACCESS_TOKEN,
                                        "level=campaign&time_increment=1&fields=campaign_id,spend&time_range="
                                        "%7B%22since%22%3A%222026-10-01%22%2C"
                                        "%22until%22%3A%222026-10-30%22%7D",
                                        NULL);

    assert_int_equal (answer.status, 200);
    return g_strdup_printf ("/v25.0/%s", text_at (&answer, "report_run_id"));
}

static void
looks (const char *run, const char *status, int percent)
{
    g_auto (Answer) answer = get (run);

    assert_string_equal (text_at (&answer, "async_status"), status);
    assert_int_equal (int_at (&answer, "async_percent_completion"), percent);
}

static void
a_run_gets_done (void **test_state)
{
    g_autofree char *run = order (), *pages = g_strconcat (run, "/insights?limit=10", NULL);
    g_auto (Answer) page = { 0 }, direct = get (BASE DAYS "&fields=campaign_id,spend&limit=10");

    looks (run, "Job Not Started", 0);
    fails (pages, 400, 2601, 1815107, "Error accessing adreport job");
    looks (run, "Job Running", 40);
    looks (run, "Job Completed", 100);
    page = get (pages);
    assert_true (json_equal (at (&page, "data"), at (&direct, "data")));
    fails ("/v25.0/6023000000009999", 400, 100, 33, "does not exist");
}

static void
a_run_goes_wrong (void **test_state)
{
    static const struct {
        const char *set, *status;
        int percent, code;
    } cases[] = {
        { "{\"meta_run_looks\":0,\"meta_run\":\"stuck\"}", "Job Not Started", 0, 0 },
        { "{\"meta_run_looks\":0,\"meta_run\":\"failed\"}", "Job Failed", 15, 0 },
        { "{\"meta_run_looks\":0,\"meta_run\":\"failed_why\"}", "Job Failed", 15, 2 },
        { "{\"meta_run_looks\":0,\"meta_run\":\"skipped\"}", "Job Skipped", 0, 0 },
        { "{\"meta_run_looks\":0,\"meta_run\":\"incomplete\"}", "Job Completed", 98, 0 },
        { "{\"meta_run_looks\":0,\"meta_run\":\"complete\",\"meta_most_rows\":5}", "Job Failed", 15, 100 },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *run = NULL;
        g_auto (Answer) answer = { 0 };

        desk_switch (&desk, cases[i].set);
        run = order ();
        answer = get (run);
        assert_string_equal (text_at (&answer, "async_status"), cases[i].status);
        assert_int_equal (int_at (&answer, "async_percent_completion"), cases[i].percent);
        assert_int_equal (int_at (&answer, "error_code"), cases[i].code);
    }
    desk_switch (
        &desk,
        "{\"meta_run_race\":{\"value\":1,\"times\":1},\"meta_most_rows\":0,\"meta_run\":\"complete\"}");
    {
        g_autofree char *run = order ();

        fails (run, 400, 100, 33, "does not exist");
        looks (run, "Job Completed", 100);
    }
}

/* ---- limits and errors ---- */

static void
too_much_is_refused (void **test_state)
{
    desk_switch (&desk, "{\"meta_most_rows\":10}");
    fails (BASE DAYS, 400, 100, 1487534, "Invalid parameter");
    desk_switch (&desk, "{\"meta_most_rows\":0,\"meta_most_limit\":100}");
    fails (BASE DAYS "&limit=101", 500, 1, 0, "Please reduce the amount of data you're asking for");
    {
        g_auto (Answer) fine = get (BASE DAYS "&limit=100");

        assert_int_equal (fine.status, 200);
    }
}

static void
usage_rises_until_it_refuses (void **test_state)
{
    static const char *const headers[] = { "business", "app", "account", "insights" };

    for (guint i = 0; i < G_N_ELEMENTS (headers); i++) {
        g_autofree char *set = g_strdup_printf (
            "{\"meta_usage\":0,\"meta_step\":40,\"meta_regain\":7,\"meta_header\":\"%s\"}", headers[i]);
        SimReply reply = { 0 };
        g_auto (Answer) first = { 0 }, second = { 0 };

        desk_switch (&desk, set);
        first = desk_send (&desk, "GET", "/v25.0/" ACT, META_ACCESS_TOKEN, NULL, &reply);
        assert_int_equal (first.status, 200);
        assert_int_equal (reply.headers->len, 2);
        assert_non_null (strstr (reply.headers->pdata[1], "40"));
        assert_null (strstr (reply.headers->pdata[1], ":7,")); /* nothing to regain yet */
        sim_reply_clear (&reply);
        second = get ("/v25.0/" ACT);
        assert_int_equal (second.status, 200);
        fails ("/v25.0/" ACT, 400, 80004, 2446079, "too many calls");
    }
}

static void
every_error_can_be_had (void **test_state)
{
    g_auto (GStrv) words = g_strsplit (switch_infos[SWITCH_META_FAULT].choices, "|", -1);

    for (guint i = 1; words[i]; i++) {
        g_autofree char *set = g_strdup_printf ("{\"meta_fault\":{\"value\":\"%s\",\"times\":1}}", words[i]);
        g_auto (GStrv) parts = g_strsplit (words[i], "/", 2);
        g_auto (Answer) answer = { 0 }, next = { 0 };

        desk_switch (&desk, set);
        answer = get ("/v25.0/" ACT);
        assert_true (answer.status >= 400);
        assert_int_equal (int_at (&answer, "error.code"), g_ascii_strtoll (parts[0], NULL, 10));
        if (parts[1])
            assert_int_equal (int_at (&answer, "error.error_subcode"), g_ascii_strtoll (parts[1], NULL, 10));
        next = get ("/v25.0/" ACT);
        assert_int_equal (next.status, 200);
    }
}

static void
answers_can_be_odd (void **test_state)
{
    g_auto (Answer) hidden = { 0 }, html = { 0 };

    desk_switch (&desk, "{\"meta_fault\":\"190/463\",\"meta_status_200\":1}");
    hidden = get ("/v25.0/" ACT);
    assert_int_equal (hidden.status, 200);
    assert_int_equal (int_at (&hidden, "error.code"), 190);
    desk_reset (&desk);
    desk_switch (&desk, "{\"meta_broken\":\"html\"}");
    html = get ("/v25.0/" ACT);
    assert_int_equal (html.status, 502);
    assert_null (html.json);
    desk_reset (&desk);
    desk_switch (&desk, "{\"meta_old_version\":1}");
    fails ("/v25.0/" ACT, 400, 2635, 0, "deprecated version");
}

static void
a_token_is_looked_at (void **test_state)
{
    g_auto (Answer) good = desk_send (&desk, "GET", "/v25.0/debug_token?input_token=" META_ACCESS_TOKEN,
                                      META_APP_ID "|" META_APP_SECRET, NULL, NULL);
    g_auto (Answer) bad = desk_send (&desk, "GET", "/v25.0/debug_token?input_token=x",
                                     META_APP_ID "|" META_APP_SECRET, NULL, NULL);

    assert_true (json_is_true (at (&good, "data.is_valid")));
    assert_int_equal (int_at (&good, "data.expires_at"), 0);
    assert_string_equal (text_at (&good, "data.scopes.0"), "ads_read");
    assert_false (json_is_true (at (&bad, "data.is_valid")));
}

/* A yen account has no hundredths; a zone far ahead has its own today. */
static void
currencies_and_zones_differ (void **test_state)
{
    SimOptions options = SIM_OPTIONS_NONE;
    g_autoptr (SimState) state = NULL;
    g_autoptr (GArray) campaigns = NULL;
    Property *property;
    AdDay numbers;
    AdMoment moment;

    options.days = 60;
    options.currency = "JPY";
    options.time_zone = "Pacific/Auckland";
    options.clock = &desk.clock.clock; /* noon in London: the next day in Auckland */
    state = sim_state_new (&options, NULL);
    property = meta_account_find (state, ACT);
    moment = meta_moment (state, property);
    assert_int_equal (moment.today, day_of (2026, 11, 22));
    campaigns = ads_campaigns (property);
    assert_true (ads_day (property, &g_array_index (campaigns, AdCampaign, 0), day_of (2026, 10, 1), &moment,
                          &numbers));
    assert_true (numbers.spend > 100000 && numbers.spend % 100 == 0);
}

int
main (void)
{
#define TEST(name) cmocka_unit_test_setup (name, reset)
    const struct CMUnitTest tests[] = {
        TEST (an_account_describes_itself),
        TEST (it_is_as_strict_as_the_real_one),
        TEST (a_proof_must_fit),
        TEST (pages_add_up_to_the_truth),
        TEST (purchases_overlap),
        TEST (both_platforms_tell_one_story),
        TEST (purchases_drift_in),
        TEST (zeros_are_missing),
        TEST (a_run_gets_done),
        TEST (a_run_goes_wrong),
        TEST (too_much_is_refused),
        TEST (lists_are_long_and_may_turn),
        TEST (the_truth_names_unusual_days),
        TEST (usage_rises_until_it_refuses),
        TEST (every_error_can_be_had),
        TEST (answers_can_be_odd),
        TEST (a_token_is_looked_at),
        TEST (currencies_and_zones_differ),
    };

    return cmocka_run_group_tests (tests, start, stop);
}
