/* spending.h -- what a model may cost a day, and what it has said for it: the tables of the model.
 *
 * All instances count in the same row of the day (UTC). Tokens are reserved before a call, so that
 * calls at the same time stay within the budget too, and put right after it. Any thread; each call
 * opens a connection of its own, which is nothing beside the seconds that a model takes. */
#pragma once
#include "base/clock.h"
#include "store/store.h"

#define SPENDING_KEEP_DAYS 7 /* answers */

typedef struct Spending Spending;

/* most: tokens a day; 0: no limit. */
Spending *spending_new (const char *database_url, gint64 most, Clock *clock);
void spending_free (Spending *spending);

typedef struct {
    gint64 tokens; /* reserved */
    Day day;       /* whose they are; filled in */
} Bill;

/* FAULT_FULL: the day's budget is used up. */
gboolean spending_reserve (Spending *spending, Bill *bill, GError **error);
/* The call has cost tokens. Its answer is kept under user and hash; content NULL: there is none. */
gboolean spending_settle (Spending *spending, const Bill *bill, gint64 tokens, const char *user_id,
                          const char *hash, const char *content, GError **error);
/* The kept answer, which the caller frees; NULL if there is none, or with an error. */
char *spending_recall (Store *store, const char *user_id, const char *hash, GError **error);
/* This day's tokens; -1 on error. */
gint64 spending_today (Spending *spending, Store *store, GError **error);
