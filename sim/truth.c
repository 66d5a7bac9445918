/* truth.c -- the true numbers, counted in another way than the reports count. */
#include "control.h"

#define NOBODY 0

typedef struct {
    gint64 sessions, engaged, views, key_events, transactions, revenue, new_users, users, active;
} Sum;

/* Who was met since the last call of people_next: one mark a visitor. */
typedef struct {
    guint32 *met, *active;
    guint32 mark;
} People;

static void
people_init (People *people, const Property *property)
{
    *people = (People){ g_new0 (guint32, property->n_visitors + 1),
                        g_new0 (guint32, property->n_visitors + 1), NOBODY };
}

static void
people_clear (People *people)
{
    g_free (people->met);
    g_free (people->active);
}

static gboolean
people_meet (guint32 *marks, const People *people, const Visit *visit)
{
    gboolean fresh = marks[visit->visitor] != people->mark;

    marks[visit->visitor] = people->mark;
    return fresh;
}

static void
sum_add (Sum *sum, People *people, const Visit *visit)
{
    if (!(visit->flags & VISIT_UNCOUNTED)) {
        sum->sessions++;
        sum->engaged += (visit->flags & VISIT_ENGAGED) != 0;
    }
    sum->views += visit->views;
    sum->key_events += visit->key_events;
    sum->transactions += (visit->flags & VISIT_BUYS) != 0;
    sum->revenue += visit->revenue;
    sum->new_users += (visit->flags & VISIT_FIRST) != 0;
    sum->users += people_meet (people->met, people, visit);
    if (visit->flags & (VISIT_ENGAGED | VISIT_FIRST))
        sum->active += people_meet (people->active, people, visit);
}

/* All channels if channel is negative. */
static Sum
sum_of (const Property *property, People *people, Day from, Day to, int channel)
{
    Sum sum = { 0 };

    people->mark++;
    for (Day day = from; day <= to; day++) {
        guint n;
        const Visit *visits = property_visits (property, day, &n);

        for (guint i = 0; i < n; i++)
            if (channel < 0 || visits[i].channel == channel)
                sum_add (&sum, people, &visits[i]);
    }
    return sum;
}

/* The names are those of Daymark's tables: what a sync should have stored. */
static void
write_sum (Json *json, const Sum *sum)
{
    json_put_int (json, "users", sum->active);
    json_put_int (json, "total_users", sum->users);
    json_put_int (json, "new_users", sum->new_users);
    json_put_int (json, "sessions", sum->sessions);
    json_put_int (json, "engaged_sessions", sum->engaged);
    json_put_int (json, "page_views", sum->views);
    json_put_int (json, "conversions", sum->key_events);
    json_put_int (json, "transactions", sum->transactions);
    json_put_int (json, "revenue_micros", sum->revenue * 10000);
}

static void
write_channels (Json *json, const Property *property, People *people, Day day)
{
    json_key (json, "channels");
    json_begin_array (json);
    for (int channel = 0; channel < N_CHANNELS; channel++) {
        Sum sum = sum_of (property, people, day, day, channel);

        if (sum.users == 0)
            continue;
        json_begin_object (json);
        json_put_text (json, "channel", world_channels[channel]);
        write_sum (json, &sum);
        json_end_object (json);
    }
    json_end_array (json);
}

static void
write_day (Json *json, const Property *property, People *people, Day day)
{
    Sum sum = sum_of (property, people, day, day, -1);

    json_begin_object (json);
    json_put_day (json, "date", day);
    write_sum (json, &sum);
    json_put_int (json, "users_7d", sum_of (property, people, day - 6, day, -1).active);
    json_put_int (json, "users_28d", sum_of (property, people, day - 27, day, -1).active);
    write_channels (json, property, people, day);
    json_end_object (json);
}

static void
write_days (Json *json, const Property *property, Day from, Day to)
{
    People people;
    Sum period;

    people_init (&people, property);
    period = sum_of (property, &people, from, to, -1);
    json_key (json, "period");
    json_begin_object (json);
    json_put_day (json, "from", from);
    json_put_day (json, "to", to);
    write_sum (json, &period);
    json_end_object (json);
    json_key (json, "days");
    json_begin_array (json);
    for (Day day = from; day <= to; day++)
        write_day (json, property, &people, day);
    json_end_array (json);
    people_clear (&people);
}

void
sim_truth_write_events (Json *json, const Property *property)
{
    json_key (json, "events");
    json_begin_array (json);
    for (guint i = 0; i < property->events->len; i++) {
        const Event *event = &g_array_index (property->events, Event, i);

        json_begin_object (json);
        json_put_text (json, "kind", event_kind_name (event->kind));
        json_put_day (json, "from", event->from);
        json_put_day (json, "to", event->to);
        json_put_text (json, "channel", event->channel < N_CHANNELS ? world_channels[event->channel] : NULL);
        json_put_real (json, "factor", event->factor);
        json_end_object (json);
    }
    json_end_array (json);
}

void
sim_truth_write_unusual (Json *json, const Property *property, Day from, Day to,
                         gboolean (*is_unusual) (const Event *event, Day day))
{
    json_key (json, "unusual_days");
    json_begin_array (json);
    for (Day day = from; day <= to; day++)
        for (guint i = 0; i < property->events->len; i++) {
            const Event *event = &g_array_index (property->events, Event, i);

            if (!is_unusual (event, day))
                continue;
            json_begin_object (json);
            json_put_day (json, "date", day);
            json_put_text (json, "kind", event_kind_name (event->kind));
            json_end_object (json);
        }
    json_end_array (json);
}

void
sim_truth_write (SimState *state, const Property *property, Day from, Day to, Json *json)
{
    Day last = sim_state_today (state, property) - 1;

    from = MAX (from, property->first);
    to = MIN (to, last);
    json_begin_object (json);
    json_put_text (json, "property", property->preset.id);
    json_put_text (json, "name", property->preset.name);
    json_put_text (json, "time_zone", property->preset.zone);
    json_put_text (json, "currency", property->preset.currency);
    json_put_day (json, "first_day", property->first);
    json_put_day (json, "last_day", last);
    sim_truth_write_events (json, property);
    sim_truth_write_unusual (json, property, from, to, event_is_unusual);
    write_days (json, property, from, to);
    json_end_object (json);
}
