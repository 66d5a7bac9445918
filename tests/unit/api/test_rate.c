#include "api/rate.h"

#include "base/date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

typedef struct {
    Clock clock;
    gint64 time;
} FakeClock;

static gint64
fake_time (Clock *clock)
{
    return ((FakeClock *)clock)->time;
}

static guint
take_all (Rates *rates, Rate rate, const char *who)
{
    RateState state;
    guint n = 0;

    while (rates_take (rates, rate, who, 1, &state))
        n++;
    return n;
}

static void
test_burst_and_refill (void **unused)
{
    FakeClock fake = { { fake_time, fake_time }, SECOND_US };
    const RateRule *rule = &rate_rules[RATE_SYNC];
    g_autoptr (Rates) rates = rates_new (&fake.clock);
    RateState state;

    assert_int_equal (take_all (rates, RATE_SYNC, "anna"), rule->burst);
    assert_int_equal (take_all (rates, RATE_SYNC, "ben"), rule->burst);
    assert_int_equal (take_all (rates, RATE_EXPORT, "anna"), rate_rules[RATE_EXPORT].burst);
    assert_int_equal (rates_refused (rates, RATE_SYNC), 2);

    assert_false (rates_take (rates, RATE_SYNC, "anna", 1, &state));
    assert_int_equal (state.left, 0);
    assert_int_equal (state.wait, rule->every);
    fake.time += rule->every - 1;
    assert_int_equal (take_all (rates, RATE_SYNC, "anna"), 0);
    fake.time += 1;
    assert_int_equal (take_all (rates, RATE_SYNC, "anna"), 1);
    fake.time += 1000 * rule->every;
    assert_int_equal (take_all (rates, RATE_SYNC, "anna"), rule->burst);
}

static void
test_looking_takes_nothing (void **unused)
{
    FakeClock fake = { { fake_time, fake_time }, SECOND_US };
    g_autoptr (Rates) rates = rates_new (&fake.clock);
    RateState state;

    for (guint i = 0; i < 1000; i++)
        assert_true (rates_take (rates, RATE_LOGIN, "203.0.113.7", 0, &state));
    assert_int_equal (state.left, rate_rules[RATE_LOGIN].burst);
    take_all (rates, RATE_LOGIN, "203.0.113.7");
    assert_false (rates_take (rates, RATE_LOGIN, "203.0.113.7", 0, &state));
    assert_int_equal (state.wait, rate_rules[RATE_LOGIN].every);
}

/* Whoever has a million addresses neither fills the memory nor gets a fresh bucket for each. */
static void
test_a_flood_of_addresses (void **unused)
{
    FakeClock fake = { { fake_time, fake_time }, SECOND_US };
    g_autoptr (Rates) rates = rates_new (&fake.clock);
    guint allowed = 0;
    RateState state;

    for (guint i = 0; i < 70000; i++) {
        char who[16];

        g_snprintf (who, sizeof who, "%u", i);
        allowed += (guint)rates_take (rates, RATE_LOGIN, who, 1, &state);
    }
    assert_in_range (allowed, 65536, 65536 + rate_rules[RATE_LOGIN].burst);
    fake.time += SECOND_US * 3600; /* all are full again, and need not be kept */
    assert_int_equal (take_all (rates, RATE_LOGIN, "somebody new"), rate_rules[RATE_LOGIN].burst);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_burst_and_refill),
        cmocka_unit_test (test_looking_takes_nothing),
        cmocka_unit_test (test_a_flood_of_addresses),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
