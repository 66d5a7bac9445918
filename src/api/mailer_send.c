/* mailer_send.c -- one mail from claim to end.
 *
 * What the mail server refuses for now is tried again, each wait twice the one before, for some hours; what
 * it refuses for good has failed. A report waits for the numbers of its last day. */
#include "api/handlers.h"
#include "api/inside.h"
#include "api/letter.h"
#include "api/mailer_private.h"
#include "api/mailing.h"
#include "api/unsubscribe.h"
#include "base/fault.h"
#include "base/limit.h"
#include "base/log.h"
#include "fetch/mail.h"
#include "sql.h"

#include <string.h>

#define SEND_MS    45000
#define SPARE_US   SECOND_US /* of the lease, to write down what became of it */
#define TRIES_MOST 10
#define FAR_US     (86400 * SECOND_US)    /* no wait is so long */
#define PATIENCE   (6 * 3600 * SECOND_US) /* for numbers that don't come */
#define LOOK_AGAIN (5 * 60 * SECOND_US)   /* whether they have come */
#define TEST       "test "                /* so begins the occurrence of a mail that nothing is waited for */

typedef struct {
    Rows *rows; /* owns the texts */
    const char *user_id, *origin, *occurrence, *recipient, *id, *event;
    Day date;
    gboolean has_left;
    int attempt;
    gint64 created_at;
    char token[UUID_TEXT];
    gint64 deadline; /* monotonic: from then on another may have it */
} Mail;

static void
mail_clear (Mail *mail)
{
    g_clear_pointer (&mail->rows, rows_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Mail, mail_clear)

/* ---- the lease ---- */

/* mail->rows stays NULL if there is none. */
static gboolean
claim (const MailTurn *turn, Mail *mail, GError **error)
{
    const ApiOptions *options = &turn->api->options;
    gint64 lease = limit_seconds (LIMIT_LEASE) * SECOND_US;
    g_autoptr (Rows) rows = NULL;

    mail->deadline = clock_monotonic (options->clock) + lease;
    rows = store_ask (turn->store, &sql_mail_mail_claim,
                      PARAMS ({ "now", VALUE_OF_INSTANT (turn->now) },
                              { "far", VALUE_OF_INSTANT (turn->now + FAR_US) },
                              { "token", VALUE_OF_TEXT (random_uuid (options->random, mail->token)) },
                              { "until", VALUE_OF_INSTANT (turn->now + lease) }),
                      error);
    if (!rows || !rows_count (rows))
        return rows != NULL;
    mail->user_id = rows_text (rows, 0, 0);
    mail->origin = rows_text (rows, 0, 1);
    mail->occurrence = rows_text (rows, 0, 2);
    mail->recipient = rows_text (rows, 0, 3);
    mail->id = rows_text (rows, 0, 4);
    mail->date = rows_day (rows, 0, 5);
    mail->event = rows_text (rows, 0, 6);
    mail->attempt = (int)rows_int (rows, 0, 7);
    mail->created_at = rows_instant (rows, 0, 8);
    mail->has_left = !rows_is_null (rows, 0, 9);
    mail->rows = g_steal_pointer (&rows);
    return TRUE;
}

/* No row changed: it was given up, or another instance has it. There is nothing left to do then. */
static gboolean
end (const MailTurn *turn, const Mail *mail, const char *status, const char *problem, GError **error)
{
    return store_do (turn->store, &sql_mail_mail_end,
                     PARAMS ({ "user", VALUE_OF_TEXT (mail->user_id) },
                             { "origin", VALUE_OF_TEXT (mail->origin) },
                             { "occurrence", VALUE_OF_TEXT (mail->occurrence) },
                             { "recipient", VALUE_OF_TEXT (mail->recipient) },
                             { "token", VALUE_OF_TEXT (mail->token) }, { "status", VALUE_OF_TEXT (status) },
                             { "error", VALUE_OF_TEXT (problem) }, { "now", VALUE_OF_INSTANT (turn->now) }),
                     error) >= 0;
}

/* counts: was it an attempt? */
static gboolean
hand_back (const MailTurn *turn, const Mail *mail, gint64 not_before, gboolean counts, const char *problem,
           GError **error)
{
    return store_do (
               turn->store, &sql_mail_mail_back,
               PARAMS ({ "user", VALUE_OF_TEXT (mail->user_id) }, { "origin", VALUE_OF_TEXT (mail->origin) },
                       { "occurrence", VALUE_OF_TEXT (mail->occurrence) },
                       { "recipient", VALUE_OF_TEXT (mail->recipient) },
                       { "token", VALUE_OF_TEXT (mail->token) },
                       { "attempts", VALUE_OF_INT (counts ? 0 : 1) },
                       { "not_before", VALUE_OF_INSTANT (not_before) }, { "error", VALUE_OF_TEXT (problem) }),
               error) >= 0;
}

/* ---- what it says ---- */

static gboolean
is_test (const Mail *mail)
{
    return g_str_has_prefix (mail->occurrence, TEST);
}

/* A source that works, and has not reached the last day yet. */
static gboolean
lacks_day (json_t *meta, Day last)
{
    json_t *sources = json_object_get (meta, "sources"), *source;
    const char *name;

    json_object_foreach (sources, name, source)
    {
        const char *through = json_string_value (json_object_get (source, "complete_through"));
        Day day;

        if (g_strcmp0 (json_string_value (json_object_get (source, "status")), "connected") == 0 &&
            (!day_parse (through, &day) || day < last))
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_early (const MailTurn *turn, const Mail *mail, const Report *report, gboolean *early, GError **error)
{
    Call call = mail_call (turn, mail->user_id);
    json_t *meta;

    *early = FALSE;
    if (is_test (mail) || turn->now >= mail->created_at + PATIENCE)
        return TRUE;
    meta = inside_ask (&call, dashboard_meta, json_object (), error);
    if (!meta)
        return FALSE;
    *early = lacks_day (meta, latest_before (report->days, mail->date).to);
    json_decref (meta);
    return TRUE;
}

/* FALSE without an error: not yet. */
static gboolean
write_report (const MailTurn *turn, const Mail *mail, Letter *letter, GError **error)
{
    Call call = mail_call (turn, mail->user_id);
    g_auto (Report) report = { 0 };
    gboolean early;

    if (!report_find (turn->store, mail->user_id, mail->origin, &report, error))
        return *error ? FALSE : fault_set (error, FAULT_DENIED, "the report was given up");
    return is_early (turn, mail, &report, &early, error) && !early &&
           letter_of_report (&call, &report, mail->date, letter, error);
}

static gboolean
write_event (const MailTurn *turn, const Mail *mail, Letter *letter, GError **error)
{
    Call call = mail_call (turn, mail->user_id);
    g_autoptr (Rows) rows = store_ask (
        turn->store, &sql_mail_alert_find,
        PARAMS ({ "user", VALUE_OF_TEXT (mail->user_id) }, { "id", VALUE_OF_TEXT (mail->origin) }), error);

    if (!rows)
        return FALSE;
    if (!rows_count (rows))
        return fault_set (error, FAULT_DENIED, "the alert was given up");
    return letter_of_event (&call, rows_text (rows, 0, 1), mail->event, letter, error);
}

/* The letter of its mailing, written unless the recipient before had the same. FALSE without an error: not
 * yet. */
static gboolean
find_letter (const MailTurn *turn, const Mail *mail, GError **error)
{
    KeptLetter *kept = turn->kept;
    g_autofree char *of = g_strjoin (" ", mail->user_id, mail->origin, mail->occurrence, NULL);

    if (g_strcmp0 (kept->of, of) == 0)
        return TRUE;
    g_clear_pointer (&kept->of, g_free);
    letter_clear (&kept->letter);
    if (!(mail->event ? write_event : write_report) (turn, mail, &kept->letter, error))
        return FALSE;
    kept->of = g_steal_pointer (&of);
    atomic_fetch_add (&turn->stats->letters, 1);
    return TRUE;
}

/* ---- sending it ---- */

static GString *
compose (const MailTurn *turn, const Mail *mail)
{
    const Letter *letter = &turn->kept->letter;
    const Config *config = turn->api->options.config;
    const char *from = config->mail_from;
    g_autofree char *id = g_strconcat (mail->id, strchr (from, '@'), NULL);
    g_autofree char *link = unsubscribe_link (turn->api, mail->user_id, mail->origin, mail->recipient);
    g_autoptr (GString) text = letter_text_for (letter, link), html = letter_html_for (letter, link);

    return mime_write (&(MimeMail){ .from_name = "Daymark",
                                    .from = from,
                                    .to = mail->recipient,
                                    .subject = letter->subject,
                                    .message_id = id,
                                    .date = mail->created_at,
                                    .text = text->str,
                                    .html = html->str,
                                    .images = letter->images,
                                    .leave = link,
                                    .one_click = unsubscribe_is_one_click (config) });
}

static gboolean
send_out (const MailTurn *turn, const Mail *mail, GError **error)
{
    const Config *config = turn->api->options.config;
    gint64 left = mail->deadline - clock_monotonic (turn->api->options.clock) - SPARE_US;
    MailServer server = mail_server_of (config);
    GString *message;
    gboolean sent;

    if (left < SPARE_US)
        return fault_set (error, FAULT_TIMEOUT, "it took too long to write the mail");
    message = compose (turn, mail);
    sent = mail_send (&server,
                      &(MailMessage){ .from = config->mail_from,
                                      .to = mail->recipient,
                                      .data = message->str,
                                      .size = message->len,
                                      .timeout_ms = (int)MIN (left / 1000, SEND_MS) },
                      turn->cancel, error);
    g_string_free (message, TRUE);
    return sent;
}

static gint64
wait_after (int attempt)
{
    return (limit_seconds (LIMIT_RETRY) * SECOND_US) << CLAMP (attempt - 1, 0, TRIES_MOST);
}

static void
count_failure (MailStats *stats, const GError *problem)
{
    static const struct {
        FaultCode fault;
        MailFailure kind;
    } kinds[] = {
        { FAULT_DENIED, MAIL_REFUSED },   { FAULT_INVALID, MAIL_REFUSED },
        { FAULT_BUSY, MAIL_NOT_NOW },     { FAULT_RECONNECT, MAIL_NO_LOGIN },
        { FAULT_LOST, MAIL_UNREACHABLE }, { FAULT_TIMEOUT, MAIL_UNREACHABLE },
    };
    MailFailure kind = MAIL_OTHER;

    for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
        if (fault_is (problem, kinds[i].fault))
            kind = kinds[i].kind;
    atomic_fetch_add (&stats->failures[kind], 1);
}

static gboolean
give_up (const MailTurn *turn, const Mail *mail, const char *problem, GError **error)
{
    atomic_fetch_add (&turn->stats->given_up, 1);
    return end (turn, mail, "failed", problem, error);
}

static gboolean
settle_failure (const MailTurn *turn, const Mail *mail, const GError *problem, GError **error)
{
    gboolean denied = fault_is (problem, FAULT_DENIED) || fault_is (problem, FAULT_INVALID);
    g_autofree char *tries = g_strdup_printf ("%d", mail->attempt), *sentence = NULL;

    if (fault_is (problem, FAULT_CANCELLED)) /* we stop; nobody knows how far it got */
        return hand_back (turn, mail, turn->now, FALSE, NULL, error);
    log_event (LOG_WARNING, "mail.failed", problem->message, "mail", mail->id, "attempt", tries, NULL);
    count_failure (turn->stats, problem);
    if (denied)
        return give_up (turn, mail, problem->message, error);
    if (mail->attempt < TRIES_MOST)
        return hand_back (turn, mail, turn->now + wait_after (mail->attempt), TRUE, problem->message, error);
    sentence = g_strdup_printf ("given up after %d attempts: %s", mail->attempt, problem->message);
    return give_up (turn, mail, sentence, error);
}

gboolean
mail_deliver (const MailTurn *turn, gboolean *found, GError **error)
{
    g_auto (Mail) mail = { 0 };
    g_autoptr (GError) problem = NULL;

    if (!claim (turn, &mail, error))
        return FALSE;
    *found = mail.rows != NULL;
    if (!*found)
        return TRUE;
    if (mail.has_left)
        return mailing_drop (turn->store, mail.user_id, mail.origin, mail.recipient, error);
    if (mail.attempt > TRIES_MOST) /* whoever tries it dies */
        return give_up (turn, &mail, "given up: sending it broke off every time", error);
    if (!find_letter (turn, &mail, &problem))
        return problem ? settle_failure (turn, &mail, problem, error)
                       : hand_back (turn, &mail, turn->now + LOOK_AGAIN, FALSE, NULL, error);
    if (!send_out (turn, &mail, &problem))
        return settle_failure (turn, &mail, problem, error);
    atomic_fetch_add (&turn->stats->sent, 1);
    log_event (LOG_INFO, "mail.sent", "a mail was sent", "mail", mail.id, NULL);
    return end (turn, &mail, "sent", NULL, error);
}
