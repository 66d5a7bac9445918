#include "cli/samples.h"

#include "base/clock.h"
#include "cli/demo.h"

#include <pthread.h>

struct Samples {
    pthread_mutex_t lock; /* of the start; neither changes afterwards */
    Sim *sim;
    Config *config;
};

Samples *
samples_new (void)
{
    Samples *samples = g_new0 (Samples, 1);

    pthread_mutex_init (&samples->lock, NULL);
    return samples;
}

void
samples_free (Samples *samples)
{
    if (!samples)
        return;
    if (samples->sim)
        sim_stop (samples->sim);
    config_free (samples->config);
    pthread_mutex_destroy (&samples->lock);
    g_free (samples);
}

static gboolean
start (Samples *samples, GError **error)
{
    SimOptions options = SIM_OPTIONS_NONE;
    g_auto (GStrv) environment = g_new0 (char *, 1);

    if (!samples->sim)
        samples->sim = sim_start (&options, error);
    if (!samples->sim)
        return FALSE;
    environment = demo_sources (samples->sim, g_steal_pointer (&environment));
    samples->config = config_load (NULL, environment, error);
    return samples->config != NULL;
}

const Config *
samples_config (Samples *samples, GError **error)
{
    const Config *config;

    pthread_mutex_lock (&samples->lock);
    config = samples->config || start (samples, error) ? samples->config : NULL;
    pthread_mutex_unlock (&samples->lock);
    return config;
}

gboolean
samples_connect (Samples *samples, Store *store, Sealer *sealer, const char *user_id, GError **error)
{
    return samples_config (samples, error) &&
           demo_connect (samples->sim, store, sealer, user_id, TRUE, clock_now (clock_system ()), error);
}
