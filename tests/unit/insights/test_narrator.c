/* Who waits for a model's words gets an answer, once, in time; and no more is asked than must be. */
#include "insights/narrator.h"

#include "../query/database.h"
#include "base/fault.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#define SAID \
    "{\"choices\":[{\"message\":{\"content\":\"{\\\"insights\\\":[]}\"}}],\"usage\":{\"total_tokens\":100}}"
#define ANOTHER \
    "{\"choices\":[{\"message\":{\"content\":\"{\\\"other\\\":[]}\"}}],\"usage\":{\"total_tokens\":100}}"
#define USER(n) "00000000-0000-4000-8000-0000000000" n

/* A narrator, and an endpoint that answers when it is let. */
typedef struct {
    Database *database;
    Config *config;
    Narrator *narrator;
    GPtrArray *none; /* no facts, no bullets: all questions are alike */
    Wording *wording;
    gint stop;
    atomic_int asked, hold, told, with_words;
} Table;

static Table *table; /* a fetcher is made without a word of whose it is */

typedef struct {
    Fetcher fetcher;
    const gint *cancel;
} Slow;

static const char *body;

static FetchResponse *
slow_fetch (Fetcher *fetcher, const FetchRequest *request, GError **error)
{
    const Slow *slow = (Slow *)fetcher;
    gint64 end = g_get_monotonic_time () + (gint64)request->timeout_ms * 1000;
    FetchResponse *response;

    atomic_fetch_add (&table->asked, 1);
    while (atomic_load (&table->hold) && g_get_monotonic_time () < end && !g_atomic_int_get (slow->cancel))
        g_usleep (2000);
    if (g_atomic_int_get (slow->cancel) || g_get_monotonic_time () >= end) {
        fault_set (error, g_atomic_int_get (slow->cancel) ? FAULT_CANCELLED : FAULT_TIMEOUT, "it is over");
        return NULL;
    }
    response = g_new0 (FetchResponse, 1);
    response->status = 200;
    response->body = g_bytes_new (body, strlen (body));
    response->headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    return response;
}

static Fetcher *
slow_new (const gint *cancel)
{
    Slow *slow = g_new0 (Slow, 1);

    *slow = (Slow){ { slow_fetch, (void (*) (Fetcher *))g_free }, cancel };
    return &slow->fetcher;
}

static void
on_words (const char *content, gpointer user)
{
    atomic_fetch_add (&table->with_words, content != NULL);
    atomic_fetch_add (&table->told, 1);
    atomic_fetch_add ((atomic_int *)user, 1);
}

static void
open_table (Table *at, void **state, const char *tokens)
{
    g_autofree char *url = NULL;
    NarratorOptions options = { .clock = clock_system (),
                                .random = random_system (),
                                .new_fetcher = slow_new };
    g_autoptr (GError) error = NULL;
    char *environment[] = { (char *)"OPENAI_MODEL=m", (char *)"OPENAI_BASE_URL=http://model.test",
                            (char *)"LLM_TIMEOUT=2",  NULL,
                            (char *)tokens,           NULL };

    *at = (Table){ .database = *state };
    table = at;
    body = SAID;
    database_do (at->database->store, "DELETE FROM model_days");
    database_do (at->database->store, "DELETE FROM model_answers");
    environment[3] = url = g_strdup_printf ("DATABASE_URL=sqlite:%s/test.db", at->database->folder);
    options.config = at->config = config_load (NULL, environment, &error);
    assert_null (error);
    options.stop = &at->stop;
    at->none = g_ptr_array_new ();
    at->wording = wording_new (at->none, at->none, SOURCE_ALL);
    assert_true (narrator_open (&options, &at->narrator, &error));
    assert_non_null (at->narrator);
}

static void
close_table (Table *at)
{
    narrator_free (at->narrator);
    wording_free (at->wording);
    g_ptr_array_unref (at->none);
    config_free (at->config);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Table, close_table)

static void
await (atomic_int *counter, int wanted)
{
    for (guint i = 0; atomic_load (counter) < wanted && i < 10000; i++)
        g_usleep (1000);
    assert_int_equal (atomic_load (counter), wanted);
}

static gboolean
ask (Table *at, const char *user_id, atomic_int *told)
{
    return narrator_ask (at->narrator, user_id, at->wording, on_words, told);
}

static void
test_asks_and_keeps (void **state)
{
    g_auto (Table) at = { 0 };
    g_autofree char *known = NULL, *foreign = NULL;
    atomic_int told = 0;

    open_table (&at, state, NULL);
    assert_null (narrator_recall (at.narrator, at.database->store, USER ("01"), at.wording));
    assert_true (ask (&at, USER ("01"), &told));
    await (&told, 1);
    assert_int_equal (at.with_words, 1);
    known = narrator_recall (at.narrator, at.database->store, USER ("01"), at.wording);
    assert_string_equal (known, "{\"insights\":[]}");
    foreign = narrator_recall (at.narrator, at.database->store, USER ("02"), at.wording);
    assert_null (foreign);
    assert_int_equal (narrator_tokens_today (at.narrator, at.database->store, NULL), 100);
}

/* Those who ask the same share a call; others have their own, four at a time. */
static void
test_shares (void **state)
{
    g_auto (Table) at = { 0 };
    atomic_int told[6] = { 0 };
    NarratorStats stats;

    open_table (&at, state, NULL);
    atomic_store (&at.hold, 1);
    for (guint i = 0; i < 5; i++)
        assert_true (ask (&at, USER ("01"), &told[0]));
    for (guint i = 1; i < 6; i++) {
        g_autofree char *user = g_strdup_printf (USER ("1%u"), i);

        assert_true (ask (&at, user, &told[i]));
    }
    await (&at.asked, 4);
    narrator_stats (at.narrator, &stats);
    assert_int_equal (stats.waiting, 10);
    assert_int_equal (stats.shared, 4);
    atomic_store (&at.hold, 0);
    await (&at.told, 10);
    assert_int_equal (told[0], 5);
    assert_int_equal (at.asked, 6);
    assert_int_equal (at.with_words, 10);
}

/* Four are asked and sixteen in line: the next is told so at once. All are over when the time is. */
static void
test_full_line (void **state)
{
    g_auto (Table) at = { 0 };
    atomic_int told = 0;
    gint64 began = g_get_monotonic_time ();
    guint taken = 0;

    open_table (&at, state, NULL);
    atomic_store (&at.hold, 1);
    for (guint i = 10; i < 40; i++) {
        g_autofree char *user = g_strdup_printf ("00000000-0000-4000-8000-0000000000%u", i);

        if (taken < 4) /* until the threads have them, they are in line */
            await (&at.asked, (int)taken);
        taken += ask (&at, user, &told);
    }
    assert_in_range (taken, 19, 20);
    await (&told, (int)taken);
    assert_true (g_get_monotonic_time () - began < 3.5 * G_USEC_PER_SEC);
    assert_int_equal (at.with_words, 0);
    assert_in_range (at.asked, 4, 8);
}

static void
test_stop (void **state)
{
    g_auto (Table) at = { 0 };
    atomic_int told = 0;
    gint64 began;
    guint taken = 0;

    open_table (&at, state, NULL);
    atomic_store (&at.hold, 1);
    for (guint i = 10; i < 20; i++) {
        g_autofree char *user = g_strdup_printf ("00000000-0000-4000-8000-0000000000%u", i);

        taken += ask (&at, user, &told);
    }
    await (&at.asked, 4);
    began = g_get_monotonic_time ();
    g_atomic_int_set (&at.stop, 1);
    await (&told, (int)taken);
    assert_true (g_get_monotonic_time () - began < G_USEC_PER_SEC);
    assert_false (ask (&at, USER ("01"), &told));
    assert_int_equal (at.asked, 4);
}

/* What is no answer is asked for once more, and both cost. */
static void
test_mends_once (void **state)
{
    g_auto (Table) at = { 0 };
    atomic_int told = 0;

    open_table (&at, state, NULL);
    body = ANOTHER;
    assert_true (ask (&at, USER ("01"), &told));
    await (&told, 1);
    assert_int_equal (at.asked, 2);
    assert_int_equal (at.with_words, 0);
    assert_int_equal (narrator_tokens_today (at.narrator, at.database->store, NULL), 200);
}

/* Reserved is what a call may cost; so two at the same time don't both fit. */
static void
test_budget (void **state)
{
    g_auto (Table) at = { 0 };
    atomic_int told = 0;
    NarratorStats stats;

    open_table (&at, state, "LLM_DAILY_TOKENS=8000");
    atomic_store (&at.hold, 1);
    assert_true (ask (&at, USER ("01"), &told));
    await (&at.asked, 1);
    assert_in_range (narrator_tokens_today (at.narrator, at.database->store, NULL), 4097, 8000);
    assert_true (ask (&at, USER ("02"), &told));
    await (&told, 1);
    assert_int_equal (at.with_words, 0);
    narrator_stats (at.narrator, &stats);
    assert_int_equal (stats.unpaid, 1);
    assert_true (stats.left_alone);
    atomic_store (&at.hold, 0);
    await (&told, 2);
    assert_int_equal (at.with_words, 1);
    assert_int_equal (narrator_tokens_today (at.narrator, at.database->store, NULL), 100);
}

/* Many at once, for ThreadSanitizer: each is told once. */
static void *
crowd (void *user)
{
    Table *at = user;
    atomic_int told = 0;
    int taken = 0;

    for (guint i = 0; i < 20; i++) {
        g_autofree char *who = g_strdup_printf ("00000000-0000-4000-8000-0000000000%u", 10 + i % 7);
        g_autoptr (GError) error = NULL;
        NarratorStats stats;

        taken += ask (at, who, &told);
        narrator_stats (at->narrator, &stats);
    }
    await (&told, taken);
    return NULL;
}

static void
test_crowd (void **state)
{
    g_auto (Table) at = { 0 };
    pthread_t threads[4];

    open_table (&at, state, NULL);
    for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        pthread_create (&threads[i], NULL, crowd, &at);
    for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
        pthread_join (threads[i], NULL);
    assert_true (at.told > 0);
}

/* A model needs a name, and a key or an endpoint of one's own. */
static void
test_no_model (void **state)
{
    static const struct {
        const char *environment[3];
        gboolean model;
    } cases[] = {
        { { NULL }, FALSE },
        { { "OPENAI_MODEL=m" }, FALSE },
        { { "OPENAI_API_KEY=k" }, FALSE },
        { { "OPENAI_BASE_URL=http://127.0.0.1/v1" }, FALSE },
        { { "OPENAI_API_KEY=k", "OPENAI_BASE_URL=http://127.0.0.1/v1" }, FALSE },
        { { "OPENAI_API_KEY=k", "OPENAI_MODEL=m" }, TRUE },
        { { "OPENAI_BASE_URL=http://127.0.0.1/v1", "OPENAI_MODEL=m" }, TRUE },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        const char *environment[] = { cases[i].environment[0], cases[i].environment[1], NULL };
        NarratorOptions options = { .clock = clock_system (), .random = random_system () };
        g_autoptr (Config) config = config_load (NULL, (char **)environment, NULL);
        g_autoptr (Narrator) narrator = NULL;

        options.config = config;
        assert_true (narrator_open (&options, &narrator, NULL));
        assert_int_equal (narrator != NULL, cases[i].model);
    }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_asks_and_keeps), cmocka_unit_test (test_shares),
        cmocka_unit_test (test_full_line),      cmocka_unit_test (test_stop),
        cmocka_unit_test (test_mends_once),     cmocka_unit_test (test_budget),
        cmocka_unit_test (test_crowd),          cmocka_unit_test (test_no_model),
    };

    fault_quark (); /* GLib's own lock, which ThreadSanitizer can't see, is passed before there are threads */
    return cmocka_run_group_tests (tests, database_open, database_close);
}
