#include "fetch/mail.h"

#include "base/fault.h"
#include "base/mailbox.h"
#include "fetch/start.h"

#include <curl/curl.h>
#include <string.h>

#define CONNECT_TIMEOUT_MS 10000L
#define REPLY_MOST         200 /* bytes of what the server says that are told */

/* One conversation. */
typedef struct {
    CURL *curl;
    const gint *cancel;
    const char *data;
    gsize left;
    char reply[REPLY_MOST + 1]; /* the server's last line that refuses something */
} Talk;

/* ---- what curl calls ---- */

static gsize
give_data (char *buffer, gsize size, gsize count, void *user)
{
    Talk *talk = user;
    gsize n = MIN (size * count, talk->left);

    memcpy (buffer, talk->data, n);
    talk->data += n;
    talk->left -= n;
    return n;
}

/* A line of the server's; the one that refuses is kept, not the good-bye after it. */
static gsize
take_line (char *data, gsize size, gsize count, void *user)
{
    Talk *talk = user;
    gsize n = size * count, kept = MIN (n, REPLY_MOST);

    if (!n || (*data != '4' && *data != '5'))
        return n;
    for (gsize i = 0; i < kept; i++)
        talk->reply[i] = data[i] >= ' ' && data[i] <= '~' ? data[i] : ' ';
    talk->reply[kept] = '\0';
    g_strchomp (talk->reply);
    return n;
}

static int
watch (void *user, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up)
{
    const Talk *talk = user;

    return talk->cancel && g_atomic_int_get (talk->cancel) != 0;
}

/* ---- setting up ---- */

static void
set_server (CURL *curl, const MailServer *server, int timeout_ms)
{
    curl_easy_setopt (curl, CURLOPT_URL, server->url);
    curl_easy_setopt (curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt (curl, CURLOPT_PROXY, "");
    curl_easy_setopt (curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt (curl, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    curl_easy_setopt (curl, CURLOPT_CONNECTTIMEOUT_MS, MIN (timeout_ms, CONNECT_TIMEOUT_MS));
    curl_easy_setopt (curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, MAX (timeout_ms / 1000L, 1L));
    curl_easy_setopt (curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt (curl, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt (curl, CURLOPT_USE_SSL, server->tls ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_NONE);
    if (server->ca)
        curl_easy_setopt (curl, CURLOPT_CAINFO, server->ca);
    if (server->user) {
        curl_easy_setopt (curl, CURLOPT_USERNAME, server->user);
        curl_easy_setopt (curl, CURLOPT_PASSWORD, server->password ? server->password : "");
    }
}

static void
set_callbacks (CURL *curl, Talk *talk)
{
    curl_easy_setopt (curl, CURLOPT_READFUNCTION, give_data);
    curl_easy_setopt (curl, CURLOPT_READDATA, talk);
    curl_easy_setopt (curl, CURLOPT_WRITEFUNCTION, take_line);
    curl_easy_setopt (curl, CURLOPT_WRITEDATA, talk);
    curl_easy_setopt (curl, CURLOPT_HEADERFUNCTION, take_line);
    curl_easy_setopt (curl, CURLOPT_HEADERDATA, talk);
    curl_easy_setopt (curl, CURLOPT_XFERINFOFUNCTION, watch);
    curl_easy_setopt (curl, CURLOPT_XFERINFODATA, talk);
    curl_easy_setopt (curl, CURLOPT_NOPROGRESS, 0L);
}

/* ---- what went wrong ---- */

/* Codes not listed: FAULT_LOST, "the connection broke". */
static const struct {
    CURLcode code;
    FaultCode fault;
    const char *sentence;
} failures[] = {
    { CURLE_OPERATION_TIMEDOUT, FAULT_TIMEOUT, "the mail server did not answer in time" },
    { CURLE_ABORTED_BY_CALLBACK, FAULT_CANCELLED, "the mail server was not waited for" },
    { CURLE_PEER_FAILED_VERIFICATION, FAULT_REMOTE,
      "the mail server has a certificate that cannot be verified" },
    { CURLE_SSL_CACERT_BADFILE, FAULT_REMOTE, "the certificates of SMTP_CA cannot be read" },
    { CURLE_USE_SSL_FAILED, FAULT_REMOTE, "the mail server does not offer STARTTLS" },
    { CURLE_SSL_CONNECT_ERROR, FAULT_REMOTE, "the mail server and we agree on no TLS" },
    { CURLE_LOGIN_DENIED, FAULT_RECONNECT, "the mail server does not take SMTP_USER and SMTP_PASSWORD" },
    { CURLE_COULDNT_RESOLVE_HOST, FAULT_LOST, "the mail server was not found: its name has no address" },
    { CURLE_COULDNT_CONNECT, FAULT_LOST, "the mail server cannot be reached: no connection" },
    { CURLE_WEIRD_SERVER_REPLY, FAULT_LOST, "the mail server does not speak SMTP" },
};

static gboolean
fail_plainly (CURLcode code, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS (failures); i++)
        if (failures[i].code == code)
            return fault_set (error, failures[i].fault, "%s", failures[i].sentence);
    return fault_set (error, FAULT_LOST, "the connection to the mail server broke: %s",
                      curl_easy_strerror (code));
}

/* By the server's own word where there is one. What it says about a log-in is not told: it may repeat it. */
static gboolean
fail (Talk *talk, CURLcode code, GError **error)
{
    long status = 0;

    curl_easy_getinfo (talk->curl, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OPERATION_TIMEDOUT && code != CURLE_ABORTED_BY_CALLBACK && code != CURLE_LOGIN_DENIED &&
        status >= 400 && status <= 599)
        return fault_set (error, status < 500 ? FAULT_BUSY : FAULT_DENIED, "the mail server says: %s",
                          *talk->reply ? talk->reply : "no");
    if (code == CURLE_LOGIN_DENIED && status >= 400 && status <= 499)
        return fault_set (error, FAULT_BUSY, "the mail server does not let us in for now");
    return fail_plainly (code, error);
}

static gboolean
perform (Talk *talk, GError **error)
{
    CURLcode code = curl_easy_perform (talk->curl);

    return code == CURLE_OK || fail (talk, code, error);
}

/* ---- the two ways ---- */

static void
set_message (CURL *curl, const MailMessage *message, struct curl_slist *to)
{
    curl_easy_setopt (curl, CURLOPT_MAIL_FROM, message->from);
    curl_easy_setopt (curl, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt (curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt (curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)message->size);
}

MailServer
mail_server_of (const Config *config)
{
    return (MailServer){ .url = config->smtp_url,
                         .user = config->smtp_user,
                         .password = config->smtp_password,
                         .ca = config->smtp_ca,
                         .tls = config_mail_has_tls (config) };
}

gboolean
mail_send (const MailServer *server, const MailMessage *message, const gint *cancel, GError **error)
{
    Talk talk = { .cancel = cancel, .data = message->data, .left = message->size };
    struct curl_slist *to;
    gboolean sent;

    if (!mailbox_is_valid (message->from) || !mailbox_is_valid (message->to))
        return fault_set (error, FAULT_INVALID, "a mail needs the addresses of its sender and its recipient");
    talk.curl = fetch_start_curl (error);
    if (!talk.curl)
        return FALSE;
    to = curl_slist_append (NULL, message->to);
    set_server (talk.curl, server, message->timeout_ms);
    set_callbacks (talk.curl, &talk);
    set_message (talk.curl, message, to);
    sent = perform (&talk, error);
    curl_easy_cleanup (talk.curl);
    curl_slist_free_all (to);
    return sent;
}

gboolean
mail_probe (const MailServer *server, int timeout_ms, GError **error)
{
    Talk talk = { .curl = fetch_start_curl (error) };
    gboolean good;

    if (!talk.curl)
        return FALSE;
    set_server (talk.curl, server, timeout_ms);
    set_callbacks (talk.curl, &talk);
    curl_easy_setopt (talk.curl, CURLOPT_NOBODY, 1L);
    curl_easy_setopt (talk.curl, CURLOPT_CUSTOMREQUEST, "NOOP");
    good = perform (&talk, error);
    curl_easy_cleanup (talk.curl);
    return good;
}
