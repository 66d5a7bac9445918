/* state.h -- what all simulated platforms share: the world, the switches, the counters.
 *
 * One lock guards all of it; sim_state_answer takes it, so any thread may call. A further
 * platform is one more row in the table of state.c and a file of its own. */
#pragma once
#include "base/clock.h"
#include "exchange.h"
#include "google_token.h"
#include "quota.h"
#include "sim.h"
#include "switches.h"
#include "world.h"

#include <pthread.h>

struct SimState {
    pthread_mutex_t lock;
    pthread_cond_t changed; /* the switches */
    Clock *clock;
    Day today; /* DAY_NONE: by the clock, in the property's zone */
    guint64 seed;
    char *base_url; /* "http://127.0.0.1:9123" */
    World *world;
    Switches switches;
    Quota *quotas; /* one a property */
    GoogleTokens tokens;
    GHashTable *asked; /* "POST /v1beta/properties/1:runReport" -> number of times */
    guint64 n_asked, n_reports;
    GHashTable *meta_runs;  /* of meta_run.c; NULL: none yet */
    GHashTable *meta_codes; /* of meta_login.c; NULL: none yet */
    guint64 n_meta_codes;
    guint64 n_meta_runs;
    gint64 meta_used; /* percent of Meta's limit, see meta_faults.c */
};

SimState *sim_state_new (const SimOptions *options, GError **error);
void sim_state_free (SimState *state);
/* For the URLs in answers; called once the server knows its port. */
void sim_state_set_base (SimState *state, guint16 port);

/* Answer a request, whatever it is. */
void sim_state_answer (SimState *state, const SimRequest *request, SimReply *reply);
/* Wait as long as the reply is to be late. It is sent at once when that switch is set anew, so a test can
 * hold a request with a large value and let go of it with 0. */
void sim_state_wait (SimState *state, const SimReply *reply);
/* The reply is out: what it held is free again. */
void sim_state_done (SimState *state, SimReply *reply);

/* ---- for the platforms; under the lock ---- */
/* The reply is as late as this switch says. */
void sim_state_slow (SimState *state, SimReply *reply, SwitchId id);
/* Switches as at the start, full quotas, no counts; tokens stay. */
void sim_state_reset (SimState *state);
/* The date that the wall clock of the property shows; the world reaches it. */
Day sim_state_today (SimState *state, const Property *property);
/* Minutes since midnight there; visits after it have not happened yet. */
int sim_state_minute (SimState *state, const Property *property);
Quota *sim_state_quota (SimState *state, const Property *property);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimState, sim_state_free)
