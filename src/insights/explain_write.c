/* explain_write.c -- an Explanation as the answer of the API. */
#include "insights/explain_private.h"
#include "widgets/freshness.h"

#include <math.h>

static void
put_number (Json *json, const char *key, Number number, Unit unit)
{
    json_key (json, key);
    number_write (number, unit, json);
}

/* What is known of the compared days of one period. */
typedef struct {
    GArray *missing;   /* of Day: not there */
    guint provisional; /* so many may still change */
} Freshness;

static void
freshness_read (Freshness *fresh, const Explanation *explanation, int period, const WidgetRequest *request)
{
    Period days = period == NOW ? explanation->period : explanation->before;
    g_auto (Coverage) coverage = { 0 };
    g_auto (Quality) quality = { 0 };

    quality_init (&quality);
    coverage_read (&coverage, period == NOW ? explanation->batch : explanation->earlier,
                   explanation->asked[period]);
    if (explanation_has_days (explanation))
        freshness_fill (&quality, explanation->widget->needs, request, &coverage);
    fresh->missing = g_array_ref (quality.missing_days);
    while (fresh->missing->len && g_array_index (fresh->missing, Day, fresh->missing->len - 1) > days.to)
        g_array_set_size (fresh->missing, fresh->missing->len - 1);
    if (quality.provisional_from != DAY_NONE && quality.provisional_from <= days.to)
        fresh->provisional = (guint)(days.to - MAX (days.from, quality.provisional_from) + 1);
}

static void
freshness_clear (Freshness *fresh)
{
    g_array_unref (fresh->missing);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Freshness, freshness_clear)

static void
write_missing (const GArray *days, Json *json)
{
    json_key (json, "missing_days");
    json_begin_array (json);
    for (guint i = 0; i < days->len; i++)
        json_day (json, g_array_index (days, Day, i));
    json_end_array (json);
}

static void
write_period (const Explanation *explanation, int period, const Freshness *fresh, Json *json)
{
    Period days = period == NOW ? explanation->period : explanation->before;
    gboolean mixed = explanation->currencies->len > 1, any = explanation_has_days (explanation);

    json_key (json, period == NOW ? "current" : "previous");
    json_begin_object (json);
    put_number (json, "value", mixed ? NUMBER_UNKNOWN : explanation->whole[period], explanation->unit);
    json_put_day (json, "start", any ? days.from : DAY_NONE);
    json_put_day (json, "end", any ? days.to : DAY_NONE);
    write_missing (fresh->missing, json);
    json_end_object (json);
}

/* Sums change by whole units, which stay exact however many they are. */
static gboolean
is_exact (const Explanation *explanation)
{
    return !is_ratio (explanation) && explanation->split->kind != SPLIT_FACTORS;
}

static void
put_change (const Explanation *explanation, const char *key, double change, const gint64 num[static PERIODS],
            Json *json)
{
    Unit unit = explanation->unit;
    gint64 exact;

    if (!explanation->is_split)
        json_put_null (json, key);
    else if (!is_exact (explanation) || __builtin_sub_overflow (num[NOW], num[BEFORE], &exact))
        json_put_real (json, key, change / unit_divisor (unit));
    else
        put_number (json, key, (Number){ exact, 1 }, unit);
}

static void
put_rounded (const Explanation *explanation, gint64 rounded, Json *json)
{
    gint64 micros = rounded;
    gboolean fits = explanation->can_round;

    for (int i = explanation->decimals; fits && i < 6; i++)
        fits = !__builtin_mul_overflow (micros, 10, &micros);
    json_key (json, "rounded");
    if (fits)
        json_micros (json, micros);
    else
        json_none (json);
}

/* Its share of the change; those of all parts add up to 1. */
static void
put_share (const Explanation *explanation, double change, Json *json)
{
    json_put_real (json, "share",
                   explanation->is_split && explanation->change != 0 ? change / explanation->change : NAN);
}

/* Only parts of a ratio have a mix and a rate. */
static void
put_effects (const Explanation *explanation, const Segment *sums, Json *json)
{
    gboolean has =
        explanation->is_split && is_ratio (explanation) && explanation->split->kind == SPLIT_SEGMENTS;
    double divisor = unit_divisor (explanation->unit);

    json_put_real (json, "mix", has ? sums->mix / divisor : NAN);
    json_put_real (json, "rate", has ? sums->rate / divisor : NAN);
}

static void
write_part (const Explanation *explanation, const Part *part, Json *json)
{
    json_begin_object (json);
    json_put_text (json, "name", part->name);
    json_put_text (json, "id", part->id);
    json_put_text (json, "unit", unit_name (part->unit));
    if (part->items > 1)
        json_put_int (json, "items", part->items);
    put_number (json, "current", part->value[NOW], part->unit);
    put_number (json, "previous", part->value[BEFORE], part->unit);
    put_change (explanation, "change", part->sums.change, part->sums.num, json);
    put_rounded (explanation, part->rounded, json);
    put_share (explanation, part->sums.change, json);
    put_effects (explanation, &part->sums, json);
    json_end_object (json);
}

static void
write_parts (const Explanation *explanation, Json *json)
{
    Part rest = explanation->remainder;

    json_key (json, "parts");
    json_begin_array (json);
    for (guint i = 0; explanation->currencies->len < 2 && i < explanation->parts->len; i++)
        write_part (explanation, part_at (explanation, i), json);
    json_end_array (json);
    rest.name = "not broken down";
    json_key (json, "remainder");
    if (explanation->is_split && explanation->has_remainder)
        write_part (explanation, &rest, json);
    else
        json_none (json);
}

static void
write_change (const Explanation *explanation, Json *json)
{
    const Number *whole = explanation->whole;
    const gint64 num[PERIODS] = { [NOW] = whole[NOW].num, [BEFORE] = whole[BEFORE].num };

    put_change (explanation, "change", explanation->change, num, json);
    json_key (json, "delta");
    if (explanation->is_split)
        number_write_delta ((Change){ whole[NOW], whole[BEFORE] }, json);
    else
        json_none (json);
    json_put_int (json, "decimals", explanation->decimals);
    put_rounded (explanation, explanation->rounded, json);
}

/* How the other ways did, if none was asked for. */
static void
write_rankings (const Explanation *explanation, Json *json)
{
    if (!explanation->rankings)
        return;
    json_key (json, "tried");
    json_begin_array (json);
    for (guint i = 0; i < explanation->rankings->len; i++) {
        const Ranking *one = &g_array_index (explanation->rankings, Ranking, i);

        json_begin_object (json);
        json_put_text (json, "by", one->split->by);
        json_put_int (json, "elements", one->elements);
        json_put_real (json, "explained", one->elements ? one->explained : NAN);
        json_put_real (json, "surprise", one->elements ? one->surprise : NAN);
        json_end_object (json);
    }
    json_end_array (json);
}

/* ---- what must be said with it ---- */

static void
notice_unknown (const Explanation *explanation, Quality *said)
{
    g_autofree char *names = NULL;

    if (explanation->currencies->len > 1) {
        names = currencies_text (explanation->currencies);
        quality_notice (said, "currency_mixed",
                        "The accounts count in different currencies (%s), so there is no total whose change "
                        "could be split. Look at one account at a time.",
                        names);
    } else if (!number_known (explanation->whole[NOW])) {
        quality_notice (said, "unknown_current", "There is no number for the asked period, so no change.");
    } else {
        quality_notice (said, "unknown_previous",
                        "There is no number for the period it is compared with, so its change is not known.");
    }
}

/* The same code and the same reason as in the widget's own answer. */
static void
notice_cut (const Explanation *explanation, Quality *said)
{
    if (!explanation->cut)
        return;
    if (explanation_has_days (explanation))
        quality_notice (said, "complete_days_only",
                        "The last days are not complete yet, so this compares complete days only.");
    else
        quality_notice (said, "complete_days_only",
                        "No day of one of the two periods is complete yet, so there is nothing to compare.");
}

static void
notice_remainder (const Explanation *explanation, Quality *said)
{
    if (!explanation->has_remainder)
        return;
    if (explanation->split->kind == SPLIT_FACTORS)
        quality_notice (said, "factors_unknown",
                        "The factors don't make up the number in one of the periods (there are conversions "
                        "without clicks, say), so its change can't be shared among them.");
    else if (explanation->split->kind == SPLIT_TERMS)
        quality_notice (said, "remainder",
                        "Money is rounded to a millionth for each day, which is all that the remainder is.");
    else
        quality_notice (
            said, "remainder",
            "The %s don't add up to the whole: sources count them apart and leave small rows out. "
            "What is missing stands in the remainder.",
            explanation->split->title);
}

/* Days that only one of the periods lacks make a change of their own. */
static void
notice_missing (guint now, guint before, Quality *said)
{
    if (now || before)
        quality_notice (
            said, "missing_days",
            "%u of the compared days have no numbers, or not of all accounts (%u now, %u before), "
            "which is a part of the change.",
            now + before, now, before);
}

/* Numbers that come in late make the newer period look worse than it will have been. */
static void
notice_provisional (guint now, guint before, Quality *said)
{
    g_autofree char *earlier =
        before ? g_strdup_printf (", and %u of the one before", before) : g_strdup ("");

    if (now)
        quality_notice (
            said, "provisional",
            "%u day%s of the asked period may still change%s: a part of the change can be numbers "
            "that have not come in yet.",
            now, now == 1 ? "" : "s", earlier);
}

static void
write_notices (const Explanation *explanation, const Freshness *now, const Freshness *before, Json *json)
{
    g_auto (Quality) said = { 0 };

    quality_init (&said);
    notice_cut (explanation, &said);
    notice_missing (now->missing->len, before->missing->len, &said);
    notice_provisional (now->provisional, before->provisional, &said);
    if (explanation->is_split)
        notice_remainder (explanation, &said);
    else
        notice_unknown (explanation, &said);
    if (explanation->simpson)
        quality_notice (&said, "simpson",
                        "Each of the %s moved against the whole (Simpson's paradox): what changed it is that "
                        "they weigh differently now, not that they do better or worse.",
                        explanation->split->title);
    json_key (json, "notices");
    json_begin_array (json);
    if (said.notices->len)
        json_raw (json, said.notices->str, said.notices->len);
    json_end_array (json);
}

static void
write_quality (const Explanation *explanation, const WidgetRequest *request, Json *json)
{
    const Widget *widget = explanation->widget;
    g_auto (Coverage) coverage = { 0 };
    g_auto (Quality) quality = { 0 };

    quality_init (&quality);
    coverage_read (&coverage, explanation->batch, request->period);
    if (freshness_fill (&quality, widget->needs, request, &coverage))
        quality.basis = is_ratio (explanation)          ? "ratio"
                        : widget->total == TOTAL_UNIQUE ? "sum_of_days"
                                                        : "sum";
    json_key (json, "quality");
    quality_write (&quality, json);
}

static void
write_subject (const Explanation *explanation, Json *json)
{
    json_put_text (json, "key", explanation->widget->key);
    json_put_text (json, "metric", explanation->subject->metric);
    json_put_text (json, "by", explanation->split->by);
    json_put_text (json, "unit", unit_name (explanation->unit));
    if (subject_has_money (explanation->subject) && explanation->currencies->len == 1)
        json_put_text (json, "currency", g_ptr_array_index (explanation->currencies, 0));
}

void
explanation_write (const Explanation *explanation, const WidgetRequest *request, Json *json)
{
    g_auto (Freshness) now = { 0 }, before = { 0 };

    freshness_read (&now, explanation, NOW, request);
    freshness_read (&before, explanation, BEFORE, request);
    json_begin_object (json);
    write_subject (explanation, json);
    write_period (explanation, NOW, &now, json);
    write_period (explanation, BEFORE, &before, json);
    write_change (explanation, json);
    write_parts (explanation, json);
    write_rankings (explanation, json);
    write_notices (explanation, &now, &before, json);
    write_quality (explanation, request, json);
    json_end_object (json);
}
