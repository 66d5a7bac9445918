/* Unique visitors of the periods that people look at most.
 *
 * Users cannot be added up over days: somebody who came on two days is one
 * visitor of the week. So each period is asked as a whole, together with the
 * one it is compared with. */
#include "base/fault.h"
#include "sources/ga4.h"
#include "sources/ga4_session.h"
#include "sources/google_call.h"

/* 6 lengths and 2 months with their comparisons, plus one: at most 17. */
#define MAX_PERIODS 20
#define MAX_REPORTS (MAX_PERIODS / GA4_MAX_RANGES)

G_STATIC_ASSERT (MAX_REPORTS <= GA4_MAX_BATCH); /* one request asks them all */

typedef struct {
    Period items[MAX_PERIODS];
    guint n;
} Periods;

static void
add (Periods *periods, Day from, Day to)
{
    for (guint i = 0; i < periods->n; i++)
        if (periods->items[i].from == from && periods->items[i].to == to)
            return;
    g_assert (periods->n < MAX_PERIODS);
    periods->items[periods->n++] = (Period){ from, to };
}

/* The period, and the one of the same length that ends the day before. */
static void
add_with_previous (Periods *periods, Day from, Day to)
{
    add (periods, from, to);
    add (periods, from - (to - from + 1), from - 1);
}

static Day
month_start (Day day)
{
    int year, month, of_month;

    day_split (day, &year, &month, &of_month);
    return day_of (year, month, 1);
}

static void
list_periods (Day last, Periods *periods)
{
    static const int lengths[] = { 7, 14, 28, 30, 90 };
    Day this_month = month_start (last), last_month = month_start (this_month - 1);

    for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
        add_with_previous (periods, last - lengths[i] + 1, last);
    add_with_previous (periods, this_month, last);
    /* the same days of the month before, as many of them as it has */
    add (periods, last_month, MIN (last_month + (last - this_month), this_month - 1));
    add_with_previous (periods, last_month, this_month - 1);
    add_with_previous (periods, last - 364, last); /* the page's twelve months */
}

static const char *const no_dimensions[] = { NULL };
static const char *const users_metric[] = { "activeUsers", NULL };

static guint
list_questions (const Periods *periods, Ga4Question questions[static MAX_REPORTS])
{
    guint n = 0;

    for (guint at = 0; at < periods->n; at += GA4_MAX_RANGES)
        questions[n++] = (Ga4Question){ .dimensions = no_dimensions,
                                        .metrics = users_metric,
                                        .ranges = &periods->items[at],
                                        .n_ranges = MIN (periods->n - at, GA4_MAX_RANGES),
                                        .limit = GA4_MAX_RANGES };
    return n;
}

/* Fills users, one a range; a range without a row had no visitors. */
static gboolean
read_users (const json_t *answer, const Ga4Question *question, gint64 users[static GA4_MAX_RANGES],
            GError **error)
{
    Ga4Report report;

    if (!ga4_report_open (answer, question, &report, error))
        return FALSE;
    for (gsize row = 0; row < report.n_rows; row++) {
        guint range;
        gint64 value;

        if (!ga4_report_range (&report, question, row, &range, error) ||
            !ga4_report_metric (&report, row, 0, 0, &value, error))
            return FALSE;
        if (value < 0)
            return fault_set (error, FAULT_REMOTE, "Google Analytics sent a negative number of users");
        users[range] = value;
    }
    return TRUE;
}

static void
emit (const Ga4Session *session, Period period, gint64 users, const SourceSink *sink)
{
    const Value values[] = { VALUE_OF_TEXT (session->property), VALUE_OF_DAY (period.from),
                             VALUE_OF_DAY (period.to), VALUE_OF_INT (users) };

    sink->emit (sink->user, &fact_ga4_period_users, values);
}

static gboolean
take_report (Ga4Session *session, const Ga4Question *question, const json_t *answer, const SourceSink *sink,
             GError **error)
{
    gint64 users[GA4_MAX_RANGES] = { 0 };

    if (!read_users (answer, question, users, error))
        return FALSE;
    for (guint i = 0; i < question->n_ranges; i++) {
        emit (session, question->ranges[i], users[i], sink);
        ga4_session_note_metadata (session, json_object_get (answer, "metadata"), question->ranges[i]);
    }
    return TRUE;
}

gboolean
ga4_pull_totals (const SourceContext *context, const char *access_token, const char *external_id, Day last,
                 const SourceSink *sink, GError **error)
{
    g_auto (Ga4Session) session = { 0 };
    Periods periods = { .n = 0 };
    Ga4Question questions[MAX_REPORTS];
    g_autoptr (json_t) answer = NULL;
    g_autoptr (GError) local = NULL;
    guint n;

    ga4_session_init (&session, context, access_token, external_id);
    list_periods (last, &periods);
    n = list_questions (&periods, questions);
    answer = ga4_session_ask_batch (&session, questions, n, error);
    for (guint i = 0; answer && i < n; i++)
        if (!take_report (&session, &questions[i], json_array_get (json_object_get (answer, "reports"), i),
                          sink, &local))
            /* not the answer to this question, and it would not be better next time */
            return fault_set (error, FAULT_DENIED, "%s", local->message);
    if (answer)
        ga4_session_tell (&session, sink);
    return answer != NULL;
}
