#include "api/identity.h"

#include "auth/secret.h"
#include "base/fault.h"
#include "base/log.h"
#include "sql.h"

#include <pthread.h>
#include <string.h>

#define REMEMBER_AT_MOST 16384
#define TOKEN_MOST       8192 /* bytes of a bearer token */

typedef struct {
    Identity who;
    gint64 until; /* monotonic */
} Remembered;

struct Identities {
    JwtVerifier *verifier;
    Clock *clock;
    char *cookie;
    pthread_rwlock_t lock;
    GHashTable *known;              /* hash -> Remembered */
    guint64 revocations;            /* how often something was forgotten */
    void (*forgot) (gpointer user); /* may be NULL */
    gpointer user;
};

Identities *
identities_new (JwtVerifier *verifier, Clock *clock, const char *cookie)
{
    Identities *identities = g_new0 (Identities, 1);

    identities->verifier = verifier;
    identities->clock = clock;
    identities->cookie = g_strdup (cookie);
    pthread_rwlock_init (&identities->lock, NULL);
    identities->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    return identities;
}

void
identities_free (Identities *identities)
{
    if (!identities)
        return;
    pthread_rwlock_destroy (&identities->lock);
    g_hash_table_unref (identities->known);
    g_free (identities->cookie);
    g_free (identities);
}

const char *
identity_cookie (Identities *identities, HttpCall *http)
{
    return http_call_cookie (http, identities->cookie);
}

/* What the request shows of itself; VIA_NOTHING if nothing usable. */
static Via
presented (Identities *identities, HttpCall *http, const char **secret)
{
    const char *header = http_call_header (http, "Authorization");

    if (header) {
        if (g_ascii_strncasecmp (header, "Bearer ", 7) != 0)
            return VIA_NOTHING;
        *secret = header + 7;
        while (**secret == ' ')
            (*secret)++;
        if (!**secret || strlen (*secret) > TOKEN_MOST)
            return VIA_NOTHING;
        return g_str_has_prefix (*secret, "dm_") ? VIA_TOKEN : VIA_JWT;
    }
    *secret = identity_cookie (identities, http);
    return *secret && **secret && strlen (*secret) <= TOKEN_MOST ? VIA_COOKIE : VIA_NOTHING;
}

static gboolean
recall (Identities *identities, const char *hash, Via via, Identity *who)
{
    gint64 now = clock_monotonic (identities->clock);
    const Remembered *found;
    gboolean good;

    pthread_rwlock_rdlock (&identities->lock);
    found = g_hash_table_lookup (identities->known, hash);
    good = found && now < found->until && found->who.via == via;
    if (good)
        *who = found->who;
    pthread_rwlock_unlock (&identities->lock);
    return good;
}

static gboolean
is_over (gpointer key, gpointer value, gpointer now)
{
    return ((Remembered *)value)->until <= *(gint64 *)now;
}

/* Bounded: when full, what is over goes; if nothing is over, everything does. */
static void
make_room (Identities *identities, gint64 now)
{
    if (g_hash_table_size (identities->known) < REMEMBER_AT_MOST)
        return;
    g_hash_table_foreach_remove (identities->known, is_over, &now);
    if (g_hash_table_size (identities->known) >= REMEMBER_AT_MOST)
        g_hash_table_remove_all (identities->known);
}

guint64
identities_revocations (Identities *identities)
{
    guint64 count;

    pthread_rwlock_rdlock (&identities->lock);
    count = identities->revocations;
    pthread_rwlock_unlock (&identities->lock);
    return count;
}

/* seen: the revocations before the database was asked. If one came since, what it said may be over
 * already, and remembering it would bring the dead back to life. */
static void
remember (Identities *identities, const char *hash, const Identity *who, gint64 microseconds, guint64 seen)
{
    gint64 now = clock_monotonic (identities->clock);
    Remembered *entry = g_new (Remembered, 1);

    entry->who = *who;
    entry->until = now + microseconds;
    pthread_rwlock_wrlock (&identities->lock);
    if (seen == identities->revocations) {
        make_room (identities, now);
        g_hash_table_replace (identities->known, g_strdup (hash), g_steal_pointer (&entry));
    }
    pthread_rwlock_unlock (&identities->lock);
    g_free (entry);
}

void
identities_forget (Identities *identities, const char *hash)
{
    pthread_rwlock_wrlock (&identities->lock);
    g_hash_table_remove (identities->known, hash);
    identities->revocations++;
    pthread_rwlock_unlock (&identities->lock);
    if (identities->forgot)
        identities->forgot (identities->user);
}

void
identities_tell (Identities *identities, void (*forgot) (gpointer user), gpointer user)
{
    identities->forgot = forgot;
    identities->user = user;
}

void
identities_forget_all (Identities *identities)
{
    pthread_rwlock_wrlock (&identities->lock);
    g_hash_table_remove_all (identities->known);
    identities->revocations++;
    pthread_rwlock_unlock (&identities->lock);
}

gboolean
identity_peek (Identities *identities, HttpCall *http, Identity *who)
{
    char hash[SECRET_HASH_TEXT];
    const char *secret;
    Via via = presented (identities, http, &secret);

    return via != VIA_NOTHING && recall (identities, secret_hash (secret, strlen (secret), hash), via, who);
}

/* An account here may make a bearer of a foreign token an administrator. */
static gboolean
read_role (Store *store, Identity *who, GError **error)
{
    g_autoptr (Rows) rows =
        store_ask (store, &sql_auth_user_by_id, PARAMS ({ "id", VALUE_OF_TEXT (who->user_id) }), error);

    if (!rows)
        return FALSE;
    if (rows_count (rows) && !rows_int (rows, 0, 3))
        return fault_set (error, FAULT_DENIED, "this account is disabled");
    who->admin = rows_count (rows) && g_str_equal (rows_text (rows, 0, 2), "admin");
    return TRUE;
}

static gboolean
find_jwt (Identities *identities, const char *token, const char *hash, Store *store, Identity *who,
          GError **error)
{
    g_auto (JwtClaims) claims = { .email = NULL };
    guint64 seen = identities_revocations (identities);

    if (!identities->verifier)
        return fault_set (error, FAULT_DENIED, "this server accepts no tokens of an identity provider");
    if (!jwt_verify (identities->verifier, token, &claims, error))
        return FALSE;
    memcpy (who->user_id, claims.subject, UUID_TEXT);
    g_strlcpy (who->email, claims.email ? claims.email : "", sizeof who->email);
    who->via = VIA_JWT;
    who->expires = claims.expires;
    g_strlcpy (who->hash, hash, sizeof who->hash);
    if (!read_role (store, who, error))
        return FALSE;
    remember (identities, hash, who, MIN (claims.expires - clock_now (identities->clock), 3600 * SECOND_US),
              seen);
    return TRUE;
}

/* When it was last used is good to know, but a full disk must not lock everybody out. */
static void
note_use (Via via, const char *hash, Store *store, gint64 now)
{
    const Sql *used = via == VIA_TOKEN ? &sql_auth_token_used : &sql_auth_session_used;
    g_autoptr (GError) error = NULL;

    if (store_do (store, used,
                  PARAMS ({ "hash", VALUE_OF_TEXT (hash) }, { "now", VALUE_OF_INSTANT (now) },
                          { "before", VALUE_OF_INSTANT (now - 60 * SECOND_US) }),
                  &error) < 0)
        log_event (LOG_WARNING, "identity.used", error->message, NULL);
}

/* Not beyond its own end; no end is none. */
static gint64
remember_for (gint64 expires, gint64 now)
{
    return expires == INSTANT_NONE ? RECHECK_SECONDS * SECOND_US
                                   : MIN (RECHECK_SECONDS * SECOND_US, expires - now);
}

/* A token or a session of ours: the two tables have the same shape. */
static gboolean
find_ours (Identities *identities, Via via, const char *hash, Store *store, Identity *who, GError **error)
{
    const Sql *find = via == VIA_TOKEN ? &sql_auth_token_find : &sql_auth_session_find;
    guint64 seen = identities_revocations (identities);
    gint64 now = clock_now (identities->clock);
    g_autoptr (Rows) rows = store_ask (
        store, find, PARAMS ({ "hash", VALUE_OF_TEXT (hash) }, { "now", VALUE_OF_INSTANT (now) }), error);

    if (!rows)
        return FALSE;
    if (!rows_count (rows))
        return fault_set (error, FAULT_DENIED,
                          via == VIA_TOKEN ? "the API token is not known, or it has expired"
                                           : "the session has ended");
    g_strlcpy (who->user_id, rows_text (rows, 0, 0), UUID_TEXT);
    who->admin = g_str_equal (rows_text (rows, 0, 1), "admin");
    g_strlcpy (who->email, rows_is_null (rows, 0, 3) ? "" : rows_text (rows, 0, 3), sizeof who->email);
    who->via = via;
    who->expires = rows_instant (rows, 0, 2);
    g_strlcpy (who->hash, hash, sizeof who->hash);
    remember (identities, hash, who, remember_for (rows_instant (rows, 0, 2), now), seen);
    note_use (via, hash, store, now);
    return TRUE;
}

gboolean
identity_find (Identities *identities, HttpCall *http, Store *store, Identity *who, GError **error)
{
    char hash[SECRET_HASH_TEXT];
    const char *secret;
    Via via = presented (identities, http, &secret);

    memset (who, 0, sizeof *who);
    if (via == VIA_NOTHING)
        return fault_set (error, FAULT_DENIED, "sign in, or send a bearer token");
    secret_hash (secret, strlen (secret), hash);
    if (recall (identities, hash, via, who))
        return TRUE;
    if (via == VIA_JWT)
        return find_jwt (identities, secret, hash, store, who, error);
    return find_ours (identities, via, hash, store, who, error);
}
