/* identity.h -- who is asking.
 *
 * By a bearer JWT of an identity provider, a bearer API token of ours (dm_…),
 * or the session cookie. A verified one is remembered by its hash: a JWT until
 * it expires, ours for RECHECK_SECONDS, so that a revocation holds within
 * that time on every instance and at once on this one (identities_forget). */
#pragma once
#include "auth/jwt.h"
#include "auth/secret.h"
#include "base/clock.h"
#include "http/http.h"
#include "store/store.h"

#define RECHECK_SECONDS 5
#define SESSION_DAYS    30

typedef enum { VIA_NOTHING, VIA_JWT, VIA_TOKEN, VIA_COOKIE, VIA_SHARE } Via;

typedef struct {
    char user_id[UUID_TEXT];
    char email[256]; /* "" if unknown */
    gboolean admin;
    Via via;
    char hash[SECRET_HASH_TEXT]; /* of the token or session */
    gint64 expires;              /* of it; INSTANT_NONE: never */
} Identity;

typedef struct Identities Identities;

/* verifier may be NULL: no JWTs. cookie is the name of the session cookie. */
Identities *identities_new (JwtVerifier *verifier, Clock *clock, const char *cookie);
void identities_free (Identities *identities);
/* From memory alone, for an event loop; FALSE means "not known yet", not "refused". */
gboolean identity_peek (Identities *identities, HttpCall *http, Identity *who);
/* The whole way; FAULT_DENIED: nobody we know. Other errors: could not be found out. */
gboolean identity_find (Identities *identities, HttpCall *http, Store *store, Identity *who, GError **error);
/* This token or session (by its hash) is no longer good. */
void identities_forget (Identities *identities, const char *hash);
/* Somewhere else something was revoked: all are asked for again. */
void identities_forget_all (Identities *identities);
/* Whom to tell of each identities_forget; before threads start. */
void identities_tell (Identities *identities, void (*forgot) (gpointer user), gpointer user);
/* How often something was forgotten. */
guint64 identities_revocations (Identities *identities);
/* The request's session cookie, or NULL. */
const char *identity_cookie (Identities *identities, HttpCall *http);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Identities, identities_free)
