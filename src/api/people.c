/* people.c -- the accounts of this installation, for administrators: list, add, role, disable, new password,
 * remove.
 *
 * Nobody chooses another one's password: Daymark makes one, shows it once, and its owner changes it. */
#include "api/account.h"
#include "api/connection.h"
#include "api/handlers.h"
#include "auth/password.h"
#include "auth/secret.h"
#include "base/fault.h"
#include "sql.h"

#include <string.h>

#define FIRST_PASSWORD_BYTES 12

enum { ID, EMAIL, ROLE, CREATED_AT, SEEN_AT, CONNECTIONS, ACTIVE };

static void
write_account (Json *json, const Rows *rows, guint row)
{
    json_begin_object (json);
    json_put_text (json, "id", rows_text (rows, row, ID));
    json_put_text (json, "email", rows_text (rows, row, EMAIL));
    json_put_text (json, "role", rows_text (rows, row, ROLE));
    json_put_instant (json, "created_at", rows_instant (rows, row, CREATED_AT));
    json_put_instant (json, "last_seen_at", rows_instant (rows, row, SEEN_AT));
    json_put_int (json, "connections", rows_int (rows, row, CONNECTIONS));
    json_put_bool (json, "active", rows_int (rows, row, ACTIVE) != 0);
    json_end_object (json);
}

gboolean
people_list (Call *call, GError **error)
{
    g_autoptr (Rows) rows = store_ask (call->store, &sql_auth_account_list, NO_PARAMS, error);

    return call_reply_rows (call, "users", rows, write_account);
}

/* The account of the path: its row, or NULL with a 404. */
static Rows *
find (const Call *call, GError **error)
{
    const char *id = call_segment (call, 2);
    g_autoptr (Rows) rows = NULL;

    if (uuid_is_valid (id)) {
        rows = store_ask (call->store, &sql_auth_user_by_id, PARAMS ({ "id", VALUE_OF_TEXT (id) }), error);
        if (!rows)
            return NULL;
        if (rows_count (rows))
            return g_steal_pointer (&rows);
    }
    call_fail (error, 404, "unknown-user", "there is no such account");
    return NULL;
}

/* The password is shown here and never again. */
static gboolean
reply_account (Call *call, int status, const char *id, const char *email, const char *role,
               const char *password)
{
    GString *body = g_string_new (NULL);
    Json json = JSON_INTO (body);

    json_begin_object (&json);
    json_put_text (&json, "id", id);
    json_put_text (&json, "email", email);
    json_put_text (&json, "role", role);
    if (password)
        json_put_text (&json, "password", password);
    json_end_object (&json);
    return call_reply (call, status, body);
}

/* "user" or "admin"; absent is standard. */
static const char *
read_role (json_t *body, const char *standard, GError **error)
{
    const char *role = standard;

    if (json_object_get (body, "role"))
        role = call_text_member (body, "role", 10, error);
    if (!role || strcmp (role, "user") == 0 || strcmp (role, "admin") == 0)
        return role;
    fault_set (error, FAULT_INVALID, "role can be user or admin");
    return NULL;
}

/* ---- add ---- */

static gboolean
add (Call *call, const char *email, const char *role, GError **error)
{
    g_autofree char *password = random_token (call->api->options.random, FIRST_PASSWORD_BYTES);
    g_autofree char *hash = password_hash (password, error);
    g_autoptr (GError) local = NULL;
    char id[UUID_TEXT];

    if (!hash)
        return FALSE;
    if (store_do (call->store, &sql_auth_user_insert,
                  PARAMS ({ "id", VALUE_OF_TEXT (random_uuid (call->api->options.random, id)) },
                          { "email", VALUE_OF_TEXT (email) }, { "password_hash", VALUE_OF_TEXT (hash) },
                          { "role", VALUE_OF_TEXT (role) }, { "now", VALUE_OF_INSTANT (call_now (call)) }),
                  &local) > 0)
        return reply_account (call, 201, id, email, role, password);
    if (fault_is (local, FAULT_CONFLICT))
        return call_fail (error, 409, "user-exists", "%s has an account already", email);
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
}

gboolean
people_add (Call *call, GError **error)
{
    static const char *const members[] = { "email", "role", NULL };
    json_t *body = call_body (call, error);
    const char *given, *role;
    g_autofree char *email = NULL;
    gboolean ok = body && call_only_members (body, members, error) &&
                  (given = call_text_member (body, "email", ACCOUNT_EMAIL_MOST, error)) &&
                  (email = account_normal_email (given, error)) && (role = read_role (body, "user", error)) &&
                  add (call, email, role, error);

    json_decref (body);
    return ok;
}

/* ---- change ---- */

/* Somebody must be left who can do this. */
static gboolean
leaves_admin (Call *call, const char *id, GError **error)
{
    g_autoptr (Rows) rows =
        store_ask (call->store, &sql_auth_admin_count, PARAMS ({ "id", VALUE_OF_TEXT (id) }), error);

    return rows &&
           (rows_int (rows, 0, 0) > 0 ||
            call_fail (error, 409, "last-admin", "this is the only administrator; make another first"));
}

/* A role, or a credential, is remembered for a moment: all are looked up anew. */
static void
forget_identities (Call *call)
{
    identities_forget (call->api->identities, "");
    identities_forget_all (call->api->identities);
}

/* Whoever is in is out, also with tokens. */
static gboolean
end_accesses (Call *call, const char *id, GError **error)
{
    Value account = VALUE_OF_TEXT (id);

    return store_do (call->store, &sql_auth_session_end_others,
                     PARAMS ({ "user", account }, { "keep", VALUE_OF_TEXT ("") }), error) >= 0 &&
           store_do (call->store, &sql_auth_token_end_all, PARAMS ({ "user", account }), error) >= 0;
}

/* What is asked for: a role, NULL for the one it has, and whether it may be used, the same. */
typedef struct {
    const char *role;
    gboolean active;
} Wish;

enum { KNOWN_ACTIVE = 3 }; /* of sql_auth_user_by_id, after ID, EMAIL, ROLE */

static gboolean
read_wish (json_t *body, const Rows *known, Wish *wish, GError **error)
{
    static const char *const members[] = { "role", "active", NULL };
    json_t *active = json_object_get (body, "active");

    if (!call_only_members (body, members, error))
        return FALSE;
    if (active && !json_is_boolean (active))
        return fault_set (error, FAULT_INVALID, "active can be true or false");
    wish->role = read_role (body, rows_text (known, 0, ROLE), error);
    wish->active = active ? json_is_true (active) : rows_int (known, 0, KNOWN_ACTIVE) != 0;
    return wish->role != NULL;
}

static gboolean
may_wish (Call *call, const char *id, const Wish *wish, GError **error)
{
    if (!wish->active && strcmp (id, call->who.user_id) == 0)
        return call_fail (error, 409, "own-account", "you can't disable the account that you are using");
    return (wish->active && strcmp (wish->role, "admin") == 0) || leaves_admin (call, id, error);
}

static gboolean
apply (Call *call, const char *id, const Wish *wish, GError **error)
{
    Value account = VALUE_OF_TEXT (id);

    return store_do (call->store, &sql_auth_account_role,
                     PARAMS ({ "id", account }, { "role", VALUE_OF_TEXT (wish->role) }), error) >= 0 &&
           store_do (call->store, &sql_auth_account_active,
                     PARAMS ({ "id", account }, { "active", VALUE_OF_INT (wish->active) }), error) >= 0 &&
           (wish->active || end_accesses (call, id, error));
}

static gboolean
change (Call *call, const Rows *known, const Wish *wish, GError **error)
{
    const char *id = rows_text (known, 0, ID);

    if (!may_wish (call, id, wish, error) || !store_begin (call->store, error))
        return FALSE;
    if (!apply (call, id, wish, error) || !store_commit (call->store, error)) {
        store_rollback (call->store);
        return FALSE;
    }
    forget_identities (call);
    return reply_account (call, 200, id, rows_text (known, 0, EMAIL), wish->role, NULL);
}

gboolean
people_change (Call *call, GError **error)
{
    g_autoptr (Rows) known = find (call, error);
    json_t *body = known ? call_body (call, error) : NULL;
    Wish wish = { NULL, FALSE };
    gboolean ok = body && read_wish (body, known, &wish, error) && change (call, known, &wish, error);

    json_decref (body);
    return ok;
}

/* ---- a new password ---- */

static gboolean
replace_password (Call *call, const char *id, const char *hash, GError **error)
{
    return store_do (call->store, &sql_auth_account_password,
                     PARAMS ({ "id", VALUE_OF_TEXT (id) }, { "password_hash", VALUE_OF_TEXT (hash) }),
                     error) >= 0 &&
           end_accesses (call, id, error);
}

gboolean
people_reset (Call *call, GError **error)
{
    g_autoptr (Rows) known = find (call, error);
    g_autofree char *password = random_token (call->api->options.random, FIRST_PASSWORD_BYTES);
    g_autofree char *hash = known ? password_hash (password, error) : NULL;

    if (!hash || !store_begin (call->store, error))
        return FALSE;
    if (!replace_password (call, rows_text (known, 0, ID), hash, error) ||
        !store_commit (call->store, error)) {
        store_rollback (call->store);
        return FALSE;
    }
    forget_identities (call);
    return reply_account (call, 200, rows_text (known, 0, ID), rows_text (known, 0, EMAIL),
                          rows_text (known, 0, ROLE), password);
}

/* ---- remove ---- */

static gboolean
remove_account (Call *call, const char *id, GError **error)
{
    static const Sql *const arranged[] = { &sql_auth_forget_layout,  &sql_auth_forget_settings,
                                           &sql_auth_forget_targets, &sql_auth_forget_annotations,
                                           &sql_auth_forget_widgets, &sql_auth_forget_shares,
                                           &sql_auth_forget_reports, &sql_auth_forget_alerts,
                                           &sql_auth_forget_mails,   &sql_auth_forget_leavers };
    Value account = VALUE_OF_TEXT (id);

    for (guint i = 0; i < G_N_ELEMENTS (arranged); i++)
        if (store_do (call->store, arranged[i], PARAMS ({ "user", account }), error) < 0)
            return FALSE;

    return end_accesses (call, id, error) && connection_forget_all (call, id, FALSE, error) &&
           store_do (call->store, &sql_auth_account_delete, PARAMS ({ "id", account }), error) >= 0;
}

/* The account, its accesses, what it had arranged, its connections and their numbers. */
gboolean
people_remove (Call *call, GError **error)
{
    g_autoptr (Rows) known = find (call, error);
    const char *id = known ? rows_text (known, 0, ID) : NULL;

    if (!known)
        return FALSE;
    if (strcmp (id, call->who.user_id) == 0)
        return call_fail (error, 409, "own-account", "you can't remove the account that you are using");
    if (!leaves_admin (call, id, error) || !store_begin (call->store, error))
        return FALSE;
    if (!remove_account (call, id, error) || !store_commit (call->store, error)) {
        store_rollback (call->store);
        return FALSE;
    }
    versions_bump (call->api->options.versions, id);
    forget_identities (call);
    return call_reply_ok (call);
}
