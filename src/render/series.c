#include "render/lines.h"

const char *
total_name (Total total)
{
    static const char *const names[] = {
        [TOTAL_SUM] = "sum",
        [TOTAL_RATIO] = "ratio",
        [TOTAL_UNIQUE] = "unique",
        [TOTAL_LAST] = "last",
        [TOTAL_CORRELATION] = "correlation",
    };

    return names[total];
}

const char *
good_name (Good good)
{
    static const char *const names[] = { [GOOD_UP] = "up", [GOOD_DOWN] = "down", [GOOD_NONE] = "none" };

    return names[good];
}

/* Is there another period whose number must be made like this one's? */
static gboolean
compares (const Frame *frame)
{
    return frame->comparison.kind != COMPARE_OFF && (!frame->cut || frame->complete_rows);
}

/* Unique people of a period: only if the source counted them, and then for both
 * periods of a comparison; a unique count against a sum would mean nothing. */
static gboolean
is_unique (const Lines *lines, const Frame *frame)
{
    const Number *compared = lines_compared (lines)->whole;

    return frame->total == TOTAL_UNIQUE && number_known (lines->whole[NOW]) &&
           (!compares (frame) || (number_known (compared[NOW]) && number_known (compared[BEFORE])));
}

static const char *
basis (const Lines *lines, const Frame *frame)
{
    if (frame->total == TOTAL_UNIQUE && !is_unique (lines, frame))
        return "sum_of_days";
    return total_name (frame->total);
}

/* A level is never the sum of its days, even where the last one is not known. */
static gboolean
is_whole (const Lines *lines, const Frame *frame)
{
    return frame->total == TOTAL_LAST || is_unique (lines, frame);
}

static Change
whole_change (const Lines *lines)
{
    const Number *whole = lines_compared (lines)->whole;

    return (Change){ whole[NOW], whole[BEFORE] };
}

void
render_series (const Frame *frame, const Rows *rows, Quality *quality, Json *json)
{
    g_autoptr (Lines) lines = lines_read (rows, frame, FALSE);
    gboolean whole = is_whole (lines, frame);

    lines_write_series (lines, frame, json);
    lines_write_stats (lines, frame, whole ? lines->whole[NOW] : lines_total (lines, NOW),
                       whole ? whole_change (lines) : lines_change (lines), json);
    lines_write_compare (lines, frame, json);
    lines_notice (lines, quality);
    quality->basis = rows ? basis (lines, frame) : NULL;
}
