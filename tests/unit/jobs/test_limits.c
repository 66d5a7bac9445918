/* test_limits.c -- two properties that are read through one cloud project, and Google's quotas: who is
 * still asked once one of them is used up, and how it goes on. Requests are counted one by one. */
#include "bench.h"

#define REFUSAL(words) \
    "{\"error\":{\"code\":429,\"message\":\"" words "\",\"status\":\"RESOURCE_EXHAUSTED\"}}"
#define PROJECT     REFUSAL ("Exhausted property tokens for a project per hour.")
#define HOUR        REFUSAL ("Exhausted property tokens per hour.")
#define UNAVAILABLE "{\"error\":{\"code\":503,\"message\":\"Try again.\",\"status\":\"UNAVAILABLE\"}}"
#define UNKNOWN                                                                                              \
    "{\"error\":{\"code\":400,\"message\":\"Field keyEvents is not a valid metric. See there.\",\"status\":" \
    "\"INVALID_ARGUMENT\"}}"
#define METADATA                                                                                            \
    "{\"metrics\":[{\"apiName\":\"conversions\"},{\"apiName\":\"sessions\"}],\"dimensions\":[{\"apiName\":" \
    "\"date\"},{\"apiName\":\"sessionDefaultChannelGroup\"}]}"

/* Reports of one property of 40 days: the probe; two windows, each by day, by channel and in batches of
 * landing pages; and the totals. */
#define ALL_REPORTS (1 + (2 + 6) + (2 + 2) + 1)

/* Stands before the small Google and counts by property. */
typedef struct {
    Clock clock;
    gint64 ahead; /* of the real time */
    Fetcher fetcher;
    Bench *bench;
    int asked[3], metadata, refused_names;
    gboolean old_names;
    const char *quota; /* added to each report; or NULL */
    int slow;          /* pauses of the driver */
} Watch;

static gint64
watch_now (Clock *clock)
{
    return g_get_real_time () + ((Watch *)clock)->ahead;
}

static gint64
watch_monotonic (Clock *clock)
{
    return g_get_monotonic_time () + ((Watch *)clock)->ahead;
}

/* The answer with propertyQuota in it. */
static FetchResponse *
add_quota (FetchResponse *response, const char *quota)
{
    gsize n;
    const char *text = g_bytes_get_data (response->body, &n);
    char *more = g_strdup_printf ("%.*s,\"propertyQuota\":%s}", (int)n - 1, text, quota);

    g_bytes_unref (response->body);
    response->body = g_bytes_new_take (more, strlen (more));
    return response;
}

static FetchResponse *
watch_fetch (Fetcher *fetcher, const FetchRequest *request, GError **error)
{
    Watch *watch = (Watch *)((char *)fetcher - offsetof (Watch, fetcher));
    g_autofree char *body = g_strndup (request->body ? request->body : "", request->body_size);
    FetchResponse *response;

    if (strstr (request->url, "/metadata")) {
        watch->metadata++;
        return small_answer (200, g_strdup (METADATA));
    }
    if (strstr (request->url, ":runReport") || strstr (request->url, ":batchRunReports"))
        watch->asked[strstr (request->url, "properties/2:") ? 2 : 1]++;
    if (watch->old_names && strstr (body, "keyEvents")) {
        watch->refused_names++;
        return small_answer (400, g_strdup (UNKNOWN));
    }
    response = small_fetch (&watch->bench->google.fetcher, request, error);
    return watch->quota && strstr (request->url, ":runReport") ? add_quota (response, watch->quota)
                                                               : response;
}

static void
count_pause (gpointer user, Lease *lease, gint64 microseconds)
{
    ((Watch *)user)->slow++;
}

static void
watch_init (Watch *watch, Bench *bench)
{
    *watch = (Watch){ .clock = { .now = watch_now, .monotonic = watch_monotonic },
                      .fetcher = { .fetch = watch_fetch },
                      .bench = bench };
    bench->context.fetcher = &watch->fetcher;
    bench->context.clock = &watch->clock;
    bench->context.memory = source_memory_new (&watch->clock);
    bench->context.pause = count_pause;
    bench->context.pause_user = watch;
    add_connection (bench, SECOND, "2");
}

static void
refuse (Bench *bench, int at, int times, int status, const char *body)
{
    bench->google.reports = 0;
    bench->google.fail_at = at;
    bench->google.fail_times = times;
    bench->google.fail_status = status;
    bench->google.fail_body = body;
}

/* Claims what waits, however long it should, and runs it. */
static gboolean
run_now (Bench *bench)
{
    Clock *clock = bench->context.clock;

    change (bench, "UPDATE sync_jobs SET not_before = NULL");
    assert_true (lease_claim (bench->store, clock, random_system (), "test", TRUE, &bench->lease, NULL));
    if (!bench->lease)
        return FALSE;
    run_job (&bench->context, bench->lease);
    g_clear_pointer (&bench->lease, lease_free);
    return TRUE;
}

static void
forget_counts (Watch *watch)
{
    memset (watch->asked, 0, sizeof watch->asked);
}

/* ---- quotas ---- */

static void
test_a_project_without_tokens_is_not_asked_for_its_other_property (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);
    Watch watch;

    watch_init (&watch, bench);
    refuse (bench, 10, 1, 429, PROJECT); /* the first of the second window */
    ask_for_job (bench);
    assert_true (run_now (bench));
    assert_int_equal (watch.asked[1], 10);
    assert_int_equal (watch.asked[2], 0);
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily"), 30); /* is kept */
    assert_word (bench, "SELECT status FROM sync_jobs", "pending");

    forget_counts (&watch);
    assert_true (run_now (bench)); /* too early: nobody is asked */
    assert_int_equal (watch.asked[1] + watch.asked[2], 0);

    watch.ahead += 1801 * SECOND_US;
    assert_true (run_now (bench));
    assert_word (bench, "SELECT status FROM sync_jobs", "success");
    /* The probe, the second window with the days that may have changed, and the totals. */
    assert_int_equal (watch.asked[1], 1 + (2 + 2) + 1);
    assert_int_equal (watch.asked[2], ALL_REPORTS);
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily"), 2 * BACKFILL);
    source_memory_free (bench->context.memory);
}

static void
test_a_property_without_tokens_leaves_the_other_alone (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);
    Watch watch;

    watch_init (&watch, bench);
    refuse (bench, 2, 1, 429, HOUR);
    ask_for_job (bench);
    assert_true (run_now (bench));
    assert_int_equal (watch.asked[1], 2);
    assert_int_equal (watch.asked[2], ALL_REPORTS);
    forget_counts (&watch);
    watch.ahead += 1801 * SECOND_US; /* half an hour is not enough for this one */
    change (bench,
            "UPDATE sync_jobs SET started_at = '2020-01-01T00:00:00.000000Z'"); /* so it began long ago */
    assert_true (run_now (bench));
    assert_int_equal (watch.asked[1], 0);
    watch.ahead += 1801 * SECOND_US;
    assert_true (run_now (bench));
    assert_word (bench, "SELECT status FROM sync_jobs", "success");
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily"), 2 * BACKFILL);
    source_memory_free (bench->context.memory);
}

/* Somebody asks for a run: things may be better than we remember, and a refusal costs nothing. */
static void
test_a_person_who_asks_is_believed_once (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);
    Watch watch;

    watch_init (&watch, bench);
    refuse (bench, 1, 1000, 429, PROJECT);
    ask_for_job (bench);
    assert_true (run_now (bench));
    change (bench, "UPDATE sync_jobs SET status = 'failed'");
    forget_counts (&watch);
    ask_for_job (bench);
    assert_true (run_now (bench));
    assert_int_equal (watch.asked[1], 1);
    assert_int_equal (watch.asked[2], 0);
    change (bench, "UPDATE sync_jobs SET status = 'failed'");
    bench->google.fail_times = 0;
    ask_for_job (bench);
    assert_true (run_now (bench));
    assert_int_equal (number (bench, "SELECT count(*) FROM sync_jobs WHERE status = 'success'"), 1);
    source_memory_free (bench->context.memory);
}

static void
test_little_left_is_used_slowly (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);
    Watch watch;

    watch_init (&watch, bench);
    watch.quota = "{\"tokensPerProjectPerHour\":{\"consumed\":4,\"remaining\":1401}}";
    ask_for_job (bench);
    assert_true (run_now (bench));
    assert_int_equal (watch.slow, 0);
    watch.quota = "{\"tokensPerProjectPerHour\":{\"consumed\":4,\"remaining\":1400}}";
    forget_counts (&watch);
    ask_for_job (bench);
    assert_true (run_now (bench));
    /* each but the first of each property, which nothing was known of */
    assert_int_equal (watch.slow, watch.asked[1] + watch.asked[2] - 2);
    assert_int_equal (number (bench, "SELECT count(*) FROM sync_jobs WHERE status = 'success'"), 2);
    source_memory_free (bench->context.memory);
}

/* ---- server errors ---- */

static void
test_server_errors_are_few_over_attempts_and_jobs (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);
    Watch watch;

    watch_init (&watch, bench);
    change (bench, "DELETE FROM connections WHERE external_id = '2'");
    refuse (bench, 1, 1000, 503, UNAVAILABLE);
    for (int i = 0; i < 8; i++) { /* jobs; each of more attempts than that */
        ask_for_job (bench);
        for (int attempt = 0; attempt < 8 && run_now (bench); attempt++)
            continue;
        change (bench, "UPDATE sync_jobs SET status = 'failed'");
        assert_int_equal (watch.asked[1], MIN (5 + i, 9)); /* by itself five times; one more for who asks */
    }
    watch.ahead += 3600 * SECOND_US;
    bench->google.fail_times = 0;
    ask_for_job (bench);
    assert_true (run_now (bench));
    assert_int_equal (watch.asked[1], 9 + ALL_REPORTS);
    source_memory_free (bench->context.memory);
}

/* ---- names ---- */

static void
test_old_names_are_learnt_once (void **state)
{
    g_autoptr (Bench) bench = bench_new (state);
    Watch watch;

    watch_init (&watch, bench);
    change (bench, "DELETE FROM connections WHERE external_id = '2'");
    watch.old_names = TRUE;
    for (int i = 0; i < 2; i++) {
        ask_for_job (bench);
        assert_true (run_now (bench));
    }
    assert_int_equal (number (bench, "SELECT count(*) FROM sync_jobs WHERE status = 'success'"), 2);
    assert_int_equal (number (bench, "SELECT sum(conversions) FROM ga4_daily"), BACKFILL * 100);
    assert_int_equal (watch.metadata, 1);
    assert_int_equal (watch.refused_names, 1);
    watch.ahead += (gint64)25 * 3600 * SECOND_US; /* a day later it may have changed */
    ask_for_job (bench);
    assert_true (run_now (bench));
    assert_int_equal (watch.metadata, 2);
    source_memory_free (bench->context.memory);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        BOTH (test_a_project_without_tokens_is_not_asked_for_its_other_property),
        BOTH (test_a_property_without_tokens_leaves_the_other_alone),
        BOTH (test_a_person_who_asks_is_believed_once),
        BOTH (test_little_left_is_used_slowly),
        BOTH (test_server_errors_are_few_over_attempts_and_jobs),
        BOTH (test_old_names_are_learnt_once),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
