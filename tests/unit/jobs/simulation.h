/* simulation.h -- some weeks of a whole installation, in which everything goes wrong, from one seed.
 *
 * One to three processes with schedulers, keepers, runners and an API share a real database; the
 * platform is a fake that knows what it should have told. Workers die, freeze and come back after
 * their lease; clocks jump; the platform refuses, breaks and cuts short; people start, cancel and
 * delete; cron calls. After each turn in which somebody wrote, what must always be true is looked at
 * (check_always); when the storm is over, everything must come to its end.
 *
 * simulate() gives back what was broken and how it came to that, or NULL. */
#pragma once
#include "stage.h"

#include "auth/seal.h"
#include "jobs/run.h"
#include "jobs/scheduler.h"
#include "query/connection.h"
#include "query/daily.h"
#include "query/job.h"
#include "query/now.h"
#include "small_google.h"
#include "store/migrate.h"

#define MINUTE_US      (60 * SECOND_US)
#define HOUR_US        (60 * MINUTE_US)
#define PROCESSES_MOST 3
#define ACCOUNT_ZONE   "Europe/Berlin"
#define ANNA           "11111111-1111-4111-8111-111111111111"
#define BEN            "22222222-2222-4222-8222-222222222222"
#define KEY            "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

typedef enum {
    FINE,
    SLOW,
    CUT_SHORT,
    BROKEN,
    SHORT_QUOTA,
    LONG_QUOTA,
    EXPIRED,
    DEAD_GRANT,
    POISON,
    WEATHERS
} Weather;

typedef struct {
    Stage stage; /* first, so that a Stage is its World */
    Store *store;
    Config *config;
    Sealer *sealer;
    GTimeZone *zone;
    int n_processes, n_runners;
    Process *processes[PROCESSES_MOST];
    gint64 restart_at[PROCESSES_MOST], offsets[PROCESSES_MOST]; /* 0: not yet known */
    Weather weather;
    gint64 weather_until, clocks_until, next_event;
    gboolean deleted;     /* the last connection and its numbers */
    GHashTable *jobs;     /* id -> Seen */
    GHashTable *ledger;   /* "source date" -> job's id */
    GHashTable *accepted; /* ids that somebody was told */
} World;

/* What was seen of a job. */
typedef struct {
    gint64 since;
    char *end, *steps; /* once it has ended */
    gint64 done;
    gboolean active, new_success;
    gboolean far; /* some clock was weeks ahead during it: it read days that had not been */
} Seen;

typedef struct {
    const char *id, *user_id, *property;
} Account;

static const Account accounts[] = {
    { "aaaaaaaa-0000-4000-8000-000000000001", ANNA, "1" },
    { "aaaaaaaa-0000-4000-8000-000000000002", ANNA, "2" },
    { "aaaaaaaa-0000-4000-8000-000000000003", BEN, "3" },
};
#define LAST_ACCOUNT (G_N_ELEMENTS (accounts) - 1)

static inline World *
world_of (Actor *actor)
{
    return (World *)actor->stage;
}

static inline Day
true_yesterday (const World *world, gint64 at)
{
    return instant_day (at, world->zone) - 1;
}

/* ---- the platform ---- */

static inline int
truth (int property, Day day)
{
    guint32 mixed = ((guint32)day * 31 + (guint32)property) * 2654435761u;

    return 2 + (int)(mixed >> 16) % 1000;
}

/* A Google for one runner. */
typedef struct {
    SmallGoogle google;
    Actor *actor;
    int property;
} Desk;

/* A day is final from the next evening on; until then there is less of it. */
static inline int
number_of (Day day, gpointer user)
{
    const Desk *desk = user;
    const World *world = world_of (desk->actor);
    gint64 now = world->stage.now;

    if (day > true_yesterday (world, now) + 1)
        return -1;
    return day < true_yesterday (world, now + 2 * HOUR_US) ? truth (desk->property, day)
                                                           : truth (desk->property, day) / 2;
}

static inline FetchResponse *
refusal (int status, const char *body, const char *retry_after)
{
    FetchResponse *response = small_answer (status, g_strdup (body));

    if (retry_after)
        g_hash_table_insert (response->headers, g_strdup ("retry-after"), g_strdup (retry_after));
    return response;
}

#define QUOTA   "{\"error\":{\"code\":429,\"message\":\"Exhausted.\",\"status\":\"RESOURCE_EXHAUSTED\"}}"
#define INSIDE  "{\"error\":{\"code\":500,\"message\":\"Internal.\",\"status\":\"INTERNAL\"}}"
#define EXPIRES "{\"error\":{\"code\":401,\"message\":\"Expired.\",\"status\":\"UNAUTHENTICATED\"}}"

/* What the weather makes of half of all requests; NULL without error: nothing. */
static inline FetchResponse *
bad_weather (World *world, const char *url, GError **error)
{
    static const char *const retries[] = { "7", "40", "900", "3600" };
    gboolean token = strstr (url, "/token") != NULL;

    if (world->weather == FINE || world->weather == SLOW || world->weather == POISON ||
        !one_in (&world->stage, 2))
        return NULL;
    switch (world->weather) {
    case CUT_SHORT:
        fault_set (error, FAULT_LOST, "the answer was cut short");
        return NULL;
    case BROKEN:
        return refusal (500, INSIDE, NULL);
    case SHORT_QUOTA:
        return token ? NULL : refusal (429, QUOTA, retries[g_rand_int_range (world->stage.dice, 0, 2)]);
    case LONG_QUOTA:
        return token ? NULL : refusal (429, QUOTA, retries[g_rand_int_range (world->stage.dice, 2, 4)]);
    case EXPIRED:
        return token ? NULL : refusal (401, EXPIRES, NULL);
    default:
        return token ? refusal (400, "{\"error\":\"invalid_grant\"}", NULL) : NULL;
    }
}

static inline gboolean
lease_has_ended (Actor *actor)
{
    return actor->lease && lease_end (actor->lease) != LEASE_HELD;
}

static inline FetchResponse *
desk_fetch (Fetcher *fetcher, const FetchRequest *request, GError **error)
{
    Desk *desk = (Desk *)fetcher;
    Stage *stage = desk->actor->stage;
    gboolean slow = one_in (stage, world_of (desk->actor)->weather == SLOW ? 4 : 60);
    const char *property = strstr (request->url, "/properties/");
    g_autoptr (GError) local = NULL;
    FetchResponse *refused;

    actor_wait (desk->actor,
                slow ? between (stage, MINUTE_US, 4 * MINUTE_US) : between (stage, 0, 3 * SECOND_US),
                lease_has_ended);
    if (world_of (desk->actor)->weather == POISON && one_in (stage, 3))
        process_kill (desk->actor->process); /* an answer that crashes whoever reads it */
    if (desk->actor->process->dead || lease_has_ended (desk->actor)) {
        fault_set (error, FAULT_CANCELLED, "the request was broken off");
        return NULL;
    }
    refused = bad_weather (world_of (desk->actor), request->url, &local);
    if (refused || local) {
        stage_trace (stage, "the platform says no: %s", local ? local->message : "with a status");
        if (local)
            g_propagate_error (error, g_steal_pointer (&local));
        return refused;
    }
    desk->property = property ? property[strlen ("/properties/")] - '0' : 0;
    return small_fetch (fetcher, request, error);
}

/* ---- the actors of a process ---- */

static inline Store *
actor_store (Actor *actor)
{
    return store_open (world_of (actor)->config->database_url, NULL, NULL);
}

static inline gboolean
is_over (Actor *actor)
{
    return actor->process->dead || actor->process->stop;
}

/* Who waits in vain for something to do has something now. */
static inline void
wake (Process *process, const char *role)
{
    for (guint i = 0; i < process->actors->len; i++) {
        Actor *actor = process->actors->pdata[i];

        if (g_str_has_prefix (actor->role, role) && !actor->lease)
            actor->wake_at = MIN (actor->wake_at, process->stage->now + SECOND_US);
    }
}

static inline gboolean
pause_is_over (Actor *actor)
{
    return is_over (actor) || lease_has_ended (actor);
}

static inline void
pause_actor (gpointer user, Lease *lease, gint64 microseconds)
{
    actor_wait (user, microseconds, pause_is_over);
}

static inline gboolean
run_next (Actor *actor, RunContext *context)
{
    Process *process = actor->process;
    g_autoptr (Lease) lease = NULL;

    if (!lease_claim (context->store, context->clock, context->random, process->owner, TRUE, &lease, NULL) ||
        !lease)
        return FALSE;
    stage_trace (actor->stage, "claims %s, %s of %s, attempt %d", lease->id, lease->trigger, lease->source,
                 lease->attempt);
    g_ptr_array_add (process->leases, lease_ref (lease));
    actor->lease = lease;
    wake (process, "keeper");
    run_job (context, lease);
    actor->lease = NULL;
    g_ptr_array_remove_fast (process->leases, lease);
    lease_free (lease);
    return TRUE;
}

static inline void
play_runner (Actor *actor)
{
    World *world = world_of (actor);
    g_autoptr (Store) store = actor_store (actor);
    Desk desk = { .actor = actor };
    RunContext context = {
        .store = store,
        .fetcher = &desk.google.fetcher,
        .config = world->config,
        .sealer = world->sealer,
        .clock = &actor->process->clock,
        .random = &world->stage.random,
        .stop = &actor->process->stop,
        .pause = pause_actor,
        .pause_user = actor,
    };

    small_google_init (&desk.google);
    desk.google.fetcher.fetch = desk_fetch;
    desk.google.number = number_of;
    desk.google.user = &desk;
    while (!is_over (actor))
        if (!run_next (actor, &context))
            stage_yield (actor, actor->stage->now + between (actor->stage, 2 * SECOND_US, 40 * MINUTE_US));
}

/* As jobs/keeper.c does it, in one thread. */
static inline void
keep (Actor *actor, Store *store, Lease *lease)
{
    Clock *clock = &actor->process->clock;
    gint64 due = __atomic_load_n (&lease->deadline, __ATOMIC_RELAXED) -
                 (LEASE_SECONDS - HEARTBEAT_SECONDS) * SECOND_US;

    lease_watch (lease, clock);
    if (lease_end (lease) == LEASE_LOST || lease_end (lease) == LEASE_STUCK)
        return;
    if (clock_monotonic (clock) >= due)
        lease_renew (lease, store, clock, NULL);
    else
        lease_look (lease, store, NULL);
}

static inline void
play_keeper (Actor *actor)
{
    Process *process = actor->process;
    g_autoptr (Store) store = actor_store (actor);

    while (!process->dead && (!process->stop || process->leases->len)) {
        g_autoptr (GPtrArray) leases = g_ptr_array_new_with_free_func ((GDestroyNotify)lease_free);
        gint64 now;

        for (guint i = 0; i < process->leases->len; i++)
            g_ptr_array_add (leases, lease_ref (process->leases->pdata[i]));
        if (leases->len && actor->stage->faults && one_in (actor->stage, 25)) {
            stage_trace (actor->stage, "hangs");
            stage_yield (actor, actor->stage->now + between (actor->stage, MINUTE_US, 5 * MINUTE_US));
        }
        for (guint i = 0; i < leases->len; i++)
            keep (actor, store, leases->pdata[i]);
        now = shared_now (store, &process->clock, NULL);
        if (now != INSTANT_NONE)
            lease_sweep (store, now, NULL);
        stage_yield (actor, actor->stage->now + (process->leases->len ? 10 * SECOND_US : 20 * MINUTE_US));
    }
}

static inline void
play_ticker (Actor *actor)
{
    World *world = world_of (actor);
    g_autoptr (Store) store = actor_store (actor);
    g_autoptr (Scheduler) scheduler =
        scheduler_new (world->config, &actor->process->clock, &world->stage.random);
    gboolean started;

    while (!is_over (actor)) {
        if (scheduler_tick (scheduler, store, &started, NULL) && started)
            wake (actor->process, "runner");
        stage_yield (actor, actor->stage->now + between (actor->stage, 10 * SECOND_US, 20 * MINUTE_US));
    }
}

/* ---- people and cron, through the API ---- */

static inline void
accept_job (Actor *actor, const char *what, gboolean ok, JobStart start, const char *id)
{
    static const char *const words[] = { "started", "there already", "done already" };

    stage_trace (actor->stage, "%s: %s %s", what, ok ? words[start] : "refused", ok ? id : "");
    if (!ok)
        return;
    g_hash_table_add (world_of (actor)->accepted, g_strdup (id));
    wake (actor->process, "runner");
}

static inline void
call_run (Actor *actor, Store *store)
{
    gboolean everything = one_in (actor->stage, 4);
    const char *user = one_in (actor->stage, 2) ? ANNA : BEN;
    JobRequest request = { .source = everything ? "all" : "ga4", .scope = user, .trigger = "manual" };
    char id[UUID_TEXT];
    JobStart start;
    gboolean ok;

    request.requested_by = user;
    ok = job_start (store, &actor->process->clock, &actor->stage->random, &request, id, &start, NULL);
    accept_job (actor, "a run is asked for", ok, start, id);
}

static inline void
call_cron (Actor *actor, Store *store, const char *source)
{
    JobRequest request = { .source = source, .scope = JOB_SCOPE_ALL, .trigger = "cron" };
    Clock *clock = &actor->process->clock;
    char id[UUID_TEXT];
    JobStart start;
    Day date;
    gboolean ok = daily_date (store, world_of (actor)->config, clock, &date, NULL) &&
                  job_start_daily (store, clock, &actor->stage->random, &request, date, id, &start, NULL);

    accept_job (actor, "cron calls", ok && *id, start, id);
}

static inline void
call_cancel (Actor *actor, Store *store)
{
    static const Sql ask = { .name = "test/active",
                             .text = "SELECT id FROM sync_jobs WHERE status IN ('pending', 'running') "
                                     "ORDER BY id LIMIT 1" };
    g_autoptr (Rows) rows = store_ask (store, &ask, NO_PARAMS, NULL);

    if (!rows || !rows_count (rows))
        return;
    stage_trace (actor->stage, "%s is cancelled", rows_text (rows, 0, 0));
    job_cancel (store, &actor->process->clock, ANNA, TRUE, rows_text (rows, 0, 0), NULL);
}

/* As the API does it: the connection first, so that whoever is writing is waited for. */
static inline void
call_delete (Actor *actor, Store *store)
{
    static const Sql *const tables[] = { &sql_api_forget_ga4_daily, &sql_api_forget_ga4_channel_daily,
                                         &sql_api_forget_ga4_landing_daily,
                                         &sql_api_forget_ga4_period_users };
    const Account *account = &accounts[LAST_ACCOUNT];
    Value user = VALUE_OF_TEXT (account->user_id);
    gboolean ok = store_begin (store, NULL) &&
                  store_do (store, &sql_api_connection_delete,
                            PARAMS ({ "user", user }, { "id", VALUE_OF_TEXT (account->id) }), NULL) >= 0;

    for (guint i = 0; ok && i < G_N_ELEMENTS (tables); i++)
        ok = store_do (store, tables[i],
                       PARAMS ({ "user", user }, { "external_id", VALUE_OF_TEXT (account->property) }),
                       NULL) >= 0;
    if (ok && store_commit (store, NULL)) {
        world_of (actor)->deleted = TRUE;
        stage_trace (actor->stage, "account %s is deleted", account->property);
    } else {
        store_rollback (store);
    }
}

static inline void
call_something (Actor *actor, Store *store)
{
    int what = g_rand_int_range (actor->stage->dice, 0, 100);

    if (what < 45)
        call_run (actor, store);
    else if (what < 70)
        call_cron (actor, store, "all");
    else if (what < 85)
        call_cron (actor, store, "ga4");
    else if (what < 97)
        call_cancel (actor, store);
    else
        call_delete (actor, store);
}

static inline void
play_api (Actor *actor)
{
    g_autoptr (Store) store = actor_store (actor);

    while (!is_over (actor)) {
        stage_yield (actor, actor->stage->now + between (actor->stage, 0, 5 * HOUR_US));
        if (!is_over (actor) && actor->stage->faults)
            call_something (actor, store);
    }
}

/* ---- processes come and go ---- */

static inline void
start_process (World *world, int i)
{
    Process *process = process_new (&world->stage, i + 1, world->offsets[i]);

    world->processes[i] = process;
    world->restart_at[i] = 0;
    stage_trace (&world->stage, "process %d starts", i + 1);
    if (world->n_processes == 1 && store_engine (world->store) == STORE_SQLITE) { /* it owns the file */
        store_do (world->store, &sql_jobs_expire_all, PARAMS ({ "past", VALUE_OF_INSTANT (0) }), NULL);
        store_do (world->store, &sql_jobs_expire_connections, NO_PARAMS, NULL);
    }
    for (int n = 0; n < world->n_runners; n++)
        actor_start (process, n ? "runner b" : "runner a", play_runner);
    actor_start (process, "keeper", play_keeper);
    actor_start (process, "ticker", play_ticker);
    actor_start (process, "api", play_api);
}

/* One that has ended is gone, and comes back after a while. */
static inline void
tend_processes (World *world)
{
    Stage *stage = &world->stage;

    for (int i = 0; i < world->n_processes; i++) {
        Process *process = world->processes[i];

        if (process && process_has_ended (process)) {
            g_clear_pointer (&world->processes[i], process_free);
            if (!world->restart_at[i])
                world->restart_at[i] = stage->now + between (stage, SECOND_US, 30 * MINUTE_US);
        }
        if (!world->processes[i] && stage->now >= world->restart_at[i])
            start_process (world, i);
    }
}

/* ---- what goes wrong ---- */

static inline gboolean
is_far (const World *world)
{
    for (int i = 0; i < world->n_processes; i++)
        if (world->offsets[i] > DAY_US)
            return TRUE;
    return FALSE;
}

static inline void
set_offset (World *world, int i, gint64 offset)
{
    world->offsets[i] = offset;
    if (world->processes[i])
        world->processes[i]->offset = offset;
}

/* With SQLite there is one machine with one clock. */
static inline void
step_clocks (World *world)
{
    static const gint64 steps[] = { -HOUR_US, HOUR_US, 90 * SECOND_US, -90 * SECOND_US, 40 * DAY_US };
    Stage *stage = &world->stage;
    gint64 step = steps[g_rand_int_range (stage->dice, 0, G_N_ELEMENTS (steps))];
    int one = g_rand_int_range (stage->dice, 0, world->n_processes + 1);

    stage_trace (stage, "clocks jump by %" G_GINT64_FORMAT " s: %d", step / SECOND_US, one);
    for (int i = 0; i < world->n_processes; i++)
        if (store_engine (world->store) == STORE_SQLITE || i == one)
            set_offset (world, i, step);
    if (one == world->n_processes)
        stage->database_offset = step;
    world->clocks_until = stage->now + between (stage, MINUTE_US, 6 * HOUR_US);
}

static inline void
right_clocks (World *world)
{
    stage_trace (&world->stage, "clocks are right");
    for (int i = 0; i < world->n_processes; i++)
        set_offset (world, i, 0);
    world->stage.database_offset = 0;
    world->clocks_until = G_MAXINT64;
}

static inline void
change_weather (World *world)
{
    Stage *stage = &world->stage;

    world->weather = (Weather)g_rand_int_range (stage->dice, 0, WEATHERS);
    world->weather_until = stage->now + between (stage, MINUTE_US, 8 * HOUR_US);
    stage_trace (stage, "weather %d", (int)world->weather);
}

static inline void
reconnect_all (World *world)
{
    for (guint i = 0; i < G_N_ELEMENTS (accounts); i++)
        store_do (world->store, &sql_api_connection_restore,
                  PARAMS ({ "user", VALUE_OF_TEXT (accounts[i].user_id) },
                          { "id", VALUE_OF_TEXT (accounts[i].id) }),
                  NULL);
}

/* All of them, for minutes or for days. */
static inline void
power_cut (World *world)
{
    Stage *stage = &world->stage;
    gint64 back = stage->now + (one_in (stage, 2) ? between (stage, MINUTE_US, HOUR_US)
                                                  : between (stage, HOUR_US, 2 * DAY_US));

    for (int i = 0; i < world->n_processes; i++) {
        if (world->processes[i])
            process_kill (world->processes[i]);
        world->restart_at[i] = back;
    }
}

static inline void
something_happens (World *world)
{
    Stage *stage = &world->stage;
    Process *process = world->processes[g_rand_int_range (stage->dice, 0, world->n_processes)];
    int what = g_rand_int_range (stage->dice, 0, 100);

    if (what < 30)
        change_weather (world);
    else if (what < 40)
        step_clocks (world);
    else if (what < 50)
        reconnect_all (world);
    else if (what < 55)
        power_cut (world);
    else if (process && what < 70)
        process_kill (process);
    else if (process && what < 80) {
        stage_trace (stage, "process %d is asked to end", process->number);
        process->stop = TRUE;
        wake (process, "");
    } else if (process) {
        process->frozen_until = stage->now + between (stage, SECOND_US, 20 * MINUTE_US);
        stage_trace (stage, "process %d is frozen", process->number);
    }
}

/* ---- the director ---- */

static inline gint64
turn_of (const Actor *actor)
{
    return MAX (actor->wake_at, actor->process->frozen_until);
}

/* Somebody whose time has come; else whoever is next, and when. */
static inline Actor *
choose (World *world, gint64 *when)
{
    Actor *ready[PROCESSES_MOST * 8], *next = NULL;
    int n = 0;

    for (int i = 0; i < world->n_processes; i++)
        for (guint k = 0; world->processes[i] && k < world->processes[i]->actors->len; k++) {
            Actor *actor = world->processes[i]->actors->pdata[k];

            if (actor->ended)
                continue;
            if (turn_of (actor) <= world->stage.now)
                ready[n++] = actor;
            if (!next || turn_of (actor) < turn_of (next))
                next = actor;
        }
    *when = next ? MAX (turn_of (next), world->stage.now) : G_MAXINT64;
    return n ? ready[g_rand_int_range (world->stage.dice, 0, n)] : next;
}

static inline gint64
next_restart (const World *world)
{
    gint64 next = G_MAXINT64;

    for (int i = 0; i < world->n_processes; i++)
        if (!world->processes[i])
            next = MIN (next, world->restart_at[i]);
    return next;
}

static inline void
let_happen (World *world)
{
    Stage *stage = &world->stage;

    if (stage->now >= world->weather_until) {
        world->weather = FINE;
        world->weather_until = G_MAXINT64;
        stage_trace (stage, "the weather is fine");
    }
    if (stage->now >= world->clocks_until)
        right_clocks (world);
    if (stage->faults && stage->now >= world->next_event) {
        something_happens (world);
        world->next_event = stage->now + between (stage, 5 * MINUTE_US, 8 * HOUR_US);
    }
}

static inline void check_always (World *world);

/* One turn, or the time moves on to where something is to be done. */
static inline void
play_on (World *world, gint64 until)
{
    Stage *stage = &world->stage;
    gint64 when, things = MIN (world->weather_until, world->clocks_until);
    Actor *actor;

    if (stage->faults)
        things = MIN (things, world->next_event);
    actor = choose (world, &when);
    things = MIN (MIN (things, next_restart (world)), until);
    stage->now = MAX (stage->now, MIN (when, things));
    if (actor && when <= things)
        stage_give_turn (stage, actor);
    if (stage->dirty)
        check_always (world);
}

/* Until then, or until it is enough, or until something is broken. */
static inline void
play_until (World *world, gint64 until, gboolean (*enough) (World *world))
{
    while (!world->stage.violation && world->stage.now < until && !(enough && enough (world))) {
        tend_processes (world);
        let_happen (world);
        play_on (world, until);
    }
}
