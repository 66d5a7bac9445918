/* connect_choose.c -- which of the accounts that a credential can read become connections. */
#include "api/connection.h"
#include "api/handlers.h"
#include "base/fault.h"
#include "sql.h"

#include <string.h>

#define CHOSEN_MOST      50
#define EXTERNAL_ID_MOST 100

/* A parked credential, opened, and the access token it gave. */
typedef struct {
    const SourceDriver *driver;
    char *credential;
    Grant grant;
    gint64 expires; /* of the credential */
    Fetcher *fetcher;
    SourceContext context;
    gboolean mended; /* an account that was connected already has it now */
} Parked;

static void
parked_clear (Parked *parked)
{
    secret_free (parked->credential);
    grant_clear (&parked->grant);
    if (parked->fetcher)
        fetcher_free (parked->fetcher);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parked, parked_clear)

static Rows *
find (Call *call, const char *id, GError **error)
{
    g_autoptr (Rows) rows = NULL;

    if (uuid_is_valid (id)) {
        rows = store_ask (call->store, &sql_api_connect_grant_find,
                          PARAMS ({ "id", VALUE_OF_TEXT (id) }, { "user", VALUE_OF_TEXT (call->who.user_id) },
                                  { "now", VALUE_OF_INSTANT (call_now (call)) }),
                          error);
        if (!rows)
            return NULL;
        if (rows_count (rows))
            return g_steal_pointer (&rows);
    }
    call_fail (error, 404, "unknown-consent",
               "there is no such sign-in, or its accounts were chosen already, or it is older than an hour");
    return NULL;
}

/* The platform replaced the credential: the old one may be worth nothing now. */
static gboolean
keep_rotated (Call *call, const char *id, const char *context, Parked *parked, GError **error)
{
    g_autofree char *sealed = NULL;

    if (!parked->grant.credential)
        return TRUE;
    sealed = sealer_seal (call->api->options.sealer, context, parked->grant.credential);
    secret_free (parked->credential);
    parked->credential = g_steal_pointer (&parked->grant.credential);
    return store_do (call->store, &sql_api_connect_grant_rotate,
                     PARAMS ({ "id", VALUE_OF_TEXT (id) }, { "user", VALUE_OF_TEXT (call->who.user_id) },
                             { "credential", VALUE_OF_TEXT (sealed) }),
                     error) >= 0;
}

static gboolean
authorize (Call *call, const char *id, const char *context, Parked *parked, GError **error)
{
    g_autoptr (GError) local = NULL;

    parked->fetcher = fetcher_new_curl (call->api->options.stop);
    parked->context = (SourceContext){ .fetcher = parked->fetcher, .config = call->api->options.config };
    if (!parked->driver->authorize (&parked->context, parked->credential, call_now (call), &parked->grant,
                                    &local))
        return connection_refused (local, error);
    return keep_rotated (call, id, context, parked, error);
}

static gboolean
open_parked (Call *call, const char *id, Parked *parked, GError **error)
{
    g_autoptr (Rows) rows = find (call, id, error);
    g_autofree char *context = g_strdup_printf ("connect_grants|%s|credential", id);

    if (!rows)
        return FALSE;
    if (!rows_is_null (rows, 0, 3))
        return call_fail (error, 422, "consent-failed", "%s", rows_text (rows, 0, 3));
    parked->driver = source_driver (source_parse (rows_text (rows, 0, 0)));
    parked->expires = rows_instant (rows, 0, 2);
    parked->credential = sealer_open (call->api->options.sealer, context, rows_text (rows, 0, 1), error);
    return parked->credential && authorize (call, id, context, parked, error);
}

/* ---- the list ---- */

/* The id of this user's connection to the account, or NULL. FALSE if that can't be found out. */
static gboolean
find_connected (Call *call, Source source, const char *external_id, char **id, GError **error)
{
    g_autoptr (Rows) rows = store_ask (call->store, &sql_api_connection_by_account,
                                       PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) },
                                               { "source", VALUE_OF_TEXT (source_name (source)) },
                                               { "external_id", VALUE_OF_TEXT (external_id) }),
                                       error);

    *id = rows && rows_count (rows) ? g_strdup (rows_text (rows, 0, 0)) : NULL;
    return rows != NULL;
}

static gboolean
write_choice (Call *call, Json *json, Source source, const AccountChoice *choice, GError **error)
{
    g_autofree char *connected = NULL;

    if (!find_connected (call, source, choice->external_id, &connected, error))
        return FALSE;
    json_begin_object (json);
    json_put_text (json, "external_id", choice->external_id);
    json_put_text (json, "name", choice->name);
    json_put_text (json, "detail", choice->detail);
    json_put_bool (json, "connected", connected != NULL);
    json_end_object (json);
    return TRUE;
}

gboolean
connect_accounts (Call *call, GError **error)
{
    const char *id = call_segment (call, 2);
    g_auto (Parked) parked = { 0 };
    g_autoptr (GPtrArray) choices = NULL;
    g_autoptr (GString) body = g_string_new (NULL);
    g_autoptr (GError) local = NULL;
    Json json = JSON_INTO (body);

    if (!open_parked (call, id, &parked, error))
        return FALSE;
    choices = parked.driver->list_accounts (&parked.context, parked.grant.access_token, &local);
    if (!choices)
        return connection_refused (local, error);
    json_begin_object (&json);
    json_put_text (&json, "source", source_name (parked.driver->source));
    json_key (&json, "accounts");
    json_begin_array (&json);
    for (guint i = 0; i < choices->len; i++)
        if (!write_choice (call, &json, parked.driver->source, choices->pdata[i], error))
            return FALSE;
    json_end_array (&json);
    json_end_object (&json);
    return call_reply (call, 200, g_steal_pointer (&body));
}

/* ---- the choice ---- */

typedef struct {
    char *external_id;
    AccountInfo info;
} Chosen;

static void
chosen_free (gpointer data)
{
    Chosen *chosen = data;

    g_free (chosen->external_id);
    account_info_clear (&chosen->info);
    g_free (chosen);
}

/* Chosen twice is chosen once. */
static gboolean
add_chosen (GPtrArray *all, const SourceDriver *driver, const char *text, GError **error)
{
    g_autofree char *external_id = driver->normal_id (text, error);
    Chosen *chosen;

    if (!external_id)
        return FALSE;
    for (guint i = 0; i < all->len; i++)
        if (strcmp (((Chosen *)all->pdata[i])->external_id, external_id) == 0)
            return TRUE;
    chosen = g_new (Chosen, 1);
    *chosen = (Chosen){ g_steal_pointer (&external_id), ACCOUNT_INFO_NONE };
    g_ptr_array_add (all, chosen);
    return TRUE;
}

static GPtrArray *
read_chosen (json_t *body, const SourceDriver *driver, GError **error)
{
    static const char *const members[] = { "external_ids", NULL };
    g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (chosen_free);
    json_t *ids = json_object_get (body, "external_ids"), *id;
    gsize i;

    if (!call_only_members (body, members, error))
        return NULL;
    if (json_array_size (ids) < 1 || json_array_size (ids) > CHOSEN_MOST) {
        fault_set (error, FAULT_INVALID, "external_ids must be a list of 1 to %d accounts", CHOSEN_MOST);
        return NULL;
    }
    json_array_foreach (ids, i, id)
    {
        const char *text = json_string_value (id);

        if (!text || strlen (text) > EXTERNAL_ID_MOST) {
            fault_set (error, FAULT_INVALID, "external_ids must be a list of texts");
            return NULL;
        }
        if (!add_chosen (all, driver, text, error))
            return NULL;
    }
    return g_steal_pointer (&all);
}

/* Can all of them be read? Nothing is connected if one can't. */
static gboolean
describe_all (const Parked *parked, GPtrArray *all, GError **error)
{
    for (guint i = 0; i < all->len; i++) {
        Chosen *chosen = all->pdata[i];
        g_autoptr (GError) local = NULL;

        if (!parked->driver->describe (&parked->context, parked->grant.access_token, chosen->external_id,
                                       &chosen->info, &local)) {
            g_prefix_error (&local, "%s: ", chosen->external_id);
            return connection_refused (local, error);
        }
        if (chosen->info.expires == INSTANT_NONE)
            chosen->info.expires = parked->expires;
    }
    return TRUE;
}

/* An account that is connected already gets the new credential: this is how a dead one is mended. */
static gboolean
keep (Call *call, Parked *parked, const Chosen *chosen, Json *json, GError **error)
{
    KeptConnection kept = { parked->driver->source, chosen->external_id, parked->credential, &chosen->info,
                            chosen->info.expires };
    g_autofree char *known = NULL;
    g_autoptr (Rows) rows = NULL;
    char fresh[UUID_TEXT];
    const char *id;

    if (!find_connected (call, kept.source, kept.external_id, &known, error))
        return FALSE;
    parked->mended |= known != NULL;
    id = known ? known : random_uuid (call->api->options.random, fresh);
    if (known ? !connection_renew (call, id, &kept, error) : !connection_insert (call, id, &kept, error))
        return FALSE;
    rows = store_ask (call->store, &sql_api_connection_find,
                      PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }, { "id", VALUE_OF_TEXT (id) }),
                      error);
    if (rows)
        connection_write (json, rows, 0);
    return rows != NULL;
}

static gboolean
keep_all (Call *call, const char *id, Parked *parked, const GPtrArray *all, Json *json, GError **error)
{
    gint64 gone = store_do (
        call->store, &sql_api_connect_grant_delete,
        PARAMS ({ "id", VALUE_OF_TEXT (id) }, { "user", VALUE_OF_TEXT (call->who.user_id) }), error);

    if (gone == 0)
        return call_fail (error, 409, "chosen-already", "the accounts of this sign-in were chosen already");
    if (gone < 0)
        return FALSE;
    json_begin_object (json);
    json_key (json, "connections");
    json_begin_array (json);
    for (guint i = 0; i < all->len; i++)
        if (!keep (call, parked, all->pdata[i], json, error))
            return FALSE;
    json_end_array (json);
    json_end_object (json);
    return TRUE;
}

static gboolean
choose (Call *call, const char *id, json_t *body, GError **error)
{
    g_auto (Parked) parked = { 0 };
    g_autoptr (GPtrArray) all = NULL;
    g_autoptr (GString) text = g_string_new (NULL);
    Json json = JSON_INTO (text);

    if (!open_parked (call, id, &parked, error))
        return FALSE;
    all = read_chosen (body, parked.driver, error);
    if (!all || !describe_all (&parked, all, error) || !store_begin (call->store, error))
        return FALSE;
    if (!keep_all (call, id, &parked, all, &json, error) || !store_commit (call->store, error)) {
        store_rollback (call->store);
        return FALSE;
    }
    versions_bump (call->api->options.versions, call->who.user_id);
    if (parked.mended && !sync_begin (call, parked.driver->source, error))
        return FALSE;
    return call_reply (call, 201, g_steal_pointer (&text));
}

gboolean
connect_choose (Call *call, GError **error)
{
    json_auto_t *body = call_body (call, error);

    return body && choose (call, call_segment (call, 2), body, error);
}
