#include "base/limit.h"

#ifdef DAYMARK_FAILPOINTS

#include <glib.h>
#include <stdatomic.h>

static atomic_int shortened[LIMITS]; /* 0: the standard */

static const char *const names[LIMITS] = {
    [LIMIT_LEASE] = "TEST_LEASE", [LIMIT_HEARTBEAT] = "TEST_HEARTBEAT", [LIMIT_MAX_RUN] = "TEST_MAX_RUN",
    [LIMIT_GRACE] = "TEST_GRACE", [LIMIT_RETRY] = "TEST_RETRY",
};

int
limit_seconds (Limit one)
{
    int seconds = atomic_load (&shortened[one]);

    return seconds ? seconds : limit_standard (one);
}

void
limit_set (Limit one, int seconds)
{
    atomic_store (&shortened[one], seconds);
}

void
limit_setup (void)
{
    for (guint i = 0; i < LIMITS; i++) {
        const char *text = g_getenv (names[i]);

        if (text)
            limit_set (i, (int)g_ascii_strtoll (text, NULL, 10));
    }
}

#endif
