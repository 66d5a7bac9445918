#include "api/demo.h"

#include "api/connection.h"
#include "api/handlers.h"
#include "base/fault.h"
#include "query/job.h"
#include "sql.h"

#define DEMO_COLUMN 12 /* of connection_find.sql */

/* How many connections the user has, and how many of them are made up. */
static gboolean
count (Call *call, gint64 *demo, gint64 *all, GError **error)
{
    g_autoptr (Rows) rows = store_ask (call->store, &sql_api_connection_demo,
                                       PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }), error);

    if (!rows)
        return FALSE;
    *demo = rows_int (rows, 0, 0);
    *all = rows_int (rows, 0, 1);
    return TRUE;
}

gboolean
demo_is_away (Call *call, GError **error)
{
    gint64 demo, all;

    return count (call, &demo, &all, error) &&
           (!demo || call_fail (error, 409, "demo-data",
                                "your board shows demo data: remove it first, so that nothing made up is "
                                "ever counted among real numbers"));
}

gboolean
demo_is_not (const Rows *connection, GError **error)
{
    return !rows_int (connection, 0, DEMO_COLUMN) ||
           call_fail (error, 409, "demo-data", "this account is made up: there is no platform to ask");
}

/* ---- come and go ---- */

static gboolean
add (Call *call, GError **error)
{
    const ApiOptions *options = &call->api->options;

    return options->demo_add (call->store, call->who.user_id, options->user, error) &&
           store_do (call->store, &sql_api_connection_demo_mark,
                     PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }), error) >= 0;
}

static gboolean
start_reading (Call *call, GError **error)
{
    const ApiOptions *options = &call->api->options;
    JobRequest request = {
        .source = "all", .scope = call->who.user_id, .trigger = "manual", .requested_by = call->who.user_id
    };
    char id[UUID_TEXT];
    JobStart start;

    if (!job_start (call->store, options->clock, options->random, &request, id, &start, error))
        return FALSE;
    sync_wake_engine (call);
    return sync_reply_job (call, 202, id, NULL);
}

gboolean
demo_create (Call *call, GError **error)
{
    gint64 demo, all;

    if (!call->api->options.demo_add)
        return call_fail (error, 404, "no-demo", "this server has no demo data to give");
    if (!count (call, &demo, &all, error))
        return FALSE;
    if (all)
        return call_fail (error, 409, "not-empty",
                          "demo data is for an account without any connection, so that nothing made up is "
                          "ever counted among real numbers");
    if (!store_begin (call->store, error))
        return FALSE;
    if (!add (call, error) || !store_commit (call->store, error)) {
        store_rollback (call->store);
        return FALSE;
    }
    versions_bump (call->api->options.versions, call->who.user_id);
    return start_reading (call, error);
}

gboolean
demo_remove (Call *call, GError **error)
{
    gint64 demo, all;

    if (!count (call, &demo, &all, error))
        return FALSE;
    if (!demo)
        return call_fail (error, 404, "no-demo", "there is no demo data in your account");
    if (!store_begin (call->store, error))
        return FALSE;
    /* All of them: real ones can't have come beside them. */
    if (!connection_forget_all (call, call->who.user_id, error) || !store_commit (call->store, error)) {
        store_rollback (call->store);
        return FALSE;
    }
    versions_bump (call->api->options.versions, call->who.user_id);
    return call_reply_ok (call);
}
