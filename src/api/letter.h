/* letter.h -- what a mail says: a report of a dashboard, or what an alert has seen.
 *
 * Made of the very answers that the page gets, asked from inside for the same user. Whatever somebody else
 * has named (a campaign, a page) is escaped. A text and an HTML part say the same; charts are pictures. */
#pragma once
#include "api/report.h"
#include "render/mime.h"

/* Owns what it holds; starts as { 0 }. */
typedef struct {
    char *subject;
    GString *text, *html; /* html names its pictures as cid: */
    gsize foot;           /* where in html the last words belong, which differ by recipient */
    GArray *images;       /* of MimeImage */
} Letter;

void letter_clear (Letter *letter);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Letter, letter_clear)

/* The report as it is on that date of the reader, about days that are over. */
gboolean letter_of_report (Call *call, const Report *report, Day date, Letter *letter, GError **error);
/* What an alert tells: {"subject", "sentences": […]}. */
gboolean letter_of_event (Call *call, const char *name, const char *event, Letter *letter, GError **error);
/* Its two parts for a recipient with this link to get out, NULL: without one. The caller owns them. */
GString *letter_text_for (const Letter *letter, const char *link);
GString *letter_html_for (const Letter *letter, const char *link);
/* The latter for a browser: the pictures stand in it. The caller owns it. */
GString *letter_as_page (const Letter *letter, const char *link);
