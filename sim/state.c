#include "state.h"

#include "base/fault.h"
#include "chat.h"
#include "control.h"
#include "google.h"
#include "instagram.h"
#include "meta.h"

#include <string.h>

#define MOST_DAYS  1100
#define USUAL_DAYS 400
#define NOON       720
#define MOST_PATHS 1000 /* that are counted one by one */

/* Each row is asked in turn whether a path is its own. */
static gboolean (*const platforms[]) (SimState *state, const SimRequest *request, SimReply *reply) = {
    sim_control_answer, chat_answer,      google_token_answer, google_admin_answer,
    ga4_data_answer,    instagram_answer, graph_answer,
};

/* ---- making ---- */

static gboolean
read_switches (SimState *state, char **texts, GError **error)
{
    switches_init (&state->switches);
    for (char **text = texts; text && *text; text++)
        if (!switches_start (&state->switches, *text, error))
            return FALSE;
    return TRUE;
}

static Day
last_day (const SimState *state)
{
    if (state->today != DAY_NONE)
        return state->today;
    return (Day)(clock_now (state->clock) / SECOND_US / 86400) + 1; /* ahead of UTC it is tomorrow already */
}

static gboolean
make_world (SimState *state, const SimOptions *options, GError **error)
{
    g_autofree PropertyPreset *presets = g_memdup2 (world_presets, world_n_presets * sizeof *world_presets);
    int days = options->days ? options->days : USUAL_DAYS;
    Day last = last_day (state);

    if (days < 1 || days > MOST_DAYS)
        return fault_set (error, FAULT_INVALID, "days must be 1 to %d", MOST_DAYS);
    if (options->time_zone)
        presets[0].zone = g_intern_string (options->time_zone);
    if (options->currency)
        presets[0].currency = g_intern_string (options->currency);
    state->world = world_new (state->seed, presets, world_n_presets, last - days, last, error);
    return state->world != NULL;
}

SimState *
sim_state_new (const SimOptions *options, GError **error)
{
    g_autoptr (SimState) state = g_new0 (SimState, 1);
    pthread_condattr_t monotonic;

    pthread_mutex_init (&state->lock, NULL);
    pthread_condattr_init (&monotonic);
    pthread_condattr_setclock (&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init (&state->changed, &monotonic);
    pthread_condattr_destroy (&monotonic);
    state->clock = options->clock ? options->clock : clock_system ();
    state->today = options->today;
    state->seed = options->seed;
    state->base_url = g_strdup ("http://127.0.0.1");
    state->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    google_tokens_init (&state->tokens);
    if (!read_switches (state, options->switches, error) || !make_world (state, options, error))
        return NULL;
    state->quotas = g_new0 (Quota, state->world->n_properties);
    return g_steal_pointer (&state);
}

void
sim_state_free (SimState *state)
{
    if (!state)
        return;
    world_free (state->world);
    google_tokens_clear (&state->tokens);
    meta_runs_free (state->meta_runs);
    g_clear_pointer (&state->meta_codes, g_hash_table_unref);
    g_hash_table_unref (state->asked);
    pthread_cond_destroy (&state->changed);
    pthread_mutex_destroy (&state->lock);
    g_free (state->base_url);
    g_free (state->quotas);
    g_free (state);
}

void
sim_state_set_base (SimState *state, guint16 port)
{
    g_free (state->base_url);
    state->base_url = g_strdup_printf ("http://127.0.0.1:%u", port);
}

/* Requests that are under way keep their place in the concurrency. */
void
sim_state_reset (SimState *state)
{
    switches_reset (&state->switches);
    pthread_cond_broadcast (&state->changed);
    for (guint i = 0; i < state->world->n_properties; i++) {
        gint64 busy = state->quotas[i].used[QUOTA_CONCURRENT];

        state->quotas[i] = (Quota){ 0 };
        state->quotas[i].used[QUOTA_CONCURRENT] = busy;
    }
    g_hash_table_remove_all (state->asked);
    state->n_asked = state->n_reports = 0;
    state->meta_used = 0;
}

/* ---- time ---- */

Day
sim_state_today (SimState *state, const Property *property)
{
    Day today =
        state->today != DAY_NONE ? state->today : instant_day (clock_now (state->clock), property->zone);

    world_reach (state->world, today);
    return today;
}

int
sim_state_minute (SimState *state, const Property *property)
{
    g_autoptr (GDateTime) utc = NULL, local = NULL;

    if (state->today != DAY_NONE)
        return NOON; /* a fixed day stands still */
    utc = g_date_time_new_from_unix_utc (clock_now (state->clock) / SECOND_US);
    local = g_date_time_to_timezone (utc, property->zone);
    return g_date_time_get_hour (local) * 60 + g_date_time_get_minute (local);
}

Quota *
sim_state_quota (SimState *state, const Property *property)
{
    Quota *quota = NULL;

    for (guint i = 0; i < state->world->n_properties; i++)
        if (state->world->properties[i] == property)
            quota = &state->quotas[i];
    g_assert (quota);
    quota_refill (quota, clock_monotonic (state->clock));
    return quota;
}

/* ---- answering ---- */

static void
count_request (SimState *state, const SimRequest *request)
{
    g_autofree char *name = g_strdup_printf ("%s %s", request->method, request->path);
    int n = GPOINTER_TO_INT (g_hash_table_lookup (state->asked, name));

    if (sim_control_is (request->path))
        return;
    state->n_asked++;
    if (n || g_hash_table_size (state->asked) < MOST_PATHS)
        g_hash_table_insert (state->asked, g_steal_pointer (&name), GINT_TO_POINTER (n + 1));
}

void
sim_state_answer (SimState *state, const SimRequest *request, SimReply *reply)
{
    gboolean found = FALSE;

    pthread_mutex_lock (&state->lock);
    count_request (state, request);
    for (guint i = 0; i < G_N_ELEMENTS (platforms) && !found; i++)
        found = platforms[i](state, request, reply);
    if (!found)
        google_not_found (reply, request->path);
    pthread_mutex_unlock (&state->lock);
}

void
sim_state_slow (SimState *state, SimReply *reply, SwitchId id)
{
    reply->delay = (guint)switch_feel (&state->switches, id);
    reply->slow = (int)id;
    reply->set = state->switches.set[id];
}

void
sim_state_wait (SimState *state, const SimReply *reply)
{
    gint64 end = g_get_monotonic_time () + (gint64)reply->delay * 1000;
    struct timespec until = { .tv_sec = end / SECOND_US, .tv_nsec = end % SECOND_US * 1000 };

    if (!reply->delay)
        return;
    pthread_mutex_lock (&state->lock);
    while (state->switches.set[reply->slow] == reply->set &&
           pthread_cond_timedwait (&state->changed, &state->lock, &until) == 0)
        ;
    pthread_mutex_unlock (&state->lock);
}

void
sim_state_done (SimState *state, SimReply *reply)
{
    Quota *quota = reply->holds;

    if (!quota)
        return;
    pthread_mutex_lock (&state->lock);
    quota->used[QUOTA_CONCURRENT]--;
    pthread_mutex_unlock (&state->lock);
    reply->holds = NULL;
}
