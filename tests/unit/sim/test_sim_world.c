/* The world: the same for the same seed, and consistent in itself. */
#include "desk.h"
#include "sim/dice.h"
#include "sim/ga4_view.h"

#define FIRST 20500 /* 2026-02-16 */
#define LAST  (FIRST + 199)

static World *
world_of (guint64 seed, Day first, Day last)
{
    World *world = world_new (seed, world_presets, world_n_presets, first, last, NULL);

    assert_non_null (world);
    return world;
}

static gint64
sessions_of (const Property *property, Day day)
{
    guint n;
    const Visit *visits = property_visits (property, day, &n);
    gint64 sessions = 0;

    for (guint i = 0; i < n; i++)
        sessions += !(visits[i].flags & VISIT_UNCOUNTED);
    return sessions;
}

static void
same_seed_same_numbers (void **test_state)
{
    g_autoptr (World) one = world_of (7, FIRST, LAST), two = world_of (7, FIRST, LAST),
                      other = world_of (8, FIRST, LAST);
    guint differ = 0;

    for (Day day = FIRST; day <= LAST; day++) {
        guint n, m;
        const Visit *a = property_visits (one->properties[0], day, &n);
        const Visit *b = property_visits (two->properties[0], day, &m);

        assert_int_equal (n, m);
        assert_memory_equal (a, b, n * sizeof *a);
        differ += sessions_of (one->properties[0], day) != sessions_of (other->properties[0], day);
    }
    assert_true (differ > 150);
}

/* A date has the same visits whatever window is simulated; only who returns from before the
 * window can't be known in it. */
static void
same_day_in_any_window (void **test_state)
{
    g_autoptr (World) wide = world_of (7, FIRST, LAST), narrow = world_of (7, FIRST + 90, FIRST + 120);

    for (Day day = FIRST + 90; day <= FIRST + 120; day++) {
        guint n, m;
        const Visit *a = property_visits (wide->properties[0], day, &n);
        const Visit *b = property_visits (narrow->properties[0], day, &m);

        assert_int_equal (n, m);
        for (guint i = 0; i < n; i++) {
            Visit x = a[i], y = b[i];

            x.visitor = y.visitor = 0;
            assert_memory_equal (&x, &y, sizeof x);
        }
    }
}

static void
days_come_when_reached (void **test_state)
{
    g_autoptr (World) grown = world_of (7, FIRST, FIRST + 20), whole = world_of (7, FIRST, LAST);
    guint n, m;

    assert_null (property_visits (grown->properties[0], FIRST + 21, &n));
    world_reach (grown, LAST);
    property_visits (grown->properties[0], LAST, &n);
    property_visits (whole->properties[0], LAST, &m);
    assert_int_equal (n, m);
    assert_int_equal (grown->properties[0]->events->len, whole->properties[0]->events->len);
    world_reach (grown, FIRST); /* never shrinks */
    assert_int_equal (grown->properties[0]->last, LAST);
}

static gboolean
is_in (const Property *property, EventKind kind, Day day)
{
    for (guint i = 0; i < property->events->len; i++) {
        const Event *event = &g_array_index (property->events, Event, i);

        if (event->kind == kind && event->from <= day && event->to >= day)
            return TRUE;
    }
    return FALSE;
}

static void
it_is_a_plausible_business (void **test_state)
{
    g_autoptr (World) world = world_of (1, FIRST, FIRST + 399);
    const Property *shop = world->properties[0];
    gint64 sum = 0;
    guint outages = 0, virals = 0;

    for (Day day = FIRST; day <= FIRST + 399; day++) {
        gint64 sessions = sessions_of (shop, day);

        sum += sessions;
        outages += is_in (shop, EVENT_OUTAGE, day);
        virals += is_in (shop, EVENT_VIRAL, day);
        if (is_in (shop, EVENT_OUTAGE, day))
            assert_int_equal (sessions, 0);
        else
            assert_in_range (sessions, 400, 3000);
    }
    assert_in_range (sum / 400, 700, 1500);
    assert_in_range (outages, 2, 6);
    assert_in_range (virals, 12, 30);
    assert_int_equal (sessions_of (world->properties[2], FIRST), 0);
    assert_in_range (sessions_of (world->properties[1], FIRST), 60, 400);
}

static void
a_viral_day_stands_out (void **test_state)
{
    g_autoptr (World) world = world_of (1, FIRST, FIRST + 399);
    const Property *shop = world->properties[0];
    guint seen = 0;

    for (guint i = 0; i < shop->events->len; i++) {
        const Event *event = &g_array_index (shop->events, Event, i);

        if (event->kind != EVENT_VIRAL || event->from <= FIRST + 7 || event->to > shop->last)
            continue;
        if (is_in (shop, EVENT_OUTAGE, event->from) || is_in (shop, EVENT_OUTAGE, event->from - 7))
            continue;
        assert_true (event_is_unusual (event, event->from));
        assert_false (event_is_unusual (event, event->from + 3));
        assert_true (sessions_of (shop, event->from) * 10 > sessions_of (shop, event->from - 7) * 12);
        seen++;
    }
    assert_true (seen >= 3);
}

static guint
unique (const Property *property, Day from, Day to, guint8 *met)
{
    guint people = 0;

    memset (met, 0, property->n_visitors);
    for (Day day = from; day <= to; day++) {
        guint n;
        const Visit *visits = property_visits (property, day, &n);

        for (guint i = 0; i < n; i++)
            people += !met[visits[i].visitor]++;
    }
    return people;
}

/* Unique people grow with the period, but ever slower, and are fewer than the sum of days. */
static void
users_do_not_add_up (void **test_state)
{
    g_autoptr (World) world = world_of (3, FIRST, LAST);
    const Property *shop = world->properties[0];
    g_autofree guint8 *met = g_new (guint8, shop->n_visitors);
    guint before = 0, sum = 0;

    for (int days = 1; days <= 60; days++) {
        guint now = unique (shop, LAST - 59, LAST - 60 + days, met);
        guint alone = unique (shop, LAST - 60 + days, LAST - 60 + days, met);

        sum += alone;
        assert_true (now >= before);
        assert_true (now - before <= alone);
        before = now;
    }
    assert_true (before * 100 < sum * 90);
    assert_true (before * 100 > sum * 50);
}

static void
an_hour_less_has_fewer_visits (void **test_state)
{
    static const PropertyPreset presets[2] = {
        { "1", "accounts/1", "with summer time", "EUR", "Europe/Berlin", .level = 400000, 60 },
        { "1", "accounts/1", "without", "EUR", "UTC", .level = 400000, 60 },
    };
    Day spring = day_of (2026, 3, 29);
    g_autoptr (World) berlin = world_new (1, &presets[0], 1, spring, spring, NULL);
    g_autoptr (World) utc = world_new (1, &presets[1], 1, spring, spring, NULL);
    guint n, m;

    property_visits (berlin->properties[0], spring, &n);
    property_visits (utc->properties[0], spring, &m);
    assert_true (n < m);
    assert_true (n * 100.0 > m * 98.0);
}

static void
an_unknown_zone_is_refused (void **test_state)
{
    PropertyPreset preset = world_presets[0];
    g_autoptr (GError) error = NULL;

    preset.zone = "Mars/Olympus";
    assert_null (world_new (1, &preset, 1, FIRST, LAST, &error));
    assert_non_null (strstr (error->message, "Mars/Olympus"));
}

static void
dice_are_fair_enough (void **test_state)
{
    Dice dice = dice_of (1, 2, 3, 4);
    double sum = 0, squares = 0;
    guint counts[6] = { 0 };

    for (int i = 0; i < 60000; i++) {
        double x = dice_normal (&dice);

        sum += x;
        squares += x * x;
        counts[dice_pick (&dice, 6)]++;
    }
    assert_true (fabs (sum / 60000) < .02);
    assert_true (fabs (squares / 60000 - 1) < .03);
    for (int i = 0; i < 6; i++)
        assert_in_range (counts[i], 9600, 10400);
}

/* Two values of one dimension, or of two dimensions, never share a key's bits. */
static void
keys_have_room (void **test_state)
{
    guint64 used = 0;

    for (int i = 0; i < N_DIMENSIONS; i++) {
        guint64 mask = ((G_GUINT64_CONSTANT (1) << ga4_dimensions[i].bits) - 1) << ga4_dimensions[i].shift;

        assert_int_equal (used & mask, 0);
        used |= mask;
    }
    assert_true (MAX_PAGES * N_QUERIES < VALUE_OTHER);
    assert_true (VALUE_OTHER < 1 << ga4_dimensions[DIMENSION_LANDING_QUERY].bits);
    assert_true (N_CHANNELS <= 1 << ga4_dimensions[DIMENSION_CHANNEL].bits);
    for (guint i = 0; i < world_n_presets; i++)
        assert_true (world_presets[i].n_pages <= MAX_PAGES);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (same_seed_same_numbers),        cmocka_unit_test (same_day_in_any_window),
        cmocka_unit_test (days_come_when_reached),        cmocka_unit_test (it_is_a_plausible_business),
        cmocka_unit_test (a_viral_day_stands_out),        cmocka_unit_test (users_do_not_add_up),
        cmocka_unit_test (an_hour_less_has_fewer_visits), cmocka_unit_test (an_unknown_zone_is_refused),
        cmocka_unit_test (dice_are_fair_enough),          cmocka_unit_test (keys_have_room),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
