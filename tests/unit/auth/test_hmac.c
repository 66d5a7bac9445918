/* The test vectors of RFC 4231 that are texts. */
#include "auth/hmac.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void
test_vectors (void **state)
{
    char text[HMAC_TEXT], long_key[132];

    assert_string_equal (hmac_sha256_hex ("Jefe", "what do ya want for nothing?", text),
                         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    /* a key longer than a block is hashed first */
    memset (long_key, 0xaa, sizeof long_key - 1);
    long_key[131] = '\0';
    assert_string_equal (
        hmac_sha256_hex (long_key, "Test Using Larger Than Block-Size Key - Hash Key First", text),
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void
test_empty (void **state)
{
    char text[HMAC_TEXT];

    assert_string_equal (hmac_sha256_hex ("", "", text),
                         "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_vectors),
        cmocka_unit_test (test_empty),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
