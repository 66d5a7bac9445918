/* stage.h -- threads that take turns, on one clock, with a seed that decides everything.
 *
 * Each actor is a thread, but only one runs at a time: it gives the turn back where it would wait
 * (a request, a pause) or call the database, and the seed chooses who goes on and how much time has
 * passed. So a run is the same each time that its seed is played, and a minute of real time
 * holds weeks.
 *
 * Actors belong to processes. A process has its own idea of the time, may be frozen, and may die at
 * any call to the database: from then on nothing that its actors call has any effect, and their
 * threads end by the way of their own errors.
 *
 * The calls are caught by the linker (-Wl,--wrap=store_do …, see tests/meson.build), so that the
 * program's own code runs as it is. Calls of threads that are no actors go through.
 *
 * A header and not a .c file, because a test program is one file. */
#pragma once
#include "base/clock.h"
#include "base/date.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/random.h"
#include "jobs/lease.h"
#include "sql.h"
#include "store/store.h"

#include <pthread.h>
#include <stdio.h>

typedef struct Stage Stage;
typedef struct Process Process;
typedef struct Actor Actor;

struct Process {
    Clock clock; /* first, so that a Clock is its Process */
    Stage *stage;
    int number;
    gint64 offset; /* what its clock shows, minus the true time */
    gint64 frozen_until;
    gboolean dead;
    gint stop;         /* it was asked to end */
    GPtrArray *leases; /* that it keeps */
    GPtrArray *actors; /* owned */
    char owner[UUID_TEXT];
};

struct Actor {
    Stage *stage;
    Process *process;
    const char *role;
    void (*play) (Actor *actor);
    pthread_t thread;
    pthread_cond_t turn;
    gint64 wake_at;
    gboolean ended;
    Lease *lease; /* of the job in hand; owned by its play */
    gboolean in_transaction, broken;
    gboolean late;        /* the lease had run out when this transaction began */
    const char *unfenced; /* a write of this transaction that was not allowed */
};

struct Stage {
    Random random; /* first, so that a Random is its Stage */
    GRand *dice, *ids;
    pthread_mutex_t lock;
    pthread_cond_t back; /* the turn is the director's again */
    Actor *playing;
    gint64 now, database_offset;
    gboolean faults; /* whether anything goes wrong at all */
    gboolean dirty;  /* somebody has written since the director last looked */
    Store *observer; /* the director's own connection */
    char *violation; /* what was broken first */
    GQueue trace;    /* of lines; the last ones */
    gboolean loud;   /* print the trace as it comes */
};

#define TRACE_LINES 400

static __thread Actor *self;
static Stage *on_stage; /* the one that is played */

/* ---- chance ---- */

static inline gboolean
one_in (Stage *stage, int n)
{
    return g_rand_int_range (stage->dice, 0, n) == 0;
}

static inline gint64
between (Stage *stage, gint64 least, gint64 most)
{
    return least + (gint64)(g_rand_double (stage->dice) * (double)(most - least));
}

static inline void
stage_fill (Random *random, void *bytes, gsize n)
{
    for (gsize i = 0; i < n; i++)
        ((guint8 *)bytes)[i] = (guint8)g_rand_int (((Stage *)random)->ids);
}

/* ---- the record ---- */

G_GNUC_PRINTF (2, 3)
static inline void
stage_trace (Stage *stage, const char *format, ...)
{
    char text[INSTANT_TEXT];
    g_autofree char *what = NULL;
    char *line;
    va_list arguments;

    va_start (arguments, format);
    what = g_strdup_vprintf (format, arguments);
    va_end (arguments);
    instant_format (stage->now, text);
    line = self ? g_strdup_printf ("%.19s %d.%s %s", text, self->process->number, self->role, what)
                : g_strdup_printf ("%.19s ---- %s", text, what);
    if (stage->loud)
        fprintf (stderr, "%s\n", line);
    g_queue_push_tail (&stage->trace, line);
    if (g_queue_get_length (&stage->trace) > TRACE_LINES)
        g_free (g_queue_pop_head (&stage->trace));
}

G_GNUC_PRINTF (2, 3)
static inline void
stage_violated (Stage *stage, const char *format, ...)
{
    va_list arguments;

    if (stage->violation)
        return;
    va_start (arguments, format);
    stage->violation = g_strdup_vprintf (format, arguments);
    va_end (arguments);
    stage_trace (stage, "VIOLATION: %s", stage->violation);
}

/* ---- turns ---- */

/* The turn goes back; this actor's next one comes at that moment or later. */
static inline void
stage_yield (Actor *actor, gint64 wake_at)
{
    Stage *stage = actor->stage;

    pthread_mutex_lock (&stage->lock);
    actor->wake_at = wake_at;
    stage->playing = NULL;
    pthread_cond_signal (&stage->back);
    while (stage->playing != actor)
        pthread_cond_wait (&actor->turn, &stage->lock);
    pthread_mutex_unlock (&stage->lock);
}

/* Until the actor gives it back. */
static inline void
stage_give_turn (Stage *stage, Actor *actor)
{
    pthread_mutex_lock (&stage->lock);
    stage->playing = actor;
    pthread_cond_signal (&actor->turn);
    while (stage->playing)
        pthread_cond_wait (&stage->back, &stage->lock);
    pthread_mutex_unlock (&stage->lock);
}

static inline void *
actor_body (void *data)
{
    Actor *actor = data;
    Stage *stage = actor->stage;

    self = actor;
    pthread_mutex_lock (&stage->lock);
    while (stage->playing != actor)
        pthread_cond_wait (&actor->turn, &stage->lock);
    pthread_mutex_unlock (&stage->lock);
    actor->play (actor);
    pthread_mutex_lock (&stage->lock);
    actor->ended = TRUE;
    stage->playing = NULL;
    pthread_cond_signal (&stage->back);
    pthread_mutex_unlock (&stage->lock);
    return NULL;
}

static inline void
actor_start (Process *process, const char *role, void (*play) (Actor *actor))
{
    Actor *actor = g_new0 (Actor, 1);

    *actor = (Actor){ .stage = process->stage, .process = process, .role = role, .play = play };
    actor->wake_at = process->stage->now + between (process->stage, 0, 10 * SECOND_US);
    pthread_cond_init (&actor->turn, NULL);
    g_ptr_array_add (process->actors, actor);
    if (pthread_create (&actor->thread, NULL, actor_body, actor) != 0)
        g_error ("cannot create a thread");
}

/* Its thread has ended, or is to be waited for. */
static inline void
actor_free (gpointer data)
{
    Actor *actor = data;

    pthread_join (actor->thread, NULL);
    pthread_cond_destroy (&actor->turn);
    g_free (actor);
}

/* Wait in slices, so that what should end a wait does. */
static inline void
actor_wait (Actor *actor, gint64 microseconds, gboolean (*enough) (Actor *actor))
{
    gint64 until = actor->stage->now + microseconds;

    while (actor->stage->now < until && !actor->process->dead && !(enough && enough (actor)))
        stage_yield (actor, enough ? MIN (until, actor->stage->now + 5 * SECOND_US) : until);
}

/* ---- processes ---- */

static inline gint64
process_now (Clock *clock)
{
    Process *process = (Process *)clock;

    return process->stage->now + process->offset;
}

static inline gint64
process_monotonic (Clock *clock)
{
    return ((Process *)clock)->stage->now;
}

static inline Process *
process_new (Stage *stage, int number, gint64 offset)
{
    Process *process = g_new0 (Process, 1);

    process->clock = (Clock){ .now = process_now, .monotonic = process_monotonic };
    process->stage = stage;
    process->number = number;
    process->offset = offset;
    process->leases = g_ptr_array_new ();
    process->actors = g_ptr_array_new_with_free_func (actor_free);
    random_uuid (&stage->random, process->owner);
    return process;
}

static inline void
process_kill (Process *process)
{
    stage_trace (process->stage, "process %d dies", process->number);
    process->dead = TRUE;
    process->frozen_until = 0;
    for (guint i = 0; i < process->actors->len; i++)
        ((Actor *)process->actors->pdata[i])->wake_at = process->stage->now;
}

static inline gboolean
process_has_ended (const Process *process)
{
    for (guint i = 0; i < process->actors->len; i++)
        if (!((Actor *)process->actors->pdata[i])->ended)
            return FALSE;
    return TRUE;
}

static inline void
process_free (Process *process)
{
    g_ptr_array_unref (process->actors);
    g_ptr_array_unref (process->leases);
    g_free (process);
}

/* ---- calls to the database ---- */

Rows *__real_store_ask (Store *store, const Sql *sql, const Param *params, GError **error);
gint64 __real_store_do (Store *store, const Sql *sql, const Param *params, GError **error);
gboolean __real_store_begin (Store *store, GError **error);
gboolean __real_store_commit (Store *store, GError **error);
void __real_store_rollback (Store *store);
gboolean __real_store_replace (Store *store, const char *user_id, const char *entity, Period window,
                               const FactSet *facts, GError **error);
Rows *__wrap_store_ask (Store *store, const Sql *sql, const Param *params, GError **error);
gint64 __wrap_store_do (Store *store, const Sql *sql, const Param *params, GError **error);
gboolean __wrap_store_begin (Store *store, GError **error);
gboolean __wrap_store_commit (Store *store, GError **error);
void __wrap_store_rollback (Store *store);
gboolean __wrap_store_replace (Store *store, const char *user_id, const char *entity, Period window,
                               const FactSet *facts, GError **error);
void __wrap_log_event (LogLevel level, const char *event, const char *sentence, ...);

static inline gboolean
is_gone (GError **error)
{
    return fault_set (error, FAULT_LOST, "the connection to the database is lost");
}

/* Before each call: somebody else may go on first, the process may die here, the connection may break. */
static inline gboolean
call_may_go (Store *store, GError **error)
{
    Stage *stage = self->stage;

    stage->now += between (stage, 0, SECOND_US / 50);
    if (!self->in_transaction && !self->process->dead && one_in (stage, self->lease ? 3 : 8))
        stage_yield (self, stage->now);
    if (stage->faults && !self->process->dead && self->lease && one_in (stage, 400))
        process_kill (self->process);
    if (!self->process->dead && !self->broken && stage->faults && one_in (stage, 500)) {
        stage_trace (stage, "the connection breaks");
        self->broken = self->in_transaction;
        return is_gone (error);
    }
    if (!self->process->dead && !self->broken)
        return TRUE;
    if (self->in_transaction)
        __real_store_rollback (store); /* as the database does it */
    return is_gone (error);
}

/* Is the job that this worker has still his, as all others see it? */
static inline gboolean
holds_its_job (void)
{
    static const Sql ask = { .name = "test/holds",
                             .text =
                                 "SELECT 1 AS held FROM sync_jobs WHERE id = :id AND lease_token = :token" };
    g_autoptr (Rows) rows = __real_store_ask (
        self->stage->observer, &ask,
        PARAMS ({ "id", VALUE_OF_TEXT (self->lease->id) }, { "token", VALUE_OF_TEXT (self->lease->token) }),
        NULL);

    return rows && rows_count (rows);
}

/* Something was changed: by a worker who may? What he has of a connection has its own lease. */
static inline void
note_write (const char *name, gboolean held)
{
    self->stage->dirty = TRUE;
    if (held || g_str_has_prefix (name, "jobs/connection_"))
        return;
    if (self->in_transaction)
        self->unfenced = name;
    else
        stage_violated (self->stage, "%s changed something for a worker whose lease is lost", name);
}

/* PostgreSQL's clock is one more that may be wrong. */
static inline Rows *
database_now (void)
{
    const char *columns[] = { "now" };
    const Value cells[] = { VALUE_OF_INSTANT (on_stage->now + on_stage->database_offset) };

    return rows_new (columns, 1, cells, 1);
}

Rows *
__wrap_store_ask (Store *store, const Sql *sql, const Param *params, GError **error)
{
    if (self && !call_may_go (store, error))
        return NULL;
    if (on_stage && sql == &sql_jobs_now)
        return database_now ();
    if (!self)
        return __real_store_ask (store, sql, params, error);
    self->stage->dirty = self->stage->dirty || sql == &sql_jobs_claim;
    return __real_store_ask (store, sql, params, error);
}

gint64
__wrap_store_do (Store *store, const Sql *sql, const Param *params, GError **error)
{
    gboolean held;
    gint64 n;

    if (!self)
        return __real_store_do (store, sql, params, error);
    if (!call_may_go (store, error))
        return -1;
    held = !self->lease || holds_its_job ();
    n = __real_store_do (store, sql, params, error);
    if (n > 0)
        note_write (sql->name, held);
    return n;
}

gboolean
__wrap_store_replace (Store *store, const char *user_id, const char *entity, Period window,
                      const FactSet *facts, GError **error)
{
    gboolean held;

    if (!self)
        return __real_store_replace (store, user_id, entity, window, facts, error);
    if (!call_may_go (store, error))
        return FALSE;
    held = !self->lease || holds_its_job ();
    if (!__real_store_replace (store, user_id, entity, window, facts, error))
        return FALSE;
    if (self->late)
        stage_violated (self->stage, "facts were written by a worker who should know that his lease is over");
    note_write (facts->table->name, held);
    return TRUE;
}

/* The worst moment to be stopped at: between the look at the lease and the write. */
static inline void
freeze_before_writing (void)
{
    Stage *stage = self->stage;

    if (!stage->faults || !self->lease || self->process->dead || !one_in (stage, 15))
        return;
    self->process->frozen_until = stage->now + between (stage, 60 * SECOND_US, 300 * SECOND_US);
    stage_trace (stage, "is frozen before it writes");
    stage_yield (self, stage->now);
}

gboolean
__wrap_store_begin (Store *store, GError **error)
{
    if (!self)
        return __real_store_begin (store, error);
    self->late = self->lease && !lease_is_held (self->lease, &self->process->clock);
    freeze_before_writing ();
    if (!call_may_go (store, error) || !__real_store_begin (store, error))
        return FALSE;
    self->in_transaction = TRUE;
    self->unfenced = NULL;
    return TRUE;
}

/* At times it is carried out, and nobody is told. */
gboolean
__wrap_store_commit (Store *store, GError **error)
{
    if (!self)
        return __real_store_commit (store, error);
    if (!call_may_go (store, error) || !__real_store_commit (store, error))
        return FALSE;
    self->in_transaction = FALSE;
    if (self->unfenced)
        stage_violated (self->stage, "%s was committed for a worker whose lease is lost", self->unfenced);
    self->stage->dirty = TRUE;
    if (!self->stage->faults || !one_in (self->stage, 100))
        return TRUE;
    stage_trace (self->stage, "the connection breaks after a commit");
    return is_gone (error);
}

void
__wrap_store_rollback (Store *store)
{
    __real_store_rollback (store);
    if (self)
        self->in_transaction = self->broken = FALSE;
}

void
__wrap_log_event (LogLevel level, const char *event, const char *sentence, ...)
{
    if (self)
        stage_trace (self->stage, "%s: %s", event, sentence);
}
