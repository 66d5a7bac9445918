#include "widgets/catalogue.h"
#include "widgets/widget.h"

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

static void
describe (const Widget *widget, Json *json)
{
    json_begin_object (json);
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
    json_put_text (json, "chart", widget->chart);
    json_end_object (json);
}

void
widgets_describe (Json *json)
{
    const Widget *widget;

    json_begin_object (json);
    json_key (json, "widgets");
    json_begin_array (json);
    for (guint i = 0; (widget = widget_at (i)); i++)
        describe (widget, json);
    json_end_array (json);
    json_end_object (json);
}
