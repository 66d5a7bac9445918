#include "insights/reconcile.h"

#include "auth/secret.h"
#include "base/fault.h"
#include "base/random.h"
#include "fetch/deadline.h"
#include "insights/reconcile_judge.h"
#include "query/connection.h"
#include "sql.h"

#include <string.h>

#define STANDARD_DAYS 28

/* One visit to a source, to ask for its totals. */
typedef struct {
    const Reconciler *reconciler;
    const char *user_id;
    const SourceDriver *driver;
    Reconciliation *result;
    Rows *connection; /* of connection_find.sql */
    SourceContext source;
    SourcePace pace;
    Grant grant;
    GPtrArray *said; /* of Why: its notices about its totals */
} Visit;

/* The columns of connection_find.sql. */
enum {
    ID,
    SOURCE,
    EXTERNAL_ID,
    NAME,
    CURRENCY,
    TIME_ZONE,
    STATUS,
    EXPIRES_AT,
    LAST_SUCCESS,
    LAST_ERROR,
    THROUGH
};

static void
visit_clear (Visit *visit)
{
    g_clear_pointer (&visit->connection, rows_free);
    g_clear_pointer (&visit->source.fetcher, fetcher_free);
    grant_clear (&visit->grant);
    g_clear_pointer (&visit->said, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Visit, visit_clear)

static const char *
text_of (const Visit *visit, guint column)
{
    return rows_text (visit->connection, 0, column);
}

/* ---- which connection, which days ---- */

static Rows *
ask_one (const Visit *visit, const Sql *sql, const char *id, GError **error)
{
    g_autoptr (Rows) rows = NULL;

    if (uuid_is_valid (id)) {
        rows = store_ask (visit->reconciler->store, sql,
                          PARAMS ({ "user", VALUE_OF_TEXT (visit->user_id) }, { "id", VALUE_OF_TEXT (id) }),
                          error);
        if (!rows)
            return NULL;
        if (rows_count (rows))
            return g_steal_pointer (&rows);
    }
    fault_set_status (error, 404, "unknown-connection", "there is no such connection");
    return NULL;
}

static gboolean
find_connection (Visit *visit, const char *id, GError **error)
{
    Reconciliation *result = visit->result;

    visit->connection = ask_one (visit, &sql_api_connection_find, id, error);
    if (!visit->connection)
        return FALSE;
    result->id = g_strdup (id);
    result->source = source_parse (text_of (visit, SOURCE));
    result->external_id = g_strdup (text_of (visit, EXTERNAL_ID));
    result->name = g_strdup (text_of (visit, NAME));
    result->currency = g_strdup (text_of (visit, CURRENCY));
    result->as_of = rows_instant (visit->connection, 0, LAST_SUCCESS);
    visit->driver = source_driver (result->source);
    if (!visit->driver || !visit->driver->own_totals)
        return fault_set (error, FAULT_INVALID, "%s gives no totals to reconcile with",
                          source_info (result->source)->title);
    if (strcmp (text_of (visit, STATUS), "reconnect") == 0)
        return fault_set_status (error, 409, "reconnect",
                                 "%s does not accept the credential any more: connect the account again, "
                                 "then it can be asked",
                                 source_info (result->source)->title);
    return TRUE;
}

/* The first day that the platform still keeps; by UTC where the account's zone is not known. */
static Day
first_kept (const Visit *visit)
{
    g_autoptr (GTimeZone) zone = zone_find (text_of (visit, TIME_ZONE));
    g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
    Day yesterday = instant_day (clock_now (visit->reconciler->clock), zone ? zone : utc) - 1;

    return visit->driver->history_days ? yesterday - (Day)visit->driver->history_days + 1 : DAY_NONE;
}

static gboolean
choose_none (Reconciliation *result, const Period *asked)
{
    static const Period none = { .from = 1, .to = 0 };

    result->asked = asked ? *asked : none;
    result->compared = none;
    result->provisional_from = DAY_NONE;
    why_add (result->notices, "not_synced_yet", "The account has not been synced yet.");
    return FALSE;
}

/* Of the asked days those that we have read and the platform still has. FALSE: there are none. */
static gboolean
choose_days (Visit *visit, const Period *asked)
{
    Reconciliation *result = visit->result;
    Day through = rows_day (visit->connection, 0, THROUGH), first = first_kept (visit);
    char name[DAY_TEXT];

    if (through == DAY_NONE)
        return choose_none (result, asked);

    result->asked = asked ? *asked : (Period){ through - STANDARD_DAYS + 1, through };
    result->compared = (Period){ MAX (result->asked.from, first), MIN (result->asked.to, through) };
    result->provisional_from = through - source_info (result->source)->settle_days + 1;
    if (result->compared.to < result->asked.to)
        why_add (result->notices, "not_synced_yet", "Days after %s have not been read yet.",
                 day_format (through, name));
    if (result->compared.from > result->asked.from)
        why_add (result->notices, "not_kept_by_source", "%s keeps no days before %s any more.",
                 source_info (result->source)->title, day_format (first, name));
    return result->compared.from <= result->compared.to;
}

/* ---- the source ---- */

/* The platform gave a new credential, and the old one may be dead already. */
static gboolean
keep_credential (Visit *visit, const char *old, GError **error)
{
    g_autofree char *sealed = NULL;

    if (!visit->grant.credential)
        return TRUE;
    sealed = connection_seal (visit->reconciler->sealer, visit->result->id, visit->grant.credential);
    return store_do (visit->reconciler->store, &sql_jobs_connection_rotate,
                     PARAMS ({ "id", VALUE_OF_TEXT (visit->result->id) }, { "old", VALUE_OF_TEXT (old) },
                             { "credential", VALUE_OF_TEXT (sealed) }),
                     error) >= 0;
}

/* The credential itself never leaves this function. */
static gboolean
authorize (Visit *visit, GError **error)
{
    const Reconciler *reconciler = visit->reconciler;
    g_autoptr (Rows) rows = ask_one (visit, &sql_api_connection_secret, visit->result->id, error);
    const char *sealed = rows ? rows_text (rows, 0, 2) : NULL;
    char *credential = sealed ? connection_open (reconciler->sealer, visit->result->id, sealed, error) : NULL;
    gboolean ok;

    if (!credential)
        return FALSE;
    visit->source = (SourceContext){ .fetcher = fetcher_new_deadline (fetcher_new_curl (reconciler->stop),
                                                                      reconciler->timeout_ms),
                                     .config = reconciler->config,
                                     .pace = &visit->pace };
    ok = visit->driver->authorize (&visit->source, credential, clock_now (reconciler->clock), &visit->grant,
                                   error);
    secret_free (credential);
    return ok && keep_credential (visit, sealed, error);
}

static void
hear (gpointer user, const char *code, Period days, const char *text)
{
    why_add (((Visit *)user)->said, code, "%s.", text);
}

static gboolean
ask_totals (gpointer user, Period days, OwnTotals *totals, GError **error)
{
    Visit *visit = user;
    const SourceSink sink = { .notice = hear, .user = visit };

    return visit->driver->own_totals (&visit->source, visit->grant.access_token, visit->result->external_id,
                                      days, totals, &sink, error);
}

/* ---- ours ---- */

static Rows *
ask_about_days (const Visit *visit, const Sql *sql, GError **error)
{
    const Reconciliation *result = visit->result;

    return store_ask (visit->reconciler->store, sql,
                      PARAMS ({ "user", VALUE_OF_TEXT (visit->user_id) },
                              { "source", VALUE_OF_TEXT (source_name (result->source)) },
                              { "external_id", VALUE_OF_TEXT (result->external_id) },
                              { "from", VALUE_OF_DAY (result->compared.from) },
                              { "to", VALUE_OF_DAY (result->compared.to) }),
                      error);
}

/* The unique visitors of the period, as its widget finds them: asked for as such, or rolling. */
static gboolean
find_users (const Visit *visit, const Ledger *ledger, Value *users, GError **error)
{
    const Reconciliation *result = visit->result;
    int days = period_days (result->compared);
    const char *rolling = days == 1 ? "users" : days == 7 ? "users_7d" : days == 28 ? "users_28d" : NULL;
    g_autoptr (Rows) rows = NULL;
    gint64 value;

    *users = VALUE_NONE;
    if (result->source != SOURCE_GA4)
        return TRUE;
    rows = store_ask (visit->reconciler->store, &sql_reconcile_period_users,
                      PARAMS ({ "user", VALUE_OF_TEXT (visit->user_id) },
                              { "external_id", VALUE_OF_TEXT (result->external_id) },
                              { "from", VALUE_OF_DAY (result->compared.from) },
                              { "to", VALUE_OF_DAY (result->compared.to) }),
                      error);
    if (!rows)
        return FALSE;
    if (rows_count (rows))
        *users = VALUE_OF_INT (rows_int (rows, 0, 0));
    else if (ledger_cell (ledger, result->compared.to, rolling, &value))
        *users = VALUE_OF_INT (value);
    return TRUE;
}

static gboolean
compare (Visit *visit, GError **error)
{
    Reconciliation *result = visit->result;
    g_auto (Ledger) ledger = { 0 };
    g_auto (OwnTotals) theirs = { 0 };
    g_autoptr (Rows) notices = ask_about_days (visit, &sql_reconcile_notices, error);
    g_autoptr (Rows) restated = notices ? ask_about_days (visit, &sql_reconcile_restated, error) : NULL;
    Judge judge = { .driver = visit->driver,
                    .result = result,
                    .ledger = &ledger,
                    .theirs = &theirs,
                    .notices = notices,
                    .said = visit->said,
                    .restated = restated,
                    .time_zone = text_of (visit, TIME_ZONE),
                    .ask = ask_totals,
                    .user = visit };

    return restated &&
           ledger_read (&ledger, visit->reconciler->store, visit->user_id, result->source,
                        result->external_id, result->compared, error) &&
           find_users (visit, &ledger, &judge.users, error) && authorize (visit, error) &&
           ask_totals (visit, result->compared, &theirs, error) && judge_totals (&judge, error);
}

static void
reconciled_clear (gpointer data)
{
    g_ptr_array_unref (((Reconciled *)data)->why);
}

gboolean
reconcile (const Reconciler *reconciler, const char *user_id, const char *connection_id, const Period *asked,
           Reconciliation *result, GError **error)
{
    g_auto (Visit) visit = { .reconciler = reconciler, .user_id = user_id, .result = result };

    *result = (Reconciliation){ .notices = why_list_new (),
                                .metrics = g_array_new (FALSE, FALSE, sizeof (Reconciled)),
                                .as_of = INSTANT_NONE };
    g_array_set_clear_func (result->metrics, reconciled_clear);
    visit.said = why_list_new ();
    return find_connection (&visit, connection_id, error) &&
           (!choose_days (&visit, asked) || compare (&visit, error));
}

void
reconciliation_clear (Reconciliation *result)
{
    g_clear_pointer (&result->id, g_free);
    g_clear_pointer (&result->external_id, g_free);
    g_clear_pointer (&result->name, g_free);
    g_clear_pointer (&result->currency, g_free);
    g_clear_pointer (&result->metrics, g_array_unref);
    g_clear_pointer (&result->notices, g_ptr_array_unref);
}

/* ---- the answer ---- */

const char *
verdict_name (Verdict verdict)
{
    static const char *const names[] = { "exact", "explained", "unexplained" };

    return names[verdict];
}

static void
put_value (Json *json, const char *key, Value value, gboolean money)
{
    json_key (json, key);
    if (value.type != VALUE_INT)
        json_none (json);
    else if (money)
        json_micros (json, value.integer);
    else
        json_int (json, value.integer);
}

static void
write_whys (const char *key, const GPtrArray *list, Json *json)
{
    json_key (json, key);
    json_begin_array (json);
    for (guint i = 0; i < list->len; i++) {
        const Why *why = list->pdata[i];

        json_begin_object (json);
        json_put_text (json, "code", why->code);
        json_put_text (json, "text", why->text);
        json_end_object (json);
    }
    json_end_array (json);
}

/* Theirs less ours; a sum of days of people is no total, so it has none. */
static Value
difference_of (const Reconciled *metric)
{
    gint64 difference;

    if (metric->ours.type != VALUE_INT || metric->theirs.type != VALUE_INT ||
        g_strcmp0 (metric->basis, "sum_of_days") == 0 ||
        __builtin_sub_overflow (metric->theirs.integer, metric->ours.integer, &difference))
        return VALUE_NONE;
    return VALUE_OF_INT (difference);
}

static void
write_metric (const Reconciled *metric, Json *json)
{
    gboolean money = metric->metric->money;

    json_begin_object (json);
    json_put_text (json, "metric", metric->metric->metric);
    json_put_text (json, "unit", money ? "money" : "count");
    put_value (json, "ours", metric->ours, money);
    json_put_text (json, "basis", metric->ours.type == VALUE_INT ? metric->basis : NULL);
    put_value (json, "theirs", metric->theirs, money);
    put_value (json, "difference", difference_of (metric), money);
    json_put_text (json, "verdict", verdict_name (metric->verdict));
    write_whys ("why", metric->why, json);
    json_end_object (json);
}

static void
write_days (const char *key, Period days, Json *json)
{
    json_key (json, key);
    if (days.from > days.to) {
        json_none (json);
        return;
    }
    json_begin_object (json);
    json_put_day (json, "start", days.from);
    json_put_day (json, "end", days.to);
    json_end_object (json);
}

void
reconciliation_write (const Reconciliation *result, Json *json)
{
    json_begin_object (json);
    json_put_text (json, "connection_id", result->id);
    json_put_text (json, "source", source_name (result->source));
    json_put_text (json, "external_id", result->external_id);
    json_put_text (json, "name", result->name);
    json_put_text (json, "currency", result->currency);
    write_days ("asked", result->asked, json);
    write_days ("compared", result->compared, json);
    json_put_instant (json, "as_of", result->as_of);
    json_put_day (json, "provisional_from", result->provisional_from);
    json_put_text (json, "verdict", result->metrics->len ? verdict_name (result->verdict) : NULL);
    json_key (json, "metrics");
    json_begin_array (json);
    for (guint i = 0; i < result->metrics->len; i++)
        write_metric (&g_array_index (result->metrics, Reconciled, i), json);
    json_end_array (json);
    write_whys ("notices", result->notices, json);
    json_end_object (json);
}
