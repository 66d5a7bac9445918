/* layout.h -- the saved layout, for those who read or write it besides the page. */
#pragma once
#include "api/call.h"

#define LAYOUT_MOST_BYTES   (64 * 1024)
#define LAYOUT_MOST_WIDGETS 100

/* What is stored; NULL if there is none or it can't be read. PostgreSQL writes 1e21 out in full, which
 * only fits a real. The caller drops it. */
json_t *layout_parse (const char *text);
/* The user's, which the caller drops; NULL as above. FALSE: the store's error stands. */
gboolean layout_saved (const Call *call, json_t **layout, GError **error);
/* Its ETag; INSTANT_NONE before the first save. The caller frees it. */
char *layout_tag (gint64 updated_at);
/* Which widget an entry of it is: its key, or else its id; NULL if it has neither. */
const char *layout_key (const json_t *entry);
/* FAULT_INVALID; 422 that names the widgets which are neither built in nor among own (of Custom). */
gboolean layout_check (json_t *layout, GPtrArray *own, GError **error);
/* The members in which two objects differ, sorted; borrowed from both. */
GPtrArray *layout_differences (json_t *one, json_t *other);
/* Save it, over the version that If-Match names (412). Sets the reply's ETag. */
gboolean layout_save (Call *call, json_t *layout, GError **error);
