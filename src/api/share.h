/* share.h -- a link that shows a dashboard to whoever has it: what it shows, and until when.
 *
 * Its secret is the part of the address after #, which a browser keeps to itself, so that no server
 * in between has it in a log; the page sends it as "Authorization: Share <secret>". What is shown is
 * the layout as it was when the link was made, with widgets of one's own by their formulas of then:
 * what is added, changed or taken away later neither leaks nor breaks it. The numbers are those of today.
 *
 * Each request looks the link up, so one that is revoked is gone at once, on every instance. */
#pragma once
#include "api/call.h"
#include "model/preset.h"
#include "widgets/widget.h"

#define SHARE_SCHEME "Share "
#define SHARE_SECRET "sh_" /* so begins each secret */

struct Share {
    char id[UUID_TEXT];
    char *name;
    gint64 expires_at;
    Preset preset;
    Period days; /* if it is PRESET_NONE */
    CompareKind compare;
    Source sources;
    gboolean insights;
    json_t *board; /* {"widgets":[…],"custom":{"custom.x":{…}}} */
};

void share_free (Share *share);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Share, share_free)

/* Who asks has a link: sets call->share, and call->who to the one who made it. 404 otherwise, whether the
 * link is none, has ended or was revoked. */
gboolean share_identify (Call *call, GError **error);

/* The first columns of the questions share_….sql. */
enum {
    SHARE_ID,
    SHARE_NAME,
    SHARE_CREATED,
    SHARE_EXPIRES,
    SHARE_LAST_USED,
    SHARE_USES,
    SHARE_PERIOD,
    SHARE_START,
    SHARE_END,
    SHARE_COMPARE,
    SHARE_SOURCES,
    SHARE_INSIGHTS,
    SHARE_USER,
    SHARE_BOARD,
};
/* One of them, as its owner sees it: an object without its end, so that more can be said. */
void share_write (Json *json, const Rows *rows, guint row);
