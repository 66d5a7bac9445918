#include "base/fault.h"
#include "widgets/widget.h"

static gboolean
read_sources (const char *list, Source *sources, GError **error)
{
    g_autofree char *bad = NULL;

    *sources = SOURCE_ALL;
    if (!list || source_parse_list (list, sources, &bad))
        return TRUE;
    return fault_set (error, FAULT_INVALID,
                      "sources has \"%.40s\"; it can be ga4, meta and instagram, with commas", bad);
}

/* The calendar begins with the year 1; before it there is nothing to compare with. */
static gboolean
check_comparison (const Comparison *comparison, GError **error)
{
    if (comparison->kind == COMPARE_OFF || comparison->period.from >= day_of (1, 1, 1))
        return TRUE;
    return fault_set (error, FAULT_INVALID, "compare asks for days before the year 1");
}

gboolean
widget_request_read (WidgetRequest *request, const char *(*get) (gconstpointer from, const char *name),
                     gconstpointer from, GError **error)
{
    request->shared = FALSE;
    return period_read (get (from, "startDate"), get (from, "endDate"), &request->period, error) &&
           comparison_read (get (from, "compare"), get (from, "compareStart"), get (from, "compareEnd"),
                            request->period, &request->comparison, error) &&
           check_comparison (&request->comparison, error) &&
           read_sources (get (from, "sources"), &request->sources, error);
}

static void
append_period (GString *key, Period period)
{
    char text[DAY_TEXT];

    g_string_append_c (key, '|');
    g_string_append (key, day_format (period.from, text));
    g_string_append_c (key, '|');
    g_string_append (key, day_format (period.to, text));
}

void
widget_request_key (const WidgetRequest *request, const Widget *widget, GString *key)
{
    g_string_append (key, widget->key);
    append_period (key, request->period);
    if (request->comparison.kind == COMPARE_OFF)
        g_string_append (key, "|-|-");
    else
        append_period (key,
                       request->comparison.period); /* however it was asked for, the answer is the same */
    g_string_append_printf (key, "|%x%s", (guint)(request->sources & widget->needs),
                            request->shared ? "|shared" : "");
}
