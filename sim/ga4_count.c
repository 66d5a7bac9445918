#include "ga4_count.h"

#include "intmap.h"

#include <math.h>

#define EVENTS_A_SESSION 3  /* session_start, first_visit or user_engagement, scroll */
#define CENTS_A_CLICK    64 /* what a visit from a paid channel cost */
#define LONGEST_WINDOW   28

static const int windows[] = { 1, 7, LONGEST_WINDOW };

enum { SEEN = 1, SEEN_ACTIVE = 2, SEEN_KEY = 4 };

typedef struct {
    const Ga4Query *query;
    const Ga4Dimension *dimensions;
    guint n_dimensions;
    Ga4View *view;
    gboolean by_date, by_landing;
    GArray *rows;
    IntMap places; /* key -> place in rows + 1 */
    guint64 last_key;
    guint last_place; /* + 1: neighbours are often of one row */
    IntMap people;    /* row and visitor -> SEEN… */
} Count;

/* Where a visit is being looked at. */
typedef struct {
    Count *count;
    const Visit *visit;
    Day day;
    guint range;
} Look;

static guint64
place_bits (DimensionId dimension, guint id)
{
    return (guint64)id << ga4_dimensions[dimension].shift;
}

guint
ga4_row_id (const Ga4Row *row, DimensionId dimension)
{
    return (guint)(row->key >> ga4_dimensions[dimension].shift) &
           ((1u << ga4_dimensions[dimension].bits) - 1);
}

static guint64
key_of (const Look *look, gboolean with_date)
{
    const Count *count = look->count;
    guint64 key = 0;

    for (guint i = 0; i < count->n_dimensions; i++) {
        DimensionId dimension = count->dimensions[i].id;

        if (with_date || dimension != DIMENSION_DATE)
            key |= place_bits (dimension,
                               ga4_view_id (count->view, dimension, look->visit, look->day, look->range));
    }
    return key;
}

static guint
row_place (Count *count, guint64 key)
{
    guint32 *place;

    if (count->last_place && count->last_key == key)
        return count->last_place - 1;
    place = int_map_at (&count->places, key);
    if (*place == 0) {
        Ga4Row row = { .key = key };

        g_array_append_val (count->rows, row);
        *place = count->rows->len;
    }
    count->last_key = key;
    count->last_place = *place;
    return *place - 1;
}

/* ---- one visit ---- */

static gboolean
is_active (const Visit *visit)
{
    return (visit->flags & (VISIT_ENGAGED | VISIT_FIRST)) != 0;
}

static void
count_people (Count *count, Ga4Row *row, guint place, const Visit *visit)
{
    guint32 *seen = int_map_at (&count->people, (guint64)place << 32 | visit->visitor);
    guint32 now =
        (guint32)(SEEN | (is_active (visit) ? SEEN_ACTIVE : 0) | (visit->key_events ? SEEN_KEY : 0));
    guint32 fresh = now & ~*seen;

    row->users += (fresh & SEEN) != 0;
    row->active += (fresh & SEEN_ACTIVE) != 0;
    row->key_users += (fresh & SEEN_KEY) != 0;
    row->new_users += (visit->flags & VISIT_FIRST) != 0;
    *seen |= now;
}

static void
count_visit (Ga4Row *row, const Visit *visit)
{
    gboolean session = !(visit->flags & VISIT_UNCOUNTED);

    row->sessions += session;
    row->engaged += session && (visit->flags & VISIT_ENGAGED);
    row->views += visit->views;
    row->events += visit->views + visit->key_events + (session ? EVENTS_A_SESSION : 0);
    row->key_events += visit->key_events;
    row->transactions += (visit->flags & VISIT_BUYS) != 0;
    row->revenue += visit->revenue;
    row->seconds += visit->seconds;
    row->clicks += visit->channel == CHANNEL_PAID_SEARCH || visit->channel == CHANNEL_PAID_SOCIAL;
}

static guint
look_id (gpointer row, int field)
{
    const Look *look = row;

    return ga4_view_id (look->count->view, (DimensionId)field, look->visit, look->day, look->range);
}

static const char *
look_text (gpointer row, int field, guint id)
{
    const Look *look = row;

    return ga4_view_text (look->count->view, (DimensionId)field, id);
}

static gboolean
passes (Look *look)
{
    Ga4FilterRow row = { .id = look_id, .text = look_text, .row = look };

    if (!ga4_view_shows (look->count->view, look->visit, look->day))
        return FALSE;
    return !look->count->query->dimension_filter ||
           ga4_filter_holds (look->count->query->dimension_filter, &row);
}

static void
count_look (Look *look)
{
    Count *count = look->count;
    guint place;

    if (!passes (look))
        return;
    place = row_place (count, key_of (look, TRUE));
    count_visit (&g_array_index (count->rows, Ga4Row, place), look->visit);
    count_people (count, &g_array_index (count->rows, Ga4Row, place), place, look->visit);
}

/* One session in a thousand is counted under a second landing page: the reason why real
 * reports by landing page add up to a few sessions more than the day has. */
static void
count_echo (Count *count, const Look *look)
{
    Visit echo = { .visitor = look->visit->visitor,
                   .page = look->visit->page,
                   .minute = look->visit->minute,
                   .channel = look->visit->channel,
                   .device = look->visit->device,
                   .country = look->visit->country,
                   .query = look->visit->query,
                   .arrival = look->visit->arrival };
    Look again = *look;

    echo.page = (guint16)((echo.page + 1) % count->view->property->pages->len);
    again.visit = &echo;
    count_look (&again);
}

static void
count_day (Count *count, Day day, guint range)
{
    guint n;
    const Visit *visits = property_visits (count->view->property, day, &n);

    for (guint i = 0; i < n; i++) {
        Look look = { count, &visits[i], day, range };

        count_look (&look);
        if (count->by_landing && (visits[i].flags & VISIT_TWICE))
            count_echo (count, &look);
    }
}

static void
count_range (Count *count, guint range)
{
    const Ga4Range *days = &count->query->ranges[range];

    for (Day day = MAX (days->from, count->view->property->first); day <= MIN (days->to, count->view->today);
         day++) {
        count_day (count, day, range);
        /* rows of the next day are others: nobody is met again, unless dates run together */
        if (count->by_date && !count->view->other_date)
            int_map_forget (&count->people);
    }
}

/* ---- rolling users ---- */

/* Who was last active when, in one group of rows that differ in the date alone. */
typedef struct {
    guint64 key;
    guint32 *last; /* by day of the span: people whose last active day it is */
} Group;

typedef struct {
    Count *count;
    guint range;
    Day from; /* first day of the span */
    guint n_days;
    GArray *groups;
    IntMap places; /* key without date -> place in groups + 1 */
    IntMap people; /* group and visitor -> last day in the span + 1 */
} Rolling;

static guint
group_place (Rolling *rolling, guint64 key)
{
    guint32 *place = int_map_at (&rolling->places, key);

    if (*place == 0) {
        Group group = { key, g_new0 (guint32, rolling->n_days) };

        g_array_append_val (rolling->groups, group);
        *place = rolling->groups->len;
    }
    return *place - 1;
}

static void
roll_visit (Rolling *rolling, Look *look)
{
    guint now = (guint)(look->day - rolling->from), place;
    guint32 *last, *counts;

    if (!is_active (look->visit) || !passes (look))
        return;
    place = group_place (rolling, key_of (look, FALSE));
    counts = g_array_index (rolling->groups, Group, place).last;
    last = int_map_at (&rolling->people, (guint64)place << 32 | look->visit->visitor);
    if (*last)
        counts[*last - 1]--;
    counts[now]++;
    *last = now + 1;
}

/* Write the windows that end on this day into the rows of that day. */
static void
roll_up (Rolling *rolling, Day day)
{
    guint now = (guint)(day - rolling->from);
    Count *count = rolling->count;
    guint64 date =
        count->by_date ? place_bits (DIMENSION_DATE, (guint)(day - count->view->property->first)) : 0;

    for (guint g = 0; g < rolling->groups->len; g++) {
        const Group *group = &g_array_index (rolling->groups, Group, g);
        guint32 place = *int_map_at (&count->places, group->key | date);

        for (guint w = 0; place && w < G_N_ELEMENTS (windows); w++) {
            gint64 people = 0;

            for (guint back = 0; back < (guint)windows[w] && back <= now; back++)
                people += group->last[now - back];
            g_array_index (count->rows, Ga4Row, place - 1).rolling[w] = people;
        }
    }
}

static void
roll_day (Rolling *rolling, Day day)
{
    guint n;
    const Visit *visits = property_visits (rolling->count->view->property, day, &n);

    for (guint i = 0; i < n; i++) {
        Look look = { rolling->count, &visits[i], day, rolling->range };

        roll_visit (rolling, &look);
    }
}

static void
roll_range (Count *count, guint range)
{
    const Ga4Range *days = &count->query->ranges[range];
    Day from = MAX (days->from, count->view->property->first), to = MIN (days->to, count->view->today);
    Rolling rolling = { .count = count, .range = range, .from = from - LONGEST_WINDOW + 1 };

    if (to < from)
        return;
    rolling.n_days = (guint)(to - rolling.from + 1);
    rolling.groups = g_array_new (FALSE, FALSE, sizeof (Group));
    int_map_init (&rolling.places);
    int_map_init (&rolling.people);
    for (Day day = rolling.from; day <= to; day++) {
        roll_day (&rolling, day);
        if (day == to || (count->by_date && day >= from))
            roll_up (&rolling, day);
    }
    for (guint g = 0; g < rolling.groups->len; g++)
        g_free (g_array_index (rolling.groups, Group, g).last);
    g_array_unref (rolling.groups);
    int_map_clear (&rolling.places);
    int_map_clear (&rolling.people);
}

static gboolean
wants_rolling (const Ga4Query *query)
{
    for (guint i = 0; i < query->n_metrics; i++)
        if (query->metrics[i].id >= METRIC_ACTIVE_1 && query->metrics[i].id <= METRIC_ACTIVE_28)
            return TRUE;
    return FALSE;
}

/* ---- the whole ---- */

GArray *
ga4_count (const Ga4Query *query, const Ga4Dimension *dimensions, guint n_dimensions, Ga4View *view)
{
    Count count = { query, dimensions, n_dimensions, view,
                    .rows = g_array_new (FALSE, FALSE, sizeof (Ga4Row)) };

    for (guint i = 0; i < n_dimensions; i++) {
        count.by_date |= dimensions[i].id == DIMENSION_DATE;
        count.by_landing |=
            dimensions[i].id == DIMENSION_LANDING || dimensions[i].id == DIMENSION_LANDING_QUERY;
    }
    int_map_init (&count.places);
    int_map_init (&count.people);
    for (guint range = 0; range < query->n_ranges; range++) {
        count_range (&count, range);
        int_map_forget (&count.people);
        if (wants_rolling (query))
            roll_range (&count, range);
    }
    int_map_clear (&count.places);
    int_map_clear (&count.people);
    return count.rows;
}

static double
ratio (gint64 part, gint64 whole)
{
    return whole ? (double)part / (double)whole : 0;
}

/* What the visits that were read make of it. */
static double
read_metric (const Ga4Row *row, MetricId metric, const Ga4Query *query)
{
    switch (metric) {
    case METRIC_TOTAL_USERS:
        return (double)row->users;
    case METRIC_ACTIVE_USERS:
        return (double)row->active;
    case METRIC_NEW_USERS:
        return (double)row->new_users;
    case METRIC_ACTIVE_1:
    case METRIC_ACTIVE_7:
    case METRIC_ACTIVE_28:
        return (double)row->rolling[metric - METRIC_ACTIVE_1];
    case METRIC_SESSIONS:
        return (double)row->sessions;
    case METRIC_ENGAGED_SESSIONS:
        return (double)row->engaged;
    case METRIC_ENGAGEMENT_RATE:
        return ratio (row->engaged, row->sessions);
    case METRIC_BOUNCE_RATE:
        return ratio (row->sessions - row->engaged, row->sessions);
    case METRIC_SESSION_DURATION:
        return 1.3 * ratio (row->seconds, row->sessions);
    case METRIC_ENGAGEMENT_SECONDS:
        return (double)row->seconds;
    case METRIC_VIEWS:
        return (double)row->views;
    case METRIC_EVENTS:
        return (double)row->events;
    case METRIC_KEY_EVENTS:
        return (double)row->key_events;
    case METRIC_SESSION_KEY_EVENT_RATE:
        return MIN (1, ratio (row->key_events, row->sessions));
    case METRIC_USER_KEY_EVENT_RATE:
        return ratio (row->key_users, row->active);
    case METRIC_TOTAL_REVENUE:
    case METRIC_PURCHASE_REVENUE:
        return (double)row->revenue / 100 * query->rate;
    case METRIC_TRANSACTIONS:
    case METRIC_PURCHASES:
        return (double)row->transactions;
    case METRIC_AD_COST:
        return (double)row->clicks * CENTS_A_CLICK / 100 * query->rate;
    default:
        return ratio (row->revenue, row->clicks * CENTS_A_CLICK);
    }
}

double
ga4_row_metric (const Ga4Row *row, MetricId metric, const Ga4Query *query, const Ga4View *view)
{
    double value = read_metric (row, metric, query);

    if (!view->sampled || ga4_metrics[metric].ratio)
        return value;
    return floor (value * 100 / view->sampled);
}
