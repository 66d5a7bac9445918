/* pair.c -- two series that are joined on the date: side by side, or one over the other. */
#include "render/correlation.h"
#include "render/lines.h"

/* The two parts, each with the frame of its field. */
typedef struct {
    Frame frame[2];
    Lines *lines[2];
    GPtrArray *currencies; /* of both parts' money, each once */
} Pair;

static void
pair_read (Pair *pair, const Rows *rows, const Frame *frame)
{
    pair->currencies = g_ptr_array_new ();
    for (int i = 0; i < 2; i++) {
        const Field *field = &frame->fields[i];
        const Pick pick = { .num = "num", .part = field->key };

        pair->frame[i] = *frame;
        pair->frame[i].title = field->title;
        pair->frame[i].unit = field->unit;
        pair->lines[i] = lines_pick (rows, frame, &pick);
        for (guint c = 0; field->unit == UNIT_MONEY && c < pair->lines[i]->currencies->len; c++)
            currencies_add (pair->currencies, g_ptr_array_index (pair->lines[i]->currencies, c));
    }
}

static void
pair_clear (Pair *pair)
{
    for (int i = 0; i < 2; i++)
        lines_free (pair->lines[i]);
    g_ptr_array_unref (pair->currencies);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pair, pair_clear)

static gboolean
is_mixed (const Pair *pair)
{
    return pair->currencies->len > 1;
}

static void
write_currency (const Pair *pair, Json *json)
{
    if (pair->currencies->len == 1)
        json_put_text (json, "currency", g_ptr_array_index (pair->currencies, 0));
}

static void
notice_mixed (const Pair *pair, Quality *quality)
{
    g_autofree char *names = NULL;

    if (!is_mixed (pair))
        return;
    names = currencies_text (pair->currencies);
    quality_notice (quality, "currency_mixed",
                    "The accounts count in different currencies (%s), which can't be set against each other.",
                    names);
}

/* ---- side by side ---- */

static const GArray *
points_of (const Lines *lines, int period)
{
    return lines->all->len ? ((const Line *)g_ptr_array_index (lines->all, 0))->points[period] : NULL;
}

static Correlation
correlate (const Pair *pair, int lag)
{
    if (is_mixed (pair))
        return CORRELATION_UNKNOWN;
    return correlation_of (points_of (pair->lines[0], NOW), points_of (pair->lines[1], NOW), lag);
}

/* Of the days that are compared, see lines_compared. */
static double
compared_r (const Pair *pair, int period)
{
    if (is_mixed (pair))
        return NAN;
    return correlation_of (points_of (lines_compared (pair->lines[0]), period),
                           points_of (lines_compared (pair->lines[1]), period), 0)
        .r;
}

static void
write_lag (const Pair *pair, Json *json)
{
    Correlation best = CORRELATION_UNKNOWN;
    int best_lag = 0;

    for (int lag = 0; lag <= CORRELATION_MAX_LAG; lag++) {
        Correlation one = correlate (pair, lag);

        if (correlation_is_stronger (one, best)) {
            best = one;
            best_lag = lag;
        }
    }
    json_key (json, "lag");
    if (!correlation_known (best)) {
        json_none (json);
        return;
    }
    json_begin_object (json);
    json_put_int (json, "days", best_lag);
    json_put_real (json, "value", best.r);
    json_put_int (json, "common_days", best.days);
    json_end_object (json);
}

static void
write_stats (const Pair *pair, Json *json)
{
    Correlation now = correlate (pair, 0);

    json_key (json, "stats");
    json_begin_object (json);
    json_put_real (json, "value", now.r); /* NaN is null */
    json_key (json, "delta");
    number_write_change (compared_r (pair, NOW), compared_r (pair, BEFORE), json);
    json_end_object (json);
    write_currency (pair, json);
    json_put_int (json, "common_days", now.days);
}

static void
write_series (const Pair *pair, int period, Json *json)
{
    json_key (json, "series");
    json_begin_array (json);
    for (int i = 0; i < 2; i++)
        lines_write_into (pair->lines[i], &pair->frame[i], period, json);
    json_end_array (json);
}

static void
write_compare (const Pair *pair, const Frame *frame, Json *json)
{
    if (!compare_begin (frame, json))
        return;
    write_series (pair, BEFORE, json);
    json_end_object (json);
}

void
render_pair (const Frame *frame, const Rows *rows, Quality *quality, Json *json)
{
    g_auto (Pair) pair = { 0 };

    pair_read (&pair, rows, frame);
    write_series (&pair, NOW, json);
    write_stats (&pair, json);
    write_lag (&pair, json);
    write_compare (&pair, frame, json);
    notice_mixed (&pair, quality);
    quality->basis = rows ? total_name (frame->total) : NULL;
}

/* ---- one over the other ---- */

void
render_blend (const Frame *frame, const Rows *rows, Quality *quality, Json *json)
{
    g_auto (Pair) pair = { 0 };
    g_autoptr (Lines) lines = NULL;

    pair_read (&pair, rows, frame);
    lines = rows && !is_mixed (&pair) ? lines_over (pair.lines[0], pair.lines[1])
                                      : lines_read (NULL, frame, TRUE);
    lines_write_series (lines, frame, json);
    lines_write_stats (lines, frame, lines_total (lines, NOW), lines_change (lines), json);
    write_currency (&pair, json);
    lines_write_compare (lines, frame, json);
    notice_mixed (&pair, quality);
    quality->basis = rows ? total_name (frame->total) : NULL;
}
