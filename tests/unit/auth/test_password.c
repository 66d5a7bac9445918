#include "auth/password.h"

#include "base/fault.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static void
hash_verifies (void **state)
{
    g_autofree char *hash = password_hash ("correct horse", NULL),
                    *again = password_hash ("correct horse", NULL);

    assert_true (g_str_has_prefix (hash, "$argon2id$v=19$m=65536,t=3,p=1$"));
    assert_string_not_equal (hash, again); /* salted */
    assert_true (password_verify (hash, "correct horse"));
    assert_true (password_verify (again, "correct horse"));
    assert_false (password_verify (hash, "correct horsf"));
    assert_false (password_verify (hash, "correct horse "));
    assert_false (password_verify (hash, "Correct horse"));
    assert_false (password_verify (hash, ""));
}

/* Made by the argon2 reference program, at another cost. */
static void
foreign_hash_verifies (void **state)
{
    assert_true (password_verify ("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$"
                                  "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
                                  "password"));
}

static void
refused (const char *password, const char *words)
{
    g_autoptr (GError) error = NULL;

    assert_null (password_hash (password, &error));
    assert_true (fault_is (error, FAULT_INVALID));
    assert_non_null (strstr (error->message, words));
    assert_true (strlen (password) == 0 || !strstr (error->message, password));
}

static void
lengths_are_bounded (void **state)
{
    g_autofree char *longest = g_strnfill (1024, 'p'), *longer = g_strnfill (1025, 'p');
    g_autofree char *hash = password_hash (longest, NULL), *least = password_hash ("12345678", NULL);

    refused ("", "at least 8");
    refused ("1234567", "at least 8");
    refused (longer, "at most 1024");
    refused ("abcdefgh\xff", "UTF-8");
    assert_true (password_verify (hash, longest));
    assert_false (password_verify (hash, longer));
    assert_true (password_verify (least, "12345678"));
}

static void
every_byte_of_a_long_password_counts (void **state)
{
    g_autofree char *password = g_strnfill (200, 'p'), *hash = password_hash (password, NULL);

    password[199] = 'q';
    assert_false (password_verify (hash, password));
}

static void
broken_hashes_are_no_password (void **state)
{
    static const char *const broken[] = { "",
                                          "x",
                                          "correct horse",
                                          "$argon2id$",
                                          "$argon2id$v=19$m=65536,t=3,p=1$$",
                                          "$2b$12$abcdefghijklmnopqrstuu" };

    for (guint i = 0; i < G_N_ELEMENTS (broken); i++) {
        assert_false (password_verify (broken[i], "correct horse"));
        assert_false (password_verify (broken[i], ""));
    }
}

static double
processor_seconds (const char *hash)
{
    struct timespec before, after;

    clock_gettime (CLOCK_THREAD_CPUTIME_ID, &before);
    assert_false (password_verify (hash, "not the password"));
    clock_gettime (CLOCK_THREAD_CPUTIME_ID, &after);
    return (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) / 1e9;
}

/* Whether an account exists must not show in the time. */
static void
nobody_takes_as_long (void **state)
{
    g_autofree char *hash = password_hash ("correct horse", NULL);
    double somebody = 1e9, nobody = 1e9;

    for (int i = 0; i < 5; i++) {
        somebody = MIN (somebody, processor_seconds (hash));
        nobody = MIN (nobody, processor_seconds (NULL));
    }
    assert_true (nobody > somebody * 0.7 && nobody < somebody * 1.4);
    assert_true (somebody > 0.01);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (hash_verifies),
        cmocka_unit_test (foreign_hash_verifies),
        cmocka_unit_test (lengths_are_bounded),
        cmocka_unit_test (every_byte_of_a_long_password_counts),
        cmocka_unit_test (broken_hashes_are_no_password),
        cmocka_unit_test (nobody_takes_as_long),
    };

    return cmocka_run_group_tests_name ("password", tests, NULL, NULL);
}
