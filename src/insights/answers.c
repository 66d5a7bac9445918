#include "insights/answers.h"

#include "base/fault.h"
#include "insights/explain.h"

#include <math.h>
#include <string.h>

#define HISTORY_DAYS 240 /* before the period: 180 scores, and what the first of them is judged by */

static const char *const now_keys[] = {
    "ga4.sessions",       "ga4.traffic_channels",   "ga4.landing_pages",
    "ga4.conv_rate",      "ga4.engagement",         "ga4.revenue",
    "meta.spend",         "meta.cost_metrics",      "meta.roas",
    "meta.campaigns",     "meta.conversions",       "corr.blended_cac",
    "corr.mer",           "corr.spend_vs_sessions", "ig.reach",
    "ig.engagement_rate", "ig.content_perf",        "ig.followers",
};
static const char *const past_keys[] = {
    "ga4.sessions", "ga4.traffic_channels", "ga4.conv_rate", "ga4.engagement", "ga4.revenue",
    "meta.spend",   "meta.conversions",     "meta.roas",     "ig.reach",       "meta.cost_metrics",
};

/* One of each source: what days it has. */
static const char *const before_keys[] = { "ga4.sessions", "meta.spend", "ig.reach" };

/* ---- asking ---- */

static void
answer_free (gpointer data)
{
    Answer *answer = data;

    json_decref (answer->json);
    g_free (answer);
}

static const Answer *
keep (Answers *answers, const Evidence *evidence, GString *text)
{
    json_t *json = json_loadb (text->str, text->len, 0, NULL);
    Answer *answer = g_new0 (Answer, 1);

    g_string_free (text, TRUE);
    *answer = (Answer){ .evidence = *evidence, .json = json ? json : json_object () };
    g_ptr_array_add (answers->list, answer);
    return answer;
}

static void
keep_all (Answers *answers, const WidgetQuestion *question)
{
    for (guint i = 0; i < question->n; i++) {
        Evidence evidence = { .widget = question->widgets[i]->key,
                              .period = question->request->period,
                              .comparison = question->request->comparison,
                              .sources = question->request->sources };

        keep (answers, &evidence, question->answers[i]);
    }
}

static gboolean
compare_with (const WidgetRequest *request, Comparison *comparison, GError **error)
{
    Day from = request->period.from;

    *comparison = request->comparison;
    if (comparison->kind != COMPARE_OFF)
        return TRUE;
    *comparison = (Comparison){ COMPARE_PREVIOUS_PERIOD, { from - period_days (request->period), from - 1 } };
    return comparison->period.from >= day_of (1, 1, 1) ||
           fault_set (error, FAULT_INVALID, "there are no days before the year 1 to compare with");
}

static void
find_widgets (const char *const *keys, guint n, const Widget **widgets)
{
    for (guint i = 0; i < n; i++)
        widgets[i] = widget_find (keys[i]);
}

static gboolean
ask (Answers *answers, GError **error)
{
    const Widget *now[G_N_ELEMENTS (now_keys)], *past[G_N_ELEMENTS (past_keys)];
    const Widget *before[G_N_ELEMENTS (before_keys)];
    GString *of_now[G_N_ELEMENTS (now_keys)], *of_past[G_N_ELEMENTS (past_keys)];
    GString *of_before[G_N_ELEMENTS (before_keys)];
    WidgetRequest long_ago = { .period = answers->history, .sources = answers->request.sources };
    WidgetRequest compared = { .period = answers->request.comparison.period,
                               .sources = answers->request.sources };
    WidgetQuestion questions[] = {
        { answers->user_id, now, G_N_ELEMENTS (now_keys), &answers->request, of_now },
        { answers->user_id, past, G_N_ELEMENTS (past_keys), &long_ago, of_past },
        { answers->user_id, before, G_N_ELEMENTS (before_keys), &compared, of_before },
    };

    find_widgets (now_keys, G_N_ELEMENTS (now_keys), now);
    find_widgets (past_keys, G_N_ELEMENTS (past_keys), past);
    find_widgets (before_keys, G_N_ELEMENTS (before_keys), before);
    if (!widgets_answer_all (answers->store, questions, G_N_ELEMENTS (questions), error))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
        keep_all (answers, &questions[i]);
    return TRUE;
}

gboolean
answers_ask (Answers *answers, Store *store, const char *user_id, const WidgetRequest *request,
             GError **error)
{
    *answers = (Answers){ .store = store, .user_id = user_id, .request = *request };
    if (!compare_with (request, &answers->request.comparison, error))
        return FALSE;
    answers->list = g_ptr_array_new_with_free_func (answer_free);
    answers->history.to = request->period.to;
    answers->history.from = MAX (request->period.from - HISTORY_DAYS, day_of (1, 1, 1));
    return ask (answers, error);
}

void
answers_clear (Answers *answers)
{
    g_clear_pointer (&answers->list, g_ptr_array_unref);
}

/* ---- finding ---- */

static const Answer *
find (const Answers *answers, const Evidence *like)
{
    for (guint i = 0; i < answers->list->len; i++) {
        const Answer *one = answers->list->pdata[i];

        if (g_str_equal (one->evidence.widget, like->widget) && g_strcmp0 (one->evidence.by, like->by) == 0 &&
            g_strcmp0 (one->evidence.metric, like->metric) == 0 &&
            one->evidence.period.from == like->period.from && one->evidence.period.to == like->period.to &&
            one->evidence.comparison.kind == like->comparison.kind)
            return one;
    }
    return NULL;
}

static Evidence
about (const Answers *answers, const char *widget)
{
    return (Evidence){ .widget = widget,
                       .period = answers->request.period,
                       .comparison = answers->request.comparison,
                       .sources = answers->request.sources };
}

const Answer *
answers_now (const Answers *answers, const char *widget)
{
    Evidence like = about (answers, widget);

    return find (answers, &like);
}

const Answer *
answers_past (const Answers *answers, const char *widget)
{
    Evidence like = { .widget = widget, .period = answers->history };

    return find (answers, &like);
}

const Answer *
answers_before (const Answers *answers, const char *widget)
{
    Evidence like = { .widget = widget, .period = answers->request.comparison.period };

    return find (answers, &like);
}

/* The way that says most is only known by its answer; by then it may have been asked for by name too. */
static const Answer *
keep_why (Answers *answers, Evidence *like, const Explanation *explanation)
{
    GString *text;
    Json json;
    const Answer *known;

    like->by = explanation->split->by;
    if ((known = find (answers, like)))
        return known;
    text = g_string_sized_new (2048);
    json = JSON_INTO (text);
    explanation_write (explanation, &answers->request, &json);
    return keep (answers, like, text);
}

const Answer *
answers_why (Answers *answers, const char *widget, const char *metric, const char *by, GError **error)
{
    Evidence like = about (answers, widget);
    const ExplainOf of = { .metric = metric, .by = by };
    const Answer *known;
    g_autoptr (Explanation) explanation = NULL;

    like.by = by;
    like.metric = metric;
    if (by && (known = find (answers, &like)))
        return known;
    explanation =
        explain (answers->store, answers->user_id, widget_find (widget), &of, &answers->request, error);
    return explanation ? keep_why (answers, &like, explanation) : NULL;
}

/* ---- reading ---- */

static json_t *
step (json_t *at, const char *key)
{
    if (json_is_array (at))
        return json_array_get (at, (gsize)g_ascii_strtoull (key, NULL, 10));
    return json_object_get (at, key);
}

json_t *
answer_at (const Answer *answer, const char *pointer)
{
    g_auto (GStrv) keys = g_strsplit (pointer + 1, "/", -1);
    json_t *at = answer ? answer->json : NULL;

    for (guint i = 0; at && keys[i]; i++)
        at = step (at, keys[i]);
    return at;
}

json_t *
answer_atf (const Answer *answer, const char *format, ...)
{
    g_autofree char *pointer = NULL;
    va_list args;

    va_start (args, format);
    pointer = g_strdup_vprintf (format, args);
    va_end (args);
    return answer_at (answer, pointer);
}

double
answer_number (const Answer *answer, const char *pointer)
{
    json_t *at = answer_at (answer, pointer);

    return json_is_number (at) ? json_number_value (at) : NAN;
}

double
answer_item_number (const Answer *answer, const char *list, gsize i, const char *name)
{
    json_t *at = answer_atf (answer, "/%s/%zu/%s", list, i, name);

    return json_is_number (at) ? json_number_value (at) : NAN;
}

const char *
answer_currency (const Answer *answer)
{
    return json_string_value (answer_at (answer, "/currency"));
}

gboolean
answer_has_notice (const Answer *answer, const char *code)
{
    gsize i;
    json_t *notice;

    json_array_foreach (answer_at (answer, "/quality/notices"), i,
                        notice) if (g_strcmp0 (json_string_value (json_object_get (notice, "code")), code) ==
                                    0) return TRUE;
    return FALSE;
}

static Day
day_in (json_t *json)
{
    Day day;

    return json_is_string (json) && day_parse (json_string_value (json), &day) ? day : DAY_NONE;
}

Day
answer_day (const Answer *answer, const char *pointer)
{
    return day_in (answer_at (answer, pointer));
}

static Period
window_in (json_t *json)
{
    return (Period){ day_in (json_object_get (json, "start")), day_in (json_object_get (json, "end")) };
}

gboolean
answer_basis (const Answer *answer, Period *now, Period *before)
{
    json_t *cut = answer_at (answer, "/compare/basis_window");

    *now = answer->evidence.period;
    *before = answer->evidence.comparison.period;
    if (!cut)
        return answer->evidence.comparison.kind != COMPARE_OFF;
    *now = window_in (json_object_get (cut, "current"));
    *before = window_in (json_object_get (cut, "previous"));
    return now->from != DAY_NONE && before->from != DAY_NONE;
}

static json_t *
find_series (const Answer *answer, const char *name)
{
    gsize i;
    json_t *series;

    json_array_foreach (answer_at (answer, "/series"), i,
                        series) if (!name || g_strcmp0 (json_string_value (json_object_get (series, "name")),
                                                        name) == 0) return series;
    return NULL;
}

void
answer_days (const Answer *answer, const char *series, Period window, double *days)
{
    gsize i;
    json_t *point;

    for (int day = 0; day < period_days (window); day++)
        days[day] = NAN;
    json_array_foreach (json_object_get (find_series (answer, series), "points"), i, point)
    {
        json_t *value = json_object_get (point, "v");
        Day day = day_in (json_object_get (point, "t"));

        if (json_is_number (value) && day >= window.from && day <= window.to)
            days[day - window.from] = json_number_value (value);
    }
}
