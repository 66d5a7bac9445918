/* The request line's target: refused with a sentence, or text that is valid everywhere. */
#include "http/target.h"

#include "fuzz.h"

static void
claim_text (const char *text)
{
    FUZZ_CLAIM (text && g_utf8_validate (text, -1, NULL));
}

/* A segment is between slashes before it is decoded: what is decoded is nobody's way up. */
static void
check_segments (const Target *target)
{
    guint slashes = 0;

    for (const char *at = target->path; *at; at++)
        slashes += *at == '/';
    FUZZ_CLAIM (target->n_segments <= slashes);
    for (guint i = 0; i < target->n_segments; i++)
        claim_text (target->segments[i]);
}

static void
check_params (Arena *arena, const char *query)
{
    guint n;
    TargetParam *params = target_params (arena, query, &n);

    for (guint i = 0; i < n; i++) {
        claim_text (params[i].name);
        claim_text (params[i].value);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    g_autofree char *raw = g_strndup ((const char *)data, size);
    const char *reason;
    Target target;
    Arena arena;

    arena_init (&arena);
    reason = target_parse (&target, &arena, raw);
    if (reason) {
        claim_text (reason);
    } else {
        claim_text (target.path);
        check_segments (&target);
        check_params (&arena, target.query);
    }
    check_params (&arena, raw);
    arena_clear (&arena);
    return 0;
}
