/* meta_truth.c -- the true numbers of an ad account's complete days, as Daymark should store them. */
#include "control.h"
#include "meta.h"

#include <string.h>

#define MICROS 10000 /* in a hundredth */

static void
write_numbers (Json *json, const AdDay *numbers)
{
    json_put_int (json, "spend_micros", numbers->spend * MICROS);
    json_put_int (json, "impressions", numbers->impressions);
    json_put_int (json, "clicks", numbers->clicks);
    json_put_int (json, "link_clicks", numbers->link_clicks);
    json_put_int (json, "conversions", numbers->purchases);
    json_put_int (json, "revenue_micros", numbers->revenue * MICROS);
}

static void
write_campaigns (Json *json, const Property *property, const GArray *campaigns, Day day,
                 const AdMoment *moment, AdDay *sum)
{
    json_key (json, "campaigns");
    json_begin_array (json);
    for (guint i = 0; i < campaigns->len; i++) {
        const AdCampaign *campaign = &g_array_index (campaigns, AdCampaign, i);
        AdDay numbers;

        if (!ads_day (property, campaign, day, moment, &numbers))
            continue;
        json_begin_object (json);
        json_put_text (json, "campaign_id", campaign->id);
        json_put_text (json, "campaign", campaign->name);
        write_numbers (json, &numbers);
        json_put_int (json, "reach", numbers.reach);
        json_end_object (json);
        ads_add (sum, &numbers);
    }
    json_end_array (json);
}

static AdDay
write_days (Json *json, const Property *property, const AdMoment *moment, Day from, Day to)
{
    g_autoptr (GArray) campaigns = ads_campaigns (property);
    AdDay all = { 0 };

    json_key (json, "days");
    json_begin_array (json);
    for (Day day = from; day <= to; day++) {
        AdDay sum = { 0 };

        json_begin_object (json);
        json_put_day (json, "date", day);
        write_campaigns (json, property, campaigns, day, moment, &sum);
        write_numbers (json, &sum);
        json_end_object (json);
        ads_add (&all, &sum);
    }
    json_end_array (json);
    return all;
}

/* No ads at all, or those of the sale. */
static gboolean
is_unusual (const Event *event, Day day)
{
    return day >= event->from && day <= event->to &&
           (event->kind == EVENT_ADS_OFF || event->kind == EVENT_SALE);
}

void
meta_truth_write (SimState *state, Property *property, Day from, Day to, Json *json)
{
    AdMoment moment = meta_moment (state, property);
    AdDay all;

    from = MAX (from, property->first);
    to = MIN (to, moment.today - 1);
    json_begin_object (json);
    json_put_text (json, "account", meta_account_of (property));
    json_put_text (json, "name", property->preset.name);
    json_put_text (json, "time_zone", property->preset.zone);
    json_put_text (json, "currency", property->preset.currency);
    sim_truth_write_events (json, property);
    sim_truth_write_unusual (json, property, from, to, is_unusual);
    all = write_days (json, property, &moment, from, to);
    json_key (json, "period");
    json_begin_object (json);
    json_put_day (json, "from", from);
    json_put_day (json, "to", to);
    write_numbers (json, &all);
    json_end_object (json);
    json_end_object (json);
}
