/* metrics_mail.c -- numbers for Prometheus: of mails. What this process has done, and what the database
 * knows. */
#include "api/exposition.h"
#include "api/handlers.h"
#include "api/mailer.h"
#include "base/date.h"
#include "sql.h"

static void
put_done (GString *out, const MailStats *stats)
{
    static const char *const kinds[MAIL_FAILURES] = { [MAIL_REFUSED] = "refused",
                                                      [MAIL_NOT_NOW] = "not_now",
                                                      [MAIL_NO_LOGIN] = "no_login",
                                                      [MAIL_UNREACHABLE] = "unreachable",
                                                      [MAIL_OTHER] = "other" };

    expose (out, "mails_sent_total", "counter", "Mails that the mail server took.", (gint64)stats->sent);
    expose (out, "mails_given_up_total", "counter", "Mails that never will be sent.",
            (gint64)stats->given_up);
    expose (out, "mail_letters_total", "counter", "Letters written; one serves all recipients of a mailing.",
            (gint64)stats->letters);
    expose_head (out, "mail_failures_total", "counter", "Attempts to send a mail that have failed.");
    for (MailFailure kind = 0; kind < MAIL_FAILURES; kind++)
        expose_labelled (out, "mail_failures_total", "kind", kinds[kind], (gint64)stats->failures[kind]);
}

enum { WAITING, FAILING_SINCE, LAST_SENT };

static void
put_known (GString *out, const Rows *rows, gint64 now)
{
    gint64 since = rows_is_null (rows, 0, FAILING_SINCE) ? now : rows_instant (rows, 0, FAILING_SINCE);

    expose (out, "mails_waiting", "gauge", "Mails that are to be sent, or being sent.",
            rows_int (rows, 0, WAITING));
    expose (out, "mail_failing_seconds", "gauge",
            "How old the oldest mail is that could not be sent and is tried again; 0: there is none.",
            MAX (now - since, 0) / SECOND_US);
    if (!rows_is_null (rows, 0, LAST_SENT))
        expose (out, "mail_last_sent_timestamp_seconds", "gauge", "When the last mail went out.",
                rows_instant (rows, 0, LAST_SENT) / SECOND_US);
}

gboolean
metrics_mail (GString *out, Call *call, GError **error)
{
    const MailStats *stats = mailer_stats (call->api->mailer);
    g_autoptr (Rows) rows = NULL;

    if (!stats)
        return TRUE;
    put_done (out, stats);
    rows = store_ask (call->store, &sql_mail_mail_health, NO_PARAMS, error);
    if (rows)
        put_known (out, rows, call_now (call));
    return rows != NULL;
}
