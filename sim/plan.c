#include "plan.h"

#include "dice.h"

/* One event is placed somewhere in every stretch of `every` days. */
typedef struct {
    EventKind kind;
    Channel channel;
    int every;
    int shortest, longest; /* days */
    double least, most;    /* factor */
} Habit;

static const Habit habits[] = {
    { EVENT_CAMPAIGN, CHANNEL_PAID_SOCIAL, .every = 34, .shortest = 9, .longest = 16, .least = 1.8,
      .most = 3.0 },
    { EVENT_CAMPAIGN, CHANNEL_PAID_SEARCH, .every = 47, .shortest = 10, .longest = 21, .least = 1.4,
      .most = 2.0 },
    { EVENT_VIRAL, CHANNEL_ORGANIC_SOCIAL, .every = 80, .shortest = 4, .longest = 5, .least = 9, .most = 14 },
    { EVENT_OUTAGE, N_CHANNELS, .every = 170, .shortest = 1, .longest = 2, .least = 0, .most = 0 },
    { EVENT_BOTS, CHANNEL_UNASSIGNED, .every = 190, .shortest = 1, .longest = 1, .least = 40, .most = 60 },
    /* No ads are shown: a card has expired. A few visits come from old links. */
    { EVENT_ADS_OFF, CHANNEL_PAID_SOCIAL, .every = 58, .shortest = 1, .longest = 3, .least = .05,
      .most = .12 },
};

const char *
event_kind_name (EventKind kind)
{
    static const char *const names[] = {
        [EVENT_CAMPAIGN] = "campaign", [EVENT_SALE] = "sale", [EVENT_VIRAL] = "viral",
        [EVENT_OUTAGE] = "outage",     [EVENT_BOTS] = "bots", [EVENT_ADS_OFF] = "ads_off"
    };

    return names[kind];
}

double
event_factor (const Event *event, Channel channel, Day day)
{
    if (day < event->from || day > event->to || (event->channel != channel && event->channel != N_CHANNELS))
        return 1;
    if (event->kind == EVENT_VIRAL) /* the wave halves every day */
        return 1 + (event->factor - 1) / (double)(1 << (day - event->from));
    return event->factor;
}

gboolean
event_is_unusual (const Event *event, Day day)
{
    if (day < event->from || day > event->to || event->kind == EVENT_CAMPAIGN || event->kind == EVENT_ADS_OFF)
        return FALSE;
    return event->kind != EVENT_VIRAL || day <= event->from + 1;
}

static void
place (GArray *events, const Habit *habit, Dice dice, Day block)
{
    int length = habit->shortest + (int)dice_pick (&dice, (guint)(habit->longest - habit->shortest + 1));
    Day from = block + (Day)dice_pick (&dice, (guint)(habit->every - habit->longest));
    Event event = { .kind = habit->kind,
                    .from = from,
                    .to = from + length - 1,
                    .channel = habit->channel,
                    .factor = dice_between (&dice, habit->least, habit->most),
                    .mark = dice_next (&dice) };

    g_array_append_val (events, event);
}

/* Black Friday to Cyber Monday: the Friday after November's fourth Thursday. */
static Event
sale_of (int year)
{
    Day november = day_of (year, 11, 1);
    Day thursday = november + (4 - day_weekday (november) + 7) % 7 + 21;

    return (Event){
        .kind = EVENT_SALE, .from = thursday + 1, .to = thursday + 4, .channel = N_CHANNELS, .factor = 1.75
    };
}

static void
drop_outside (GArray *events, guint first, Day from, Day to)
{
    for (guint i = events->len; i > first; i--) {
        const Event *event = &g_array_index (events, Event, i - 1);

        if (event->to < from || event->from > to)
            g_array_remove_index_fast (events, i - 1);
    }
}

void
plan_add (GArray *events, guint64 seed, guint property, Day from, Day to)
{
    guint before = events->len;
    int first_year, last_year, month, day;

    for (guint h = 0; h < G_N_ELEMENTS (habits); h++)
        for (Day block = from - from % habits[h].every; block <= to; block += habits[h].every)
            place (events, &habits[h], dice_of (seed, property, h, block), block);
    day_split (from, &first_year, &month, &day);
    day_split (to, &last_year, &month, &day);
    for (int year = first_year; year <= last_year; year++) {
        Event sale = sale_of (year);
        g_array_append_val (events, sale);
    }
    drop_outside (events, before, from, to);
}
