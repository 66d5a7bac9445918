/* A limit of an app or a person is one of all accounts that are read with the token. */
#include "sources/graph_pace.h"

#include "base/fault.h"
#include "scripted.h"
#include "sources/graph_call.h"
#include "sources/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

typedef struct {
    Scripted script;
    Config config;
    SourceMemory *memory;
    SourceContext context;
} Desk;

static int
set_up (void **state)
{
    Desk *desk = *state = g_new0 (Desk, 1);

    scripted_init (&desk->script);
    desk->config = scripted_config ();
    desk->memory = source_memory_new (clock_system ());
    desk->context =
        (SourceContext){ .fetcher = &desk->script.fetcher, .config = &desk->config, .memory = desk->memory };
    return 0;
}

static int
tear_down (void **state)
{
    Desk *desk = *state;

    source_memory_free (desk->memory);
    scripted_clear (&desk->script);
    g_free (desk);
    return 0;
}

static gboolean
ask (Desk *desk, const char *token, GError **error)
{
    GraphCall call = { .service = "Meta Ads", .method = "GET", .path = "act_1", .token = token };
    json_t *answer = graph_call (&desk->context, &call, error);

    json_decref (answer);
    return answer != NULL;
}

static void
refuse (Desk *desk, int code)
{
    g_autofree char *body =
        g_strdup_printf ("{\"error\":{\"message\":\"Too many calls\",\"code\":%d}}", code);
    g_autoptr (GError) error = NULL;

    scripted_add (&desk->script, 400, NULL, body, -1);
    assert_false (ask (desk, "first", &error));
    assert_true (fault_is (error, FAULT_BUSY));
}

static void
answer (Desk *desk, const char *token)
{
    g_autoptr (GError) error = NULL;

    scripted_add (&desk->script, 200, NULL, "{}", -1);
    assert_true (ask (desk, token, &error));
}

static void
test_limit_of_the_app_holds_for_its_token (void **state)
{
    Desk *desk = *state;
    g_autoptr (GError) error = NULL;

    refuse (desk, 4);
    assert_false (ask (desk, "first", &error)); /* without a request: the script has no answer */
    assert_true (fault_is (error, FAULT_BUSY));
    assert_true (fault_retry_after (error) > 200 && fault_retry_after (error) <= 300);
    assert_null (strstr (error->message, "script"));
    answer (desk, "second");
}

static void
test_limit_of_an_account_is_its_own (void **state)
{
    Desk *desk = *state;

    refuse (desk, 80004);
    answer (desk, "first");
}

/* Who asks now, by hand, is not put off by what was before. */
static void
test_what_was_before_may_be_tried_anew (void **state)
{
    Desk *desk = *state;

    refuse (desk, 17);
    desk->context.since = clock_monotonic (clock_system ());
    answer (desk, "first");
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown (test_limit_of_the_app_holds_for_its_token, set_up, tear_down),
        cmocka_unit_test_setup_teardown (test_limit_of_an_account_is_its_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown (test_what_was_before_may_be_tried_anew, set_up, tear_down),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
