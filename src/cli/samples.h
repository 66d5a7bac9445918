/* samples.h -- demo data in a server that is no demo: for who wants to look around before anything is
 * connected.
 *
 * The simulators start when the first account asks for them, or a sync comes to such an account, and live as
 * long as the server. What is read from them is read like anything else. Any thread. */
#pragma once
#include "auth/seal.h"
#include "base/config.h"
#include "store/store.h"

typedef struct Samples Samples;

Samples *samples_new (void);
void samples_free (Samples *samples);
/* Connections of this user to the simulated accounts. */
gboolean
samples_connect (Samples *samples, Store *store, Sealer *sealer, const char *user_id, GError **error);
/* The settings under which those are read; as long as samples. */
const Config *samples_config (Samples *samples, GError **error);
