/* mime.h -- a mail as it goes over the wire: headers, a text, the same as HTML, and its pictures.
 *
 * Bodies are base64 in lines of 76 signs, so nothing in them can be taken for a header, a boundary or
 * the end. Headers take any UTF-8: what is not plain becomes encoded words (RFC 2047), control characters
 * become spaces. Lines end in CR LF. Pure, any thread. */
#pragma once
#include "base/date.h"

typedef struct {
    const char *id; /* what <img src="cid:…"> names: letters, digits, "." and "@" */
    GBytes *png;
} MimeImage;

typedef struct {
    const char *from_name, *from, *to; /* from and to: bare addresses that mailbox_is_valid took */
    const char *subject;
    const char *message_id; /* without its angle brackets */
    gint64 date;
    const char *text, *html;
    const GArray *images; /* of MimeImage */
    const char *leave;    /* the address that ends such mails (RFC 2369); NULL: none */
    gboolean one_click;   /* by a POST to it (RFC 8058) */
} MimeMail;

/* The caller owns it. */
GString *mime_write (const MimeMail *mail);
/* "Sat, 21 Nov 2026 14:23:16 +0000", appended. */
void mime_date (GString *out, gint64 instant);
