/* failpoint.h -- places where a test build can be made to die, hang or fail.
 *
 * FAIL=POINT:ACTION[,…] in the environment arms some of the points, for instance
 *
 *     FAIL=facts-inside:kill9@2        the second time that it is passed, and only then
 *     FAIL=heartbeat:eio@3+,page:stop  from the third time on; every time
 *
 * and FAIL=list prints all points and ends. Actions:
 *
 *     kill9    the process is gone          stop     the process gets SIGSTOP (go on: SIGCONT)
 *     segv     it crashes                   pause    this thread sleeps until a SIGCONT comes
 *     oom      memory is out, as GLib ends  end      this thread ends without a word
 *     eio, enospc, lost    the call fails with FAULT_INTERNAL, FAULT_FULL, FAULT_LOST
 *
 * Only in builds with -Dfailpoints=true. In a release a failpoint is TRUE at compile time, and
 * nothing of all this is in the program (tests/api/release.test.mjs looks). Any thread. */
#pragma once
#include <glib.h>

/* In the order of a job's life. Their names and where they stand: failpoint.c. */
typedef enum {
    FAILPOINT_ENQUEUE,
    FAILPOINT_ENQUEUED,
    FAILPOINT_CLAIMED,
    FAILPOINT_TAKEOVER,
    FAILPOINT_ROTATED,
    FAILPOINT_TOKEN,
    FAILPOINT_PAGE,
    FAILPOINT_FACTS_BEFORE,
    FAILPOINT_FACTS_INSIDE,
    FAILPOINT_FACTS_AFTER,
    FAILPOINT_END,
    FAILPOINT_ENDED,
    FAILPOINT_HEARTBEAT,
    FAILPOINT_TICK,
    FAILPOINT_SHUTDOWN,
    FAILPOINT_MIGRATION,
    FAILPOINTS,
} Failpoint;

#ifdef DAYMARK_FAILPOINTS

/* TRUE, unless it is armed to fail; or it never returns. error may be NULL. */
gboolean failpoint (Failpoint point, GError **error);
/* Instead of what was armed before; NULL or "" disarms all, also while threads pass them (to arm
 * them anew, nobody may). FAULT_INVALID with a sentence. */
gboolean failpoint_arm (const char *text, GError **error);
/* At the start of the program: arm what FAIL says; ends the process on "list" and on nonsense. */
void failpoint_setup (void);

#else

static inline gboolean
failpoint (Failpoint point, GError **error)
{
    return TRUE;
}

static inline void
failpoint_setup (void)
{
}

#endif
