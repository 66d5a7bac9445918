/* limit.h -- the job engine's time limits, which tests shorten.
 *
 * In a release they are constants. In a build with -Dfailpoints=true the environment may
 * shorten them (TEST_LEASE=3, seconds; the names are in limit.c), so that a test of what
 * happens after a lease takes seconds. */
#pragma once

typedef enum {
    LIMIT_LEASE,     /* a worker that is silent for so long has died */
    LIMIT_HEARTBEAT, /* from one renewal of a lease to the next */
    LIMIT_MAX_RUN,   /* one attempt of a job; whoever takes longer is stuck, though he beats */
    LIMIT_GRACE,     /* a window that is being read gets so long to end when the process stops */
    LIMIT_RETRY,     /* the first wait before a job is tried again, at most; the next ones double */
    LIMITS,
} Limit;

static inline int
limit_standard (Limit one)
{
    static const int seconds[LIMITS] = {
        [LIMIT_LEASE] = 90, [LIMIT_HEARTBEAT] = 20, [LIMIT_MAX_RUN] = 2 * 60 * 60,
        [LIMIT_GRACE] = 20, [LIMIT_RETRY] = 30,
    };

    return seconds[one];
}

#ifdef DAYMARK_FAILPOINTS

int limit_seconds (Limit one);
/* 0: the standard again. Any thread. */
void limit_set (Limit one, int seconds);
/* At the start of the program: what the environment says. */
void limit_setup (void);

#else

static inline int
limit_seconds (Limit one)
{
    return limit_standard (one);
}

#endif
