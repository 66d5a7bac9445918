#include "sources/instagram.h"

#include "base/fault.h"
#include "scripted.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void
check_id (const char *given, const char *wanted)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *id = instagram_normal_id (given, &error);

    assert_null (error);
    assert_string_equal (id, wanted);
}

static void
check_refused (const char *given, const char *words)
{
    g_autoptr (GError) error = NULL;

    assert_null (instagram_normal_id (given, &error));
    assert_true (fault_is (error, FAULT_INVALID));
    if (!strstr (error->message, words))
        fail_msg ("%s: \"%s\" does not say \"%s\"", given, error->message, words);
}

static void
test_ids (void **state)
{
    check_id ("17841400000000001", "17841400000000001");
    check_id (" 17841400000000001\n", "17841400000000001");
}

static void
test_ids_of_other_kinds (void **state)
{
    check_refused ("@alpenglow", "account's name");
    check_refused ("https://www.instagram.com/alpenglow/", "address of a page");
    check_refused ("instagram.com/alpenglow", "address of a page");
    check_refused ("act_123", "ad account");
    check_refused ("17841400000000001/insights", "is a number");
    check_refused ("0123", "is a number");
    check_refused ("12345678901234567890123456", "is a number");
    check_refused ("", "is a number");
    check_refused (NULL, "is a number");
}

/* Describing with a token that Facebook can't parse says so much. */
static void
check_token (const char *token, const char *words)
{
    Scripted script;
    Config config = scripted_config ();
    SourceContext context = { .fetcher = &script.fetcher, .config = &config };
    g_auto (AccountInfo) info = ACCOUNT_INFO_NONE;
    g_autoptr (GError) error = NULL;

    scripted_init (&script);
    scripted_add (&script, 400, NULL, "{\"error\":{\"message\":\"Cannot parse\",\"code\":190}}", -1);
    assert_false (instagram_describe (&context, token, "17841400000000001", &info, &error));
    assert_true (fault_is (error, FAULT_RECONNECT));
    if (!strstr (error->message, words))
        fail_msg ("%s: \"%s\" does not say \"%s\"", token, error->message, words);
    scripted_clear (&script);
}

/* Instagram's other front door gives tokens for another host. */
static void
test_tokens_of_the_other_door (void **state)
{
    check_token ("IGAAdaymark", "Facebook Login");
    check_token ("EAADaymark", "no longer valid");
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_ids),
        cmocka_unit_test (test_ids_of_other_kinds),
        cmocka_unit_test (test_tokens_of_the_other_door),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
