/* batch.h -- questions about one user and a period, asked together.
 *
 * A question is a SQL text with parameters out of a fixed set, of which it is
 * given those that it names:
 *
 *   :user                   the user's id
 *   :from :to :days         the asked period, its length in days
 *   :after                  the day after :to, for instants: at >= :from AND at < :after
 *   :prev_from :prev_to :prev_days :prev_after
 *                           the period it is compared with; when nothing is
 *                           compared, :prev_from is after :prev_to and :prev_days 0
 *
 * All questions of a batch go in one round trip and see one snapshot of the
 * data. A text that is added twice is asked once. Lives with one request, on
 * one thread; the rows belong to the batch. */
#pragma once
#include "model/period.h"
#include "store/store.h"

typedef struct Batch Batch;

/* user_id must outlive the batch. */
Batch *batch_new (Store *store, const char *user_id, Period period, const Comparison *comparison);
void batch_free (Batch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Batch, batch_free)

void batch_add (Batch *batch, const Sql *sql);
/* Once, after all were added. Errors are the store's. */
gboolean batch_ask (Batch *batch, GError **error);
/* The same for several batches, in one round trip and from one snapshot. What several of them ask
 * with the same values is asked once. */
gboolean batches_ask (Batch *const *batches, guint n, GError **error);
/* The answer to a question of this batch that was asked; NULL if it was not. */
const Rows *batch_rows (const Batch *batch, const Sql *sql);
