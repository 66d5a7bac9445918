#include "auth/secret.h"

#include "auth/sodium_start.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#define TOKEN_BYTES 32 /* 256 bits */

/* LeakSanitizer attaches to its own process at exit, which a process that is not dumpable forbids. */
#if defined(__SANITIZE_ADDRESS__)
#define KEEP_DUMPABLE 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KEEP_DUMPABLE 1
#endif
#endif

char *
secret_new (Random *random, const char *prefix)
{
    g_autofree char *token = random_token (random, TOKEN_BYTES);
    char *secret = g_strconcat (prefix ? prefix : "", token, NULL);

    sodium_memzero (token, strlen (token));
    return secret;
}

static void
digest (const char *secret, gsize n, guint8 hash[static crypto_generichash_BYTES])
{
    crypto_generichash (hash, crypto_generichash_BYTES, (const guint8 *)secret, n, NULL, 0);
}

const char *
secret_hash (const char *secret, gsize n, char text[static SECRET_HASH_TEXT])
{
    guint8 hash[crypto_generichash_BYTES];

    digest (secret, n, hash);
    return sodium_bin2hex (text, SECRET_HASH_TEXT, hash, sizeof hash);
}

gboolean
secret_equal (const char *a, const char *b)
{
    guint8 hash_a[crypto_generichash_BYTES], hash_b[crypto_generichash_BYTES];

    if (!a || !b)
        return FALSE;
    digest (a, strlen (a), hash_a);
    digest (b, strlen (b), hash_b);
    return sodium_memcmp (hash_a, hash_b, sizeof hash_a) == 0;
}

void
secret_setup (void)
{
    const struct rlimit none = { 0, 0 };

    sodium_start ();
    if (setrlimit (RLIMIT_CORE, &none) != 0)
        g_warning ("core dumps could not be switched off: %s", g_strerror (errno));
#ifndef KEEP_DUMPABLE
    if (prctl (PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        g_warning ("this process could not be hidden from debuggers: %s", g_strerror (errno));
#endif
}
