/* explain_private.h -- what the files of an Explanation share. */
#pragma once
#include "insights/explain.h"

static inline Part *
part_at (const Explanation *explanation, guint i)
{
    return &g_array_index (explanation->parts, Part, i);
}

static inline gboolean
is_ratio (const Explanation *explanation)
{
    return explanation->subject->den.column != NULL;
}

/* 64 bits hold more money than there is; what a hostile source makes of it must not overflow. */
static inline void
add_to (gint64 *sum, gint64 value)
{
    if (__builtin_add_overflow (*sum, value, sum))
        *sum = value < 0 ? G_MININT64 : G_MAXINT64;
}

/* Are there complete days to compare? If not, its periods end before they start. */
static inline gboolean
explanation_has_days (const Explanation *explanation)
{
    return period_days (explanation->period) > 0 && period_days (explanation->before) > 0;
}

/* From the rows of the batch to the parts of this split, those that add most first. */
void explanation_work_out (Explanation *explanation, const Split *by);
/* Try every way that finds parts, note how each did, and return the best. */
const Split *explanation_best (Explanation *explanation);
