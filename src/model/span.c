#include "model/span.h"

static const char *const names[] = {
    [SPAN_WEEK] = "week",
    [SPAN_MONTH] = "month",
    [SPAN_QUARTER] = "quarter",
    [SPAN_RANGE] = "range",
};

const char *
span_name (Span span)
{
    return names[span];
}

gboolean
span_parse (const char *name, Span *span)
{
    for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        if (g_strcmp0 (names[i], name) == 0) {
            *span = (Span)i;
            return TRUE;
        }
    return FALSE;
}

/* So many months, of which the day's own is one, counted from January. */
static Period
months_around (Day day, int months)
{
    int year, month, day_of_month, first;
    Day next;

    day_split (day, &year, &month, &day_of_month);
    first = month - (month - 1) % months;
    next = first + months > 12 ? day_of (year, 12, 31) + 1 : day_of (year, first + months, 1);
    return (Period){ day_of (year, first, 1), next - 1 };
}

Period
span_around (Span span, Period range, Day day)
{
    Day monday = day - day_weekday (day) + 1;

    switch (span) {
    case SPAN_WEEK:
        return (Period){ monday, monday + 6 };
    case SPAN_MONTH:
        return months_around (day, 1);
    case SPAN_QUARTER:
        return months_around (day, 3);
    case SPAN_RANGE:
        break;
    }
    return range;
}
