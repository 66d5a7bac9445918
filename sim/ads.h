/* ads.h -- what the business advertises on Meta, and what comes of it.
 *
 * The clicks of a day are those that bring GA4's Paid Social visits, so both
 * tell the same story; while GA4's tracking is broken, ads run on. Evergreen
 * campaigns share the usual clicks, each campaign of the plan is one of its
 * own, and on some days no ad is shown at all. */
#pragma once
#include "world.h"

typedef struct {
    char *id, *name;
    const Event *event; /* borrowed from the property until its world reaches further; NULL: evergreen */
    guint number;
} AdCampaign;

/* Money in hundredths of the account's currency. */
typedef struct {
    gint64 spend, impressions, reach, clicks, link_clicks, purchases, revenue;
} AdDay;

/* When the numbers are looked at. */
typedef struct {
    Day today;
    int minute;     /* of today */
    gboolean drift; /* purchases are put on the day of the ad, up to 28 days later */
} AdMoment;

/* AdCampaign; the caller frees the array. */
GArray *ads_campaigns (const Property *property);
/* FALSE: nothing was shown on that day. */
gboolean ads_day (const Property *property, const AdCampaign *campaign, Day day, const AdMoment *moment,
                  AdDay *numbers);
void ads_add (AdDay *sum, const AdDay *numbers);
/* Is it a currency without hundredths? */
gboolean ads_is_whole (const char *currency);
