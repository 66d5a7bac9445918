#include "base/mishap.h"

#ifdef DAYMARK_FAILPOINTS

#include <pthread.h>
#include <string.h>

static const char *const layers[MISHAPS] = {
    [MISHAP_STATEMENT] = "statement", [MISHAP_FILE] = "file",     [MISHAP_WRITE] = "write",
    [MISHAP_LOCK] = "lock",           [MISHAP_MEMORY] = "memory", [MISHAP_FETCH] = "fetch",
};

typedef struct {
    gboolean planned, onwards;
    Mishap layer;
    char how[12];
    guint first, passed, struck; /* first: counted from 1 */
} Plan;

static _Thread_local Plan mine;

static struct {
    pthread_mutex_t lock;
    Plan next, last;
} jobs = { .lock = PTHREAD_MUTEX_INITIALIZER };

static gboolean
find_layer (const char *name, Mishap *layer)
{
    for (*layer = 0; *layer < MISHAPS; (*layer)++)
        if (strcmp (layers[*layer], name) == 0)
            return TRUE;
    return FALSE;
}

static gboolean
read_plan (const char *text, Plan *plan)
{
    g_auto (GStrv) halves = g_strsplit (text, "@", 2);
    g_auto (GStrv) parts = g_strsplit (halves[0] ? halves[0] : "", "=", 2);
    char *end;

    if (g_strv_length (halves) != 2 || !parts[0] || !find_layer (parts[0], &plan->layer))
        return FALSE;
    g_strlcpy (plan->how, parts[1] ? parts[1] : "", sizeof plan->how);
    plan->first = (guint)g_ascii_strtoull (halves[1], &end, 10);
    plan->onwards = *end == '+';
    plan->planned = plan->first > 0 && end[plan->onwards] == '\0';
    return plan->planned;
}

/* Swaps under the lock: what is given goes in, what was there comes out. */
static Plan
exchange (Plan *place, Plan plan)
{
    Plan before;

    pthread_mutex_lock (&jobs.lock);
    before = *place;
    *place = plan;
    pthread_mutex_unlock (&jobs.lock);
    return before;
}

gboolean
mishap_plan (const char *text)
{
    Plan plan = { 0 };

    mine = (Plan){ 0 };
    if (!text)
        return TRUE;
    if (strcmp (text, "told") == 0) {
        mine = exchange (&jobs.last, (Plan){ 0 });
        mine.first = 0; /* it strikes nothing any more */
        mine.onwards = FALSE;
        return TRUE;
    }
    if (!read_plan (g_str_has_prefix (text, "job/") ? text + strlen ("job/") : text, &plan))
        return FALSE;
    if (g_str_has_prefix (text, "job/"))
        exchange (&jobs.next, plan);
    else
        mine = plan;
    return TRUE;
}

gboolean
mishap (Mishap layer)
{
    if (!mine.planned || mine.layer != layer || mine.first == 0)
        return FALSE;
    mine.passed++;
    if (mine.passed != mine.first && !(mine.onwards && mine.passed > mine.first))
        return FALSE;
    mine.struck++;
    return TRUE;
}

const char *
mishap_how (void)
{
    return mine.how;
}

gboolean
mishap_tell (char text[MISHAP_TEXT])
{
    g_snprintf (text, MISHAP_TEXT, "%u %u", mine.passed, mine.struck);
    return mine.planned;
}

void
mishap_begin_job (void)
{
    mine = exchange (&jobs.next, (Plan){ 0 });
}

void
mishap_end_job (void)
{
    if (mine.planned)
        exchange (&jobs.last, mine);
    mine = (Plan){ 0 };
}

#endif
