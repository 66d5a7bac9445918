/* plan.h -- what happens to the business: campaigns, a viral post, an outage.
 *
 * The plan hangs on the calendar, not on the day the simulator starts: the same
 * seed gives a date the same story whatever window is asked for. */
#pragma once
#include "base/date.h"

typedef enum {
    CHANNEL_DIRECT,
    CHANNEL_ORGANIC_SEARCH,
    CHANNEL_PAID_SEARCH,
    CHANNEL_PAID_SOCIAL,
    CHANNEL_ORGANIC_SOCIAL,
    CHANNEL_EMAIL,
    CHANNEL_REFERRAL,
    CHANNEL_UNASSIGNED,
    N_CHANNELS
} Channel;

typedef enum { EVENT_CAMPAIGN, EVENT_SALE, EVENT_VIRAL, EVENT_OUTAGE, EVENT_BOTS, EVENT_ADS_OFF } EventKind;

typedef struct {
    EventKind kind;
    Day from, to;    /* inclusive */
    Channel channel; /* N_CHANNELS: all of them */
    double factor;   /* on the visits of the first day */
    guint64 mark;    /* picks the page it leads to */
} Event;

const char *event_kind_name (EventKind kind);
/* What it does to a channel on a day; 1 if nothing. */
double event_factor (const Event *event, Channel channel, Day day);
/* Is the day one that a detector of unusual days should find? */
gboolean event_is_unusual (const Event *event, Day day);
/* Append the events of that property that touch from..to, in no special order. */
void plan_add (GArray *events, guint64 seed, guint property, Day from, Day to);
