/* demo.h -- what `daymark serve --demo` brings along: a fresh folder, the simulators, a user with
 * connected accounts and a first sync on its way. */
#pragma once
#include "auth/seal.h"
#include "base/config.h"
#include "base/random.h"
#include "sim/sim.h"
#include "store/store.h"

typedef struct {
    Sim *sim;
    char *folder; /* removed at the end */
    char user_id[UUID_TEXT];
    char *token; /* an API token of the demo user */
} Demo;

/* The settings under which simulated accounts are read, on top of this environment. */
char **demo_sources (Sim *sim, char **environment);
/* Connections of this user to the simulated accounts, one of each source; in_server: beside real users, so
 * that they are marked as made up. */
gboolean demo_connect (Sim *sim, Store *store, Sealer *sealer, const char *user_id, gboolean in_server,
                       gint64 now, GError **error);

Demo *demo_start (GError **error);
/* The settings under which the demo runs, on top of this environment. */
char **demo_environment (const Demo *demo, char **environment);
/* User, token, connection, first job: in a database that was just migrated. */
gboolean demo_fill (Demo *demo, Store *store, Sealer *sealer, GError **error);
void demo_stop (Demo *demo);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Demo, demo_stop)
