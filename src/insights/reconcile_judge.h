/* reconcile_judge.h -- from two totals to a verdict: no I/O but for one question that it may ask. */
#pragma once
#include "insights/ledger.h"
#include "insights/reconcile.h"

typedef struct {
    const SourceDriver *driver;
    Reconciliation *result;
    const Ledger *ledger;
    const OwnTotals *theirs;
    const Rows *notices;   /* of notices.sql: what the source said when the days were read */
    GPtrArray *said;       /* of Why: what it said with its totals */
    const Rows *restated;  /* of restated.sql */
    Value users;           /* unique visitors of the period as we know them; VALUE_NULL */
    const char *time_zone; /* of the connection, when it was last described; NULL */
    /* The source's totals of these days alone, into totals. */
    gboolean (*ask) (gpointer user, Period days, OwnTotals *totals, GError **error);
    gpointer user;
} Judge;

/* Fills the result's metrics and verdict. Errors are those of ask. */
gboolean judge_totals (const Judge *judge, GError **error);
/* Takes over nothing; appends a copy of the text unless that code is there already. */
void why_add (GPtrArray *list, const char *code, const char *format, ...) G_GNUC_PRINTF (3, 4);
GPtrArray *why_list_new (void);
