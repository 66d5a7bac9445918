/* When an endpoint is left alone, and for how long. */
#include "insights/breaker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define SECONDS(n) ((gint64)(n)*G_USEC_PER_SEC)
#define START      SECONDS (1000)
#define TRIAL      SECONDS (20)

static void
test_five_in_a_row (void **state)
{
    Breaker breaker = { 0 };

    for (guint i = 0; i < 4; i++) {
        assert_int_equal (breaker_note (&breaker, i % 2 ? MODEL_FAILED : MODEL_TIMED_OUT, 0, START), 0);
        assert_true (breaker_allows (&breaker, START, TRIAL));
    }
    assert_int_equal (breaker_note (&breaker, MODEL_LOST, 0, START), SECONDS (30));
    assert_false (breaker_allows (&breaker, START + SECONDS (29), TRIAL));
    assert_true (breaker_is_open (&breaker, START + SECONDS (29)));
}

static void
test_an_answer_forgives (void **state)
{
    static const ModelOutcome good[] = { MODEL_ANSWERED, MODEL_REFUSED, MODEL_CUT, MODEL_NONSENSE };

    for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
        Breaker breaker = { .failures = 4 };

        breaker_note (&breaker, good[i], 0, START);
        assert_int_equal (breaker_note (&breaker, MODEL_FAILED, 0, START), 0);
    }
}

/* The one who tries is alone until it is known what came of it, or his time is over. */
static void
test_one_tries (void **state)
{
    Breaker breaker = { .failures = 5, .until = START };

    assert_true (breaker_allows (&breaker, START, TRIAL));
    assert_false (breaker_allows (&breaker, START, TRIAL));
    assert_false (breaker_allows (&breaker, START + TRIAL - 1, TRIAL));
    assert_true (breaker_allows (&breaker, START + TRIAL, TRIAL));
    assert_int_equal (breaker_note (&breaker, MODEL_FAILED, 0, START + TRIAL), SECONDS (30));
    assert_true (breaker_allows (&breaker, START + TRIAL + SECONDS (30), TRIAL));
    breaker_note (&breaker, MODEL_ANSWERED, 0, START + TRIAL + SECONDS (31));
    assert_true (breaker_allows (&breaker, START + TRIAL + SECONDS (31), TRIAL));
    assert_true (breaker_allows (&breaker, START + TRIAL + SECONDS (31), TRIAL));
}

static void
test_at_once (void **state)
{
    static const struct {
        ModelOutcome outcome;
        gint64 wish, pause;
    } cases[] = {
        { MODEL_QUOTA, 0, SECONDS (60) },
        { MODEL_DENIED, 0, SECONDS (60) },
        { MODEL_LIMITED, SECONDS (7), SECONDS (7) },
        { MODEL_LIMITED, SECONDS (86400), SECONDS (600) },
        { MODEL_LIMITED, 0, 0 },
        { MODEL_CANCELLED, 0, 0 },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        Breaker breaker = { 0 };

        assert_int_equal (breaker_note (&breaker, cases[i].outcome, cases[i].wish, START), cases[i].pause);
        assert_int_equal (breaker_is_open (&breaker, START), cases[i].pause > 0);
    }
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_five_in_a_row),
        cmocka_unit_test (test_an_answer_forgives),
        cmocka_unit_test (test_one_tries),
        cmocka_unit_test (test_at_once),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
