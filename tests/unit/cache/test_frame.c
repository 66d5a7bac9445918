#include "cache/frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TEXT   "{\"a\":1}\n\0b" /* with what ends a line, and a string */
#define TEXT_N (sizeof TEXT - 1)

static GString *
reads (const char *key, const char *version, const GString *frame)
{
    return frame_read (key, version, frame->str, frame->len);
}

static void
test_a_text_comes_back (void **state)
{
    g_autoptr (GString) frame = frame_write ("key", "v1", TEXT, TEXT_N);
    g_autoptr (GString) text = reads ("key", "v1", frame);
    g_autoptr (GString) empty = frame_write ("key", "v1", "", 0);
    g_autoptr (GString) nothing = reads ("key", "v1", empty);

    assert_non_null (text);
    assert_int_equal (text->len, TEXT_N);
    assert_memory_equal (text->str, TEXT, TEXT_N);
    assert_int_equal (nothing->len, 0);
}

static void
test_another_version_or_key_is_no_answer (void **state)
{
    g_autoptr (GString) frame = frame_write ("key", "v1", TEXT, TEXT_N);

    assert_null (reads ("key", "v2", frame));
    assert_null (reads ("kez", "v1", frame));
    assert_null (reads ("keyv", "1", frame));
}

static void
test_each_changed_byte_and_each_cut_is_seen (void **state)
{
    g_autoptr (GString) frame = frame_write ("key", "v1", TEXT, TEXT_N);

    for (gsize i = 0; i < frame->len; i++) {
        assert_null (frame_read ("key", "v1", frame->str, i));
        frame->str[i] ^= 1;
        assert_null (reads ("key", "v1", frame));
        frame->str[i] ^= 1;
    }
    g_string_append_c (frame, 'x');
    assert_null (reads ("key", "v1", frame));
}

static void
test_what_is_too_large_is_not_framed (void **state)
{
    g_autofree char *large = g_malloc0 (FRAME_MOST);

    assert_null (frame_write ("key", "v1", large, FRAME_MOST));
    assert_null (frame_write ("key", "v1", large, FRAME_MOST - 10));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_a_text_comes_back),
        cmocka_unit_test (test_another_version_or_key_is_no_answer),
        cmocka_unit_test (test_each_changed_byte_and_each_cut_is_seen),
        cmocka_unit_test (test_what_is_too_large_is_not_framed),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
