/* dashboard.h -- how fresh a user's sources are, for others than GET /v1/dashboard/meta.
 *
 * connections: rows of connection_list.sql. */
#pragma once
#include "api/call.h"
#include "model/source.h"

/* The last day that one of these sources has completely; DAY_NONE: none has any. */
Day dashboard_last_day (const Rows *connections, Source sources);
/* "connected_sources", "sources" and "last_sync_at" of these sources, without a word on the accounts, into an
 * open object. */
void dashboard_write_freshness (Json *json, const Rows *connections, Source sources);
