/* log.h -- one line an event, on standard error.
 *
 * Text on a terminal, one JSON object a line elsewhere. An event has a
 * sentence and named values. What looks like a secret by its name (…token,
 * …secret, authorization, cookie, code, key, password) is masked; control bytes
 * are escaped, so nobody can forge a line. Any thread may log. */
#pragma once
#include <glib.h>

typedef enum { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR } LogLevel;
typedef enum { LOG_TEXT, LOG_JSON } LogFormat;

void log_setup (LogLevel level, LogFormat format);
gboolean log_enabled (LogLevel level);

/* log_event (LOG_INFO, "sync.finished", "all 3 accounts are up to date", "job", id, NULL):
 * event, sentence, then pairs of name and text; a NULL text is written as "-". */
void log_event (LogLevel level, const char *event, const char *sentence, ...) G_GNUC_NULL_TERMINATED;
/* How many events of that level there were, logged or not. */
guint64 log_count (LogLevel level);
/* Ready lines (the access log), written in one go. */
void log_write_raw (const char *text, gsize n);
/* Is this the name of something that must not be shown? */
gboolean log_name_is_secret (const char *name);
