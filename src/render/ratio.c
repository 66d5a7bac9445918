#include "render/lines.h"

void
render_ratio (const Frame *frame, const Rows *rows, Quality *quality, Json *json)
{
    g_autoptr (Lines) lines = lines_read (rows, frame, TRUE);

    lines_write_series (lines, frame, json);
    lines_write_stats (lines, frame, lines_total (lines, NOW), lines_change (lines), json);
    lines_write_compare (lines, frame, json);
    lines_notice (lines, quality);
    quality->basis = rows ? "ratio" : NULL;
}
