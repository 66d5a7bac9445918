/* freshness.h -- from what is known of a user's accounts to the quality of one answer. */
#pragma once
#include "query/coverage.h"
#include "render/quality.h"
#include "widgets/widget.h"

/* Fill in times, missing days and notices for a widget that needs these
 * sources. FALSE if the request switches one of them off, or one is not connected:
 * then there is nothing to draw, and a notice says why. */
gboolean
freshness_fill (Quality *quality, Source needs, const WidgetRequest *request, const Coverage *coverage);
