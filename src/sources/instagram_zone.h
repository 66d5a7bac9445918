/* instagram_zone.h -- Instagram's days: they begin at midnight in California,
 * wherever the account is, so at 08:00 UTC in winter and 07:00 in summer. */
#pragma once
#include "base/date.h"

#define INSTAGRAM_ZONE "America/Los_Angeles"

/* The instant at which the day begins there. */
gint64 instagram_midnight (Day day);
/* The day that ends at this instant. */
Day instagram_day_before (gint64 end);
/* The date of that instant there. */
Day instagram_day_of (gint64 instant);
