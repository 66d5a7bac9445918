/* layout_own.h -- the widgets of one's own that a layout file carries: {"custom": {"custom.cac": {…}}}. */
#pragma once
#include "api/custom.h"

/* Definitions by key, of those that the layout names: as the user keeps them. The caller drops it; NULL
 * on error. */
json_t *layout_own_named (Call *call, json_t *layout, GError **error);
/* Read those of a file (NULL: it carries none) and put them among the user's own as if they were kept.
 * FAULT_INVALID: one makes no sense, or the layout does not name it. */
gboolean layout_own_read (json_t *carried, json_t *layout, GPtrArray *own, GError **error);
/* "custom": {"added": […], "changed": […]}, what keeping them would do to those that the user has; TRUE
 * if anything. */
gboolean layout_own_difference (json_t *before, json_t *carried, Json *json);
/* Keep them. 422 "too-many-widgets". */
gboolean layout_own_keep (Call *call, json_t *carried, GError **error);
