#include "render/fields.h"

static void
write_stats (const FieldLines *one, Json *json)
{
    lines_write_stats (one->lines, &one->frame, lines_total (one->lines, NOW), lines_change (one->lines),
                       json);
}

static void
write_metric (const FieldLines *one, Json *json)
{
    json_key (json, one->field->key);
    json_begin_object (json);
    json_key (json, "value");
    number_write (lines_total (one->lines, NOW), one->field->unit, json);
    json_key (json, "delta");
    number_write_delta (lines_change (one->lines), json);
    json_end_object (json);
}

static void
write_metrics (const GArray *fields, const FieldLines *headline, Json *json)
{
    json_key (json, "metrics");
    json_begin_object (json);
    for (guint i = 0; i < fields->len; i++) {
        const FieldLines *one = &g_array_index (fields, FieldLines, i);

        if (one != headline)
            write_metric (one, json);
    }
    json_end_object (json);
}

static const FieldLines *
find_headline (const GArray *fields)
{
    guint i = 0;

    while (i + 1 < fields->len && !g_array_index (fields, FieldLines, i).field->is_headline)
        i++;
    return &g_array_index (fields, FieldLines, i);
}

void
render_metrics (const Frame *frame, const Rows *rows, Quality *quality, Json *json)
{
    g_autoptr (GArray) fields = fields_read (rows, frame);
    const FieldLines *headline = find_headline (fields);

    fields_write_series (fields, json);
    write_stats (headline, json);
    write_metrics (fields, headline, json);
    fields_write_compare (fields, frame, json);
    lines_notice (headline->lines, quality);
    quality->basis = rows ? total_name (frame->total) : NULL;
}
