#include "cache/second.h"

#include "base/log.h"
#include "cache/frame.h"
#include "cache/redis.h"

#include <pthread.h>
#include <string.h>

#define WORD_SECONDS 86400 /* a word of a user who is gone leaves by itself */

struct Second {
    Redis *redis;
    Random *random;
    gint64 ttl_ms;
    pthread_mutex_t lock;
    GHashTable *owed;             /* user id -> number of the move that Redis was not told yet; under lock */
    guint moves;                  /* under lock */
    gint refusing;                /* atomic: it was said that it keeps nothing */
    guint64 hits, misses, errors; /* atomic */
};

static void
count (guint64 *counter)
{
    __atomic_fetch_add (counter, 1, __ATOMIC_RELAXED);
}

static char *
word_key (const char *user_id)
{
    return g_strconcat ("daymark:version:", user_id, NULL);
}

static char *
answer_key (const char *user_id, const char *question)
{
    return g_strconcat ("daymark:answer:" DAYMARK_VERSION ":", user_id, "|", question, NULL);
}

/* ---- talking ---- */

static void
lose (Second *second, redisContext *context, const redisReply *reply)
{
    count (&second->errors);
    redis_fail (second->redis, context, reply ? reply->str : context->errstr);
}

/* The next reply, or NULL when the connection is lost and closed. What Redis says of one key (that it
 * holds no text) or of its memory is an answer; anything else that it refuses (loading, read-only, no
 * permission) is a reason to leave it alone. */
static redisReply *
next_reply (Second *second, redisContext *context)
{
    g_autoptr (redisReply) reply = NULL;
    gpointer got = NULL;

    if (redisGetReply (context, &got) != REDIS_OK) {
        lose (second, context, NULL);
        return NULL;
    }
    reply = got;
    if (reply->type == REDIS_REPLY_ERROR) {
        if (!g_str_has_prefix (reply->str, "WRONGTYPE") && !g_str_has_prefix (reply->str, "OOM")) {
            lose (second, context, reply);
            return NULL;
        }
        count (&second->errors);
    }
    return g_steal_pointer (&reply);
}

/* ---- what Redis has still to be told ---- */

static void
owe (Second *second, const char *user_id)
{
    pthread_mutex_lock (&second->lock);
    g_hash_table_replace (second->owed, g_strdup (user_id), GUINT_TO_POINTER (++second->moves));
    pthread_mutex_unlock (&second->lock);
}

static GHashTable *
copy_owed (Second *second)
{
    GHashTable *copy = NULL;
    GHashTableIter iter;
    gpointer user_id, number;

    pthread_mutex_lock (&second->lock);
    if (g_hash_table_size (second->owed)) {
        copy = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
        g_hash_table_iter_init (&iter, second->owed);
        while (g_hash_table_iter_next (&iter, &user_id, &number))
            g_hash_table_insert (copy, g_strdup (user_id), number);
    }
    pthread_mutex_unlock (&second->lock);
    return copy;
}

/* A move stays owed until Redis has confirmed it, so that nobody here reads past one that is under way. */
static void
strike (Second *second, GHashTable *told)
{
    GHashTableIter iter;
    gpointer user_id, number;

    pthread_mutex_lock (&second->lock);
    g_hash_table_iter_init (&iter, told);
    while (g_hash_table_iter_next (&iter, &user_id, &number))
        if (g_hash_table_lookup (second->owed, user_id) == number)
            g_hash_table_remove (second->owed, user_id);
    pthread_mutex_unlock (&second->lock);
}

/* FALSE: the connection is lost, and the moves are still owed. */
static gboolean
settle (Second *second, redisContext *context)
{
    g_autoptr (GHashTable) owed = copy_owed (second);
    GHashTableIter iter;
    gpointer user_id;

    if (!owed)
        return TRUE;
    g_hash_table_iter_init (&iter, owed);
    while (g_hash_table_iter_next (&iter, &user_id, NULL)) {
        g_autofree char *key = word_key (user_id);

        redisAppendCommand (context, "DEL %s", key);
    }
    for (guint i = g_hash_table_size (owed); i; i--) {
        g_autoptr (redisReply) reply = next_reply (second, context);

        if (!reply)
            return FALSE;
    }
    strike (second, owed);
    return TRUE;
}

/* A connection on which all that was owed is told. */
static redisContext *
begin (Second *second)
{
    redisContext *context = redis_take (second->redis);

    return context && settle (second, context) ? context : NULL;
}

/* ---- finding ---- */

static gboolean
take_word (const redisReply *reply, char word[static SECOND_WORD])
{
    if (reply->type != REDIS_REPLY_STRING || reply->len != SECOND_WORD - 1 ||
        strspn (reply->str, "0123456789abcdef") != SECOND_WORD - 1)
        return FALSE;
    g_strlcpy (word, reply->str, SECOND_WORD);
    return TRUE;
}

/* Nobody has made a word since the last change (or Redis has lost it, or it is none): whoever comes
 * first makes one. */
static gboolean
make_word (Second *second, redisContext *context, const char *key, gboolean replace,
           char word[static SECOND_WORD])
{
    guint64 mine[2];
    g_autoptr (redisReply) set = NULL;
    g_autoptr (redisReply) got = NULL;

    random_fill (second->random, mine, sizeof mine);
    g_snprintf (word, SECOND_WORD, "%016" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER "x", mine[0], mine[1]);
    redisAppendCommand (context, replace ? "SET %s %s EX %d" : "SET %s %s EX %d NX", key, word, WORD_SECONDS);
    redisAppendCommand (context, "GET %s", key);
    set = next_reply (second, context);
    got = set ? next_reply (second, context) : NULL;
    if (!got)
        return FALSE;
    if (!take_word (got, word))
        *word = '\0'; /* full: nothing can be kept now */
    return TRUE;
}

/* FALSE: the connection is lost. */
static gboolean
read_answer (Second *second, redisContext *context, const char *user_id, const char *question,
             SecondFound *found)
{
    g_autofree char *word = word_key (user_id), *key = answer_key (user_id, question);
    g_autoptr (redisReply) first = NULL;
    g_autoptr (redisReply) text = NULL;
    g_autoptr (redisReply) left = NULL;

    /* The word first: if it moves in between, the text was right when it was read. */
    redisAppendCommand (context, "GET %s", word);
    redisAppendCommand (context, "GETRANGE %s 0 %d", key, FRAME_MOST - 1);
    redisAppendCommand (context, "PTTL %s", key);
    first = next_reply (second, context);
    text = first ? next_reply (second, context) : NULL;
    left = text ? next_reply (second, context) : NULL;
    if (!left)
        return FALSE;
    if (!take_word (first, found->word))
        return make_word (second, context, word, first->type != REDIS_REPLY_NIL, found->word);
    if (text->type == REDIS_REPLY_STRING && left->type == REDIS_REPLY_INTEGER && left->integer > 0) {
        found->text = frame_read (key, found->word, text->str, (gsize)text->len);
        found->left = MIN (left->integer, second->ttl_ms) * 1000;
    }
    return TRUE;
}

gboolean
second_find (Second *second, const char *user_id, const char *question, SecondFound *found)
{
    redisContext *context;

    *found = (SecondFound){ 0 };
    if (!second)
        return FALSE;
    context = begin (second);
    if (context && read_answer (second, context, user_id, question, found))
        redis_give (second->redis, context);
    else
        *found->word = '\0';
    count (found->text ? &second->hits : &second->misses);
    return found->text != NULL;
}

/* ---- keeping ---- */

static void
note_refusal (Second *second, const redisReply *reply)
{
    gboolean refuses = reply->type == REDIS_REPLY_ERROR;

    if (!g_atomic_int_compare_and_exchange (&second->refusing, !refuses, refuses))
        return;
    if (refuses)
        log_event (LOG_WARNING, "redis.full", "the shared cache keeps nothing more", "why", reply->str, NULL);
    else
        log_event (LOG_INFO, "redis.room", "the shared cache keeps answers again", NULL);
}

void
second_keep (Second *second, const char *user_id, const char *question, const char *word, const GString *text)
{
    g_autofree char *key = NULL;
    g_autoptr (GString) frame = NULL;
    redisContext *context;

    if (!second || !*word)
        return;
    key = answer_key (user_id, question);
    frame = frame_write (key, word, text->str, text->len);
    context = frame ? begin (second) : NULL;
    if (context) {
        g_autoptr (redisReply) reply = NULL;

        redisAppendCommand (context, "SET %s %b PX %lld", key, frame->str, frame->len,
                            (long long)second->ttl_ms);
        reply = next_reply (second, context);
        if (reply) {
            note_refusal (second, reply);
            redis_give (second->redis, context);
        }
    }
}

/* ---- moving ---- */

void
second_move (Second *second, const char *user_id)
{
    redisContext *context;

    if (!second)
        return;
    owe (second, user_id);
    context = begin (second);
    if (context)
        redis_give (second->redis, context);
}

/* ---- life ---- */

static Second *
second_new (RedisAddress *address, guint ttl_seconds, Random *random)
{
    Second *second = g_new0 (Second, 1);

    second->redis = redis_new (address);
    second->random = random;
    second->ttl_ms = (gint64)ttl_seconds * 1000;
    second->owed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    pthread_mutex_init (&second->lock, NULL);
    return second;
}

gboolean
second_open (const char *url, guint ttl_seconds, Random *random, Second **second, GError **error)
{
    g_auto (RedisAddress) address = { 0 };

    *second = NULL;
    if (url && !redis_address_read (url, &address, error))
        return FALSE;
    if (url && ttl_seconds)
        *second = second_new (&address, ttl_seconds, random);
    return TRUE;
}

void
second_free (Second *second)
{
    if (!second)
        return;
    redis_free (second->redis);
    g_hash_table_unref (second->owed);
    pthread_mutex_destroy (&second->lock);
    g_free (second);
}

void
second_stats (Second *second, SecondStats *stats)
{
    *stats = (SecondStats){ .hits = __atomic_load_n (&second->hits, __ATOMIC_RELAXED),
                            .misses = __atomic_load_n (&second->misses, __ATOMIC_RELAXED),
                            .errors = __atomic_load_n (&second->errors, __ATOMIC_RELAXED),
                            .up = redis_is_up (second->redis) };
}
