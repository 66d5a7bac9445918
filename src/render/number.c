#include "render/number.h"

#define MICROS 1e6

const char *
unit_name (Unit unit)
{
    static const char *const names[] = {
        [UNIT_COUNT] = "count",
        [UNIT_MONEY] = "money",
        [UNIT_PERCENT] = "percent",
        [UNIT_RATIO] = "ratio",
    };

    return names[unit];
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
    else if (number.den != 1)
        json_double (json, unit == UNIT_MONEY ? number_real (number) / MICROS : number_real (number));
    else if (unit == UNIT_MONEY)
        json_micros (json, number.num);
    else
        json_int (json, number.num);
}

void
number_write_delta (Number now, Number before, Json *json)
{
    double base = number_known (before) ? number_real (before) : 0;

    if (number_known (now) && base != 0)
        json_double (json, (number_real (now) - base) / base);
    else
        json_none (json);
}
