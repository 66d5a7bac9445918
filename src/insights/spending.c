#include "insights/spending.h"

#include "base/fault.h"
#include "sql.h"

#include <string.h>

#define STORE_TIMEOUT_MS 5000

struct Spending {
    char *database_url;
    gint64 most;
    Clock *clock;
};

Spending *
spending_new (const char *database_url, gint64 most, Clock *clock)
{
    Spending *spending = g_new0 (Spending, 1);

    *spending = (Spending){ g_strdup (database_url), most ? most : G_MAXINT64, clock };
    return spending;
}

void
spending_free (Spending *spending)
{
    if (!spending)
        return;
    g_free (spending->database_url);
    g_free (spending);
}

static Store *
open_store (const Spending *spending, GError **error)
{
    return store_open (spending->database_url, &(StoreOptions){ .timeout_ms = STORE_TIMEOUT_MS }, error);
}

static Day
today (const Spending *spending)
{
    return (Day)(clock_now (spending->clock) / DAY_US);
}

gboolean
spending_reserve (Spending *spending, Bill *bill, GError **error)
{
    g_autoptr (Store) store = NULL;
    gint64 n = 0;

    bill->day = today (spending);
    if (bill->tokens <= spending->most) { /* the first row of a day is not compared */
        store = open_store (spending, error);
        n = store ? store_do (store, &sql_insights_model_reserve,
                              PARAMS ({ "date", VALUE_OF_DAY (bill->day) },
                                      { "tokens", VALUE_OF_INT (bill->tokens) },
                                      { "most", VALUE_OF_INT (spending->most) }),
                              error)
                  : -1;
    }
    if (n == 0)
        fault_set (error, FAULT_FULL, "the model's tokens of this day (LLM_DAILY_TOKENS) are used up");
    return n > 0;
}

/* What is older goes at the same time: there is always somebody who adds. */
static gboolean
keep (Store *store, const Spending *spending, const char *user_id, const char *hash, const char *content,
      GError **error)
{
    gint64 now = clock_now (spending->clock);

    return store_do (store, &sql_insights_model_keep,
                     PARAMS ({ "user", VALUE_OF_TEXT (user_id) }, { "hash", VALUE_OF_TEXT (hash) },
                             { "content", VALUE_OF_TEXT (content) }, { "now", VALUE_OF_INSTANT (now) }),
                     error) >= 0 &&
           store_do (store, &sql_insights_model_prune,
                     PARAMS ({ "before", VALUE_OF_INSTANT (now - SPENDING_KEEP_DAYS * DAY_US) }), error) >= 0;
}

gboolean
spending_settle (Spending *spending, const Bill *bill, gint64 tokens, const char *user_id, const char *hash,
                 const char *content, GError **error)
{
    g_autoptr (Store) store = open_store (spending, error);

    return store &&
           store_do (store, &sql_insights_model_settle,
                     PARAMS ({ "date", VALUE_OF_DAY (bill->day) },
                             { "more", VALUE_OF_INT (tokens - bill->tokens) }),
                     error) >= 0 &&
           (!content || keep (store, spending, user_id, hash, content, error));
}

char *
spending_recall (Store *store, const char *user_id, const char *hash, GError **error)
{
    g_autoptr (Rows) rows =
        store_ask (store, &sql_insights_model_recall,
                   PARAMS ({ "user", VALUE_OF_TEXT (user_id) }, { "hash", VALUE_OF_TEXT (hash) }), error);

    return rows && rows_count (rows) ? g_strdup (rows_text (rows, 0, 0)) : NULL;
}

gint64
spending_today (Spending *spending, Store *store, GError **error)
{
    g_autoptr (Rows) rows = store_ask (store, &sql_insights_model_today,
                                       PARAMS ({ "date", VALUE_OF_DAY (today (spending)) }), error);

    if (!rows)
        return -1;
    return rows_count (rows) ? rows_int (rows, 0, 1) : 0;
}
