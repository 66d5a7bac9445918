/* news.h -- what the instances on one PostgreSQL tell each other.
 *
 * What one changes makes something old that the others remember: kept answers
 * of a user, verified tokens, the belief that no job waits. One thread with a
 * connection of its own notifies and listens on the channel "daymark"; what it
 * sent itself it ignores. Payloads hold a user's id at most, nothing secret.
 *
 * A notification is a hint that makes things quick, never what makes them
 * right: PostgreSQL drops what is sent to one who is away. So after every new
 * connection everything counts as changed. Behind a pooler that shares sessions
 * nothing can be heard: there a table is read once a second (news_table.h). And
 * because a pooler may swallow LISTEN without a word, and without being known
 * as one, the thread now and then sends itself a ping; if that is not heard,
 * everything counts as changed every few seconds. */
#pragma once
#include "base/random.h"
#include "store/store.h"

typedef enum {
    NEWS_DATA,    /* of a user: his kept answers are old */
    NEWS_REVOKED, /* a token or a session */
    NEWS_JOB,     /* one waits, or is to end */
} NewsKind;

typedef struct {
    const char *database_url;
    Random *random;
    /* On the news thread; user_id is NULL unless it is NEWS_DATA of one user. */
    void (*heard) (NewsKind kind, const char *user_id, gpointer user);
    gpointer user;
} NewsOptions;

typedef struct News News;

/* NULL if the database is SQLite, which has one process: then nothing is to be told. */
News *news_start (const NewsOptions *options);
/* From now on heard is not called; telling goes on. news may be NULL. */
void news_mute (News *news);
/* Says what is still to be said, if that is possible at once. */
void news_stop (News *news);
/* Any thread; returns at once. news may be NULL. */
void news_tell (News *news, NewsKind kind, const char *user_id);

/* For a command beside running servers: at once, over its own connection. Failing is no error: it
 * only takes longer until they know. */
void news_send (Store *store, NewsKind kind, const char *user_id);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (News, news_stop)
