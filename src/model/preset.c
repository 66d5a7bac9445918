#include "model/preset.h"

#include "model/span.h"

static const struct {
    const char *name;
    int days; /* 0: a month */
} presets[] = {
    [PRESET_LAST_7_DAYS] = { "last_7_days", 7 },    [PRESET_LAST_28_DAYS] = { "last_28_days", 28 },
    [PRESET_LAST_90_DAYS] = { "last_90_days", 90 }, [PRESET_THIS_MONTH] = { "this_month", 0 },
    [PRESET_LAST_MONTH] = { "last_month", 0 },      [PRESET_LAST_12_MONTHS] = { "last_12_months", 365 },
};

const char *
preset_name (Preset preset)
{
    return preset < PRESET_NONE ? presets[preset].name : NULL;
}

Preset
preset_parse (const char *name)
{
    guint i = 0;

    while (i < G_N_ELEMENTS (presets) && g_strcmp0 (presets[i].name, name) != 0)
        i++;
    return (Preset)i;
}

Period
preset_days (Preset preset, Day last)
{
    Period month = span_around (SPAN_MONTH, (Period){ last, last }, last);

    if (preset == PRESET_LAST_MONTH)
        return span_around (SPAN_MONTH, month, month.from - 1);
    return (Period){ preset == PRESET_THIS_MONTH ? month.from : last - presets[preset].days + 1, last };
}
