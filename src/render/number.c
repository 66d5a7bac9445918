#include "render/number.h"

#include <math.h>

/* What stands in an answer is num / den / divisor. */
static const struct {
    const char *name;
    double divisor;
} units[] = {
    [UNIT_COUNT] = { "count", 1 },
    [UNIT_MONEY] = { "money", 1e6 },
    [UNIT_MONEY_PER_1000] = { "money", 1e3 }, /* 1000 / 1e6 */
    [UNIT_PERCENT] = { "percent", 1 },
    [UNIT_RATIO] = { "ratio", 1 },
    [UNIT_TEXT] = { "text", 1 },
    [UNIT_INSTANT] = { "instant", 1 },
};

const char *
unit_name (Unit unit)
{
    return units[unit].name;
}

Unit
unit_parse (const char *name)
{
    for (Unit unit = UNIT_COUNT; unit <= UNIT_INSTANT; unit++)
        if (g_strcmp0 (units[unit].name, name) == 0)
            return unit;
    return UNIT_TEXT;
}

double
unit_divisor (Unit unit)
{
    return units[unit].divisor;
}

double
number_real (Number number)
{
    return (double)number.num / (double)number.den;
}

void
number_write (Number number, Unit unit, Json *json)
{
    if (!number_known (number))
        json_none (json);
    else if (number.den != 1 || unit == UNIT_MONEY_PER_1000)
        json_double (json, number_real (number) / units[unit].divisor);
    else if (unit == UNIT_MONEY)
        json_micros (json, number.num);
    else
        json_int (json, number.num);
}

void
number_write_change (double now, double before, Json *json)
{
    if (isnan (now) || isnan (before) || before == 0)
        json_none (json);
    else
        json_double (json, (now - before) / before);
}

void
number_write_delta (Change change, Json *json)
{
    number_write_change (number_known (change.now) ? number_real (change.now) : NAN,
                         number_known (change.before) ? number_real (change.before) : NAN, json);
}
