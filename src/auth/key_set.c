#include "auth/key_set.h"

#include "auth/jose.h"
#include "base/fault.h"

#include <jansson.h>
#include <stdatomic.h>
#include <string.h>

#define KID_MOST 64

/* The kinds of keys we take. Only these members of a JWK are copied, so that neither a private part nor
 * a link (x5u) nor a certificate can reach the library. */
typedef struct {
    jwa_alg alg;
    const char *alg_name, *kty, *crv;
    const char *members[4];
    guint least_bits, most_bits;
} KeyKind;

static const KeyKind kinds[] = {
    { .alg = R_JWA_ALG_RS256,
      .alg_name = "RS256",
      .kty = "RSA",
      .members = { "n", "e" },
      .least_bits = 2048,
      .most_bits = 8192 },
    { .alg = R_JWA_ALG_ES256,
      .alg_name = "ES256",
      .kty = "EC",
      .crv = "P-256",
      .members = { "crv", "x", "y" },
      .least_bits = 256,
      .most_bits = 256 },
};

struct Key {
    char *kid; /* NULL: the key has none */
    const KeyKind *kind;
    jwk_t *jwk;
};

struct KeySet {
    atomic_int references; /* not gatomicrefcount: ThreadSanitizer cannot see into GLib */
    guint n;
    Key keys[KEY_SET_MOST_KEYS];
};

gboolean
kid_is_valid (const char *kid)
{
    gsize n = strspn (kid, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    return n > 0 && n <= KID_MOST && kid[n] == '\0';
}

static const KeyKind *
kind_of (json_t *jwk)
{
    const char *kty = json_string_value (json_object_get (jwk, "kty"));
    const char *crv = json_string_value (json_object_get (jwk, "crv"));

    for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
        if (g_strcmp0 (kinds[i].kty, kty) == 0 && g_strcmp0 (kinds[i].crv, crv) == 0)
            return &kinds[i];
    return NULL;
}

/* Absent, or exactly that text. */
static gboolean
allows (json_t *jwk, const char *member, const char *value)
{
    json_t *given = json_object_get (jwk, member);

    return !given || g_strcmp0 (json_string_value (given), value) == 0;
}

static gboolean
allows_verify (json_t *jwk)
{
    json_t *operations = json_object_get (jwk, "key_ops"), *operation;
    gsize i;

    json_array_foreach (operations, i,
                        operation) if (g_strcmp0 (json_string_value (operation), "verify") == 0) return TRUE;
    return !operations;
}

static gboolean
has_usable_kid (json_t *jwk)
{
    json_t *kid = json_object_get (jwk, "kid");

    return !kid || (json_is_string (kid) && kid_is_valid (json_string_value (kid)));
}

/* A clean public key; NULL if the members are missing or make no key of that size. */
static jwk_t *
import (json_t *given, const KeyKind *kind)
{
    json_auto_t *clean = json_object ();
    g_autoptr (jwk_t) jwk = NULL;
    guint bits = 0;

    json_object_set_new (clean, "kty", json_string (kind->kty));
    for (const char *const *member = kind->members; *member; member++)
        json_object_set (clean, *member, json_object_get (given, *member));
    if (r_jwk_init (&jwk) != RHN_OK || r_jwk_import_from_json_t (jwk, clean) != RHN_OK)
        return NULL;
    if (!(r_jwk_key_type (jwk, &bits, JOSE_OFFLINE) & R_KEY_TYPE_PUBLIC))
        return NULL;
    return bits >= kind->least_bits && bits <= kind->most_bits ? g_steal_pointer (&jwk) : NULL;
}

static void
add (KeySet *set, json_t *given)
{
    const KeyKind *kind = kind_of (given);
    jwk_t *jwk;

    if (!kind || !allows (given, "use", "sig") || !allows (given, "alg", kind->alg_name) ||
        !allows_verify (given) || !has_usable_kid (given))
        return;
    jwk = import (given, kind);
    if (!jwk)
        return;
    set->keys[set->n++] = (Key){ .kid = g_strdup (json_string_value (json_object_get (given, "kid"))),
                                 .kind = kind,
                                 .jwk = jwk };
}

KeySet *
key_set_read (const char *text, GError **error)
{
    gsize n = strnlen (text, KEY_SET_MOST_BYTES + 1), i;
    json_auto_t *root = n > KEY_SET_MOST_BYTES ? NULL : json_loadb (text, n, JSON_REJECT_DUPLICATES, NULL);
    json_t *list = json_object_get (root, "keys"), *given;
    KeySet *set;

    if (!json_is_array (list) || json_array_size (list) > KEY_SET_MOST_KEYS) {
        fault_set (error, FAULT_REMOTE,
                   "the identity provider's answer is not a JWK set of at most %d keys and %d KB",
                   KEY_SET_MOST_KEYS, KEY_SET_MOST_BYTES / 1024);
        return NULL;
    }
    set = g_new0 (KeySet, 1);
    atomic_init (&set->references, 1);
    json_array_foreach (list, i, given) add (set, given);
    return set;
}

KeySet *
key_set_ref (KeySet *set)
{
    atomic_fetch_add (&set->references, 1);
    return set;
}

void
key_set_unref (KeySet *set)
{
    if (!set || atomic_fetch_sub (&set->references, 1) != 1)
        return;
    for (guint i = 0; i < set->n; i++) {
        r_jwk_free (set->keys[i].jwk);
        g_free (set->keys[i].kid);
    }
    g_free (set);
}

static const Key *
find_only (const KeySet *set, const char *alg)
{
    const Key *only = NULL;

    for (guint i = 0; i < set->n; i++) {
        if (strcmp (set->keys[i].kind->alg_name, alg) != 0)
            continue;
        if (only)
            return NULL;
        only = &set->keys[i];
    }
    return only;
}

const Key *
key_set_find (const KeySet *set, const char *kid, const char *alg, gboolean *known)
{
    *known = FALSE;
    if (!kid)
        return find_only (set, alg);
    for (guint i = 0; i < set->n; i++) {
        if (g_strcmp0 (set->keys[i].kid, kid) != 0)
            continue;
        *known = TRUE;
        if (strcmp (set->keys[i].kind->alg_name, alg) == 0)
            return &set->keys[i];
    }
    return NULL;
}

gboolean
key_verify (const Key *key, const char *token)
{
    g_autoptr (jws_t) jws = NULL;

    return r_jws_init (&jws) == RHN_OK &&
           r_jws_advanced_compact_parse (jws, token, R_PARSE_NONE, JOSE_OFFLINE) == RHN_OK &&
           r_jws_get_alg (jws) == key->kind->alg &&
           r_jws_verify_signature (jws, key->jwk, JOSE_OFFLINE) == RHN_OK;
}
