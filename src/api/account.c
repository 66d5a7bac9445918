/* account.c -- built-in accounts: set-up, sign-in, sessions, API tokens. */
#include "api/account.h"

#include "api/handlers.h"
#include "api/settings.h"
#include "auth/password.h"
#include "auth/secret.h"
#include "base/fault.h"
#include "sql.h"

#include <string.h>

#define TOKEN_NAME_MOST 100
#define TOKEN_DAYS_MOST 3650

char *
account_normal_email (const char *text, GError **error)
{
    const char *at = strchr (text, '@');
    g_autofree char *lower = g_utf8_strdown (text, -1);

    if (!at || at == text || strchr (at + 1, '@') || !strchr (at + 1, '.') ||
        strpbrk (text, " \t\r\n<>,;\"")) {
        fault_set (error, FAULT_INVALID, "\"%.60s\" is not an e-mail address", text);
        return NULL;
    }
    return g_strdup (g_strstrip (lower));
}

/* ---- sessions ---- */

static void
set_cookie (Call *call, const char *value, int seconds)
{
    gboolean tls = g_str_has_prefix (call->api->cookie, "__Host-");
    g_autofree char *cookie = g_strdup_printf ("%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%d%s",
                                               call->api->cookie, value, seconds, tls ? "; Secure" : "");

    http_reply_header (call->http, "Set-Cookie", cookie);
}

/* A new session id at each sign-in. */
static gboolean
open_session (Call *call, const char *user_id, GError **error)
{
    char hash[SECRET_HASH_TEXT];
    g_autofree char *secret = secret_new (call->api->options.random, "ds_");
    gint64 now = call_now (call), lasts = (gint64)SESSION_DAYS * 86400;

    secret_hash (secret, strlen (secret), hash);
    if (store_do (call->store, &sql_auth_session_sweep, PARAMS ({ "now", VALUE_OF_INSTANT (now) }), error) <
        0)
        return FALSE;
    if (store_do (call->store, &sql_auth_session_insert,
                  PARAMS ({ "hash", VALUE_OF_TEXT (hash) }, { "user", VALUE_OF_TEXT (user_id) },
                          { "now", VALUE_OF_INSTANT (now) },
                          { "expires_at", VALUE_OF_INSTANT (now + lasts * SECOND_US) }),
                  error) < 0)
        return FALSE;
    set_cookie (call, secret, (int)lasts);
    return TRUE;
}

gboolean
page_demo (Call *call, GError **error)
{
    g_autoptr (GError) unknown = NULL;
    const char *demo = call->api->options.demo_user_id;

    if (!demo || identity_find (call->api->identities, call->http, call->store, &call->who, &unknown))
        return page_get (call);
    return open_session (call, demo, error) && page_with_cookie (call);
}

/* settings: NULL leaves them out. */
static gboolean
reply_user (Call *call, const char *id, const char *email, gboolean admin, const char *settings)
{
    GString *body = g_string_new (NULL);
    Json json = JSON_INTO (body);

    json_begin_object (&json);
    json_key (&json, "user");
    json_begin_object (&json);
    json_put_text (&json, "id", id);
    json_put_text (&json, "email", *email ? email : NULL);
    json_put_text (&json, "role", admin ? "admin" : "user");
    json_end_object (&json);
    json_put_bool (&json, "demo", call->api->options.demo_user_id != NULL);
    if (settings) {
        json_key (&json, "settings");
        json_raw (&json, settings, strlen (settings));
    }
    json_end_object (&json);
    return call_reply (call, 200, body);
}

/* ---- set-up of the first account ---- */

static gboolean
is_empty (Call *call, gboolean *empty, GError **error)
{
    g_autoptr (Rows) rows = store_ask (call->store, &sql_auth_user_count, NO_PARAMS, error);

    *empty = rows && rows_int (rows, 0, 0) == 0;
    return rows != NULL;
}

gboolean
account_setup_state (Call *call, GError **error)
{
    gboolean empty;

    if (!is_empty (call, &empty, error))
        return FALSE;
    return call_reply (
        call, 200,
        g_string_new (empty && call->api->setup_code ? "{\"needed\":true}" : "{\"needed\":false}"));
}

static gboolean
create_first (Call *call, const char *id, const char *email, const char *password, GError **error)
{
    g_autofree char *hash = password_hash (password, error);
    gboolean empty;

    if (!hash || !store_begin (call->store, error))
        return FALSE;
    if (store_do (call->store, &sql_auth_setup_turn,
                  PARAMS ({ "id", VALUE_OF_TEXT (id) }, { "now", VALUE_OF_INSTANT (call_now (call)) }),
                  error) >= 0 &&
        is_empty (call, &empty, error) &&
        (empty || call_fail (error, 409, "set-up-done", "the first account exists already; sign in")) &&
        store_do (call->store, &sql_auth_user_insert,
                  PARAMS ({ "id", VALUE_OF_TEXT (id) }, { "email", VALUE_OF_TEXT (email) },
                          { "password_hash", VALUE_OF_TEXT (hash) }, { "role", VALUE_OF_TEXT ("admin") },
                          { "now", VALUE_OF_INSTANT (call_now (call)) }),
                  error) >= 0 &&
        store_commit (call->store, error))
        return TRUE;
    store_rollback (call->store);
    return FALSE;
}

gboolean
account_setup (Call *call, GError **error)
{
    json_t *body = call_body (call, error);
    const char *code, *given, *password;
    g_autofree char *email = NULL;
    char id[UUID_TEXT];
    gboolean ok = FALSE;

    if (body && call_only_members (body, (const char *[]){ "code", "email", "password", NULL }, error) &&
        (code = call_text_member (body, "code", 200, error)) &&
        (given = call_text_member (body, "email", ACCOUNT_EMAIL_MOST, error)) &&
        (password = call_text_member (body, "password", 1024, error)) &&
        (email = account_normal_email (given, error))) {
        if (!call_is_same_origin (call, FALSE))
            call_fail (error, 403, "cross-site", "the set-up must come from this site's own page");
        else if (!call->api->setup_code || !secret_equal (code, call->api->setup_code))
            call_fail (error, 403, "wrong-code", "the set-up code is not right; it is in the server's log");
        else
            ok = create_first (call, random_uuid (call->api->options.random, id), email, password, error) &&
                 open_session (call, id, error) && reply_user (call, id, email, TRUE, NULL);
    }
    json_decref (body);
    return ok;
}

/* ---- sign in, sign out ---- */

static gboolean
login (Call *call, const char *given, const char *password, GError **error)
{
    g_autofree char *email = g_utf8_strdown (given, -1);
    g_autoptr (Rows) rows =
        store_ask (call->store, &sql_auth_user_find, PARAMS ({ "email", VALUE_OF_TEXT (email) }), error);
    gboolean known;

    if (!rows)
        return FALSE;
    known = rows_count (rows) > 0;
    /* An unknown account takes as long as a wrong password. */
    if (!password_verify (known ? rows_text (rows, 0, 2) : NULL, password))
        return call_fail (error, 401, "wrong-login", "e-mail or password is not right");
    if (!rows_int (rows, 0, 5))
        return call_fail (error, 403, "account-disabled", "this account is disabled; ask an administrator");
    return open_session (call, rows_text (rows, 0, 0), error) &&
           reply_user (call, rows_text (rows, 0, 0), rows_text (rows, 0, 1),
                       g_str_equal (rows_text (rows, 0, 3), "admin"), NULL);
}

gboolean
account_login (Call *call, GError **error)
{
    json_t *body = call_body (call, error);
    const char *email, *password;
    gboolean ok = FALSE;

    if (body && call_only_members (body, (const char *[]){ "email", "password", NULL }, error) &&
        (email = call_text_member (body, "email", ACCOUNT_EMAIL_MOST, error)) &&
        (password = call_text_member (body, "password", 1024, error)))
        ok = call_is_same_origin (call, FALSE)
                 ? login (call, email, password, error)
                 : call_fail (error, 403, "cross-site", "sign in from this site's own page");
    json_decref (body);
    return ok;
}

gboolean
account_logout (Call *call, GError **error)
{
    const char *secret = identity_cookie (call->api->identities, call->http);
    char hash[SECRET_HASH_TEXT];

    if (call->who.via == VIA_COOKIE && secret) {
        secret_hash (secret, strlen (secret), hash);
        if (store_do (call->store, &sql_auth_session_delete, PARAMS ({ "hash", VALUE_OF_TEXT (hash) }),
                      error) < 0)
            return FALSE;
        identities_forget (call->api->identities, hash);
        set_cookie (call, "", 0);
    }
    return call_reply_ok (call);
}

gboolean
account_me (Call *call, GError **error)
{
    g_autofree char *settings = settings_of (call, error);

    return settings && reply_user (call, call->who.user_id, call->who.email, call->who.admin, settings);
}

/* ---- one's own password and sessions ---- */

static gboolean
end_others (Call *call, GError **error)
{
    const char *keep = call->who.via == VIA_COOKIE ? call->who.hash : "";

    if (store_do (call->store, &sql_auth_session_end_others,
                  PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }, { "keep", VALUE_OF_TEXT (keep) }),
                  error) < 0)
        return FALSE;
    identities_forget (call->api->identities, "");
    identities_forget_all (call->api->identities);
    return TRUE;
}

static gboolean
change_password (Call *call, const char *current, const char *fresh, GError **error)
{
    Value id = VALUE_OF_TEXT (call->who.user_id);
    g_autoptr (Rows) rows = store_ask (call->store, &sql_auth_account_hash, PARAMS ({ "id", id }), error);
    g_autofree char *hash = NULL;

    if (!rows)
        return FALSE;
    if (!rows_count (rows) || rows_is_null (rows, 0, 0))
        return call_fail (error, 409, "no-password", "this account signs in without a password of ours");
    if (!password_verify (rows_text (rows, 0, 0), current))
        return call_fail (error, 403, "wrong-password", "the current password is not right");
    hash = password_hash (fresh, error);
    return hash &&
           store_do (call->store, &sql_auth_account_password,
                     PARAMS ({ "id", id }, { "password_hash", VALUE_OF_TEXT (hash) }), error) >= 0 &&
           end_others (call, error) && call_reply_ok (call);
}

gboolean
account_password (Call *call, GError **error)
{
    json_t *body = call_body (call, error);
    const char *current, *fresh;
    gboolean ok = body && call_only_members (body, (const char *[]){ "current", "password", NULL }, error) &&
                  (current = call_text_member (body, "current", 1024, error)) &&
                  (fresh = call_text_member (body, "password", 1024, error)) &&
                  change_password (call, current, fresh, error);

    json_decref (body);
    return ok;
}

static gboolean
reply_sessions (Call *call, const Rows *rows)
{
    GString *body = g_string_new (NULL);
    Json json = JSON_INTO (body);

    json_begin_object (&json);
    json_key (&json, "sessions");
    json_begin_array (&json);
    for (guint row = 0; row < rows_count (rows); row++) {
        json_begin_object (&json);
        json_put_bool (&json, "current",
                       call->who.via == VIA_COOKIE && strcmp (rows_text (rows, row, 0), call->who.hash) == 0);
        json_put_instant (&json, "created_at", rows_instant (rows, row, 1));
        json_put_instant (&json, "expires_at", rows_instant (rows, row, 2));
        json_put_instant (&json, "last_used_at", rows_instant (rows, row, 3));
        json_end_object (&json);
    }
    json_end_array (&json);
    json_end_object (&json);
    return call_reply (call, 200, body);
}

gboolean
account_sessions (Call *call, GError **error)
{
    g_autoptr (Rows) rows = store_ask (
        call->store, &sql_auth_session_list,
        PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }, { "now", VALUE_OF_INSTANT (call_now (call)) }),
        error);

    return rows && reply_sessions (call, rows);
}

gboolean
account_sessions_end (Call *call, GError **error)
{
    return end_others (call, error) && call_reply_ok (call);
}

/* ---- API tokens ---- */

static void
write_token (Json *json, const Rows *rows, guint row)
{
    json_begin_object (json);
    json_put_text (json, "id", rows_text (rows, row, 0));
    json_put_text (json, "name", rows_text (rows, row, 1));
    json_put_instant (json, "created_at", rows_instant (rows, row, 2));
    json_put_instant (json, "expires_at", rows_instant (rows, row, 3));
    json_put_instant (json, "last_used_at", rows_instant (rows, row, 4));
    json_end_object (json);
}

gboolean
account_tokens (Call *call, GError **error)
{
    g_autoptr (Rows) rows = store_ask (call->store, &sql_auth_token_list,
                                       PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }), error);

    return call_reply_rows (call, "tokens", rows, write_token);
}

/* expires_in_days, or absent for a token without end. */
static gboolean
read_expiry (Call *call, json_t *body, Value *expires, GError **error)
{
    json_t *days = json_object_get (body, "expires_in_days");
    json_int_t n = json_integer_value (days);

    *expires = VALUE_NONE;
    if (!days || json_is_null (days))
        return TRUE;
    if (!json_is_integer (days) || n < 1 || n > TOKEN_DAYS_MOST)
        return fault_set (error, FAULT_INVALID, "expires_in_days must be 1 to %d", TOKEN_DAYS_MOST);
    *expires = VALUE_OF_INSTANT (call_now (call) + n * 86400 * SECOND_US);
    return TRUE;
}

static gboolean
create_token (Call *call, const char *name, Value expires, GError **error)
{
    g_autofree char *secret = secret_new (call->api->options.random, "dm_");
    char hash[SECRET_HASH_TEXT], id[UUID_TEXT];
    GString *text;
    Json json;

    secret_hash (secret, strlen (secret), hash);
    if (store_do (call->store, &sql_auth_token_insert,
                  PARAMS ({ "id", VALUE_OF_TEXT (random_uuid (call->api->options.random, id)) },
                          { "user", VALUE_OF_TEXT (call->who.user_id) }, { "name", VALUE_OF_TEXT (name) },
                          { "hash", VALUE_OF_TEXT (hash) }, { "now", VALUE_OF_INSTANT (call_now (call)) },
                          { "expires_at", expires }),
                  error) < 0)
        return FALSE;
    text = g_string_new (NULL);
    json = JSON_INTO (text);
    json_begin_object (&json);
    json_put_text (&json, "id", id);
    json_put_text (&json, "name", name);
    json_put_text (&json, "token", secret);
    json_put_instant (&json, "expires_at", expires.type == VALUE_NULL ? INSTANT_NONE : expires.integer);
    json_end_object (&json);
    return call_reply (call, 201, text);
}

gboolean
account_token_create (Call *call, GError **error)
{
    json_t *body = call_body (call, error);
    const char *name;
    Value expires;
    gboolean ok = body &&
                  call_only_members (body, (const char *[]){ "name", "expires_in_days", NULL }, error) &&
                  (name = call_text_member (body, "name", TOKEN_NAME_MOST, error)) &&
                  read_expiry (call, body, &expires, error) && create_token (call, name, expires, error);

    json_decref (body);
    return ok;
}

gboolean
account_token_revoke (Call *call, GError **error)
{
    const char *id = call_segment (call, 3);
    const Param *one = PARAMS ({ "id", VALUE_OF_TEXT (id) }, { "user", VALUE_OF_TEXT (call->who.user_id) });
    g_autoptr (Rows) rows = NULL;

    if (!uuid_is_valid (id))
        return call_fail (error, 404, "unknown-token", "there is no such token");
    rows = store_ask (call->store, &sql_auth_token_hash_of, one, error);
    if (!rows)
        return FALSE;
    if (!rows_count (rows))
        return call_fail (error, 404, "unknown-token", "there is no such token");
    if (store_do (call->store, &sql_auth_token_delete, one, error) < 0)
        return FALSE;
    identities_forget (call->api->identities, rows_text (rows, 0, 0));
    return call_reply_ok (call);
}
