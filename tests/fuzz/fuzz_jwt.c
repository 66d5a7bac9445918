/* Bearer tokens, and key sets, of whoever sends them: nothing that the fuzzer can make is ever accepted. */
#include "auth/jwt.h"

#include "auth/secret.h"
#include "fuzz.h"

/* A fuzzer that signs with this secret has earned it. */
#define SECRET "4fb1f1e0c1a04b2d9c6f6a0e0c8f2a55-never-in-the-corpus"

typedef struct {
    const char *keys;
} Set;

static char *
fetch_keys (gpointer user, GError **error)
{
    return g_strdup (((Set *)user)->keys);
}

static void
try_token (const JwtOptions *options, const char *token)
{
    g_autoptr (JwtVerifier) verifier = jwt_verifier_new (options);
    g_autoptr (GError) error = NULL;
    g_auto (JwtClaims) claims = { 0 };

    FUZZ_CLAIM (!jwt_verify (verifier, token, &claims, &error));
    FUZZ_CLAIM (error != NULL);
    FUZZ_CLAIM (strlen (token) < 12 || !strstr (error->message, token));
}

/* First line: a token. The rest: a key set. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    const uint8_t *end = memchr (data, '\n', size);
    g_autofree char *token = g_strndup ((const char *)data, end ? (size_t)(end - data) : size);
    g_autofree char *keys =
        end ? g_strndup ((const char *)end + 1, size - (size_t)(end - data) - 1) : g_strdup ("{}");
    Set set = { keys };
    JwtOptions options = { .secret = SECRET, .clock = clock_system () };
    static gboolean ready;

    if (!ready)
        secret_setup ();
    ready = TRUE;
    try_token (&options, token);
    options =
        (JwtOptions){ .has_key_set = TRUE, .clock = clock_system (), .fetch_keys = fetch_keys, .user = &set };
    /* A key set of the fuzzer's own may well verify a token of its own. */
    {
        g_autoptr (JwtVerifier) verifier = jwt_verifier_new (&options);
        g_autoptr (GError) error = NULL;
        g_auto (JwtClaims) claims = { 0 };

        FUZZ_CLAIM (jwt_verify (verifier, token, &claims, &error) == !error);
    }
    return 0;
}
