#include "query/batch.h"
#include "query/coverage.h"
#include "widgets/freshness.h"
#include "widgets/widget.h"

/* Its own question is spared when the request switches a source off. */
static gboolean
is_on (const Widget *widget, const WidgetRequest *request)
{
    return (widget->needs & ~request->sources) == 0;
}

static void
add_questions (Batch *batch, const Widget *const *widgets, guint n, const WidgetRequest *request)
{
    Source sources = SOURCE_NONE;

    for (guint i = 0; i < n; i++) {
        if (!is_on (widgets[i], request))
            continue;
        batch_add (batch, widgets[i]->sql);
        sources |= widgets[i]->needs;
    }
    coverage_add (batch, sources);
}

static GString *
draw (const Widget *widget, const WidgetRequest *request, const Batch *batch, const Coverage *coverage)
{
    GString *answer = g_string_sized_new (4096);
    Json json = JSON_INTO (answer);
    g_auto (Quality) quality = { 0 };
    Frame frame = {
        .title = widget->title,
        .unit = widget->unit,
        .total = widget->total,
        .fields = widget->fields,
        .comparison = request->comparison,
    };
    gboolean known;

    quality_init (&quality);
    known = freshness_fill (&quality, widget->needs, request->sources, coverage);
    json_begin_object (&json);
    widget->render (&frame, known ? batch_rows (batch, widget->sql) : NULL, &quality, &json);
    json_key (&json, "quality");
    quality_write (&quality, &json);
    json_end_object (&json);
    return answer;
}

gboolean
widgets_answer (Store *store, const char *user_id, const Widget *const *widgets, guint n,
                const WidgetRequest *request, GString **answers, GError **error)
{
    g_autoptr (Batch) batch = batch_new (store, user_id, request->period, &request->comparison);
    g_auto (Coverage) coverage = { 0 };

    add_questions (batch, widgets, n, request);
    if (!batch_ask (batch, error))
        return FALSE;
    coverage_read (&coverage, batch, request->period);
    for (guint i = 0; i < n; i++)
        answers[i] = draw (widgets[i], request, batch, &coverage);
    return TRUE;
}
