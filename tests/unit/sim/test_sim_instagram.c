/* The simulated Instagram: strict, in the real shapes, and true to itself. */
#include "desk.h"
#include "sim/instagram.h"

#define GRAPH   "/v25.0/"
#define ACCOUNT GRAPH INSTAGRAM_ACCOUNT
#define DAILY   "&period=day&metric_type=total_value"
#define SERIES  "?metric=reach&period=day&metric_type=time_series"

static Answer
get (Desk *desk, const char *target)
{
    return desk_send (desk, "GET", target, INSTAGRAM_TOKEN, NULL, NULL);
}

static void
must_fail (Desk *desk, const char *target, gint64 code, const char *words)
{
    g_auto (Answer) answer = get (desk, target);

    if (answer.status != 400 || int_at (&answer, "error.code") != code ||
        !strstr (text_at (&answer, "error.message"), words))
        fail_msg ("%s answers %d %s", target, answer.status, answer.text);
}

/* since and until of days at midnight in California. */
static char *
span_of (const char *head, Day from, Day to)
{
    return g_strdup_printf ("%s&since=%" G_GINT64_FORMAT "&until=%" G_GINT64_FORMAT, head,
                            instagram_midnight_of (from) / SECOND_US,
                            instagram_midnight_of (to + 1) / SECOND_US);
}

static int
setup (void **state)
{
    Desk *desk = g_new0 (Desk, 1);

    desk_start (desk, TODAY, 200, NULL); /* long enough for a viral post */
    *state = desk;
    return 0;
}

static int
teardown (void **state)
{
    desk_stop (*state);
    g_free (*state);
    return 0;
}

static Day
today (void)
{
    Day day;

    assert_true (day_parse (TODAY, &day));
    return day;
}

static void
test_token (void **state)
{
    Desk *desk = *state;
    g_auto (Answer) none = desk_send (desk, "GET", ACCOUNT, NULL, NULL, NULL);
    g_auto (Answer) wrong = desk_send (desk, "GET", ACCOUNT, "EAAwrong", NULL, NULL);
    g_auto (Answer) in_query =
        desk_send (desk, "GET", ACCOUNT "?access_token=" INSTAGRAM_TOKEN, NULL, NULL, NULL);

    assert_int_equal (int_at (&none, "error.code"), 2500);
    assert_int_equal (int_at (&wrong, "error.code"), 190);
    assert_int_equal (in_query.status, 200);
    desk_switch (desk, "{\"ig_token\":{\"value\":\"password\",\"times\":1}}");
    must_fail (desk, ACCOUNT, 190, "changed their password");
    in_query = (answer_clear (&in_query), get (desk, ACCOUNT));
    assert_int_equal (in_query.status, 200);
}

static void
test_paths (void **state)
{
    Desk *desk = *state;
    g_auto (Answer) unversioned = get (desk, "/" INSTAGRAM_ACCOUNT);
    g_auto (Answer) foreign = get (desk, GRAPH "act_1/insights");

    assert_int_equal (unversioned.status, 404);
    assert_int_equal (foreign.status == 200, FALSE);
    must_fail (desk, GRAPH "17841499999999999", 100, "does not exist");
    must_fail (desk, ACCOUNT "?fields=id,shoe_size", 100, "nonexisting field (shoe_size)");
    must_fail (desk, GRAPH "104000000000001?fields=username", 100, "node type (Page)");
}

static void
test_pages (void **state)
{
    g_auto (Answer) answer = get (*state, GRAPH "me/accounts?fields=id,name,instagram_business_account");

    assert_int_equal (json_array_size (at (&answer, "data")), 3);
    assert_string_equal (text_at (&answer, "data.0.instagram_business_account.id"), INSTAGRAM_ACCOUNT);
    assert_string_equal (text_at (&answer, "data.1.instagram_business_account.id"), INSTAGRAM_SMALL_ACCOUNT);
    assert_null (at (&answer, "data.2.instagram_business_account"));
}

static void
test_strictness (void **state)
{
    Desk *desk = *state;
    g_autofree char *month = span_of (ACCOUNT "/insights" SERIES, today () - 31, today () - 1);
    g_autofree char *future = span_of (ACCOUNT "/insights" SERIES, today () + 1, today () + 2);

    must_fail (desk, ACCOUNT "/insights?period=day", 100, "metric is required");
    must_fail (desk, ACCOUNT "/insights?metric=impressions" DAILY, 100, "metric[0] must be one of");
    must_fail (desk, ACCOUNT "/insights?metric=reach", 100, "period");
    must_fail (desk, ACCOUNT "/insights?metric=profile_views&period=day", 100, "metric_type=total_value");
    must_fail (desk, ACCOUNT "/insights?metric=reach,views&period=day&metric_type=time_series", 100, "views");
    must_fail (desk, ACCOUNT "/insights?metric=accounts_engaged&breakdown=follow_type" DAILY, 1, "unknown");
    must_fail (desk, ACCOUNT "/insights" SERIES "&since=yesterday", 100, "since");
    must_fail (desk, month, 100, "30 days (2592000 s)");
    must_fail (desk, future, 100, "future");
    must_fail (desk, ACCOUNT "/media?limit=101", 100, "limit");
    must_fail (desk, ACCOUNT "/media?after=x", 2642, "cursor");
}

/* A day of 25 hours (the clocks went back on 2026-11-01) and the ones beside it. */
static void
test_end_times (void **state)
{
    Day sunday;
    g_autofree char *target = NULL;
    g_auto (Answer) answer = { 0 };

    assert_true (day_parse ("2026-11-01", &sunday));
    target = span_of (ACCOUNT "/insights" SERIES, sunday - 1, sunday + 1);
    answer = get (*state, target);
    assert_int_equal (json_array_size (at (&answer, "data.0.values")), 3);
    assert_string_equal (text_at (&answer, "data.0.values.0.end_time"), "2026-11-01T07:00:00+0000");
    assert_string_equal (text_at (&answer, "data.0.values.1.end_time"), "2026-11-02T08:00:00+0000");
    assert_non_null (strstr (text_at (&answer, "paging.next"), "access_token="));
}

static void
test_days_agree_with_truth (void **state)
{
    Desk *desk = *state;
    g_auto (Answer) truth =
        desk_ask (desk, "GET",
                  "/sim/truth?instagram=" INSTAGRAM_ACCOUNT "&startDate=2026-11-10&endDate=2026-11-12", NULL);
    Day day;
    g_autofree char *target = NULL;
    g_auto (Answer) answer = { 0 };

    assert_true (day_parse ("2026-11-11", &day));
    target =
        span_of (ACCOUNT "/insights?metric=likes,comments,saves,shares,total_interactions" DAILY, day, day);
    answer = get (desk, target);
    assert_int_equal (json_array_size (at (&truth, "days")), 3);
    assert_string_equal (text_at (&answer, "data.0.name"), "total_interactions");
    assert_int_equal (int_at (&answer, "data.0.total_value.value"),
                      int_at (&truth, "days.1.total_interactions"));
    assert_int_equal (
        int_at (&answer, "data.0.total_value.value"),
        int_at (&answer, "data.1.total_value.value") + int_at (&answer, "data.2.total_value.value") +
            int_at (&answer, "data.3.total_value.value") + int_at (&answer, "data.4.total_value.value"));
}

static void
test_media_pages (void **state)
{
    Desk *desk = *state;
    g_auto (Answer) first = get (desk, ACCOUNT "/media?fields=id,timestamp,like_count&limit=100");
    g_autofree char *target = g_strdup_printf (ACCOUNT "/media?fields=id,timestamp&limit=100&after=%s",
                                               text_at (&first, "paging.cursors.after"));
    g_auto (Answer) second = get (desk, target);

    assert_int_equal (json_array_size (at (&first, "data")), 100);
    assert_int_equal (json_array_size (at (&second, "data")), 20);
    assert_non_null (strstr (text_at (&first, "paging.next"), "access_token="));
    assert_non_null (at (&second, "paging.cursors.after")); /* on the last page too */
    assert_null (at (&second, "paging.next"));
    assert_true (strcmp (text_at (&first, "data.0.timestamp"), text_at (&second, "data.19.timestamp")) > 0);
    desk_switch (desk, "{\"ig_hidden_likes\":1}");
    first = (answer_clear (&first), get (desk, ACCOUNT "/media?fields=id,like_count"));
    assert_null (at (&first, "data.0.like_count"));
    assert_int_equal (json_array_size (at (&first, "data")), 25);
}

static char *
post_target (Desk *desk, guint number, const char *query)
{
    g_autofree char *target = g_strdup_printf (ACCOUNT "/media?limit=%u", number);
    g_auto (Answer) answer = get (desk, target);
    g_autofree char *place = g_strdup_printf ("data.%u.id", number - 1);

    return g_strdup_printf (GRAPH "%s/insights?%s", text_at (&answer, place), query);
}

static void
test_post_switches (void **state)
{
    Desk *desk = *state;
    g_autofree char *second = post_target (desk, 2, "metric=reach,views,saved");
    g_autofree char *third = post_target (desk, 3, "metric=reach,views");
    g_autofree char *saves = post_target (desk, 3, "metric=saves");
    g_auto (Answer) good = get (desk, second);

    assert_int_equal (good.status, 200);
    assert_string_equal (text_at (&good, "data.2.name"), "saved");
    assert_true (int_at (&good, "data.0.values.0.value") > 0);
    must_fail (desk, saves, 100, "metric[0] must be one of");
    desk_switch (desk, "{\"ig_deleted\":2,\"ig_few_viewers\":3}");
    must_fail (desk, second, 100, "does not exist");
    must_fail (desk, third, 10, "Not enough viewers");
    desk_switch (desk, "{\"ig_deleted\":0,\"ig_few_viewers\":0,\"ig_conversion\":3,\"ig_old_views\":2}");
    must_fail (desk, second, 100, "does not support the views metric");
    must_fail (desk, third, 100, "before business account conversion");
}

/* At noon today's is there, and yesterday's morning story has vanished. */
static void
test_stories (void **state)
{
    Desk *desk = *state;
    g_auto (Answer) answer = get (desk, ACCOUNT "/stories?fields=id,media_product_type");
    g_autofree char *today_id = g_strdup_printf ("1791%013d", today ());
    g_autofree char *now = g_strdup_printf ("/v25.0/%s/insights?metric=reach", today_id);
    g_autofree char *before = g_strdup_printf ("/v25.0/1791%013d/insights?metric=reach", today () - 1);

    assert_int_equal (json_array_size (at (&answer, "data")), 1);
    assert_string_equal (text_at (&answer, "data.0.media_product_type"), "STORY");
    assert_string_equal (text_at (&answer, "data.0.id"), today_id);
    must_fail (desk, before, 100, "does not exist");
    answer = (answer_clear (&answer), get (desk, now));
    assert_int_equal (answer.status, 200);
    desk_switch (desk, "{\"ig_story_gone\":1}");
    must_fail (desk, now, 100, "does not exist");
}

/* A Page without an account comes before the others, over pages. */
static void
test_more_pages (void **state)
{
    Desk *desk = *state;
    g_auto (Answer) answer = { 0 };

    desk_switch (desk, "{\"ig_extra_pages\":130}");
    answer = get (desk, "/v25.0/me/accounts?fields=id,name,instagram_business_account&limit=100");
    assert_int_equal (json_array_size (at (&answer, "data")), 100);
    assert_non_null (text_at (&answer, "paging.next"));
    answer_clear (&answer);
    answer =
        get (desk, "/v25.0/me/accounts?fields=id,instagram_business_account&limit=100&after=QVFIUdaymark100");
    assert_int_equal (json_array_size (at (&answer, "data")), 33);
    assert_null (at (&answer, "paging.next"));
}

static void
test_missing_is_empty (void **state)
{
    Desk *desk = *state;
    g_autofree char *old = span_of (ACCOUNT "/insights" SERIES, today () - 120, today () - 110);
    g_autofree char *new = span_of (ACCOUNT "/insights?metric=views" DAILY, today () - 1, today () - 1);
    g_auto (Answer) answer = get (desk, old);

    assert_int_equal (answer.status, 200);
    assert_int_equal (json_array_size (at (&answer, "data")), 0);
    desk_switch (desk, "{\"ig_late\":48}");
    answer = (answer_clear (&answer), get (desk, new));
    assert_int_equal (json_array_size (at (&answer, "data")), 0);
    desk_switch (desk, "{\"ig_late\":0,\"ig_empty\":1}");
    answer = (answer_clear (&answer), get (desk, new));
    assert_int_equal (json_array_size (at (&answer, "data")), 0);
    desk_reset (desk);
    answer = (answer_clear (&answer), get (desk, new));
    assert_int_equal (json_array_size (at (&answer, "data")), 1);
}

static void
test_faults (void **state)
{
    Desk *desk = *state;
    g_autofree char *views =
        span_of (ACCOUNT "/insights?metric=views,shares" DAILY, today () - 2, today () - 2);
    g_auto (Answer) answer = { 0 };

    desk_switch (desk, "{\"ig_throttle\":{\"value\":47,\"after\":1,\"times\":1}}");
    answer = get (desk, ACCOUNT);
    assert_int_equal (answer.status, 200);
    must_fail (desk, ACCOUNT, 80002, "too many calls");
    desk_switch (desk, "{\"ig_poison\":\"views\"}");
    must_fail (desk, views, 100, "views");
    desk_switch (desk, "{\"ig_poison\":\"unknown\"}");
    must_fail (desk, views, 1, "unknown error");
    desk_switch (desk, "{\"ig_fault\":\"error_in_200\"}");
    answer = (answer_clear (&answer), get (desk, ACCOUNT));
    assert_int_equal (answer.status, 200);
    assert_int_equal (int_at (&answer, "error.code"), 2);
    desk_switch (desk, "{\"ig_fault\":\"html\"}");
    answer = (answer_clear (&answer), get (desk, ACCOUNT));
    assert_int_equal (answer.status, 502);
    assert_null (answer.json);
}

/* The viral post of the plan is in the numbers: the best day of a long time is one of its days. */
static void
test_viral_post (void **state)
{
    Desk *desk = *state;
    const GArray *events = desk->state->world->properties[0]->events;
    guint found = 0;

    for (guint i = 0; i < events->len; i++) {
        const Event *event = &g_array_index (events, Event, i);

        if (event->kind != EVENT_VIRAL)
            continue;
        found++;
        assert_true (
            instagram_day_value (desk->state, &instagram_accounts[0], IG_REACH, event->from) >
            4 * instagram_day_value (desk->state, &instagram_accounts[0], IG_REACH, event->from - 7));
    }
    assert_true (found > 0);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown (test_token, setup, teardown),
        cmocka_unit_test_setup_teardown (test_paths, setup, teardown),
        cmocka_unit_test_setup_teardown (test_pages, setup, teardown),
        cmocka_unit_test_setup_teardown (test_strictness, setup, teardown),
        cmocka_unit_test_setup_teardown (test_end_times, setup, teardown),
        cmocka_unit_test_setup_teardown (test_days_agree_with_truth, setup, teardown),
        cmocka_unit_test_setup_teardown (test_media_pages, setup, teardown),
        cmocka_unit_test_setup_teardown (test_post_switches, setup, teardown),
        cmocka_unit_test_setup_teardown (test_stories, setup, teardown),
        cmocka_unit_test_setup_teardown (test_more_pages, setup, teardown),
        cmocka_unit_test_setup_teardown (test_missing_is_empty, setup, teardown),
        cmocka_unit_test_setup_teardown (test_faults, setup, teardown),
        cmocka_unit_test_setup_teardown (test_viral_post, setup, teardown),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
