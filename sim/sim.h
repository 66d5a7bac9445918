/* sim.h -- the simulators of the source APIs, as one HTTP server on loopback.
 *
 * They speak like the real ones (Google's token endpoint, Admin and Data API;
 * paths tell platforms apart, so others can join) about one made-up business
 * whose numbers depend on the seed alone. What goes wrong is chosen by switches;
 * /sim/truth tells tests the true numbers. A Sim has threads of its own; start
 * and stop it from one thread. */
#pragma once
#include "base/clock.h"
#include "base/date.h"

typedef struct Sim Sim;

typedef struct {
    guint16 port; /* 0: a free one */
    guint64 seed;
    int days;              /* of data before today, 1..1100; 0 is 400 */
    Day today;             /* DAY_NONE: by the clock, in each property's zone */
    const char *time_zone; /* of the first property; NULL is Europe/Berlin */
    const char *currency;  /* of the first property; NULL is EUR */
    char **switches;       /* "name=value[:after=N][:times=N]", NULL-terminated, or NULL */
    Clock *clock;          /* NULL is the system's */
} SimOptions;

#define SIM_OPTIONS_NONE ((SimOptions){ .seed = 1, .today = DAY_NONE })

/* What a client needs; the strings live as long as the Sim. */
typedef struct {
    const char *data_url, *admin_url; /* GA4_DATA_URL, GA4_ADMIN_URL */
    const char *token_url, *auth_url; /* GOOGLE_TOKEN_URL, GOOGLE_AUTH_URL */
    const char *client_id, *client_secret;
    const char *refresh_token; /* valid for all properties */
    const char *property_id, *small_property_id, *empty_property_id;
    const char *graph_url; /* META_GRAPH_URL */
    const char *instagram_token, *instagram_id, *small_instagram_id;
    const char *meta_app_id, *meta_app_secret;
    const char *meta_access_token; /* valid for all ad accounts */
    const char *ad_account_id, *small_ad_account_id, *empty_ad_account_id;
} SimDemo;

Sim *sim_start (const SimOptions *options, GError **error);
guint16 sim_port (Sim *sim);
const SimDemo *sim_demo (Sim *sim);
/* Google's JSON key of a service account that may read all properties; the caller frees it.
 * The first call takes 100 ms: it makes the key. */
char *sim_service_account (Sim *sim);
/* The true numbers of all properties, ad accounts and Instagram accounts, with the days on which
 * something unusual was planted: {"properties":[…],"ad_accounts":[…],"instagram_accounts":[…]}, each
 * as /sim/truth says it. The caller frees it. */
char *sim_truth (Sim *sim);
void sim_stop (Sim *sim);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sim, sim_stop)
