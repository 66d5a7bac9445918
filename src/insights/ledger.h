/* ledger.h -- the days that we keep of one account, to be added up.
 *
 * Belongs to one thread; borrows nothing but the rows, which it owns. */
#pragma once
#include "model/source.h"
#include "sources/driver.h"
#include "store/store.h"

typedef struct {
    Period days;
    Rows *rows;
    gint *row_of; /* one a day: its row + 1; 0: there is none */
} Ledger;

typedef struct {
    gint64 sum, most; /* most: the largest day */
    guint days;       /* that have this number */
} LedgerSum;

gboolean ledger_read (Ledger *ledger, Store *store, const char *user_id, Source source,
                      const char *external_id, Period days, GError **error);
void ledger_clear (Ledger *ledger);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Ledger, ledger_clear)

/* Of the days of the period that have it. column NULL, or one we don't keep: none has. */
LedgerSum ledger_sum (const Ledger *ledger, const char *column, Period days);
/* FALSE: the day has no row. NULLs are none either. */
gboolean ledger_cell (const Ledger *ledger, Day day, const char *column, gint64 *value);
/* The metrics that any day has, as bits. */
guint ledger_live (const Ledger *ledger, const OwnMetric *metrics);
/* Has the day a row, with each of these metrics? */
gboolean ledger_is_whole (const Ledger *ledger, Day day, const OwnMetric *metrics, guint live);
