/* board.h -- every widget of a layout in one answer, for others than GET /v1/dashboard/data. */
#pragma once
#include "api/call.h"
#include "widgets/widget.h"

/* {"widgets":{"<id>":{…}}} of this layout, asked for call->who. own: of Custom, the widgets of formulas that
 * it may name; whose: a text that tells these formulas from others under the same keys. The caller unrefs it.
 */
HttpReady *board_answer (Call *call, json_t *layout, GPtrArray *own, const char *whose,
                         const WidgetRequest *request, GError **error);
