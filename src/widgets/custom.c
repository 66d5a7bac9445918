#include "widgets/custom.h"

#include "base/fault.h"

#include <string.h>

#define TITLE_BYTES       80
#define DESCRIPTION_BYTES 300
#define NAME_MOST         40

struct Custom {
    Widget widget; /* first: its words are ours */
    char *key, *title, *description, *text;
    Formula formula;
    Dimension dimension;
    Field fields[FORMULA_TERMS * 2 + 3];
};

gboolean
custom_is_key (const char *key)
{
    gsize length;

    if (!key || !g_str_has_prefix (key, CUSTOM_PREFIX))
        return FALSE;
    key += strlen (CUSTOM_PREFIX);
    length = strspn (key, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return length && length <= NAME_MOST && !key[length];
}

/* ---- reading a definition ---- */

static const char *
text_member (json_t *definition, const char *name, gsize most, gboolean required, GError **error)
{
    json_t *member = json_object_get (definition, name);
    const char *text = json_string_value (member);

    if (!member || json_is_null (member)) {
        if (required)
            fault_set (error, FAULT_INVALID, "%s is missing", name);
        return required ? NULL : "";
    }
    if (!text || (required && !*text) || json_string_length (member) > most) {
        fault_set (error, FAULT_INVALID, "%s must be a text of %d to %d bytes", name, required ? 1 : 0,
                   (int)most);
        return NULL;
    }
    return text;
}

static gboolean
only_known (json_t *definition, GError **error)
{
    static const char *const known[] = {
        "title", "description", "formula", "dimension", "chart", "unit", NULL
    };
    const char *name;
    json_t *value;

    json_object_foreach (definition, name, value)
    {
        if (!g_strv_contains (known, name))
            return fault_set (error, FAULT_INVALID, "a widget has no \"%.40s\"", name);
    }
    return TRUE;
}

static gboolean
read_dimension (Custom *custom, json_t *definition, GError **error)
{
    const char *name = text_member (definition, "dimension", 20, FALSE, error);

    if (!name)
        return FALSE;
    if (*name && !dimension_parse (name, &custom->dimension))
        return fault_set (error, FAULT_INVALID, "dimension must be day, channel or campaign");
    return formula_fits (&custom->formula, custom->dimension, error);
}

static gboolean
read_unit (Custom *custom, json_t *definition, GError **error)
{
    const char *name = text_member (definition, "unit", 20, FALSE, error);

    if (!name)
        return FALSE;
    custom->widget.unit = custom->formula.unit;
    if (strcmp (name, "percent") == 0 && custom->formula.unit == UNIT_RATIO)
        custom->widget.unit = UNIT_PERCENT;
    else if (*name && strcmp (name, unit_name (custom->formula.unit)) != 0)
        return fault_set (error, FAULT_INVALID, "the unit of this formula is %s%s",
                          unit_name (custom->formula.unit),
                          custom->formula.unit == UNIT_RATIO ? " or percent" : "");
    return TRUE;
}

static gboolean
is_ratio (const Custom *custom)
{
    return custom->formula.den.n > 0;
}

/* Which charts a formula can have, its own one first, and the shape that draws each. */
static gboolean
read_chart (Custom *custom, json_t *definition, GError **error)
{
    static const struct {
        const char *chart;
        gboolean parts, ratio;
        Render render;
    } charts[] = {
        { "line", FALSE, FALSE, render_series },      { "bar", FALSE, FALSE, render_series },
        { "line", FALSE, TRUE, render_ratio },        { "bar", FALSE, TRUE, render_ratio },
        { "stacked", TRUE, FALSE, render_breakdown }, { "table", TRUE, FALSE, render_table },
        { "table", TRUE, TRUE, render_table },
    };
    const char *name = text_member (definition, "chart", 20, FALSE, error);
    gboolean parts = custom->dimension != DIMENSION_DAY, ratio = is_ratio (custom);

    for (guint i = 0; name && i < G_N_ELEMENTS (charts); i++)
        if (charts[i].parts == parts && charts[i].ratio == ratio &&
            (!*name || strcmp (name, charts[i].chart) == 0)) {
            custom->widget.chart = charts[i].chart;
            custom->widget.render = charts[i].render;
            return TRUE;
        }
    return name &&
           fault_set (error, FAULT_INVALID, "this formula by %s can't be drawn as \"%.20s\", but as %s",
                      dimension_name (custom->dimension), name,
                      !parts  ? "line or bar"
                      : ratio ? "table"
                              : "stacked or table");
}

/* The columns of a table: what it is of, the result, and the metrics that it is made of. */
static void
set_fields (Custom *custom)
{
    const Sum *sums[] = { &custom->formula.num, &custom->formula.den };
    Field *field = custom->fields;

    *field++ = (Field){ .key = "name",
                        .title = custom->dimension == DIMENSION_CHANNEL ? "Channel" : "Campaign",
                        .unit = UNIT_TEXT };
    *field++ = (Field){ .key = "value",
                        .title = custom->title,
                        .unit = custom->widget.unit,
                        .total = custom->widget.total,
                        .num = "num",
                        .den = is_ratio (custom) ? "den" : NULL,
                        .is_headline = TRUE };
    for (guint s = 0; s < G_N_ELEMENTS (sums); s++)
        for (guint i = 0; i < sums[s]->n; i++) {
            const Metric *metric = sums[s]->terms[i].metric;

            *field++ = (Field){ .key = metric->key, .title = metric->title, .unit = metric->unit };
        }
    custom->widget.fields = custom->fields;
}

static gboolean
read_definition (Custom *custom, json_t *definition, GError **error)
{
    const char *title, *description, *text;

    if (!json_is_object (definition))
        return fault_set (error, FAULT_INVALID, "a widget is a JSON object");
    if (!only_known (definition, error) ||
        !(title = text_member (definition, "title", TITLE_BYTES, TRUE, error)) ||
        !(description = text_member (definition, "description", DESCRIPTION_BYTES, FALSE, error)) ||
        !(text = text_member (definition, "formula", FORMULA_BYTES, TRUE, error)) ||
        !formula_parse (&custom->formula, text, error) || !read_dimension (custom, definition, error) ||
        !read_unit (custom, definition, error) || !read_chart (custom, definition, error))
        return FALSE;
    custom->title = g_strdup (title);
    custom->description = g_strdup (description);
    custom->text = g_strdup (text);
    return TRUE;
}

Custom *
custom_new (const char *key, json_t *definition, GError **error)
{
    g_autoptr (Custom) custom = g_new0 (Custom, 1);

    if (!custom_is_key (key)) {
        fault_set (error, FAULT_INVALID,
                   "the key must be " CUSTOM_PREFIX "<name>, the name of 1 to %d of a-z, 0-9 and _",
                   NAME_MOST);
        return NULL;
    }
    if (!read_definition (custom, definition, error))
        return NULL;
    custom->key = g_strdup (key);
    custom->widget.key = custom->key;
    custom->widget.title = custom->title;
    custom->widget.description = *custom->description ? custom->description : custom->text;
    custom->widget.needs = custom->formula.needs;
    custom->widget.total = is_ratio (custom)            ? TOTAL_RATIO
                           : custom->formula.has_unique ? TOTAL_UNIQUE
                                                        : TOTAL_SUM;
    custom->widget.good = GOOD_NONE; /* who knows */
    custom->widget.group = "Your own";
    custom->widget.size = "md";
    custom->widget.custom = custom;
    if (custom->widget.render == render_table)
        set_fields (custom);
    return g_steal_pointer (&custom);
}

void
custom_free (Custom *custom)
{
    if (!custom)
        return;
    g_free (custom->key);
    g_free (custom->title);
    g_free (custom->description);
    g_free (custom->text);
    g_free (custom);
}

const Widget *
custom_widget (const Custom *custom)
{
    return &custom->widget;
}

const Formula *
custom_formula (const Custom *custom)
{
    return &custom->formula;
}

Dimension
custom_dimension (const Custom *custom)
{
    return custom->dimension;
}

void
custom_describe (const Custom *custom, Json *json)
{
    json_put_text (json, "formula", custom->text);
    json_put_text (json, "dimension", dimension_name (custom->dimension));
}

/* ---- rows ---- */

void
custom_add (const Custom *custom, Batch *batch)
{
    for (guint i = 0; i < G_N_ELEMENTS (source_infos); i++)
        if (custom->formula.needs & source_infos[i].source)
            batch_add (batch, metric_question (source_infos[i].source, custom->dimension));
}

Rows *
custom_rows (const Custom *custom, const Batch *batch, const Batch *shown, Quality *quality)
{
    MixForm form = custom->widget.render == render_table ? MIX_TABLE : MIX_DAYS;

    return mix_rows (&custom->formula, custom->dimension, form, batch, shown, quality);
}

Rows *
custom_parts (const Custom *custom, MixBy by, Dimension dimension, const Batch *batch, GPtrArray *currencies)
{
    gboolean by_day = by != MIX_BY_PART && custom->widget.render != render_table;

    return mix_parts (&custom->formula, dimension, by_day, by, batch, currencies);
}
