#include "render/fields.h"

static void
clear (gpointer data)
{
    lines_free (((FieldLines *)data)->lines);
}

const char *
field_column (const Field *field)
{
    return field->num ? field->num : field->key;
}

static FieldLines
read_field (const Rows *rows, const Frame *frame, const Field *field)
{
    const Pick pick = { .num = field_column (field), .den = field->den };
    FieldLines one = { .field = field, .frame = *frame };

    one.frame.title = field->title;
    one.frame.unit = field->unit;
    one.lines = lines_pick (rows, frame, &pick);
    return one;
}

GArray *
fields_read (const Rows *rows, const Frame *frame)
{
    GArray *fields = g_array_new (FALSE, FALSE, sizeof (FieldLines));

    g_array_set_clear_func (fields, clear);
    for (const Field *field = frame->fields; field->key; field++)
        if (field->by_day) {
            FieldLines one = read_field (rows, frame, field);

            g_array_append_val (fields, one);
        }
    return fields;
}

static void
write_all (const GArray *fields, int period, Json *json)
{
    json_key (json, "series");
    json_begin_array (json);
    for (guint i = 0; i < fields->len; i++) {
        const FieldLines *one = &g_array_index (fields, FieldLines, i);

        lines_write_into (one->lines, &one->frame, period, json);
    }
    json_end_array (json);
}

void
fields_write_series (const GArray *fields, Json *json)
{
    write_all (fields, NOW, json);
}

gboolean
fields_begin_compare (const GArray *fields, const Frame *frame, Json *json)
{
    if (!compare_begin (frame, json))
        return FALSE;
    write_all (fields, BEFORE, json);
    return TRUE;
}

void
fields_write_compare (const GArray *fields, const Frame *frame, Json *json)
{
    if (fields_begin_compare (fields, frame, json))
        json_end_object (json);
}
