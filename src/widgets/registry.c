#include "widgets/catalogue.h"
#include "widgets/custom.h"

static const Widget *const catalogues[] = { widgets_ga4, widgets_meta, widgets_instagram, widgets_corr };

const Widget *
widget_at (guint i)
{
    for (guint c = 0; c < G_N_ELEMENTS (catalogues); c++)
        for (const Widget *widget = catalogues[c]; widget->key; widget++)
            if (i-- == 0)
                return widget;
    return NULL;
}

const Widget *
widget_find (const char *key)
{
    for (guint c = 0; c < G_N_ELEMENTS (catalogues); c++)
        for (const Widget *widget = catalogues[c]; widget->key; widget++)
            if (g_strcmp0 (widget->key, key) == 0)
                return widget;
    return NULL;
}

/* What an answer of this shape holds besides a series, see render.h. */
static const struct {
    Render render;
    const char *name;
} shapes[] = {
    { render_series, "series" },   { render_ratio, "ratio" },   { render_breakdown, "breakdown" },
    { render_metrics, "metrics" }, { render_table, "table" },   { render_pair, "pair" },
    { render_blend, "ratio" },     { render_funnel, "funnel" },
};

static const char *
shape_of (const Widget *widget)
{
    guint i = 0;

    while (i < G_N_ELEMENTS (shapes) && shapes[i].render != widget->render)
        i++;
    return i < G_N_ELEMENTS (shapes) ? shapes[i].name : NULL;
}

static void
describe_fields (const Field *field, Json *json)
{
    json_key (json, "fields");
    json_begin_array (json);
    for (; field && field->key; field++) {
        json_begin_object (json);
        json_put_text (json, "key", field->key);
        json_put_text (json, "title", field->title);
        json_put_text (json, "unit", unit_name (field->unit));
        if (field->unit != UNIT_TEXT && field->unit != UNIT_INSTANT) {
            json_put_text (json, "additivity", total_name (field->total));
            json_put_text (json, "good", good_name (field->good));
        }
        json_end_object (json);
    }
    json_end_array (json);
}

void
widget_describe (const Widget *widget, Json *json)
{
    json_put_text (json, "key", widget->key);
    json_put_text (json, "title", widget->title);
    json_put_text (json, "description", widget->description);
    json_key (json, "sources");
    json_begin_array (json);
    for (guint i = 0; i < G_N_ELEMENTS (source_infos); i++)
        if (widget->needs & source_infos[i].source)
            json_text (json, source_infos[i].name);
    json_end_array (json);
    json_put_text (json, "unit", unit_name (widget->unit));
    json_put_text (json, "additivity", total_name (widget->total));
    json_put_text (json, "good", good_name (widget->good));
    json_put_text (json, "shape", shape_of (widget));
    json_put_text (json, "chart", widget->chart);
    json_put_text (json, "group", widget->group);
    json_put_text (json, "size", widget->size);
    json_put_bool (json, "exportable", TRUE); /* every shape has rows, see api/export.c */
    json_put_bool (json, "target", widget->total != TOTAL_CORRELATION);
    describe_fields (widget->fields, json);
    if (widget->custom)
        custom_describe (widget->custom, json);
}
