#include "base/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    FaultCode code;
    int status;
    const char *problem;
    gboolean transient;
} kinds[] = {
    { FAULT_INVALID, 422, "invalid", FALSE },     { FAULT_NOT_FOUND, 404, "not-found", FALSE },
    { FAULT_CONFLICT, 409, "conflict", FALSE },   { FAULT_DENIED, 422, "denied", FALSE },
    { FAULT_RECONNECT, 422, "reconnect", FALSE }, { FAULT_BUSY, 503, "busy", TRUE },
    { FAULT_LOST, 503, "unavailable", TRUE },     { FAULT_TIMEOUT, 503, "timeout", TRUE },
    { FAULT_REMOTE, 502, "source-failed", TRUE }, { FAULT_FULL, 507, "storage-full", FALSE },
    { FAULT_CANCELLED, 503, "stopping", FALSE },  { FAULT_FENCED, 409, "lease-lost", FALSE },
    { FAULT_REQUEST, 400, "bad-request", FALSE }, { FAULT_INTERNAL, 500, "internal", FALSE },
};

static void
every_code_has_its_row (void **state)
{
    for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
        g_autoptr (GError) error = NULL;

        assert_int_equal (kinds[i].code, i); /* none left out */
        assert_false (fault_set (&error, kinds[i].code, "%s %d", "because", 7));
        assert_string_equal (error->message, "because 7");
        assert_int_equal (fault_status (error), kinds[i].status);
        assert_string_equal (fault_problem (error), kinds[i].problem);
        assert_int_equal (fault_is_transient (error), kinds[i].transient);
        assert_int_equal (fault_retry_after (error), -1);
        assert_true (fault_is (error, kinds[i].code));
        assert_false (fault_is (error, (FaultCode)(i + 1)));
    }
    assert_int_equal (G_N_ELEMENTS (kinds), FAULT_INTERNAL + 1);
}

static void
retry_is_remembered (void **state)
{
    g_autoptr (GError) error = NULL, unknown = NULL, copy = NULL;

    assert_false (fault_set_retry (&error, FAULT_BUSY, 30, "come back"));
    assert_false (fault_set_retry (&unknown, FAULT_BUSY, -1, "come back"));
    copy = g_error_copy (error);
    assert_int_equal (fault_retry_after (error), 30);
    assert_int_equal (fault_retry_after (copy), 30);
    assert_int_equal (fault_retry_after (unknown), -1);
    assert_int_equal (fault_status (error), 503);
}

static void
request_has_its_own_status (void **state)
{
    g_autoptr (GError) error = NULL;

    assert_false (fault_set_status (&error, 413, "too-large", "%d KB", 300));
    assert_int_equal (fault_status (error), 413);
    assert_string_equal (fault_problem (error), "too-large");
    assert_string_equal (error->message, "300 KB");
    assert_true (fault_is (error, FAULT_REQUEST));
    g_prefix_error (&error, "body: ");
    assert_int_equal (fault_status (error), 413);
}

static void
foreign_errors_are_ours_to_answer_for (void **state)
{
    g_autoptr (GError) error = g_error_new_literal (G_FILE_ERROR, G_FILE_ERROR_NOSPC, "disk full");
    g_autoptr (GError) odd = g_error_new_literal (FAULT, 999, "no such code");
    const GError *const errors[] = { error, odd, NULL };

    for (guint i = 0; i < G_N_ELEMENTS (errors); i++) {
        assert_int_equal (fault_status (errors[i]), 500);
        assert_string_equal (fault_problem (errors[i]), "internal");
        assert_int_equal (fault_retry_after (errors[i]), -1);
        assert_false (fault_is_transient (errors[i]));
        assert_false (fault_is (errors[i], FAULT_INTERNAL));
    }
}

static void
nobody_need_listen (void **state)
{
    assert_false (fault_set (NULL, FAULT_BUSY, "unheard"));
    assert_false (fault_set_retry (NULL, FAULT_BUSY, 3, "unheard"));
    assert_false (fault_set_status (NULL, 413, "too-large", "unheard"));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (every_code_has_its_row),
        cmocka_unit_test (retry_is_remembered),
        cmocka_unit_test (request_has_its_own_status),
        cmocka_unit_test (foreign_errors_are_ours_to_answer_for),
        cmocka_unit_test (nobody_need_listen),
    };

    return cmocka_run_group_tests_name ("fault", tests, NULL, NULL);
}
