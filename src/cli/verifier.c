#include "cli/verifier.h"

#include "base/fault.h"
#include "fetch/fetch.h"

static char *
fetch_keys (gpointer user, GError **error)
{
    const Config *config = user;
    g_autoptr (Fetcher) fetcher = fetcher_new_curl (NULL);
    FetchRequest request = { .method = "GET",
                             .url = config->jwt_jwks_url,
                             .timeout_ms = 10000,
                             .max_bytes = 256 * 1024,
                             .private_too = TRUE }; /* one's identity provider is often next door */
    g_autoptr (FetchResponse) response = fetcher_fetch (fetcher, &request, error);
    gsize n;
    gconstpointer data;

    if (!response)
        return NULL;
    if (response->status != 200) {
        fault_set (error, FAULT_LOST, "the key set answers with status %d", response->status);
        return NULL;
    }
    data = g_bytes_get_data (response->body, &n);
    return g_strndup (data, n);
}

JwtVerifier *
verifier_new (const Config *config)
{
    JwtOptions options = {
        .secret = config->jwt_secret,
        .has_key_set = config->jwt_jwks_url != NULL,
        .issuer = config->jwt_issuer,
        .audience = config->jwt_audience,
        .clock = clock_system (),
        .fetch_keys = fetch_keys,
        .user = (gpointer)config,
    };

    return config->jwt_secret || config->jwt_jwks_url ? jwt_verifier_new (&options) : NULL;
}
