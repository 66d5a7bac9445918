#include "auth/password.h"

#include "auth/sodium_start.h"
#include "base/fault.h"

#include <string.h>

/* argon2id over 64 MB, three passes: about 65 ms on a 2023 server core. */
#define PASSES       3
#define MEMORY       (64 << 20)
#define LEAST_LENGTH 8
#define MOST_LENGTH  1024

/* A hash that no password has, made with the same cost: what an unknown account is checked
 * against, so that the time does not tell which accounts exist. */
static const char nobody[] = "$argon2id$v=19$m=65536,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
                             "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

static gboolean
check_password (const char *password, gsize n, GError **error)
{
    if (!g_utf8_validate (password, (gssize)n, NULL))
        return fault_set (error, FAULT_INVALID, "the password is not valid UTF-8");
    if (n < LEAST_LENGTH)
        return fault_set (error, FAULT_INVALID, "a password needs at least %d characters", LEAST_LENGTH);
    if (n > MOST_LENGTH)
        return fault_set (error, FAULT_INVALID, "a password may have at most %d bytes", MOST_LENGTH);
    return TRUE;
}

char *
password_hash (const char *password, GError **error)
{
    char hash[crypto_pwhash_STRBYTES];
    gsize n = strlen (password);

    if (!check_password (password, n, error))
        return NULL;
    sodium_start ();
    if (crypto_pwhash_str (hash, password, n, PASSES, MEMORY) != 0) {
        fault_set (error, FAULT_BUSY, "there is not enough memory to hash a password");
        return NULL;
    }
    return g_strdup (hash);
}

gboolean
password_verify (const char *hash, const char *password)
{
    gsize n = strlen (password);
    gboolean same;

    if (n > MOST_LENGTH)
        return FALSE;
    sodium_start ();
    same = crypto_pwhash_str_verify (hash ? hash : nobody, password, n) == 0;
    return hash && same;
}
