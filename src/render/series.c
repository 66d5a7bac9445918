#include "render/lines.h"

/* Unique people of a period: only if the source counted them, and then for both
 * periods of a comparison; a unique count against a sum would mean nothing. */
static gboolean
is_unique (const Lines *lines, const Frame *frame)
{
    return frame->total == TOTAL_UNIQUE && number_known (lines->whole[NOW]) &&
           (frame->comparison.kind == COMPARE_OFF || number_known (lines->whole[BEFORE]));
}

static const char *
basis (const Lines *lines, const Frame *frame)
{
    if (frame->total == TOTAL_SUM)
        return "sum";
    return is_unique (lines, frame) ? "unique" : "sum_of_days";
}

void
render_series (const Frame *frame, const Rows *rows, Quality *quality, Json *json)
{
    g_autoptr (Lines) lines = lines_read (rows, frame, FALSE);
    gboolean unique = is_unique (lines, frame);
    Number now = unique ? lines->whole[NOW] : lines_total (lines, NOW);
    Number before = unique ? lines->whole[BEFORE] : lines_total (lines, BEFORE);

    lines_write_series (lines, frame, json);
    lines_write_stats (lines, frame, now, before, json);
    lines_write_compare (lines, frame, json);
    lines_notice (lines, quality);
    quality->basis = rows ? basis (lines, frame) : NULL;
}
