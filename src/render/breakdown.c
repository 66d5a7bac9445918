#include "render/lines.h"

/* Largest first; those of equal size by name, so that an answer is the same
 * text each time. Parts without a row in a period count as nothing there. */
static gint
compare_lines (gconstpointer a, gconstpointer b)
{
    const Line *one = *(const Line *const *)a, *other = *(const Line *const *)b;

    for (int period = 0; period < PERIODS; period++)
        if (one->sum[period].num != other->sum[period].num)
            return one->sum[period].num > other->sum[period].num ? -1 : 1;
    return g_strcmp0 (one->name, other->name);
}

static Number
share (Number part, Number total)
{
    return number_known (part) ? (Number){ part.num, total.num } : NUMBER_UNKNOWN;
}

static void
write_part (const Lines *lines, const Line *line, const Frame *frame, Number total, Json *json)
{
    g_autofree char *label = lines_label (lines, line, frame);

    json_begin_object (json);
    json_put_text (json, "name", label);
    json_key (json, "value");
    number_write (line->sum[NOW], frame->unit, json);
    json_key (json, "share");
    number_write (share (line->sum[NOW], total), UNIT_PERCENT, json);
    json_key (json, "delta");
    number_write_delta (lines_change_of (lines, line), json);
    json_end_object (json);
}

static void
write_breakdown (const Lines *lines, const Frame *frame, Number total, Json *json)
{
    json_key (json, "breakdown");
    json_begin_array (json);
    for (guint i = 0; i < lines->all->len; i++) {
        const Line *line = g_ptr_array_index (lines->all, i);

        if (line->points[NOW])
            write_part (lines, line, frame, total, json);
    }
    json_end_array (json);
}

void
render_breakdown (const Frame *frame, const Rows *rows, Quality *quality, Json *json)
{
    g_autoptr (Lines) lines = lines_read (rows, frame, FALSE);
    Number total = lines_total (lines, NOW);

    g_ptr_array_sort (lines->all, compare_lines);
    lines_write_series (lines, frame, json);
    lines_write_stats (lines, frame, total, lines_change (lines), json);
    write_breakdown (lines, frame, total, json);
    lines_write_compare (lines, frame, json);
    lines_notice (lines, quality);
    lines_notice_difference (total, lines->whole[NOW], quality);
    quality->basis = rows ? "sum" : NULL;
}
