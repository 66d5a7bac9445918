#include "auth/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void
count_fill (Random *random, void *bytes, gsize n)
{
    for (gsize i = 0; i < n; i++)
        ((guint8 *)bytes)[i] = (guint8)i;
}

static void
tokens_have_256_bits (void **state)
{
    Random counted = { .fill = count_fill };
    g_autofree char *fixed = secret_new (&counted, "dm_"), *bare = secret_new (&counted, "");
    g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

    assert_string_equal (fixed, "dm_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
    assert_string_equal (bare, fixed + 3);
    for (int i = 0; i < 1000; i++) {
        char *token = secret_new (random_system (), "dm_");

        assert_int_equal (strlen (token), 46);
        assert_true (g_hash_table_add (seen, token));
    }
}

/* Values of `b2sum -l 256`. */
static void
hash_is_blake2b (void **state)
{
    static const struct {
        const char *text, *hash;
    } vectors[] = {
        { "", "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8" },
        { "abc", "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319" },
        { "dm_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
          "aa8c3313c18ea8dd8d604a21eea001cfee9f1c24b6106db885ae6dbcbd6a0c45" },
    };
    char text[SECRET_HASH_TEXT];

    for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
        assert_string_equal (secret_hash (vectors[i].text, strlen (vectors[i].text), text), vectors[i].hash);
    assert_string_equal (secret_hash ("abcdef", 3, text), vectors[1].hash);
}

static void
equal_means_the_same_text (void **state)
{
    g_autofree char *longer = g_strnfill (1000, 'a'), *same = g_strdup (longer);

    assert_true (secret_equal ("", ""));
    assert_true (secret_equal ("token", "token"));
    assert_true (secret_equal (longer, same));
    assert_false (secret_equal ("token", "tokem"));
    assert_false (secret_equal ("token", "token "));
    assert_false (secret_equal ("token", "Token"));
    assert_false (secret_equal ("token", ""));
    assert_false (secret_equal ("a", longer));
    assert_false (secret_equal (NULL, NULL));
    assert_false (secret_equal (NULL, ""));
    assert_false (secret_equal ("", NULL));
}

/* In a child, as it cannot be undone. */
static void
setup_forbids_core_dumps (void **state)
{
    pid_t child = fork ();
    struct rlimit limit;
    int status;

    if (child == 0) {
        secret_setup ();
        secret_setup ();
        if (getrlimit (RLIMIT_CORE, &limit) != 0 || limit.rlim_cur != 0 || limit.rlim_max != 0)
            _exit (1);
#if defined(__SANITIZE_ADDRESS__)
        _exit (prctl (PR_GET_DUMPABLE) == 1 ? 0 : 2); /* LeakSanitizer needs it */
#else
        _exit (prctl (PR_GET_DUMPABLE) == 0 ? 0 : 2);
#endif
    }
    assert_int_equal (waitpid (child, &status, 0), child);
    assert_int_equal (status, 0);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (tokens_have_256_bits),
        cmocka_unit_test (hash_is_blake2b),
        cmocka_unit_test (equal_means_the_same_text),
        cmocka_unit_test (setup_forbids_core_dumps),
    };

    return cmocka_run_group_tests_name ("secret", tests, NULL, NULL);
}
