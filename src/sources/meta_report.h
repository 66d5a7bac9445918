/* meta_report.h -- the rows of insights of some days, asked for in one of two ways.
 *
 * At once: pages, one call each. Or as a report run: Meta makes the report in
 * the background, we look now and then whether it is done, and read its pages.
 * The second takes longer and stands more data. */
#pragma once
#include "sources/graph_fault.h"
#include "sources/meta_rows.h"

/* What is learnt on the way and holds for the whole pull, and for later ones of the same sync
 * (source_note): an account that was too large for one window is so for the next. */
typedef struct {
    const SourceContext *context;
    const char *token, *account;
    int limit;      /* rows a page; gets smaller when Meta asks for less */
    gboolean heavy; /* even small pages are too much at once: report runs from now on */
    int pages;      /* read so far */
} MetaSession;

void meta_session_init (MetaSession *session, const SourceContext *context, const char *token,
                        const char *account);
void meta_session_end (const MetaSession *session);
/* The parameters that say what a report is about; the caller frees it. */
char *meta_report_question (Period days);
/* The pages of a report run that is complete; as meta_report_read. */
gboolean meta_report_read_run (MetaSession *session, const char *run_id, Period days, MetaRows *rows,
                               GraphRemedy *remedy, GError **error);
/* Both add to rows, which may hold a part of the report after a failure; *remedy says what
 * could help then: GRAPH_NO_REMEDY, or one of ASK_FOR_LESS and SPLIT. */
gboolean
meta_report_read (MetaSession *session, Period days, MetaRows *rows, GraphRemedy *remedy, GError **error);
gboolean
meta_report_run (MetaSession *session, Period days, MetaRows *rows, GraphRemedy *remedy, GError **error);
