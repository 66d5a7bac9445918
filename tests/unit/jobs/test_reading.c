/* test_reading.c -- several accounts of one job are read at once: as many as there are readers, each
 * account once, and whatever ends the job ends all of them. */
#include "bench.h"

#include <pthread.h>

#define READERS  4
#define ACCOUNTS 11 /* with the bench's own */
#define GATHER   (20 * SECOND_US)

/* What all Googles of a test share. */
static struct {
    gint here, most;     /* atomic: days that are asked for now; the most there were at once */
    gint awaited;        /* atomic: an answer waits until so many have gathered */
    gint gathered;       /* atomic: they have */
    gint left;           /* atomic: whoever was to leave has left */
    void (*then) (void); /* when they have, once */
    const char *denied;  /* this property is refused; "" is all of them */
    Bench *bench;
} shared;

static void
gather (void)
{
    gint64 end = g_get_monotonic_time () + GATHER;
    gint n = g_atomic_int_add (&shared.here, 1) + 1, most = g_atomic_int_get (&shared.most);

    while (n > most && !g_atomic_int_compare_and_exchange (&shared.most, most, n))
        most = g_atomic_int_get (&shared.most);
    if (n == shared.awaited && !g_atomic_int_get (&shared.gathered)) { /* only one can be this one */
        if (shared.then)
            shared.then ();
        g_atomic_int_set (&shared.gathered, TRUE);
    }
    while (!g_atomic_int_get (&shared.gathered) && g_get_monotonic_time () < end)
        g_usleep (1000);
}

static gboolean
is_denied (const char *url)
{
    g_autofree char *part = shared.denied ? g_strdup_printf ("properties/%s", shared.denied) : NULL;
    const char *at = part ? strstr (url, part) : NULL;

    return at && (!*shared.denied || !g_ascii_isdigit (at[strlen (part)]));
}

static FetchResponse *
shared_fetch (Fetcher *fetcher, const FetchRequest *request, GError **error)
{
    FetchResponse *response;

    if (is_denied (request->url))
        return small_answer (403, g_strdup ("{\"error\":{\"code\":403,\"status\":\"PERMISSION_DENIED\"}}"));
    if (!strstr (request->url, ":batchRunReports"))
        return small_fetch (fetcher, request, error);
    gather ();
    response = small_fetch (fetcher, request, error);
    g_atomic_int_add (&shared.here, -1);
    return response;
}

static void
shared_free (Fetcher *fetcher)
{
    g_free (fetcher);
}

static Fetcher *
shared_new (const gint *cancel)
{
    SmallGoogle *google = g_new0 (SmallGoogle, 1);

    google->fetcher = (Fetcher){ .fetch = shared_fetch, .free = shared_free };
    return &google->fetcher;
}

/* Accounts 1 to ACCOUNTS in their order, and a job for them that is read by so many. */
static Bench *
bench_of (void **state, int accounts)
{
    Bench *bench = bench_new (state);

    for (int i = 2; i <= accounts; i++) {
        g_autofree char *id = g_strdup_printf ("aaaaaaaa-0000-4000-8000-%012d", i);
        g_autofree char *property = g_strdup_printf ("%d", i);

        add_connection (bench, id, property);
    }
    change (bench, "UPDATE connections SET external_id = '00' || external_id WHERE length (external_id) = 1");
    change (bench, "UPDATE connections SET external_id = '0' || external_id WHERE length (external_id) = 2");
    g_free (bench->config->database_url);
    bench->config->database_url = g_strdup (fixture_of (state)->url);
    bench->google.fetcher.fetch = shared_fetch;
    bench->context.readers = READERS;
    bench->context.new_fetcher = shared_new;
    bench->context.changed = NULL;
    memset (&shared, 0, sizeof shared);
    shared.gathered = TRUE;
    shared.bench = bench;
    ask_for_job (bench);
    return bench;
}

static void
await (int n, void (*then) (void))
{
    shared.awaited = n;
    shared.gathered = FALSE;
    shared.then = then;
}

static void
test_so_many_at_once_and_each_account_once (void **state)
{
    g_autoptr (Bench) bench = bench_of (state, ACCOUNTS);

    await (READERS, NULL);
    assert_true (run_next (bench));
    assert_int_equal (shared.most, READERS);
    assert_word (bench, "SELECT status FROM sync_jobs", "success");
    assert_word (bench, "SELECT message FROM sync_jobs", "All 11 accounts are up to date");
    assert_int_equal (number (bench, "SELECT count(*) FROM sync_steps WHERE status = 'success' AND rows > 0"),
                      ACCOUNTS);
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily"), ACCOUNTS * BACKFILL);
    assert_int_equal (number (bench, "SELECT progress_done - progress_total FROM sync_jobs"), 0);
    assert_int_equal (number (bench, "SELECT count(*) FROM connections WHERE lease_token IS NOT NULL"), 0);
}

static void
test_no_more_readers_than_accounts (void **state)
{
    g_autoptr (Bench) bench = bench_of (state, 2);

    await (2, NULL);
    assert_true (run_next (bench));
    assert_int_equal (shared.most, 2);
    assert_word (bench, "SELECT message FROM sync_jobs", "All 2 accounts are up to date");
}

static void
test_one_reader_reads_in_their_order (void **state)
{
    g_autoptr (Bench) bench = bench_of (state, ACCOUNTS);

    bench->context.readers = 1;
    bench->context.new_fetcher = NULL;
    assert_true (run_next (bench));
    assert_int_equal (shared.most, 1);
    assert_int_equal (
        number (bench,
                "SELECT count(*) FROM sync_steps a JOIN sync_steps b ON a.connection_id < b.connection_id"
                " WHERE a.started_at > b.started_at"),
        0);
}

/* The sentence is in the order of the accounts, whoever was refused first. */
static void
test_one_that_fails_stops_no_other (void **state)
{
    g_autoptr (Bench) bench = bench_of (state, ACCOUNTS);
    g_autofree char *message = NULL;

    shared.denied = "007";
    assert_true (run_next (bench));
    message = word (bench, "SELECT message FROM sync_jobs");
    assert_true (g_str_has_prefix (message, "10 of 11 accounts are up to date. 007: "));
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily"), (ACCOUNTS - 1) * BACKFILL);
}

static void
test_sentence_names_the_first_and_counts_the_others (void **state)
{
    g_autoptr (Bench) bench = bench_of (state, 25);
    g_autofree char *message = NULL;
    const char *before = NULL;

    shared.denied = "";
    assert_true (run_next (bench));
    message = word (bench, "SELECT message FROM sync_jobs");
    assert_true (g_str_has_prefix (message, "0 of 25 accounts are up to date. 001: "));
    for (int i = 1; i <= 20; i++) {
        g_autofree char *name = g_strdup_printf (" %03d: ", i);
        const char *at = strstr (message, name);

        assert_true (at && at > before);
        before = at;
    }
    assert_null (strstr (message, " 021: "));
    assert_true (g_str_has_suffix (message, " And 5 more."));
}

static void
take_the_lease_away (void)
{
    g_autoptr (Store) store = store_open (shared.bench->config->database_url, NULL, NULL);

    must_do (store, sql_of ("UPDATE sync_jobs SET lease_token = '99999999-0000-4000-8000-000000000000'"),
             NO_PARAMS);
}

/* All of them have read something when the job becomes another worker's: nobody writes it. */
static void
test_none_writes_without_the_lease (void **state)
{
    g_autoptr (Bench) bench = bench_of (state, ACCOUNTS);

    await (READERS, take_the_lease_away);
    assert_true (run_next (bench));
    assert_int_equal (shared.gathered, TRUE);
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily"), 0);
    assert_word (bench, "SELECT status FROM sync_jobs", "running");
    assert_int_equal (number (bench, "SELECT count(*) FROM sync_steps WHERE status = 'running'"), READERS);
    assert_int_equal (number (bench, "SELECT count(*) FROM sync_steps WHERE status = 'pending'"),
                      ACCOUNTS - READERS);
}

static __thread gboolean unlucky; /* this thread reads the account that is lost */

static FetchResponse *
fetch_after_it (Fetcher *fetcher, const FetchRequest *request, GError **error)
{
    unlucky = strstr (request->url, "properties/002") != NULL;
    for (int i = 0;
         i < 2000 && !unlucky && g_atomic_int_get (&shared.gathered) && !g_atomic_int_get (&shared.left); i++)
        g_usleep (10000);
    return shared_fetch (fetcher, request, error);
}

static Fetcher *
new_after_it (const gint *cancel)
{
    Fetcher *fetcher = shared_new (cancel);

    fetcher->fetch = fetch_after_it;
    return fetcher;
}

/* The one who reads it has come to its end, or nearly. */
static void
see_it_leave (const char *user_id, gpointer user)
{
    if (unlucky)
        g_atomic_int_set (&shared.left, TRUE);
    else
        g_usleep (100000);
}

static void
take_one_away (void)
{
    g_autoptr (Store) store = store_open (shared.bench->config->database_url, NULL, NULL);

    must_do (store,
             sql_of ("UPDATE connections SET lease_token = '99999999-0000-4000-8000-000000000000'"
                     " WHERE external_id = '002'"),
             NO_PARAMS);
}

/* One of them cannot go on, for a reason of its own: nobody begins another window. */
static void
test_where_one_ends_all_end (void **state)
{
    g_autoptr (Bench) bench = bench_of (state, ACCOUNTS);

    bench->google.fetcher.fetch = fetch_after_it;
    bench->context.new_fetcher = new_after_it;
    bench->context.changed = see_it_leave;
    await (READERS, take_one_away);
    assert_true (run_next (bench));
    assert_word (bench, "SELECT status FROM sync_jobs", "pending");
    assert_int_equal (number (bench, "SELECT count(*) FROM sync_steps WHERE started_at IS NULL"),
                      ACCOUNTS - READERS);
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily WHERE property_id = '002'"), 0);
}

static void
cancel (void)
{
    lease_set_end (shared.bench->lease, LEASE_CANCELLED);
}

static void
test_cancel_ends_all_of_them (void **state)
{
    g_autoptr (Bench) bench = bench_of (state, ACCOUNTS);

    await (READERS, cancel);
    assert_true (run_next (bench));
    assert_word (bench, "SELECT status FROM sync_jobs", "failed");
    assert_word (bench, "SELECT message FROM sync_jobs", "Cancelled");
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily"), 0);
    assert_int_equal (number (bench, "SELECT count(*) FROM connections WHERE lease_token IS NOT NULL"), 0);
}

static void
stop (void)
{
    g_atomic_int_set (&shared.bench->stop, TRUE);
}

/* What each of them has in hand is written; the job goes on with the rest, and reads nothing twice. */
static void
test_stop_lets_each_end_its_window (void **state)
{
    g_autoptr (Bench) bench = bench_of (state, ACCOUNTS);

    await (READERS, stop);
    assert_true (run_next (bench));
    assert_word (bench, "SELECT status FROM sync_jobs", "pending");
    assert_int_equal (number (bench, "SELECT attempt FROM sync_jobs"), 0);
    assert_int_equal (number (bench, "SELECT count(DISTINCT property_id) FROM ga4_daily"), READERS);
    bench->stop = FALSE;
    assert_true (run_next (bench));
    assert_word (bench, "SELECT message FROM sync_jobs", "All 11 accounts are up to date");
    assert_int_equal (number (bench, "SELECT count(*) FROM ga4_daily"), ACCOUNTS * BACKFILL);
    assert_int_equal (number (bench, "SELECT progress_done - progress_total FROM sync_jobs"), 0);
}

/* What was done by an attempt that ended for one account only is not done again. */
static void
test_second_attempt_reads_what_is_left (void **state)
{
    g_autoptr (Bench) bench = bench_of (state, ACCOUNTS);

    assert_true (run_next (bench));
    change (bench,
            "UPDATE sync_jobs SET status = 'pending', attempt = 1, not_before = NULL, finished_at = NULL");
    change (bench, "UPDATE sync_steps SET status = 'pending' WHERE connection_id = "
                   "'aaaaaaaa-0000-4000-8000-000000000004'");
    change (bench, "UPDATE sync_steps SET started_at = NULL");
    assert_true (run_next (bench));
    assert_int_equal (number (bench, "SELECT count(*) FROM sync_steps WHERE started_at IS NOT NULL"), 1);
    assert_word (bench, "SELECT message FROM sync_jobs", "All 11 accounts are up to date");
}

/* Helpers that get no session of the database are missed, and that is all. */
static void
test_without_a_session_there_are_fewer_readers (void **state)
{
    g_autoptr (Bench) bench = bench_of (state, ACCOUNTS);

    g_free (bench->config->database_url);
    bench->config->database_url = g_strdup ("sqlite:/nowhere/at/all.db");
    assert_true (run_next (bench));
    assert_int_equal (shared.most, 1);
    assert_word (bench, "SELECT message FROM sync_jobs", "All 11 accounts are up to date");
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        BOTH (test_so_many_at_once_and_each_account_once),
        BOTH (test_no_more_readers_than_accounts),
        BOTH (test_one_reader_reads_in_their_order),
        BOTH (test_one_that_fails_stops_no_other),
        BOTH (test_sentence_names_the_first_and_counts_the_others),
        BOTH (test_none_writes_without_the_lease),
        BOTH (test_where_one_ends_all_end),
        BOTH (test_cancel_ends_all_of_them),
        BOTH (test_stop_lets_each_end_its_window),
        BOTH (test_second_attempt_reads_what_is_left),
        BOTH (test_without_a_session_there_are_fewer_readers),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
