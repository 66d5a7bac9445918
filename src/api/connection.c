/* connection.c -- the accounts that a user has connected.
 *
 * A credential goes in, is tried, is sealed, and never comes out again. */
#include "api/connection.h"

#include "api/demo.h"
#include "api/handlers.h"
#include "base/fault.h"
#include "base/log.h"
#include "query/connection.h"
#include "sources/driver.h"
#include "sql.h"

#include <string.h>

#define EXTERNAL_ID_MOST 100
#define CREDENTIAL_MOST  16384

/* What was asked to be connected; texts are owned. */
typedef struct {
    const SourceDriver *driver;
    char *external_id;
    char *credential; /* JSON; wiped */
    gboolean verify;
} Wanted;

static void
wanted_clear (Wanted *wanted)
{
    g_free (wanted->external_id);
    secret_free (wanted->credential);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wanted, wanted_clear)

void
connection_write (Json *json, const Rows *rows, guint row)
{
    json_begin_object (json);
    json_put_text (json, "id", rows_text (rows, row, 0));
    json_put_text (json, "source", rows_text (rows, row, 1));
    json_put_text (json, "external_id", rows_text (rows, row, 2));
    json_put_text (json, "name", rows_text (rows, row, 3));
    json_put_text (json, "currency", rows_text (rows, row, 4));
    json_put_text (json, "time_zone", rows_text (rows, row, 5));
    json_put_text (json, "status", rows_text (rows, row, 6));
    json_put_instant (json, "expires_at", rows_instant (rows, row, 7));
    json_put_instant (json, "last_success_at", rows_instant (rows, row, 8));
    json_put_text (json, "last_error", rows_text (rows, row, 9));
    json_put_day (json, "complete_through", rows_day (rows, row, 10));
    json_put_instant (json, "created_at", rows_instant (rows, row, 11));
    json_put_bool (json, "demo", rows_int (rows, row, 12) != 0);
    json_end_object (json);
}

gboolean
connection_list (Call *call, GError **error)
{
    g_autoptr (Rows) rows = store_ask (call->store, &sql_api_connection_list,
                                       PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }), error);

    return call_reply_rows (call, "connections", rows, connection_write);
}

/* One row, or NULL with a 404: also when it is another user's. */
static Rows *
find (const Call *call, const Sql *sql, const char *id, GError **error)
{
    return call_find (call, sql, id, "unknown-connection", "connection", error);
}

static gboolean
reply_connection (Call *call, int status, const char *id, GError **error)
{
    g_autoptr (Rows) rows = find (call, &sql_api_connection_find, id, error);

    return call_reply_row (call, status, rows, connection_write);
}

gboolean
connection_get (Call *call, GError **error)
{
    return reply_connection (call, 200, call_segment (call, 2), error);
}

/* ---- reading what is wanted ---- */

char *
connection_read_credential (json_t *body, const SourceDriver *driver, GError **error)
{
    json_t *given = json_object_get (body, "credential");
    char *text, *copy;

    if (!json_is_object (given)) {
        fault_set (error, FAULT_INVALID, "credential is missing, or not an object");
        return NULL;
    }
    text = json_dumps (given, JSON_COMPACT | JSON_SORT_KEYS);
    copy = g_strdup (text);
    secret_free (text);
    if (strlen (copy) <= CREDENTIAL_MOST && driver->check_credential (copy, error))
        return copy;
    if (error && !*error)
        fault_set (error, FAULT_INVALID, "credential is larger than %d bytes", CREDENTIAL_MOST);
    secret_free (copy);
    return NULL;
}

/* There are platforms without a driver, and rows of theirs may be there already. */
static const SourceDriver *
find_driver (Source source, GError **error)
{
    if (!source_driver (source))
        fault_set (error, FAULT_INVALID, "%s cannot be connected yet", source_info (source)->title);
    return source_driver (source);
}

static const SourceDriver *
read_driver (json_t *body, GError **error)
{
    const char *name = call_text_member (body, "source", 20, error);
    Source source = source_parse (name);

    if (!name)
        return NULL;
    if (source != SOURCE_NONE)
        return find_driver (source, error);
    fault_set (error, FAULT_INVALID, "source is \"%.20s\"; it can be ga4, meta or instagram", name);
    return NULL;
}

static gboolean
read_wanted (json_t *body, Wanted *wanted, GError **error)
{
    static const char *const members[] = { "source", "external_id", "credential", "verify", NULL };
    json_t *id = json_object_get (body, "external_id");
    g_autofree char *number =
        json_is_integer (id) ? g_strdup_printf ("%" JSON_INTEGER_FORMAT, json_integer_value (id)) : NULL;
    const char *external_id;

    wanted->verify = TRUE;
    if (!call_only_members (body, members, error) ||
        !call_bool_member (body, "verify", &wanted->verify, error))
        return FALSE;
    wanted->driver = read_driver (body, error);
    if (!wanted->driver)
        return FALSE;
    external_id = number ? number : call_text_member (body, "external_id", EXTERNAL_ID_MOST, error);
    if (!external_id || !(wanted->external_id = wanted->driver->normal_id (external_id, error)))
        return FALSE;
    wanted->credential = connection_read_credential (body, wanted->driver, error);
    return wanted->credential != NULL;
}

/* A failure of any kind is the caller's to mend: 422 with what to do. */
gboolean
connection_refused (const GError *cause, GError **error)
{
    if (fault_is (cause, FAULT_CANCELLED))
        return call_fail (error, 503, "stopping", "the server is stopping; try again in a moment");
    return call_fail (error, 422, fault_problem (cause), "%s", cause->message);
}

/* A platform that gives a new credential when it is asked with the old one: then *credential is it. */
static gboolean
try_source (Call *call, const SourceDriver *driver, const char *external_id, char **credential,
            AccountInfo *info, GError **error)
{
    g_autoptr (Fetcher) fetcher = fetcher_new_curl (call->api->options.stop);
    SourceContext context = { .fetcher = fetcher, .config = call->api->options.config };
    g_auto (Grant) grant = { 0 };
    g_autoptr (GError) local = NULL;

    if (!driver->authorize (&context, *credential, call_now (call), &grant, &local))
        return connection_refused (local, error);
    if (grant.credential) { /* the old one may be dead already */
        secret_free (*credential);
        *credential = g_strdup (grant.credential);
    }
    if (!driver->describe (&context, grant.access_token, external_id, info, &local))
        return connection_refused (local, error);
    if (info->expires == INSTANT_NONE)
        info->expires = grant.credential_expires;
    return TRUE;
}

/* ---- create, change ---- */

static char *
seal (Call *call, const char *id, const char *credential)
{
    return connection_seal (call->api->options.sealer, id, credential);
}

static void
data_changed (Call *call)
{
    versions_bump (call->api->options.versions, call->who.user_id);
}

gboolean
connection_insert (Call *call, const char *id, const KeptConnection *kept, GError **error)
{
    const ApiOptions *options = &call->api->options;
    NewConnection row = {
        .user_id = call->who.user_id,
        .source = source_name (kept->source),
        .external_id = kept->external_id,
        .name = kept->info->name,
        .currency = kept->info->currency,
        .time_zone = kept->info->time_zone,
        .credential = kept->credential,
        .expires = kept->expires,
    };
    g_autoptr (GError) local = NULL;

    if (connection_add (call->store, options->sealer, id, &row, clock_now (options->clock), &local))
        return TRUE;
    if (fault_is (local, FAULT_CONFLICT))
        return call_fail (error, 409, "already-connected",
                          "%s is connected already; give it a new credential with PATCH /v1/connections/{id}",
                          kept->external_id);
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
}

static Rows *
insert_and_find (Call *call, const char *id, const KeptConnection *kept, GError **error)
{
    if (!store_begin (call->store, error))
        return NULL;
    return call_commit (
        call,
        connection_insert (call, id, kept, error) ? find (call, &sql_api_connection_find, id, error) : NULL,
        error);
}

static gboolean
create (Call *call, Wanted *wanted, GError **error)
{
    g_auto (AccountInfo) info = ACCOUNT_INFO_NONE;
    KeptConnection kept;
    char id[UUID_TEXT];
    g_autofree char *location = NULL;
    g_autoptr (Rows) rows = NULL;

    if (wanted->verify &&
        !try_source (call, wanted->driver, wanted->external_id, &wanted->credential, &info, error))
        return FALSE;
    kept = (KeptConnection){ wanted->driver->source, wanted->external_id, wanted->credential, &info,
                             info.expires };
    rows = insert_and_find (call, random_uuid (call->api->options.random, id), &kept, error);
    if (!rows)
        return FALSE;
    data_changed (call);
    location = g_strdup_printf ("/v1/connections/%s", id);
    http_reply_header (call->http, "Location", location);
    return call_reply_row (call, 201, rows, connection_write);
}

gboolean
connection_create (Call *call, GError **error)
{
    json_t *body = call_body (call, error);
    g_auto (Wanted) wanted = { 0 };
    gboolean ok = body && read_wanted (body, &wanted, error) && create (call, &wanted, error);

    json_decref (body);
    return ok;
}

/* 0 rows: it was deleted while the source was asked. */
static gboolean
was_there (gint64 changed, GError **error)
{
    if (changed == 0)
        return call_fail (error, 404, "unknown-connection", "there is no such connection");
    return changed > 0;
}

gboolean
connection_renew (Call *call, const char *id, const KeptConnection *kept, GError **error)
{
    g_autofree char *sealed = seal (call, id, kept->credential);

    return was_there (
        store_do (call->store, &sql_api_connection_credential,
                  PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }, { "id", VALUE_OF_TEXT (id) },
                          { "credential", VALUE_OF_TEXT (sealed) },
                          { "expires_at", VALUE_OF_INSTANT (kept->expires) }),
                  error),
        error);
}

/* Read, tried and kept. */
static gboolean
change_credential (Call *call, const char *id, const Rows *known, json_t *body, GError **error)
{
    const SourceDriver *driver = find_driver (source_parse (rows_text (known, 0, 1)), error);
    char *credential = driver ? connection_read_credential (body, driver, error) : NULL;
    g_auto (AccountInfo) info = ACCOUNT_INFO_NONE;
    gboolean ok =
        credential && try_source (call, driver, rows_text (known, 0, 2), &credential, &info, error) &&
        connection_renew (call, id, &(KeptConnection){ .credential = credential, .expires = info.expires },
                          error);

    secret_free (credential);
    return ok;
}

/* NULL if none is given. */
static gboolean
read_status (json_t *body, const char **status, GError **error)
{
    *status = NULL;
    if (!json_object_get (body, "status"))
        return TRUE;
    *status = call_text_member (body, "status", 20, error);
    if (!*status)
        return FALSE;
    return strcmp (*status, "paused") == 0 || strcmp (*status, "connected") == 0 ||
           fault_set (error, FAULT_INVALID, "status can be set to paused or connected");
}

static gboolean
set_status (Call *call, const char *id, const char *status, GError **error)
{
    return was_there (store_do (call->store, &sql_api_connection_status,
                                PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) },
                                        { "id", VALUE_OF_TEXT (id) }, { "status", VALUE_OF_TEXT (status) }),
                                error),
                      error);
}

/* Nothing is changed before everything has been read. */
static gboolean
change (Call *call, const char *id, const Rows *known, json_t *body, GError **error)
{
    const char *status;

    if (!call_only_members (body, (const char *[]){ "credential", "status", NULL }, error) ||
        !read_status (body, &status, error))
        return FALSE;
    if (json_object_size (body) == 0)
        return fault_set (error, FAULT_INVALID, "give a credential or a status");
    if (json_object_get (body, "credential") && !demo_is_not (known, error))
        return FALSE;
    if ((json_object_get (body, "credential") && !change_credential (call, id, known, body, error)) ||
        (status && !set_status (call, id, status, error)))
        return FALSE;
    return !json_object_get (body, "credential") ||
           sync_begin (call, source_parse (rows_text (known, 0, 1)), error);
}

gboolean
connection_change (Call *call, GError **error)
{
    const char *id = call_segment (call, 2);
    g_autoptr (Rows) known = find (call, &sql_api_connection_find, id, error);
    json_t *body = known ? call_body (call, error) : NULL;
    gboolean ok = body && change (call, id, known, body, error);

    json_decref (body);
    if (!ok)
        return FALSE;
    data_changed (call);
    return reply_connection (call, 200, id, error);
}

/* ---- delete, test ---- */

/* Everything that came through it goes with it, so that no total counts what nobody can see. The
 * connection itself goes first: a sync that is writing at this moment is waited for. */
static gboolean
forget (Call *call, const char *user_id, const char *id, Source source, const char *account, GError **error)
{
    static const Sql *const ga4[] = { &sql_api_forget_ga4_daily, &sql_api_forget_ga4_channel_daily,
                                      &sql_api_forget_ga4_landing_daily, &sql_api_forget_ga4_period_users,
                                      NULL };
    static const Sql *const meta[] = { &sql_api_forget_meta_daily, NULL };
    static const Sql *const instagram[] = { &sql_api_forget_ig_daily, &sql_api_forget_ig_media, NULL };
    static const Sql *const remarks[] = { &sql_api_forget_notices, &sql_api_forget_restatements };
    const Sql *const *tables = source == SOURCE_GA4 ? ga4 : source == SOURCE_META ? meta : instagram;
    Value user = VALUE_OF_TEXT (user_id), external_id = VALUE_OF_TEXT (account);

    if (store_do (call->store, &sql_api_connection_delete,
                  PARAMS ({ "user", user }, { "id", VALUE_OF_TEXT (id) }), error) < 0)
        return FALSE;
    for (; *tables; tables++)
        if (store_do (call->store, *tables, PARAMS ({ "user", user }, { "external_id", external_id }),
                      error) < 0)
            return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS (remarks); i++)
        if (store_do (call->store, remarks[i],
                      PARAMS ({ "user", user }, { "source", VALUE_OF_TEXT (source_name (source)) },
                              { "external_id", external_id }),
                      error) < 0)
            return FALSE;
    return TRUE;
}

gboolean
connection_forget_all (Call *call, const char *user_id, gboolean demo_only, GError **error)
{
    g_autoptr (Rows) rows = store_ask (call->store, &sql_api_connection_list,
                                       PARAMS ({ "user", VALUE_OF_TEXT (user_id) }), error);

    for (guint i = 0; rows && i < rows_count (rows); i++)
        if ((!demo_only || rows_int (rows, i, 12)) &&
            !forget (call, user_id, rows_text (rows, i, 0), source_parse (rows_text (rows, i, 1)),
                     rows_text (rows, i, 2), error))
            return FALSE;
    return rows != NULL;
}

gboolean
connection_delete (Call *call, GError **error)
{
    const char *id = call_segment (call, 2);
    g_autoptr (Rows) known = find (call, &sql_api_connection_find, id, error);

    if (!known || !store_begin (call->store, error))
        return FALSE;
    if (!forget (call, call->who.user_id, id, source_parse (rows_text (known, 0, 1)), rows_text (known, 0, 2),
                 error) ||
        !store_commit (call->store, error)) {
        store_rollback (call->store);
        return FALSE;
    }
    data_changed (call);
    return call_reply_ok (call);
}

/* Whatever comes of it, a renewed credential is kept, unless somebody has given another one. */
static gboolean
test_and_keep (Call *call, const SourceDriver *driver, const Rows *secret, char **credential,
               AccountInfo *info, GError **error)
{
    const char *id = call_segment (call, 2);
    g_autofree char *before = g_strdup (*credential), *sealed = NULL;
    gboolean ok = try_source (call, driver, rows_text (secret, 0, 1), credential, info, error);

    if (strcmp (before, *credential) != 0) {
        sealed = seal (call, id, *credential);
        if (store_do (call->store, &sql_jobs_connection_rotate,
                      PARAMS ({ "id", VALUE_OF_TEXT (id) },
                              { "old", VALUE_OF_TEXT (rows_text (secret, 0, 2)) },
                              { "credential", VALUE_OF_TEXT (sealed) }),
                      ok ? error : NULL) < 0)
            ok = FALSE;
    }
    secret_free (g_steal_pointer (&before));
    return ok;
}

gboolean
connection_test (Call *call, GError **error)
{
    const char *id = call_segment (call, 2);
    g_autoptr (Rows) known = find (call, &sql_api_connection_find, id, error);
    g_autoptr (Rows) rows =
        known && demo_is_not (known, error) ? find (call, &sql_api_connection_secret, id, error) : NULL;
    const SourceDriver *driver = rows ? find_driver (source_parse (rows_text (rows, 0, 0)), error) : NULL;
    char *credential =
        driver ? connection_open (call->api->options.sealer, id, rows_text (rows, 0, 2), error) : NULL;
    g_auto (AccountInfo) info = ACCOUNT_INFO_NONE;
    gboolean ok = credential && test_and_keep (call, driver, rows, &credential, &info, error);

    secret_free (credential);
    if (!ok)
        return FALSE;
    if (store_do (call->store, &sql_api_connection_restore,
                  PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }, { "id", VALUE_OF_TEXT (id) }),
                  error) < 0)
        return FALSE;
    data_changed (call);
    return reply_connection (call, 200, id, error);
}
