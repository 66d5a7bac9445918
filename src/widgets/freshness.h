/* freshness.h -- from what is known of a user's accounts to the quality of one answer. */
#pragma once
#include "query/coverage.h"
#include "render/quality.h"

/* Fill in times, missing days and notices for a widget that needs these
 * sources. FALSE if one of them is switched off or not connected: then there
 * is nothing to draw, and a notice says why. */
gboolean freshness_fill (Quality *quality, Source needs, Source on, const Coverage *coverage);
