#include "ads.h"

#include "dice.h"

#include <string.h>

#define STREAM     3000 /* beside world.c's */
#define DRIFT_DAYS 28
#define FIRST_ID   G_GUINT64_CONSTANT (120210000000000000) /* more than a double can tell apart */

static const struct {
    const char *name;
    double share;
    int on, off; /* days it runs and rests, in turns; off 0 is always */
} evergreens[] = {
    { "Evergreen | Prospecting", .52, 1, 0 },
    { "Evergreen | Retargeting", .30, 1, 0 },
    { "Katalog | Größen & Farben", .18, 41, 23 },
};

static void
campaign_clear (gpointer data)
{
    AdCampaign *campaign = data;

    g_free (campaign->id);
    g_free (campaign->name);
}

static char *
id_of (const Property *property, guint64 number)
{
    return g_strdup_printf ("%" G_GUINT64_FORMAT,
                            FIRST_ID + (property->index + 1) * G_GUINT64_CONSTANT (1000000000) + number);
}

static char *
name_of (const Event *event)
{
    char day[DAY_TEXT];

    return g_strdup_printf ("Push | %s", day_format (event->from, day));
}

GArray *
ads_campaigns (const Property *property)
{
    GArray *campaigns = g_array_new (FALSE, FALSE, sizeof (AdCampaign));

    g_array_set_clear_func (campaigns, campaign_clear);
    for (guint i = 0; i < G_N_ELEMENTS (evergreens) && property->preset.level > 0; i++) {
        AdCampaign campaign = { id_of (property, i), g_strdup (evergreens[i].name), NULL, i };

        g_array_append_val (campaigns, campaign);
    }
    for (guint i = 0; i < property->events->len; i++) {
        const Event *event = &g_array_index (property->events, Event, i);
        AdCampaign campaign = { .event = event, .number = (guint)(event->from + 1000) };

        if (event->kind != EVENT_CAMPAIGN || event->channel != CHANNEL_PAID_SOCIAL)
            continue;
        campaign.id = id_of (property, campaign.number);
        campaign.name = name_of (event);
        g_array_append_val (campaigns, campaign);
    }
    return campaigns;
}

static gboolean
is_on (const Event *event, Day day)
{
    return event->from <= day && day <= event->to;
}

/* The factor of all campaigns of the plan that run on that day. */
static double
push_of (const Property *property, Day day)
{
    double factor = 1;

    for (guint i = 0; i < property->events->len; i++) {
        const Event *event = &g_array_index (property->events, Event, i);

        if (event->kind == EVENT_CAMPAIGN)
            factor *= event_factor (event, CHANNEL_PAID_SOCIAL, day);
    }
    return factor;
}

static gboolean
is_off (const Property *property, Day day)
{
    for (guint i = 0; i < property->events->len; i++) {
        const Event *event = &g_array_index (property->events, Event, i);

        if (event->kind == EVENT_ADS_OFF && is_on (event, day))
            return TRUE;
    }
    return FALSE;
}

/* The part of a day's clicks that belongs to a campaign. What a push adds is its own. */
static double
share_of (const Property *property, const AdCampaign *campaign, Day day)
{
    double push = push_of (property, day);

    if (campaign->event)
        return is_on (campaign->event, day) ? (push - 1) / push : 0;
    if (evergreens[campaign->number].off &&
        day % (evergreens[campaign->number].on + evergreens[campaign->number].off) >=
            evergreens[campaign->number].on)
        return 0;
    return evergreens[campaign->number].share / push;
}

gboolean
ads_is_whole (const char *currency)
{
    static const char *const whole[] = { "JPY", "KRW", "HUF", "TWD", "CLP", "ISK", "VND", NULL };

    return g_strv_contains (whole, currency);
}

/* Prices are drawn in euros; a yen account pays about as many yen as it would pay cents. */
static gint64
money (const Property *property, double euros)
{
    return ads_is_whole (property->preset.currency) ? (gint64)(euros * 100) * 100 : (gint64)(euros * 100);
}

/* Purchases of the 28 days after a day are put on it as they happen: most within the first. */
static guint
known_of (guint purchases, Day day, const AdMoment *moment)
{
    double age = (double)(moment->today - day) / DRIFT_DAYS;

    if (!moment->drift || age >= 1)
        return purchases;
    return (guint)(purchases * (.6 + .4 * sqrt (MAX (age, 0))));
}

static void
draw_purchases (const Property *property, Day day, const AdMoment *moment, Dice *dice, AdDay *numbers)
{
    guint final = dice_round (dice, (double)numbers->link_clicks * dice_between (dice, .018, .034));
    guint known = known_of (final, day, moment);

    numbers->purchases = known;
    for (guint i = 0; i < known; i++)
        numbers->revenue += money (property, 74 * exp (.5 * dice_normal (dice)));
}

gboolean
ads_day (const Property *property, const AdCampaign *campaign, Day day, const AdMoment *moment,
         AdDay *numbers)
{
    Dice dice = dice_of (property->seed, property->index, STREAM + campaign->number, day);
    double demand, passed = day == moment->today ? moment->minute / 1440.0 : 1;

    *numbers = (AdDay){ 0 };
    if (day < property->first || day > moment->today || is_off (property, day))
        return FALSE;
    demand = property_demand (property, CHANNEL_PAID_SOCIAL, day, FALSE) *
             share_of (property, campaign, day) * passed;
    numbers->link_clicks = dice_round (&dice, demand * exp (.06 * dice_normal (&dice)) * 1.06);
    if (numbers->link_clicks == 0)
        return FALSE;
    numbers->clicks = numbers->link_clicks + dice_round (&dice, (double)numbers->link_clicks * .22);
    numbers->impressions = (gint64)((double)numbers->link_clicks / dice_between (&dice, .007, .015));
    numbers->reach = (gint64)((double)numbers->impressions / dice_between (&dice, 1.05, 1.9));
    numbers->spend = money (property, (double)numbers->link_clicks * dice_between (&dice, .38, .85));
    draw_purchases (property, day, moment, &dice, numbers);
    return TRUE;
}

void
ads_add (AdDay *sum, const AdDay *numbers)
{
    sum->spend += numbers->spend;
    sum->impressions += numbers->impressions;
    sum->reach += numbers->reach; /* only to have a number: people are not added up */
    sum->clicks += numbers->clicks;
    sum->link_clicks += numbers->link_clicks;
    sum->purchases += numbers->purchases;
    sum->revenue += numbers->revenue;
}
