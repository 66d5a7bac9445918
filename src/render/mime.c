#include "render/mime.h"

#include <string.h>

#define LINE_BYTES 57 /* become 76 signs */
#define WORD_BYTES 42 /* of an encoded word, which has at most 75 signs with what is around it */
#define PLAIN_MOST 60 /* a longer header is encoded, because encoded words can be folded anywhere */

static void
add_base64 (GString *out, const guint8 *data, gsize n)
{
    for (gsize at = 0; at < n; at += LINE_BYTES) {
        g_autofree char *line = g_base64_encode (data + at, MIN (n - at, LINE_BYTES));

        g_string_append_printf (out, "%s\r\n", line);
    }
}

/* ---- headers ---- */

static gboolean
is_plain (const char *text)
{
    for (const char *at = text; *at; at++)
        if (*at < ' ' || *at > '~')
            return FALSE;
    return strlen (text) <= PLAIN_MOST && !strstr (text, "=?");
}

/* As many whole characters as fit into one word. */
static gsize
word_size (const char *text)
{
    const char *at = text;

    while (*at && g_utf8_next_char (at) - text <= WORD_BYTES)
        at = g_utf8_next_char (at);
    return (gsize)(at - text);
}

static char *
without_controls (const char *text)
{
    char *valid = g_utf8_make_valid (text, -1);

    for (char *at = valid; *at; at++)
        if (g_ascii_iscntrl (*at))
            *at = ' ';
    return valid;
}

/* Free text in a header. */
static void
add_words (GString *out, const char *text)
{
    g_autofree char *clean = without_controls (text);
    gsize n;

    if (is_plain (clean)) {
        g_string_append (out, clean);
        return;
    }
    for (const char *at = clean; *at; at += n) {
        g_autofree char *word = NULL;

        n = word_size (at);
        word = g_base64_encode ((const guint8 *)at, n);
        g_string_append_printf (out, "%s=?UTF-8?B?%s?=", at == clean ? "" : "\r\n ", word);
    }
}

void
mime_date (GString *out, gint64 instant)
{
    static const char weekdays[] = "MonTueWedThuFriSatSun", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
    Day day = instant_day (instant, utc);
    gint64 second = instant / SECOND_US - (gint64)day * 86400;
    int year, month, at;

    day_split (day, &year, &month, &at);
    g_string_append_printf (out, "%.3s, %d %.3s %d %02d:%02d:%02d +0000",
                            weekdays + 3 * (day_weekday (day) - 1), at, months + 3 * (month - 1), year,
                            (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
}

/* The address stands on a line of its own, whole: it may be longer than lines should be, but not than they
 * may. */
static void
add_leave (GString *out, const MimeMail *mail)
{
    if (!mail->leave)
        return;
    g_string_append_printf (out, "List-Unsubscribe:\r\n <%s>\r\n", mail->leave);
    if (mail->one_click)
        g_string_append (out, "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
}

static void
add_headers (GString *out, const MimeMail *mail)
{
    g_string_append (out, "From: ");
    add_words (out, mail->from_name);
    g_string_append_printf (out, " <%s>\r\nTo: <%s>\r\nSubject: ", mail->from, mail->to);
    add_words (out, mail->subject);
    g_string_append (out, "\r\nDate: ");
    mime_date (out, mail->date);
    g_string_append_printf (out,
                            "\r\nMessage-ID: <%s>\r\n"
                            "Auto-Submitted: auto-generated\r\n" /* no "out of office" to it, RFC 3834 */
                            "X-Auto-Response-Suppress: All\r\n"
                            "MIME-Version: 1.0\r\n",
                            mail->message_id);
    add_leave (out, mail);
}

/* ---- the body ---- */

/* Base64 has no "_", so no line of a part is a boundary. */
#define OUTER "=_daymark_outer"
#define INNER "=_daymark_inner"

/* The lines of a text end in CR LF also below its encoding (RFC 2046, 4.1.1). */
static char *
canonical (const char *text)
{
    GString *lines = g_string_new (text);

    g_string_replace (lines, "\r\n", "\n", 0);
    g_string_replace (lines, "\n", "\r\n", 0);
    return g_string_free (lines, FALSE);
}

static void
add_text (GString *out, const char *boundary, const char *type, const char *text)
{
    g_autofree char *lines = canonical (text);

    g_string_append_printf (out,
                            "--%s\r\nContent-Type: %s; charset=utf-8\r\n"
                            "Content-Transfer-Encoding: base64\r\n\r\n",
                            boundary, type);
    add_base64 (out, (const guint8 *)lines, strlen (lines));
}

static void
add_image (GString *out, const MimeImage *image)
{
    gsize n;
    const guint8 *data = g_bytes_get_data (image->png, &n);

    g_string_append_printf (out,
                            "--" INNER "\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n"
                            "Content-ID: <%s>\r\nContent-Disposition: inline; filename=\"chart.png\"\r\n\r\n",
                            image->id);
    add_base64 (out, data, n);
}

GString *
mime_write (const MimeMail *mail)
{
    GString *out = g_string_sized_new (32768);

    add_headers (out, mail);
    g_string_append (out, "Content-Type: multipart/alternative; boundary=\"" OUTER "\"\r\n\r\n");
    add_text (out, OUTER, "text/plain", mail->text);
    g_string_append (out,
                     "--" OUTER "\r\nContent-Type: multipart/related; type=\"text/html\"; boundary=\"" INNER
                     "\"\r\n\r\n");
    add_text (out, INNER, "text/html", mail->html);
    for (guint i = 0; i < mail->images->len; i++)
        add_image (out, &g_array_index (mail->images, MimeImage, i));
    return g_string_append (out, "--" INNER "--\r\n--" OUTER "--\r\n");
}
