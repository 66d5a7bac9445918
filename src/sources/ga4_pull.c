/* All facts by day of one property and window: three cuts, each a report.
 *
 * Landing pages are asked day by day, because "the first hundred" of a longer
 * report would be the first hundred of its busiest days; five such reports go
 * into one request. */
#include "base/fault.h"
#include "sources/ga4.h"
#include "sources/ga4_cut.h"
#include "sources/ga4_session.h"
#include "sources/google_call.h"
#include "sources/words.h"

#include <string.h>

#define LANDING_PAGES_A_DAY 100
/* 50 million rows; nobody has them, so whoever sends more goes round in circles. */
#define MAX_PAGES           500

typedef struct {
    Ga4Session session;
    Period window;
    const SourceSink *sink;
} Pull;

static void
pull_clear (Pull *pull)
{
    ga4_session_clear (&pull->session);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pull, pull_clear)

static void
list_metrics (const Ga4Cut *cut, const char *names[static GA4_MAX_COLUMNS + 1])
{
    guint n = ga4_cut_fields (cut);

    for (guint i = 0; i < n; i++)
        names[i] = cut->fields[i].metric;
    names[n] = NULL;
}

/* When a table overflows, even the date may be "(other)"; such a row belongs to no day. */
static gboolean
is_no_day (const char *text)
{
    return *text == '\0' || *text == '(';
}

/* *left counts down what may still be taken; rows of other days do not use it up. */
static gboolean
take_row (Pull *pull, Ga4Sums *sums, const Ga4Cut *cut, Period asked, const Ga4Report *report, gsize row,
          gsize *left, GError **error)
{
    const char *date = ga4_report_dimension (report, row, 0);
    g_autofree char *name =
        words_name (cut->dimensions[1] ? ga4_report_dimension (report, row, 1) : "", WORDS_NAME_BYTES);
    Day day;

    if (is_no_day (date)) {
        ga4_session_note (&pull->session, GA4_OTHER_ROW, asked);
        return TRUE;
    }
    if (!day_parse_compact (date, &day))
        return fault_set (error, FAULT_REMOTE, "Google Analytics sent a row with an impossible date");
    if (day < asked.from || day > asked.to) /* not what was asked: it must not replace what is known */
        return TRUE;
    --*left;
    return ga4_sums_add (sums, day, name, report, row, error);
}

static gboolean
take_rows (Pull *pull, Ga4Sums *sums, const Ga4Cut *cut, Period asked, const Ga4Report *report, gsize *left,
           GError **error)
{
    ga4_session_note_metadata (&pull->session, report->metadata, asked);
    for (gsize row = 0; row<report->n_rows && * left> 0; row++)
        if (!take_row (pull, sums, cut, asked, report, row, left, error))
            return FALSE;
    return TRUE;
}

/* Where a walk over pages stands. */
typedef struct {
    gint64 row_count;
    char *first; /* the first row's dimensions of the page before */
    int pages;
    gsize left; /* rows that may still be taken */
    gboolean more;
} Walk;

static void
walk_clear (Walk *walk)
{
    g_free (walk->first);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Walk, walk_clear)

static char *
first_key (const Ga4Report *report, const Ga4Cut *cut)
{
    return g_strjoin ("\n", ga4_report_dimension (report, 0, 0),
                      cut->dimensions[1] ? ga4_report_dimension (report, 0, 1) : NULL, NULL);
}

/* Pages that repeat, run dry early or belong to another state of the report would be
 * added up to wrong numbers, so they end the walk. */
static gboolean
walk_check (Walk *walk, const Ga4Report *report, const Ga4Cut *cut, gint64 offset, GError **error)
{
    g_autofree char *first = report->n_rows > 0 ? first_key (report, cut) : NULL;

    if (offset < report->row_count && report->n_rows == 0)
        return fault_set (error, FAULT_REMOTE,
                          "Google Analytics sent an empty page in the middle of a report");
    if (walk->pages > 0 && walk->row_count != report->row_count)
        return fault_set (error, FAULT_REMOTE, "Google Analytics changed the report while it was read");
    if (g_strcmp0 (walk->first, first) == 0 && first)
        return fault_set (error, FAULT_REMOTE, "Google Analytics sent the same page twice");
    if (++walk->pages > MAX_PAGES)
        return fault_set (error, FAULT_REMOTE, "Google Analytics sent a report without an end");
    walk->row_count = report->row_count;
    g_free (walk->first);
    walk->first = g_steal_pointer (&first);
    return TRUE;
}

/* Take the page at question->offset and move that on. */
static gboolean
take_page (Pull *pull, Ga4Sums *sums, const Ga4Cut *cut, Ga4Question *question, const json_t *answer,
           Walk *walk, GError **error)
{
    Ga4Report report;

    if (!ga4_report_open (answer, question, &report, error) ||
        !walk_check (walk, &report, cut, question->offset, error) ||
        !take_rows (pull, sums, cut, *question->ranges, &report, &walk->left, error))
        return FALSE;
    question->offset += (gint64)report.n_rows; /* a server may send less than `limit` */
    /* A full page without a count may have a next one. */
    walk->more = walk->left > 0 && (question->offset < report.row_count ||
                                    (report.row_count == 0 && (gint64)report.n_rows == question->limit));
    return TRUE;
}

/* All pages from question->offset on. */
static gboolean
take_pages (Pull *pull, Ga4Sums *sums, const Ga4Cut *cut, Ga4Question *question, Walk *walk, GError **error)
{
    while (walk->more) {
        g_autoptr (json_t) answer = ga4_session_ask (&pull->session, question, error);

        if (!answer || !take_page (pull, sums, cut, question, answer, walk, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
pull_cut (Pull *pull, const Ga4Cut *cut, Ga4Sums *sums, GError **error)
{
    const char *metrics[GA4_MAX_COLUMNS + 1];
    Ga4Question question = { .dimensions = cut->dimensions,
                             .metrics = metrics,
                             .ranges = &pull->window,
                             .n_ranges = 1,
                             .limit = GA4_PAGE_ROWS };
    g_auto (Walk) walk = { .left = G_MAXSIZE, .more = TRUE };

    list_metrics (cut, metrics);
    if (!take_pages (pull, sums, cut, &question, &walk, error))
        return FALSE;
    ga4_sums_emit (sums, pull->session.property, pull->sink);
    return TRUE;
}

/* Google sends no row for a day without visits. The report came, so that day is zero
 * and not missing. */
static gboolean
pull_daily (Pull *pull, GError **error)
{
    g_autoptr (Ga4Sums) sums = ga4_sums_new (&ga4_cut_daily);

    for (Day day = pull->window.from; day <= pull->window.to; day++)
        ga4_sums_touch (sums, day, "");
    return pull_cut (pull, &ga4_cut_daily, sums, error);
}

static gboolean
pull_channels (Pull *pull, GError **error)
{
    g_autoptr (Ga4Sums) sums = ga4_sums_new (&ga4_cut_channels);

    return pull_cut (pull, &ga4_cut_channels, sums, error);
}

/* The first page has come with the others' of its batch, and holds all that is wanted
 * unless the server sends less than was asked for, or rows of other days. */
static gboolean
take_landing_pages (Pull *pull, Ga4Question *question, const json_t *answer, GError **error)
{
    const Ga4Cut *cut = &ga4_cut_landing_pages;
    g_autoptr (Ga4Sums) sums = ga4_sums_new (cut);
    g_auto (Walk) walk = { .left = LANDING_PAGES_A_DAY };

    if (!take_page (pull, sums, cut, question, answer, &walk, error) ||
        !take_pages (pull, sums, cut, question, &walk, error))
        return FALSE;
    ga4_sums_emit (sums, pull->session.property, pull->sink);
    return TRUE;
}

/* Up to five days in one request. */
static gboolean
pull_landing_days (Pull *pull, Period days, GError **error)
{
    const char *metrics[GA4_MAX_COLUMNS + 1];
    Period ranges[GA4_MAX_BATCH];
    Ga4Question questions[GA4_MAX_BATCH];
    guint n = (guint)period_days (days);
    g_autoptr (json_t) answer = NULL;

    list_metrics (&ga4_cut_landing_pages, metrics);
    for (guint i = 0; i < n; i++) {
        ranges[i] = (Period){ days.from + (Day)i, days.from + (Day)i };
        questions[i] = (Ga4Question){ .dimensions = ga4_cut_landing_pages.dimensions,
                                      .metrics = metrics,
                                      .ranges = &ranges[i],
                                      .n_ranges = 1,
                                      .order_by = ga4_cut_landing_pages.order_by,
                                      .limit = LANDING_PAGES_A_DAY };
    }
    answer = ga4_session_ask_batch (&pull->session, questions, n, error);
    for (guint i = 0; answer && i < n; i++)
        if (!take_landing_pages (pull, &questions[i], json_array_get (json_object_get (answer, "reports"), i),
                                 error))
            return FALSE;
    return answer != NULL;
}

static gboolean
pull_landing_pages (Pull *pull, GError **error)
{
    for (Day day = pull->window.from; day <= pull->window.to; day += GA4_MAX_BATCH)
        if (!pull_landing_days (pull, (Period){ day, MIN (day + GA4_MAX_BATCH - 1, pull->window.to) }, error))
            return FALSE;
    return TRUE;
}

gboolean
ga4_pull (const SourceContext *context, const char *access_token, const char *external_id, Period window,
          const SourceSink *sink, GError **error)
{
    g_auto (Pull) pull = { .window = window, .sink = sink };

    ga4_session_init (&pull.session, context, access_token, external_id);
    if (!pull_daily (&pull, error) || !pull_channels (&pull, error) || !pull_landing_pages (&pull, error))
        return FALSE;
    ga4_session_tell (&pull.session, sink);
    return TRUE;
}
