#include "api/demo.h"

#include "api/connection.h"
#include "api/handlers.h"
#include "base/fault.h"
#include "query/job.h"
#include "sql.h"

#define DEMO_COLUMN 12 /* of connection_find.sql */

gboolean
demo_is_not (const Rows *connection, GError **error)
{
    return !rows_int (connection, 0, DEMO_COLUMN) ||
           call_fail (error, 409, "demo-data", "this account is made up: there is no platform to ask");
}

/* ---- come and go ---- */

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

/* How many of the user's connections are made up; -1 with an error. */
static gint64
count (Call *call, GError **error)
{
    g_autoptr (Rows) rows = store_ask (call->store, &sql_api_connection_demo,
                                       PARAMS ({ "user", VALUE_OF_TEXT (call->who.user_id) }), error);

    return rows ? rows_int (rows, 0, 0) : -1;
}

gboolean
demo_create (Call *call, GError **error)
{
    const ApiOptions *options = &call->api->options;
    gint64 there;

    if (!options->demo_add)
        return call_fail (error, 404, "no-demo", "this server has no demo data to give");
    there = count (call, error);
    if (there > 0)
        return call_fail (error, 409, "not-empty", "the demo data is there already");
    if (there < 0 || !store_begin (call->store, error))
        return FALSE;
    if (!options->demo_add (call->store, call->who.user_id, options->user, error) ||
        !store_commit (call->store, error)) {
        store_rollback (call->store);
        return FALSE;
    }
    versions_bump (options->versions, call->who.user_id);
    return start_reading (call, error);
}

gboolean
demo_remove (Call *call, GError **error)
{
    gint64 there = count (call, error);

    if (there == 0)
        return call_fail (error, 404, "no-demo", "there is no demo data in your account");
    if (there < 0 || !store_begin (call->store, error))
        return FALSE;
    if (!connection_forget_all (call, call->who.user_id, TRUE, error) || !store_commit (call->store, error)) {
        store_rollback (call->store);
        return FALSE;
    }
    versions_bump (call->api->options.versions, call->who.user_id);
    return call_reply_ok (call);
}
