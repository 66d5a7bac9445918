/* funnel.c -- steps that lead to each other: how many there were of each, and what share of the step
 * before that is. Each is counted by its source on its own, so a later step may be the larger one: then
 * its share is over 1, and a notice says so. */
#include "render/fields.h"

static const FieldLines *
step_at (const GArray *steps, guint i)
{
    return &g_array_index (steps, FieldLines, i);
}

static Number
share (Number part, Number base)
{
    return number_known (part) ? (Number){ part.num, base.num } : NUMBER_UNKNOWN;
}

/* Of what is shown. */
static Number
share_of (const GArray *steps, guint i, guint base, int period)
{
    return share (lines_total (step_at (steps, i)->lines, period),
                  lines_total (step_at (steps, base)->lines, period));
}

/* Of what is compared. */
static Change
share_change (const GArray *steps, guint i, guint base)
{
    Change part = lines_change (step_at (steps, i)->lines),
           whole = lines_change (step_at (steps, base)->lines);

    return (Change){ share (part.now, whole.now), share (part.before, whole.before) };
}

static void
write_shares (const GArray *steps, guint i, int period, Json *json)
{
    json_key (json, "share_of_previous");
    number_write (i ? share_of (steps, i, i - 1, period) : NUMBER_UNKNOWN, UNIT_PERCENT, json);
    json_key (json, "share_of_first");
    number_write (i ? share_of (steps, i, 0, period) : NUMBER_UNKNOWN, UNIT_PERCENT, json);
}

static void
write_deltas (const GArray *steps, guint i, Json *json)
{
    json_key (json, "delta");
    number_write_delta (lines_change (step_at (steps, i)->lines), json);
    json_key (json, "share_delta");
    number_write_delta (i ? share_change (steps, i, i - 1) : (Change){ NUMBER_UNKNOWN, NUMBER_UNKNOWN },
                        json);
}

/* Also where nothing is known: what the steps are is known always. */
static void
write_steps (const GArray *steps, int period, Json *json)
{
    json_key (json, "steps");
    json_begin_array (json);
    for (guint i = 0; i < steps->len; i++) {
        const FieldLines *step = step_at (steps, i);

        json_begin_object (json);
        json_put_text (json, "key", step->field->key);
        json_put_text (json, "name", step->field->title);
        json_key (json, "value");
        number_write (lines_total (step->lines, period), step->field->unit, json);
        write_shares (steps, i, period, json);
        if (period == NOW)
            write_deltas (steps, i, json);
        json_end_object (json);
    }
    json_end_array (json);
}

static void
write_compare (const GArray *steps, const Frame *frame, Json *json)
{
    if (!fields_begin_compare (steps, frame, json))
        return;
    write_steps (steps, BEFORE, json);
    json_end_object (json);
}

static void
notice_larger (const FieldLines *step, Number value, const FieldLines *previous, Number base,
               Quality *quality)
{
    if (number_known (base) && value.num > base.num)
        quality_notice (quality, "step_exceeds_previous",
                        "%s: %" G_GINT64_FORMAT ", more than the %" G_GINT64_FORMAT
                        " of the step before, %s. "
                        "Its share is over 100%% and is shown as it is.",
                        step->field->title, value.num, base.num, previous->field->title);
}

static void
notice_steps (const GArray *steps, Quality *quality)
{
    for (guint i = 1; i < steps->len; i++) {
        const FieldLines *step = step_at (steps, i), *previous = step_at (steps, i - 1);
        Number value = lines_total (step->lines, NOW);

        if (!number_known (value))
            continue;
        if (step->field->loose)
            quality_notice (quality, "loose_step", "%s", step->field->loose);
        notice_larger (step, value, previous, lines_total (previous->lines, NOW), quality);
    }
}

void
render_funnel (const Frame *frame, const Rows *rows, Quality *quality, Json *json)
{
    g_autoptr (GArray) steps = fields_read (rows, frame);
    const FieldLines *last = step_at (steps, steps->len - 1);

    fields_write_series (steps, json);
    lines_write_stats (last->lines, &last->frame, lines_total (last->lines, NOW), lines_change (last->lines),
                       json);
    write_steps (steps, NOW, json);
    write_compare (steps, frame, json);
    notice_steps (steps, quality);
    quality->basis = rows ? total_name (frame->total) : NULL;
}
