/* unsubscribe.h -- the link in each mail by which its recipient gets out of that report or alert.
 *
 * It holds whose and which one it is, and the address, sealed under the server's key: nobody can make one,
 * read one or use one for something else, and nothing is stored for it. What does not open is refused before
 * the database is asked. Looking at the link changes nothing, because mail scanners look at all of them; only
 * a POST with the words of RFC 8058 does, from the mail program or from our page. See docs/reports.md. */
#pragma once
#include "api/call.h"

#define UNSUBSCRIBE_PATH "/unsubscribe/" /* what follows is the secret */

struct Leaving {
    char user_id[UUID_TEXT], origin[UUID_TEXT];
    char *recipient; /* as it was written to */
    char *name;      /* of the report or alert */
    gint64 left_at;  /* INSTANT_NONE: is still on it */
};

void leaving_free (Leaving *leaving);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Leaving, leaving_free)

/* May a mail program do it by itself? RFC 8058 wants https for that. */
gboolean unsubscribe_is_one_click (const Config *config);
/* The link of this recipient; NULL if PUBLIC_URL leads to the reader's own machine. The caller frees it. */
char *unsubscribe_link (const Api *api, const char *user_id, const char *origin, const char *recipient);

/* Who asks has such a link: sets call->leaving. FALSE: it is no good, or what it is about is gone, and a page
 * says so (404, the same for both); or *error is set. */
gboolean unsubscribe_identify (Call *call, GError **error);
