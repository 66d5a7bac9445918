#include "http/target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

typedef struct {
    const char *raw;
    const char *path;     /* NULL: refused */
    const char *segments; /* joined by '|' */
    const char *query;
} Case;

static const Case cases[] = {
    { "/", "/", "", NULL },
    { "/a", "/a", "a", NULL },
    { "/a/", "/a/", "a|", NULL },
    { "//a", "//a", "|a", NULL },
    { "/a/b/c?x=1", "/a/b/c", "a|b|c", "x=1" },
    { "/a?", "/a", "a", "" },
    { "/a%2Fb/c", "/a/b/c", "a/b|c", NULL },
    { "/a+b", "/a+b", "a+b", NULL },
    { "/%C3%A9t%c3%a9", "/été", "été", NULL },
    { "/..%2f../etc", "/../../etc", "../..|etc", NULL },
    { "http://h:80/a?b", "/a", "a", "b" },
    { "http://h", "/", "", NULL },
    { "HTTPS://h/x", "/x", "x", NULL },
    { "*", "*", "", NULL },
    { "a", NULL, NULL, NULL },
    { "", NULL, NULL, NULL },
    { "/%", NULL, NULL, NULL },
    { "/%4", NULL, NULL, NULL },
    { "/%zz", NULL, NULL, NULL },
    { "/%00", NULL, NULL, NULL },
    { "/a%00b", NULL, NULL, NULL },
    { "/%ff", NULL, NULL, NULL },
    { "/%c0%af", NULL, NULL, NULL },    /* an overlong slash */
    { "/%ed%a0%80", NULL, NULL, NULL }, /* a surrogate */
    { "/a b", NULL, NULL, NULL },
    { "/a\tb", NULL, NULL, NULL },
    { "/a\x7f", NULL, NULL, NULL },
    { "\xff", NULL, NULL, NULL },
    { "host:443", NULL, NULL, NULL },
};

static char *
join (const Target *target)
{
    GString *text = g_string_new (NULL);

    for (guint i = 0; i < target->n_segments; i++)
        g_string_append_printf (text, "%s%s", i ? "|" : "", target->segments[i]);
    return g_string_free (text, FALSE);
}

static void
test_targets (void **state)
{
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        const Case *c = &cases[i];
        g_autofree char *segments = NULL;
        Arena arena;
        Target target;
        const char *reason;

        arena_init (&arena);
        reason = target_parse (&target, &arena, c->raw);
        if ((reason == NULL) != (c->path != NULL))
            fail_msg ("%s: %s", c->raw, reason ? reason : "was not refused");
        if (c->path) {
            segments = join (&target);
            assert_string_equal (target.path, c->path);
            assert_string_equal (segments, c->segments);
            assert_int_equal (target.query == NULL, c->query == NULL);
            if (c->query)
                assert_string_equal (target.query, c->query);
        }
        arena_clear (&arena);
    }
}

static const struct {
    const char *query;
    const char *want; /* name=value pairs joined by '|' */
} queries[] = {
    { NULL, "" },
    { "", "" },
    { "a=1", "a=1" },
    { "a=1&b=2&a=3", "a=1|b=2|a=3" },
    { "a", "a=" },
    { "a=", "a=" },
    { "=v", "=v" },
    { "&&a=1&", "a=1" },
    { "a=b=c", "a=b=c" },
    { "a=1+2%2B3", "a=1 2+3" },
    { "a+b=c", "a b=c" },
    { "%61=%62", "a=b" },
    { "a=%3D%26", "a==&" },
    { "a=%C3%A9", "a=é" },
    { "a=%00b", "a=\xef\xbf\xbd"
                "b" },
    { "a=%ff%fe", "a=\xef\xbf\xbd\xef\xbf\xbd" },
    { "a=\xff", "a=\xef\xbf\xbd" },
    { "%ff=1", "\xef\xbf\xbd=1" },
    { "a=100%", "a=100%" },
    { "a=%zz", "a=%zz" },
    { "a=%4", "a=%4" },
};

static void
test_queries (void **state)
{
    for (guint i = 0; i < G_N_ELEMENTS (queries); i++) {
        g_autoptr (GString) text = g_string_new (NULL);
        Arena arena;
        TargetParam *params;
        guint n;

        arena_init (&arena);
        params = target_params (&arena, queries[i].query, &n);
        for (guint j = 0; j < n; j++)
            g_string_append_printf (text, "%s%s=%s", j ? "|" : "", params[j].name, params[j].value);
        assert_string_equal (text->str, queries[i].want);
        arena_clear (&arena);
    }
}

/* Every two bytes after a percent sign, and every raw byte: nothing invalid
 * comes out, nothing is read past the end. */
static void
test_every_escape (void **state)
{
    for (guint i = 1; i < 65536; i++) {
        char raw[] = { '/', '%', (char)(i >> 8), (char)i, '\0' };
        char query[] = { 'q', '=', '%', (char)(i >> 8), (char)i, '\0' };
        Arena arena;
        Target target;
        TargetParam *params;
        guint n;

        arena_init (&arena);
        if (!target_parse (&target, &arena, raw))
            assert_true (g_utf8_validate (target.path, -1, NULL));
        params = target_params (&arena, query, &n);
        for (guint j = 0; j < n; j++)
            assert_true (g_utf8_validate (params[j].value, -1, NULL));
        arena_clear (&arena);
    }
}

static void
test_arena_grows (void **state)
{
    Arena arena;
    char *texts[300];

    arena_init (&arena);
    for (guint i = 0; i < 300; i++) {
        texts[i] = arena_alloc (&arena, i * 7 + 1);
        assert_int_equal ((guintptr)texts[i] % 8, 0);
        memset (texts[i], (int)(i % 100), i * 7 + 1);
    }
    for (guint i = 0; i < 300; i++)
        for (guint j = 0; j < i * 7 + 1; j++)
            assert_int_equal (texts[i][j], i % 100);
    arena_clear (&arena);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_targets),
        cmocka_unit_test (test_queries),
        cmocka_unit_test (test_every_escape),
        cmocka_unit_test (test_arena_grows),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
