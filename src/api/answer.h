/* answer.h -- a widget's answer and its place in the cache. */
#pragma once
#include "api/call.h"
#include "widgets/widget.h"

/* A widget as the registry shows it. */
void answer_describe (const Widget *widget, Json *json);
/* What is asked, from the query. FAULT_INVALID. */
gboolean answer_request (Call *call, WidgetRequest *request, GError **error);
/* The widget of the path, which may be one of the user's own (*own: the caller frees it), and what is
 * asked of it. FAULT_INVALID; 404. */
gboolean
answer_question (Call *call, const Widget **widget, Custom **own, WidgetRequest *request, GError **error);
/* user | version of his data | question, appended to key. */
void answer_key (const Call *call, const Widget *widget, const WidgetRequest *request, GString *key);
/* The answer to a question as text, which the caller owns; NULL with an error. */
typedef GString *(*AnswerCompute) (Call *call, gconstpointer question, GError **error);
/* What is kept under the key, here or by another instance, or else a new answer: computed once a key,
 * however many ask. The caller unrefs it. */
HttpReady *
answer_once (Call *call, const char *key, AnswerCompute compute, gconstpointer question, GError **error);
/* The first half of that: NULL means that it is now the caller's to compute, and to keep or to abandon
 * (cache_abandon); word is for answer_keep. */
HttpReady *answer_claim (Call *call, const char *key, char word[static SECOND_WORD]);
/* The same of a widget. */
HttpReady *answer_find (Call *call, const Widget *widget, const WidgetRequest *request, GError **error);
/* Another instance's answer to what was claimed under this key, kept here too; or NULL. word says what an
 * answer that is computed from now on belongs to, for answer_keep. */
HttpReady *answer_shared (Call *call, const char *key, char word[static SECOND_WORD]);
/* Make it ready to be sent, and keep it under the key, here and for other instances. Takes over text. */
HttpReady *answer_keep (Call *call, const char *key, const char *word, GString *text);
/* The same, kept for at most so many microseconds, and here only: there may soon be a better one. */
HttpReady *answer_keep_for (Call *call, const char *key, GString *text, gint64 most);
/* Ready to be sent, and not kept. Takes over text. */
HttpReady *answer_ready (Call *call, GString *text);
