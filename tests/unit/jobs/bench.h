/* bench.h -- one user with a connected account, a Google that fails on cue, and a job to run.
 *
 * A header and not a .c file, because a test program is one file. */
#pragma once
#include "../store/both_engines.h"

#include "jobs/run.h"
#include "query/job.h"
#include "small_google.h"
#include "sql.h"

#define ANNA     "11111111-1111-4111-8111-111111111111"
#define BACKFILL 40 /* two windows of 30 days, and one step for totals */
typedef struct Bench Bench;
struct Bench {
    Store *store;
    Config *config;
    Sealer *sealer;
    SmallGoogle google;
    RunContext context;
    gint stop;
    int pauses, changes;
    char job[UUID_TEXT];
    Lease *lease;
    void (*in_pause) (Bench *bench); /* whenever the job waits */
    gint *in_pause_stop;             /* somebody else's stop flag, set after two waits */
};

static inline void
note_pause (gpointer user, Lease *lease, gint64 microseconds)
{
    Bench *bench = user;

    if (++bench->pauses > 100)
        bench->stop = TRUE; /* a wait that would never end */
    if (bench->in_pause)
        bench->in_pause (bench);
    if (bench->in_pause_stop && bench->pauses > 1)
        *bench->in_pause_stop = TRUE;
}

static inline void
note_change (const char *user_id, gpointer user)
{
    assert_string_equal (user_id, ANNA);
    ((Bench *)user)->changes++;
}

static inline void
add_connection (Bench *bench, const char *id, const char *property)
{
    g_autofree char *context = g_strdup_printf ("connections|%s|credential", id);
    g_autofree char *sealed =
        sealer_seal (bench->sealer, context, "{\"refresh_token\":\"rt\",\"type\":\"refresh_token\"}");

    must_do (bench->store, &sql_api_connection_insert,
             PARAMS ({ "id", VALUE_OF_TEXT (id) }, { "user", VALUE_OF_TEXT (ANNA) },
                     { "source", VALUE_OF_TEXT ("ga4") }, { "external_id", VALUE_OF_TEXT (property) },
                     { "name", VALUE_NONE }, { "currency", VALUE_NONE }, { "time_zone", VALUE_NONE },
                     { "credential", VALUE_OF_TEXT (sealed) }, { "expires_at", VALUE_NONE },
                     { "now", VALUE_OF_INSTANT (g_get_real_time ()) }, { "demo", VALUE_OF_INT (0) }));
}

#define FIRST  "aaaaaaaa-0000-4000-8000-000000000001"
#define SECOND "aaaaaaaa-0000-4000-8000-000000000002"

static inline Bench *
bench_new (void **state)
{
    static const char *const environment[] = { "BACKFILL_DAYS=40", "GOOGLE_CLIENT_ID=c",
                                               "GOOGLE_CLIENT_SECRET=s", NULL };
    Bench *bench = g_new0 (Bench, 1);

    bench->store = fixture_of (state)->store;
    assert_true (migrate (bench->store, migrations, NULL) > 0);
    bench->config = config_load (NULL, (char **)environment, NULL);
    bench->sealer = sealer_new ("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", NULL);
    small_google_init (&bench->google);
    bench->context = (RunContext){
        .store = bench->store,
        .fetcher = &bench->google.fetcher,
        .config = bench->config,
        .sealer = bench->sealer,
        .clock = clock_system (),
        .random = random_system (),
        .stop = &bench->stop,
        .pause = note_pause,
        .pause_user = bench,
        .changed = note_change,
        .user = bench,
    };
    add_connection (bench, FIRST, "1");
    return bench;
}

static inline void
bench_free (Bench *bench)
{
    config_free (bench->config);
    sealer_free (bench->sealer);
    g_free (bench);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Bench, bench_free)

static inline void
ask_for_job (Bench *bench)
{
    JobRequest request = { .source = "ga4", .scope = ANNA, .trigger = "manual", .requested_by = ANNA };
    JobStart start;

    assert_true (
        job_start (bench->store, clock_system (), random_system (), &request, bench->job, &start, NULL));
}

/* Claim the next job and run it; FALSE if none was to be had. */
static inline gboolean
run_next (Bench *bench)
{
    g_autoptr (GError) error = NULL;
    gboolean ok =
        lease_claim (bench->store, clock_system (), random_system (), "test", TRUE, &bench->lease, &error);

    assert_fine (ok, error);
    if (!bench->lease)
        return FALSE;
    run_job (&bench->context, bench->lease);
    g_clear_pointer (&bench->lease, lease_free);
    return TRUE;
}

/* A store remembers its statements by address, so those made here live for ever. */
static inline const Sql *
sql_of (const char *text)
{
    static GHashTable *made;
    Sql *sql;

    if (!made)
        made = g_hash_table_new (g_str_hash, g_str_equal);
    sql = g_hash_table_lookup (made, text);
    if (!sql) {
        sql = g_new0 (Sql, 1);
        sql->name = sql->text = text;
        g_hash_table_insert (made, (gpointer)text, sql);
    }
    return sql;
}

static inline gint64
number (Bench *bench, const char *text)
{
    g_autoptr (Rows) rows = must_ask (bench->store, sql_of (text), NO_PARAMS);

    return rows_count (rows) ? rows_int (rows, 0, 0) : -1;
}

static inline char *
word (Bench *bench, const char *text)
{
    g_autoptr (Rows) rows = must_ask (bench->store, sql_of (text), NO_PARAMS);

    return g_strdup (rows_count (rows) && !rows_is_null (rows, 0, 0) ? rows_text (rows, 0, 0) : "");
}

#define assert_word(bench, text, wanted)                 \
    do {                                                 \
        g_autofree char *word_ = word ((bench), (text)); \
        assert_string_equal (word_, (wanted));           \
    } while (0)

static inline void
change (Bench *bench, const char *text)
{
    must_do (bench->store, sql_of (text), NO_PARAMS);
}

/* Somebody else reads the account, and goes on for a minute. */
static inline void
let_another_have_the_connection (Bench *bench)
{
    must_do (bench->store, sql_of ("UPDATE connections SET lease_token = 'other', lease_until = :until"),
             PARAMS ({ "until", VALUE_OF_INSTANT (g_get_real_time () + 60 * SECOND_US) }));
}
