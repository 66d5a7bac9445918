#include "world.h"

#include "base/fault.h"
#include "dice.h"
#include "pages.h"

#include <string.h>

#define DAYS_OF_2025   20089 /* 2025-01-01 */
#define DAY_STREAM     1000  /* beside the small numbers that plan.c takes */
#define CHANNEL_STREAM 2000

const char *const world_channels[N_CHANNELS] = {
    [CHANNEL_DIRECT] = "Direct",
    [CHANNEL_ORGANIC_SEARCH] = "Organic Search",
    [CHANNEL_PAID_SEARCH] = "Paid Search",
    [CHANNEL_PAID_SOCIAL] = "Paid Social",
    [CHANNEL_ORGANIC_SOCIAL] = "Organic Social",
    [CHANNEL_EMAIL] = "Email",
    [CHANNEL_REFERRAL] = "Referral",
    [CHANNEL_UNASSIGNED] = "Unassigned",
};
const char *const world_devices[N_DEVICES] = { "mobile", "desktop", "tablet" };
const char *const world_queries[N_QUERIES] = {
    "",
    "?utm_source=google&utm_medium=cpc",
    "?utm_source=facebook&utm_medium=paid_social",
    "?utm_source=instagram&utm_medium=social",
    "?utm_source=newsletter&utm_medium=email",
    "?ref=partner",
};

static const char *const europe[N_COUNTRIES] = { "Germany", "Austria", "Switzerland",    "Netherlands",
                                                 "France",  "Italy",   "United Kingdom", "Poland",
                                                 "Denmark", "Spain" };
static const char *const america[N_COUNTRIES] = { "United States", "Canada",  "Mexico", "United Kingdom",
                                                  "Australia",     "Germany", "Brazil", "Argentina",
                                                  "Japan",         "India" };

const PropertyPreset world_presets[] = {
    { "412345678", "accounts/101", "Alpenglow Outdoor", "EUR", "Europe/Berlin", .level = 760, 180, europe },
    { "498765432", "accounts/101", "Alpenglow US", "USD", "America/Los_Angeles", .level = 130, 70, america },
    { "455500001", "accounts/102", "Alpenglow Journal (new)", "EUR", "Europe/Berlin", .level = 0, 60,
      europe },
};
const guint world_n_presets = G_N_ELEMENTS (world_presets);

/* How a channel behaves. The weekday shares are relative, Monday first. */
typedef struct {
    double share, returning, engaged, converts;
    guint query; /* of world_queries */
    double weekday[7];
} Manner;

static const Manner manners[N_CHANNELS] = {
    [CHANNEL_DIRECT] = { .20, .52, .66, .034, 0, { 1.05, 1.04, 1.02, 1.00, .96, .94, .99 } },
    [CHANNEL_ORGANIC_SEARCH] = { .33, .24, .64, .021, 0, { 1.08, 1.07, 1.05, 1.02, .95, .88, .95 } },
    [CHANNEL_PAID_SEARCH] = { .15, .18, .61, .029, 1, { 1.06, 1.05, 1.04, 1.02, .98, .90, .95 } },
    [CHANNEL_PAID_SOCIAL] = { .11, .12, .46, .012, 2, { .95, .95, .97, 1.00, 1.02, 1.05, 1.06 } },
    [CHANNEL_ORGANIC_SOCIAL] = { .08, .20, .52, .009, 3, { .94, .96, .98, 1.00, 1.02, 1.05, 1.05 } },
    [CHANNEL_EMAIL] = { .07, .72, .71, .041, 4, { .62, 2.10, 1.05, .78, 1.35, .55, .55 } }, /* Tuesday's
                                                                                               letter */
    [CHANNEL_REFERRAL] = { .05, .26, .60, .018, 5, { 1.08, 1.08, 1.06, 1.04, 1.00, .86, .88 } },
    [CHANNEL_UNASSIGNED] = { .01, .10, .20, .002, 0, { 1, 1, 1, 1, 1, 1, 1 } },
};

/* ---- how many visits to expect ---- */

static double
growth_of (Day day)
{
    return pow (1.13, (day - DAYS_OF_2025) / 365.25);
}

/* An outdoor shop: busiest in July, with a bump before Christmas. */
static double
season_of (Day day)
{
    int year, month, of_month;
    double of_year, to_gifts;

    day_split (day, &year, &month, &of_month);
    of_year = day - day_of (year, 1, 1);
    to_gifts = (of_year - 343) / 12;
    return 1 + .14 * cos ((of_year - 195) * 2 * G_PI / 365.25) + .30 * exp (-to_gifts * to_gifts);
}

/* A day of 23 hours has fewer visits than one of 24, if only those of one night hour. */
static double
length_of (const Property *property, Day day)
{
    gint64 midnight = (gint64)day * 86400;
    int before = g_time_zone_find_interval (property->zone, G_TIME_TYPE_STANDARD, midnight);
    int after = g_time_zone_find_interval (property->zone, G_TIME_TYPE_STANDARD, midnight + 86400);
    int shift =
        g_time_zone_get_offset (property->zone, after) - g_time_zone_get_offset (property->zone, before);

    return 1 - .012 * shift / 3600;
}

static double
events_factor (const Property *property, Channel channel, Day day, gboolean tracked)
{
    double factor = 1;

    for (guint i = 0; i < property->events->len; i++) {
        const Event *event = &g_array_index (property->events, Event, i);

        if (tracked || event->kind != EVENT_OUTAGE)
            factor *= event_factor (event, channel, day);
    }
    return factor;
}

double
property_demand (const Property *property, Channel channel, Day day, gboolean tracked)
{
    const Manner *manner = &manners[channel];

    return property->preset.level * manner->share * manner->weekday[day_weekday (day) - 1] * growth_of (day) *
           season_of (day) * length_of (property, day) * events_factor (property, channel, day, tracked);
}

/* ---- one visit ---- */

/* What is the same for all visits of a channel on a day. */
typedef struct {
    Day day;
    Channel channel;
    const Event *push; /* a campaign that leads to one page, or NULL */
    double mood;       /* how well the day sells */
} Scene;

static const Event *
push_of (const Property *property, Channel channel, Day day)
{
    for (guint i = 0; i < property->events->len; i++) {
        const Event *event = &g_array_index (property->events, Event, i);

        if (event->channel == channel && event->kind != EVENT_ADS_OFF && event->from <= day &&
            event->to >= day)
            return event;
    }
    return NULL;
}

static double
mood_of (const Property *property, Day day, Dice *dice)
{
    double mood = exp (.08 * dice_normal (dice));

    for (guint i = 0; i < property->events->len; i++) {
        const Event *event = &g_array_index (property->events, Event, i);

        if (event->kind == EVENT_SALE && event->from <= day && event->to >= day)
            mood *= 1.4;
    }
    return mood;
}

/* Who is it? A returning visitor is the one of an earlier visit, so that users are
 * real sets. One who was last here before the world began gets a new number. */
static void
draw_visitor (Property *property, const Scene *scene, Dice *dice, Visit *visit)
{
    guint from, to, pick;
    Day then;

    visit->visitor = property->n_visitors++;
    if (dice_unit (dice) >= manners[scene->channel].returning) {
        visit->flags |= VISIT_FIRST;
        return;
    }
    then = scene->day - (Day)(-8.0 * log (1 - dice_unit (dice)));
    pick = (guint)(dice_next (dice) >> 32);
    if (then >= property->first) {
        from = g_array_index (property->starts, guint32, then - property->first);
        to = then == scene->day ? property->visits->len
                                : g_array_index (property->starts, guint32, then - property->first + 1);
        if (to > from) {
            visit->visitor = g_array_index (property->visits, Visit, from + pick % (to - from)).visitor;
            property->n_visitors--; /* nobody new after all */
        }
    }
}

static void
draw_place (const Property *property, const Scene *scene, Dice *dice, Visit *visit)
{
    double device = dice_unit (dice), country = dice_unit (dice);
    guint64 page = dice_next (dice);
    gboolean pushed = scene->push && dice_unit (dice) < .4;

    visit->device = (guint8)((device > .58) + (device > .94));
    visit->country = (guint8)(N_COUNTRIES * country * country * country);
    visit->page = pushed ? (guint16)page_of_event (scene->push->mark, property->pages->len)
                         : property->page_tables[scene->channel * PAGE_TABLE + page % PAGE_TABLE];
    visit->query = (guint8)(dice_unit (dice) < .8 ? manners[scene->channel].query : 0);
    /* more in the evening than at night */
    visit->minute = (guint16)(1439 * sqrt (dice_unit (dice)));
}

static void
draw_doings (const Scene *scene, Dice *dice, Visit *visit)
{
    const Manner *manner = &manners[scene->channel];
    gboolean engaged = dice_unit (dice) < manner->engaged;
    double converts = dice_unit (dice), depth = -log (1 - dice_unit (dice)),
           order = exp (.55 * dice_normal (dice));

    visit->views = (guint8)(1 + (engaged ? MIN (40, (int)(3 * depth)) : 0));
    visit->seconds = (guint16)(engaged ? 10 + MIN (1800, 75 * depth) : 0);
    if (engaged)
        visit->flags |= VISIT_ENGAGED;
    if (engaged && converts < manner->converts * scene->mood / manner->engaged) {
        visit->key_events = (guint8)(1 + (depth > 2.5));
        if (depth > .25) { /* the others only asked for an offer */
            visit->flags |= VISIT_BUYS;
            visit->revenue = (guint32)(7400 * order);
        }
    }
}

static void
draw_visit (Property *property, const Scene *scene, Dice *dice)
{
    Visit visit = { .channel = (guint8)scene->channel };
    guint64 odd;

    draw_visitor (property, scene, dice, &visit);
    draw_place (property, scene, dice, &visit);
    draw_doings (scene, dice, &visit);
    odd = dice_next (dice);
    visit.arrival = (guint8)odd;
    if ((odd >> 8) % 1000 == 0)
        visit.flags |= VISIT_TWICE;
    /* What GA4 can't attribute is mostly hits that came without a session. */
    if (scene->channel == CHANNEL_UNASSIGNED && (odd >> 32) % 100 < 90)
        visit.flags = (guint8)((visit.flags | VISIT_UNCOUNTED) & ~(VISIT_ENGAGED | VISIT_TWICE));
    g_array_append_val (property->visits, visit);
}

/* A channel has a stream of its own, so that one more visit in one changes nothing in others. */
static void
draw_channel (Property *property, Channel channel, Day day, double mood)
{
    Dice dice = dice_of (property->seed, property->index, CHANNEL_STREAM + channel, day);
    Scene scene = { day, channel, push_of (property, channel, day), mood };
    double noise = exp (.055 * dice_normal (&dice));
    guint n = dice_round (&dice, property_demand (property, channel, day, TRUE) * noise);

    for (guint i = 0; i < n; i++)
        draw_visit (property, &scene, &dice);
}

static void
draw_day (Property *property, Day day)
{
    Dice dice = dice_of (property->seed, property->index, DAY_STREAM, day);
    double mood = mood_of (property, day, &dice);
    guint32 end;

    for (Channel channel = 0; channel < N_CHANNELS; channel++)
        draw_channel (property, channel, day, mood);
    end = property->visits->len;
    g_array_append_val (property->starts, end);
    property->last = day;
}

/* ---- the world ---- */

static void
property_free (Property *property)
{
    g_clear_pointer (&property->zone, g_time_zone_unref);
    g_ptr_array_unref (property->pages);
    g_array_unref (property->events);
    g_array_unref (property->visits);
    g_array_unref (property->starts);
    g_free (property->page_tables);
    g_free (property);
}

static Property *
property_new (const PropertyPreset *preset, guint index, guint64 seed, Day first)
{
    Property *property = g_new0 (Property, 1);
    guint32 zero = 0;

    property->preset = *preset;
    property->zone = zone_find (preset->zone);
    property->pages = pages_new (preset->n_pages);
    property->page_tables = pages_tables (property->pages->len);
    property->events = g_array_new (FALSE, FALSE, sizeof (Event));
    property->visits = g_array_new (FALSE, FALSE, sizeof (Visit));
    property->starts = g_array_new (FALSE, FALSE, sizeof (guint32));
    g_array_append_val (property->starts, zero);
    property->index = index;
    property->seed = seed;
    property->first = first;
    property->last = first - 1;
    return property;
}

World *
world_new (guint64 seed, const PropertyPreset *presets, guint n, Day first, Day last, GError **error)
{
    g_autoptr (World) world = g_new0 (World, 1);

    world->properties = g_new0 (Property *, n);
    for (guint i = 0; i < n; i++) {
        world->properties[world->n_properties++] = property_new (&presets[i], i, seed, first);
        if (!world->properties[i]->zone) {
            fault_set (error, FAULT_INVALID, "there is no time zone \"%s\"", presets[i].zone);
            return NULL;
        }
    }
    world_reach (world, last);
    return g_steal_pointer (&world);
}

void
world_free (World *world)
{
    if (!world)
        return;
    for (guint i = 0; i < world->n_properties; i++)
        property_free (world->properties[i]);
    g_free (world->properties);
    g_free (world);
}

static void
property_reach (Property *property, Day last)
{
    if (last <= property->last)
        return;
    g_array_set_size (property->events, 0);
    if (property->preset.level > 0)
        plan_add (property->events, property->seed, property->index, property->first, last);
    for (Day day = property->last + 1; day <= last; day++)
        draw_day (property, day);
}

void
world_reach (World *world, Day last)
{
    for (guint i = 0; i < world->n_properties; i++)
        property_reach (world->properties[i], last);
}

Property *
world_property (const World *world, const char *id)
{
    for (guint i = 0; i < world->n_properties; i++)
        if (strcmp (world->properties[i]->preset.id, id) == 0)
            return world->properties[i];
    return NULL;
}

const Visit *
property_visits (const Property *property, Day day, guint *n)
{
    guint32 from, to;

    *n = 0;
    if (day < property->first || day > property->last)
        return NULL;
    from = g_array_index (property->starts, guint32, day - property->first);
    to = g_array_index (property->starts, guint32, day - property->first + 1);
    *n = to - from;
    return &g_array_index (property->visits, Visit, from);
}
