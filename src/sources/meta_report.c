#include "sources/meta_report.h"

#include "base/fault.h"
#include "sources/graph_call.h"
#include "sources/meta.h"

#include <string.h>

#define FIRST_LIMIT 500
#define LEAST_LIMIT 25   /* Meta's own page size */
#define MAX_PAGES   5000 /* nobody has that many; whoever sends more goes round in circles */
#define MANY_PAGES  10   /* of one window: the next ones are better made in the background */

/* What is noted for the windows that follow in the same sync. */
#define NOTE_LIMIT "meta rows a page"
#define NOTE_HEAVY "meta report runs"

#define FIELDS                                                                                              \
    "account_currency,campaign_id,campaign_name,spend,impressions,reach,clicks,inline_link_clicks,actions," \
    "action_values"

void
meta_session_init (MetaSession *session, const SourceContext *context, const char *token, const char *account)
{
    int limit = source_recall (context, NOTE_LIMIT);

    *session = (MetaSession){ .context = context,
                              .token = token,
                              .account = account,
                              .limit = limit ? limit : FIRST_LIMIT,
                              .heavy = source_recall (context, NOTE_HEAVY) != 0 };
}

void
meta_session_end (const MetaSession *session)
{
    source_note (session->context, NOTE_LIMIT, session->limit);
    source_note (session->context, NOTE_HEAVY, session->heavy || session->pages > MANY_PAGES);
}

/* What the report is about, the same for both ways. use_unified_attribution_setting: as Ads
 * Manager counts, by the setting of each ad set. */
char *
meta_report_question (Period days)
{
    char from[DAY_TEXT], to[DAY_TEXT];
    g_autofree char *range = g_strdup_printf ("{\"since\":\"%s\",\"until\":\"%s\"}",
                                              day_format (days.from, from), day_format (days.to, to));

    return fetch_form ("level", "campaign", "time_increment", "1", "time_range", range, "fields", FIELDS,
                       "use_unified_attribution_setting", "true", NULL);
}

/* ---- pages ---- */

typedef struct {
    const char *path, *question; /* question is NULL for a report run, which knows it */
    char *after;                 /* the cursor of the next page; NULL: the first page, or no more */
    int pages;
} Walk;

static void
walk_clear (Walk *walk)
{
    g_free (walk->after);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Walk, walk_clear)

static json_t *
ask_page (const MetaSession *session, const Walk *walk, GraphRemedy *remedy, GError **error)
{
    g_autofree char *limit = g_strdup_printf ("%d", session->limit);
    g_autofree char *page = walk->after ? fetch_form ("limit", limit, "after", walk->after, NULL)
                                        : fetch_form ("limit", limit, NULL);
    g_autofree char *parameters =
        g_strconcat (walk->question ? walk->question : "", walk->question ? "&" : "", page, NULL);
    GraphCall call = { .service = META_SERVICE,
                       .method = "GET",
                       .path = walk->path,
                       .token = session->token,
                       .parameters = parameters };
    json_t *answer = graph_call (session->context, &call, error);

    *remedy = call.remedy;
    return answer;
}

static gboolean
take_rows (const json_t *answer, Period days, MetaRows *rows, GError **error)
{
    const json_t *data = json_object_get (answer, "data");
    gsize i;
    json_t *row;

    if (!json_is_array (data))
        return fault_set (error, FAULT_REMOTE, META_SERVICE ": an answer without data");
    json_array_foreach ((json_t *)data, i, row)
    {
        if (!meta_rows_add (rows, row, days, error))
            return FALSE;
    }
    return TRUE;
}

/* A last page may still have an `after`: only a missing `next` ends the walk. That is an
 * address with the access token in it, which we neither keep nor follow. */
static gboolean
turn_page (Walk *walk, const json_t *answer, GError **error)
{
    const json_t *paging = json_object_get (answer, "paging");
    gboolean more = google_text (paging, "next") != NULL;
    const char *after = google_text (json_object_get (paging, "cursors"), "after");

    if (more && (!after || !*after || g_strcmp0 (after, walk->after) == 0 || ++walk->pages > MAX_PAGES))
        return fault_set (error, FAULT_REMOTE, META_SERVICE ": the pages of a report lead nowhere");
    g_free (walk->after);
    walk->after = more ? g_strdup (after) : NULL;
    return TRUE;
}

static gboolean
shrink_page (MetaSession *session)
{
    if (session->limit <= LEAST_LIMIT)
        return FALSE;
    session->limit = MAX (session->limit / 2, LEAST_LIMIT);
    return TRUE;
}

/* With fewer rows, while Meta asks for that and there are fewer to ask for. */
static json_t *
ask_page_patiently (MetaSession *session, const Walk *walk, GraphRemedy *remedy, GError **error)
{
    for (;;) {
        g_autoptr (GError) local = NULL;
        json_t *answer = ask_page (session, walk, remedy, &local);

        if (answer)
            return answer;
        if (*remedy != GRAPH_ASK_FOR_LESS || !shrink_page (session)) {
            g_propagate_error (error, g_steal_pointer (&local));
            return NULL;
        }
    }
}

static gboolean
read_pages (MetaSession *session, Walk *walk, Period days, MetaRows *rows, GraphRemedy *remedy,
            GError **error)
{
    do {
        g_autoptr (json_t) answer = ask_page_patiently (session, walk, remedy, error);

        if (!answer || !take_rows (answer, days, rows, error) || !turn_page (walk, answer, error))
            return FALSE;
        session->pages++;
    } while (walk->after);
    return TRUE;
}

gboolean
meta_report_read (MetaSession *session, Period days, MetaRows *rows, GraphRemedy *remedy, GError **error)
{
    g_autofree char *path = g_strconcat (session->account, "/insights", NULL);
    g_autofree char *question = meta_report_question (days);
    g_auto (Walk) walk = { .path = path, .question = question };
    gboolean good = read_pages (session, &walk, days, rows, remedy, error);

    if (*remedy == GRAPH_NOT_THERE_YET)
        *remedy = GRAPH_NO_REMEDY; /* of an account it means: not there at all */
    return good;
}

gboolean
meta_report_read_run (MetaSession *session, const char *run_id, Period days, MetaRows *rows,
                      GraphRemedy *remedy, GError **error)
{
    g_autofree char *path = g_strconcat (run_id, "/insights", NULL);
    g_auto (Walk) walk = { .path = path };

    return read_pages (session, &walk, days, rows, remedy, error);
}
