#include "base/failpoint.h"

#ifdef DAYMARK_FAILPOINTS

#include "base/fault.h"
#include "base/limit.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *place;
} points[FAILPOINTS] = {
    [FAILPOINT_ENQUEUE] = { "enqueue", "before a new job is committed" },
    [FAILPOINT_ENQUEUED] = { "enqueued", "after a new job was committed" },
    [FAILPOINT_CLAIMED] = { "claimed", "after a worker has claimed a job" },
    [FAILPOINT_TAKEOVER] = { "takeover", "after a worker has claimed a job that had been begun before" },
    [FAILPOINT_ROTATED] = { "rotated", "after a platform gave a new credential, before it is stored" },
    [FAILPOINT_TOKEN] = { "token", "after an access token was given, and a new credential stored" },
    [FAILPOINT_PAGE] = { "page", "after each answer of a platform to a step" },
    [FAILPOINT_FACTS_BEFORE] = { "facts-before", "before the transaction that writes a window" },
    [FAILPOINT_FACTS_INSIDE] = { "facts-inside", "in it, when all is written and nothing committed" },
    [FAILPOINT_FACTS_AFTER] = { "facts-after", "after its commit" },
    [FAILPOINT_END] = { "end", "in the transaction that ends a job, before its commit" },
    [FAILPOINT_ENDED] = { "ended", "after a job has ended" },
    [FAILPOINT_HEARTBEAT] = { "heartbeat", "before a lease is renewed" },
    [FAILPOINT_TICK] = { "tick", "before the scheduler looks at the clock" },
    [FAILPOINT_SHUTDOWN] = { "shutdown", "before a job is handed back because the process ends" },
    [FAILPOINT_MIGRATION] = { "migration", "in a migration, before its commit" },
};

/* ---- what can happen ---- */

typedef gboolean (*Act) (const char *place, GError **error);

static atomic_int continued; /* how many SIGCONT came */

static void
note_continue (int number)
{
    atomic_fetch_add (&continued, 1);
}

static gboolean
act_signal (int number)
{
    signal (number, SIG_DFL); /* no sanitizer's handler in between */
    raise (number);
    return TRUE;
}

static gboolean
act_kill9 (const char *place, GError **error)
{
    return act_signal (SIGKILL);
}

static gboolean
act_stop (const char *place, GError **error)
{
    return act_signal (SIGSTOP);
}

static gboolean
act_segv (const char *place, GError **error)
{
    return act_signal (SIGSEGV);
}

static gboolean
act_pause (const char *place, GError **error)
{
    int before = atomic_load (&continued);

    while (atomic_load (&continued) == before)
        g_usleep (20000);
    return TRUE;
}

static gboolean
act_end (const char *place, GError **error)
{
    pthread_exit (NULL);
}

static gboolean
act_oom (const char *place, GError **error)
{
    g_error ("failpoint: failed to allocate memory %s", place);
    return FALSE;
}

static gboolean
act_eio (const char *place, GError **error)
{
    return fault_set (error, FAULT_INTERNAL, "input/output error %s", place);
}

static gboolean
act_enospc (const char *place, GError **error)
{
    return fault_set (error, FAULT_FULL, "no space left on the disk %s", place);
}

static gboolean
act_lost (const char *place, GError **error)
{
    return fault_set (error, FAULT_LOST, "the connection broke %s", place);
}

static const struct {
    const char *name;
    Act act;
} actions[] = {
    { "kill9", act_kill9 },   { "stop", act_stop }, { "segv", act_segv },
    { "pause", act_pause },   { "end", act_end },   { "oom", act_oom },
    { "enospc", act_enospc }, { "eio", act_eio },   { "lost", act_lost },
};

/* ---- what is armed ---- */

typedef struct {
    Failpoint point;
    Act act;
    int first;        /* counted from 1 */
    gboolean onwards; /* not only that time */
    atomic_int passed;
} Armed;

static Armed armed[2 * FAILPOINTS];
static atomic_uint n_armed; /* counts an entry when it is whole */

static gboolean
find_point (const char *name, Failpoint *point)
{
    for (*point = 0; *point < FAILPOINTS; (*point)++)
        if (strcmp (points[*point].name, name) == 0)
            return TRUE;
    return FALSE;
}

static Act
find_act (const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
        if (strcmp (actions[i].name, name) == 0)
            return actions[i].act;
    return NULL;
}

/* "@3" or "@3+" at the end of an action, cut off there; without it: every time. */
static gboolean
read_times (char *action, Armed *one)
{
    char *at = strchr (action, '@'), *end;

    one->first = 1;
    one->onwards = TRUE;
    if (!at)
        return TRUE;
    *at = '\0';
    one->first = (int)g_ascii_strtoll (at + 1, &end, 10);
    one->onwards = *end == '+';
    return one->first > 0 && end[one->onwards] == '\0';
}

static gboolean
arm_one (const char *text, GError **error)
{
    g_auto (GStrv) parts = g_strsplit (text, ":", 2);
    guint n = atomic_load (&n_armed);
    Armed *one = &armed[n];

    if (n == G_N_ELEMENTS (armed))
        return fault_set (error, FAULT_INVALID, "FAIL arms too many points");
    if (g_strv_length (parts) != 2 || !find_point (parts[0], &one->point) || !read_times (parts[1], one) ||
        !(one->act = find_act (parts[1])))
        return fault_set (error, FAULT_INVALID, "FAIL: \"%s\" is not POINT:ACTION[@N[+]] (see FAIL=list)",
                          text);
    atomic_store (&one->passed, 0);
    atomic_store (&n_armed, n + 1);
    return TRUE;
}

gboolean
failpoint_arm (const char *text, GError **error)
{
    g_auto (GStrv) list = g_strsplit (text ? text : "", ",", -1);

    atomic_store (&n_armed, 0);
    for (char **one = list; *one; one++)
        if (!arm_one (*one, error))
            return FALSE;
    signal (SIGCONT, note_continue);
    return TRUE;
}

gboolean
failpoint (Failpoint point, GError **error)
{
    for (guint i = 0, n = atomic_load (&n_armed); i < n; i++) {
        Armed *one = &armed[i];
        int times;

        if (one->point != point)
            continue;
        times = atomic_fetch_add (&one->passed, 1) + 1;
        if ((times == one->first || (one->onwards && times > one->first)) &&
            !one->act (points[point].place, error))
            return FALSE;
    }
    return TRUE;
}

static void
print_list (void)
{
    for (guint i = 0; i < FAILPOINTS; i++)
        printf ("%-14s %s\n", points[i].name, points[i].place);
}

void
failpoint_setup (void)
{
    const char *text = g_getenv ("FAIL");
    g_autoptr (GError) error = NULL;

    limit_setup ();
    if (g_strcmp0 (text, "list") == 0) {
        print_list ();
        exit (0);
    }
    if (!failpoint_arm (text, &error)) {
        fprintf (stderr, "daymark: %s\n", error->message);
        exit (2);
    }
}

#endif
