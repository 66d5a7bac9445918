/* access.h -- the access log: a line a request, written in batches.
 *
 * Lines gather in a buffer that a thread writes once a second, or at once when
 * it is large, so a request never waits for the disk. Paths are logged without
 * their query. Any thread may add. */
#pragma once
#include "base/clock.h"
#include "http/http.h"

#define ACCESS_SLOW_MS 500 /* LOG_REQUESTS=slow logs what took longer */

typedef struct AccessLog AccessLog;

/* which: "all", "slow" or "off"; format: "auto", "text" or "json". */
AccessLog *access_log_new (const char *which, const char *format, Clock *clock);
void access_log_free (AccessLog *log);
void access_log_add (AccessLog *log, HttpCall *http);
/* The request's path as it may be logged. The secret of a link (share.h) belongs behind #, where no server
 * sees it, but a program may have sent it all the same; that of unsubscribe.h is in the path. Then *cut,
 * which the caller frees, is the path without it. */
const char *access_path (HttpCall *http, char **cut);
