/* target_progress.c -- how far a target is: the widget's own answer about the
 * complete days of the window, and pace.h. */
#include "api/answer.h"
#include "api/target.h"
#include "widgets/pace.h"

#include <math.h>

#define FRESH_DAYS 7 /* that the last complete day may be before the window */

/* The widget's answer about these days, as a page would get it. The caller drops it. */
static json_t *
ask (Call *call, const Widget *widget, Period period, GError **error)
{
    WidgetRequest request = { .period = period, .sources = SOURCE_ALL };
    g_autoptr (HttpReady) ready = answer_find (call, widget, &request, error);
    gsize n;
    gconstpointer text;

    if (!ready)
        return NULL;
    text = g_bytes_get_data (http_ready_body (ready), &n);
    return json_loadb (text, n, 0, NULL);
}

static const Field *
headline_of (const Widget *widget)
{
    const Field *field = widget->fields;

    while (field && field->key && !field->is_headline)
        field++;
    return field && field->key ? field : NULL;
}

static void
add_points (json_t *points, Day first, double days[static PACE_PATTERN_DAYS])
{
    gsize i;
    json_t *point;

    json_array_foreach (points, i, point)
    {
        json_t *value = json_object_get (point, "v");
        Day day;

        if (!json_is_number (value) || !day_parse (json_string_value (json_object_get (point, "t")), &day))
            continue;
        days[day - first] = (isnan (days[day - first]) ? 0 : days[day - first]) + json_number_value (value);
    }
}

/* The series that add up to the number: all of them, or the headline's. */
static void
find_pattern (PaceInput *input, const Widget *widget, json_t *answer, Day through)
{
    const Field *headline = headline_of (widget);
    double days[PACE_PATTERN_DAYS];
    gsize i;
    json_t *series;

    for (int day = 0; day < PACE_PATTERN_DAYS; day++)
        days[day] = NAN;
    json_array_foreach (json_object_get (answer, "series"), i, series)
    {
        const char *name = json_string_value (json_object_get (series, "name"));

        if (!headline || g_strcmp0 (name, headline->title) == 0)
            add_points (json_object_get (series, "points"), through - PACE_PATTERN_DAYS + 1, days);
    }
    pace_pattern (input, days, through);
}

/* Weeks-old weekdays say nothing of a window that nobody has read a day of. */
static gboolean
is_fresh (const PaceInput *input)
{
    return input->through >= input->window.from - FRESH_DAYS && input->through < input->window.to;
}

static gboolean
ask_pattern (Call *call, const Widget *widget, PaceInput *input, GError **error)
{
    json_t *answer;

    if (widget->total != TOTAL_SUM || !is_fresh (input))
        return TRUE;
    answer = ask (call, widget, (Period){ input->through - PACE_PATTERN_DAYS + 1, input->through }, error);
    if (!answer)
        return FALSE;
    find_pattern (input, widget, answer, input->through);
    json_decref (answer);
    return TRUE;
}

/* What the answer says besides its value, copied out of it. */
typedef struct {
    const char *problem; /* why there is no value, though there are numbers */
    char *basis;
} Said;

static void
said_clear (Said *said)
{
    g_clear_pointer (&said->basis, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Said, said_clear)

/* Money of another currency is not a part of the target. */
static double
read_value (json_t *answer, const Target *target, Said *said)
{
    json_t *value = json_object_get (json_object_get (answer, "stats"), "value");
    const char *currency = json_string_value (json_object_get (answer, "currency"));

    said->basis =
        g_strdup (json_string_value (json_object_get (json_object_get (answer, "quality"), "basis")));
    if (target->currency && currency && g_strcmp0 (target->currency, currency) != 0) {
        said->problem = "currency_differs";
        return NAN;
    }
    return json_is_number (value) ? json_number_value (value) : NAN;
}

static gboolean
ask_value (Call *call, const Target *target, PaceInput *input, Said *said, GError **error)
{
    json_t *answer;

    if (input->through < input->window.from)
        return TRUE;
    answer = ask (call, target->widget, (Period){ input->window.from, input->through }, error);
    if (!answer)
        return FALSE;
    input->value = read_value (answer, target, said);
    json_decref (answer);
    return TRUE;
}

static void
write_verdict (PaceVerdict verdict, Json *json)
{
    if (verdict == PACE_UNKNOWN)
        json_put_null (json, "on_track");
    else
        json_put_bool (json, "on_track", verdict == PACE_ON_TRACK);
}

static void
write_pace (const PaceInput *input, const Said *said, Json *json)
{
    Pace pace = pace_of (input);

    json_begin_object (json);
    json_put_day (json, "start", input->window.from);
    json_put_day (json, "end", input->window.to);
    json_put_day (json, "through", input->through < input->window.from ? DAY_NONE : input->through);
    json_put_int (json, "days", pace.days);
    json_put_int (json, "days_complete", pace.days_complete);
    json_put_int (json, "days_left", pace.days_left);
    json_put_real (json, "value", input->value); /* NaN is null */
    json_put_text (json, "value_basis", said->basis);
    json_put_real (json, "expected", pace.expected);
    json_put_real (json, "projected", pace.projected);
    json_put_text (json, "basis", pace.basis);
    write_verdict (pace.verdict, json);
    if (said->problem)
        json_put_text (json, "problem", said->problem);
    json_end_object (json);
}

gboolean
target_write_progress (Call *call, const Target *target, const Coverage *coverage, Day day, Json *json,
                       GError **error)
{
    const Widget *widget = target->widget;
    PaceInput input = {
        .window = span_around (target->span, target->range, day),
        .value = NAN,
        .target = (double)target->micros / 1e6,
        .total = widget->total,
        .good = widget->good,
    };
    g_auto (Said) said = { 0 };
    Day through = coverage_through (coverage, widget->needs);
    gboolean connected = (widget->needs & ~coverage_connected (coverage)) == 0;

    input.through = MIN (through, input.window.to);
    if (connected && through != DAY_NONE &&
        (!ask_value (call, target, &input, &said, error) || !ask_pattern (call, widget, &input, error)))
        return FALSE;
    if (said.problem)
        input.has_pattern = FALSE;
    write_pace (&input, &said, json);
    return TRUE;
}
