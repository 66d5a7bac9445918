/* preset.h -- periods that move on with the days: "the last 28". */
#pragma once
#include "model/period.h"

typedef enum {
    PRESET_LAST_7_DAYS,
    PRESET_LAST_28_DAYS,
    PRESET_LAST_90_DAYS,
    PRESET_THIS_MONTH,
    PRESET_LAST_MONTH,
    PRESET_LAST_12_MONTHS,
    PRESET_NONE, /* days that stay */
} Preset;

const char *preset_name (Preset preset); /* "last_28_days"; NULL of PRESET_NONE */
/* PRESET_NONE if it is none. */
Preset preset_parse (const char *name);
/* Its days, when `last` is the last day that counts. Twelve months are 365 days. */
Period preset_days (Preset preset, Day last);
