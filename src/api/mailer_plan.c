/* mailer_plan.c -- a report whose time has come becomes mails, once: whoever moves its next time on writes
 * them.
 *
 * After days without a server only the newest date is sent, late. */
#include "api/mailer_private.h"
#include "api/mailing.h"
#include "api/report.h"
#include "base/fault.h"
#include "sql.h"

/* In a transaction. */
static gboolean
start_report (const MailTurn *turn, const Rows *due, guint row, const Report *report, GError **error)
{
    enum { USER_ID, ID, NEXT_AT };
    const char *user = rows_text (due, row, USER_ID), *id = rows_text (due, row, ID);
    gint64 next = report_next (report, turn->now), moved;
    Day date = report_newest (report, turn->now);
    char text[DAY_TEXT];
    Mailing mailing = { .user_id = user,
                        .origin = id,
                        .occurrence = day_format (date, text),
                        .recipients = report->recipients,
                        .date = date,
                        .now = turn->now };

    moved = store_do (turn->store, &sql_mail_report_move,
                      PARAMS ({ "user", VALUE_OF_TEXT (user) }, { "id", VALUE_OF_TEXT (id) },
                              { "due", VALUE_OF_INSTANT (rows_instant (due, row, NEXT_AT)) },
                              { "next", next == INSTANT_NONE ? VALUE_NONE : VALUE_OF_INSTANT (next) }),
                      error);
    if (moved <= 0)
        return moved == 0; /* somebody else has */
    return mailing_write (turn->store, turn->api->options.random, &mailing, error) >= 0;
}

static gboolean
plan_one (const MailTurn *turn, const Rows *due, guint row, GError **error)
{
    g_autoptr (GError) local = NULL;
    g_auto (Report) report = { 0 };

    if (!report_find (turn->store, rows_text (due, row, 0), rows_text (due, row, 1), &report, &local)) {
        if (local)
            g_propagate_error (error, g_steal_pointer (&local));
        return !*error; /* it was given up meanwhile */
    }
    if (!store_begin (turn->store, error))
        return FALSE;
    if (start_report (turn, due, row, &report, error) && store_commit (turn->store, error))
        return TRUE;
    store_rollback (turn->store);
    return FALSE;
}

gboolean
mail_plan (const MailTurn *turn, GError **error)
{
    g_autoptr (Rows) due = store_ask (turn->store, &sql_mail_report_due,
                                      PARAMS ({ "now", VALUE_OF_INSTANT (turn->now) }), error);

    if (!due)
        return FALSE;
    for (guint row = 0; row < rows_count (due); row++)
        if (!plan_one (turn, due, row, error))
            return FALSE;
    return TRUE;
}
