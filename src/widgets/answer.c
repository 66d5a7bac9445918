/* answer.c -- ask, and draw what comes back.
 *
 * One round trip, unless something is compared and the last of the asked days are
 * not complete yet: what changed is then reckoned from complete days only. How far
 * these reach is known only from the first answers, so the same questions are
 * asked again about them, in a second round trip; widgets of the same sources
 * share one pair of windows. */
#include "query/batch.h"
#include "query/coverage.h"
#include "widgets/custom.h"
#include "widgets/freshness.h"
#include "widgets/marks.h"
#include "widgets/widget.h"

/* Its own question is spared when the request switches a source off. */
static gboolean
is_on (const Widget *widget, const WidgetRequest *request)
{
    return (widget->needs & ~request->sources) == 0;
}

static void
ask (const Widget *widget, Batch *batch)
{
    if (widget->custom)
        custom_add (widget->custom, batch);
    else
        batch_add (batch, widget->sql);
}

static void
add_questions (Batch *batch, const WidgetQuestion *question)
{
    Source sources = SOURCE_NONE;

    for (guint i = 0; i < question->n; i++) {
        const Widget *widget = question->widgets[i];

        if (!is_on (widget, question->request))
            continue;
        ask (widget, batch);
        sources |= widget->needs;
    }
    coverage_add (batch, sources);
    if (!question->request->shared)
        marks_add (batch);
    if (question->beside)
        batch_add (batch, question->beside);
}

/* What the shape reads; shown as in custom_rows. Rows that had to be put together are added to made,
 * which owns them. */
static const Rows *
rows_of (const Widget *widget, const Batch *batch, const Batch *shown, Quality *quality, GPtrArray *made)
{
    Rows *rows;

    if (!widget->custom)
        return batch_rows (batch, widget->sql);
    rows = custom_rows (widget->custom, batch, shown, quality);
    if (rows)
        g_ptr_array_add (made, rows);
    return rows;
}

/* Complete days that changes are reckoned from. */
typedef struct {
    Period now;
    Comparison before;
    Batch *batch; /* NULL: there are none */
} Window;

static void
window_clear (gpointer window)
{
    batch_free (((Window *)window)->batch);
}

/* A question while it is answered. */
typedef struct {
    WidgetQuestion *question;
    Batch *batch;
    Coverage coverage;
    GArray *windows; /* of Window */
} Drawing;

static gboolean
is_known (const Widget *widget, const WidgetRequest *request, const Coverage *coverage)
{
    return (widget->needs & ~(request->sources & coverage_connected (coverage))) == 0;
}

/* Its windows, if the asked ones have to be cut. */
static gboolean
cut (const Widget *widget, const Drawing *drawing, Window *window)
{
    const WidgetRequest *request = drawing->question->request;
    Day through = coverage_through (&drawing->coverage, widget->needs);

    *window = (Window){ .now = request->period, .before = request->comparison };
    return through != DAY_NONE && is_known (widget, request, &drawing->coverage) &&
           comparison_cut (&window->now, &window->before, through);
}

static Window *
find_window (GArray *windows, const Window *like)
{
    for (guint i = 0; i < windows->len; i++) {
        Window *one = &g_array_index (windows, Window, i);

        if (one->now.to == like->now.to && one->before.period.to == like->before.period.to)
            return one;
    }
    return NULL;
}

static Batch *
batch_of (const Window *window, Store *store, const char *user_id)
{
    if (period_days (window->now) < 1 || period_days (window->before.period) < 1)
        return NULL;
    return batch_new (store, user_id, window->now, &window->before);
}

static void
add_windows (Drawing *drawing, Store *store)
{
    const WidgetQuestion *question = drawing->question;

    for (guint i = 0; i < question->n; i++) {
        Window window, *found;

        if (!cut (question->widgets[i], drawing, &window))
            continue;
        found = find_window (drawing->windows, &window);
        if (!found) {
            window.batch = batch_of (&window, store, question->user_id);
            g_array_append_val (drawing->windows, window);
            found = &g_array_index (drawing->windows, Window, drawing->windows->len - 1);
        }
        if (found->batch)
            ask (question->widgets[i], found->batch);
    }
}

static void
list_windows (const Drawing *drawing, GPtrArray *batches)
{
    for (guint i = 0; i < drawing->windows->len; i++) {
        Batch *batch = g_array_index (drawing->windows, Window, i).batch;

        if (batch)
            g_ptr_array_add (batches, batch);
    }
}

static void
notice_cut (Quality *quality, const Window *window)
{
    char text[4][DAY_TEXT];

    if (!window->batch) {
        quality_notice (quality, "complete_days_only",
                        "No day of one of the two periods is complete yet, so there is nothing to compare.");
        return;
    }
    quality_notice (quality, "complete_days_only",
                    "The last days are not complete yet. The change compares complete days only: "
                    "%s to %s with %s to %s.",
                    day_format (window->now.from, text[0]), day_format (window->now.to, text[1]),
                    day_format (window->before.period.from, text[2]),
                    day_format (window->before.period.to, text[3]));
}

static void
cut_frame (Frame *frame, const Widget *widget, const Drawing *drawing, Quality *quality, GPtrArray *made)
{
    Window like;
    const Window *window;

    if (!cut (widget, drawing, &like))
        return;
    window = find_window (drawing->windows, &like);
    frame->cut = TRUE;
    frame->complete_now = window->now;
    frame->complete_before = window->before.period;
    frame->complete_rows =
        window->batch ? rows_of (widget, window->batch, drawing->batch, quality, made) : NULL;
    notice_cut (quality, window);
}

static GString *
draw (const Widget *widget, const Drawing *drawing)
{
    const WidgetRequest *request = drawing->question->request;
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
    g_autoptr (GPtrArray) made = g_ptr_array_new_with_free_func ((GDestroyNotify)rows_free);
    gboolean known;

    quality_init (&quality);
    known = freshness_fill (&quality, widget->needs, request, &drawing->coverage);
    cut_frame (&frame, widget, drawing, &quality, made);
    json_begin_object (&json);
    widget->render (&frame, known ? rows_of (widget, drawing->batch, NULL, &quality, made) : NULL, &quality,
                    &json);
    if (!request->shared)
        marks_write (drawing->batch, widget, request->period, &json);
    json_key (&json, "quality");
    quality_write (&quality, &json);
    json_end_object (&json);
    return answer;
}

/* ---- the order of things ---- */

static void
drawing_clear (gpointer data)
{
    Drawing *drawing = data;

    coverage_clear (&drawing->coverage);
    g_array_unref (drawing->windows);
    batch_free (drawing->batch);
}

static GArray *
begin (Store *store, WidgetQuestion *questions, guint n)
{
    GArray *drawings = g_array_sized_new (FALSE, TRUE, sizeof (Drawing), n);

    g_array_set_clear_func (drawings, drawing_clear);
    for (guint i = 0; i < n; i++) {
        WidgetQuestion *question = &questions[i];
        Drawing drawing = { .question = question,
                            .batch = batch_new (store, question->user_id, question->request->period,
                                                &question->request->comparison),
                            .windows = g_array_new (FALSE, FALSE, sizeof (Window)) };

        g_array_set_clear_func (drawing.windows, window_clear);
        add_questions (drawing.batch, question);
        g_array_append_val (drawings, drawing);
    }
    return drawings;
}

static gboolean
ask_batches (GArray *drawings, GError **error)
{
    g_autoptr (GPtrArray) batches = g_ptr_array_new ();

    for (guint i = 0; i < drawings->len; i++)
        g_ptr_array_add (batches, g_array_index (drawings, Drawing, i).batch);
    return batches_ask ((Batch *const *)batches->pdata, batches->len, error);
}

static gboolean
ask_windows (GArray *drawings, Store *store, GError **error)
{
    g_autoptr (GPtrArray) batches = g_ptr_array_new ();

    for (guint i = 0; i < drawings->len; i++) {
        Drawing *drawing = &g_array_index (drawings, Drawing, i);

        coverage_read (&drawing->coverage, drawing->batch, drawing->question->request->period);
        add_windows (drawing, store);
        list_windows (drawing, batches);
    }
    return batches_ask ((Batch *const *)batches->pdata, batches->len, error);
}

gboolean
widgets_answer_all (Store *store, WidgetQuestion *questions, guint n, GError **error)
{
    g_autoptr (GArray) drawings = begin (store, questions, n);

    if (!ask_batches (drawings, error) || !ask_windows (drawings, store, error))
        return FALSE;
    for (guint i = 0; i < n; i++) {
        const Drawing *drawing = &g_array_index (drawings, Drawing, i);

        for (guint w = 0; w < questions[i].n; w++)
            questions[i].answers[w] = draw (questions[i].widgets[w], drawing);
        if (questions[i].beside)
            questions[i].beside_rows = rows_ref ((Rows *)batch_rows (drawing->batch, questions[i].beside));
    }
    return TRUE;
}

gboolean
widgets_answer (Store *store, const char *user_id, const Widget *const *widgets, guint n,
                const WidgetRequest *request, GString **answers, GError **error)
{
    WidgetQuestion question = {
        .user_id = user_id, .widgets = widgets, .n = n, .request = request, .answers = answers
    };

    return widgets_answer_all (store, &question, 1, error);
}
