#include "cache/redis.h"

#include "base/log.h"

#include <pthread.h>
#include <sys/time.h>

#define PAUSE_US  (3 * G_USEC_PER_SEC)
#define MOST_IDLE 64

struct Redis {
    RedisAddress address;
    pthread_mutex_t lock;
    GPtrArray *idle;  /* redisContext; under lock, as all below */
    gboolean down;    /* and it was said */
    gint64 try_after; /* monotonic; while down */
};

Redis *
redis_new (RedisAddress *address)
{
    Redis *redis = g_new0 (Redis, 1);

    redis->address = *address;
    *address = (RedisAddress){ 0 };
    redis->idle = g_ptr_array_new ();
    pthread_mutex_init (&redis->lock, NULL);
    return redis;
}

static void
close_idle (Redis *redis)
{
    for (guint i = 0; i < redis->idle->len; i++)
        redisFree (redis->idle->pdata[i]);
    g_ptr_array_set_size (redis->idle, 0);
}

void
redis_free (Redis *redis)
{
    if (!redis)
        return;
    close_idle (redis);
    g_ptr_array_unref (redis->idle);
    pthread_mutex_destroy (&redis->lock);
    redis_address_clear (&redis->address);
    g_free (redis);
}

/* ---- the breaker ---- */

void
redis_fail (Redis *redis, redisContext *context, const char *why)
{
    gboolean news;

    pthread_mutex_lock (&redis->lock);
    news = !redis->down;
    redis->down = TRUE;
    redis->try_after = g_get_monotonic_time () + PAUSE_US;
    close_idle (redis);
    pthread_mutex_unlock (&redis->lock);
    if (news)
        log_event (LOG_WARNING, "redis.lost", "the shared cache is left aside until it answers again", "why",
                   why, NULL);
    if (context)
        redisFree (context);
}

void
redis_give (Redis *redis, redisContext *context)
{
    gboolean news, full;

    pthread_mutex_lock (&redis->lock);
    news = redis->down;
    redis->down = FALSE;
    full = redis->idle->len >= MOST_IDLE;
    if (!full)
        g_ptr_array_add (redis->idle, context);
    pthread_mutex_unlock (&redis->lock);
    if (news)
        log_event (LOG_INFO, "redis.back", "the shared cache answers again", NULL);
    if (full)
        redisFree (context);
}

/* While it is down, one tries every few seconds and the others do without. */
static gboolean
may_try (Redis *redis, redisContext **idle)
{
    gint64 now = g_get_monotonic_time ();
    gboolean may;

    pthread_mutex_lock (&redis->lock);
    may = !redis->down || now >= redis->try_after;
    if (may && redis->down)
        redis->try_after = now + PAUSE_US;
    *idle = may && redis->idle->len ? g_ptr_array_steal_index_fast (redis->idle, redis->idle->len - 1) : NULL;
    pthread_mutex_unlock (&redis->lock);
    return may;
}

gboolean
redis_is_up (Redis *redis)
{
    gboolean up;

    pthread_mutex_lock (&redis->lock);
    up = !redis->down;
    pthread_mutex_unlock (&redis->lock);
    return up;
}

/* ---- connecting ---- */

static gboolean
said_well (redisReply *reply)
{
    g_autoptr (redisReply) taken = reply;

    return taken && taken->type != REDIS_REPLY_ERROR;
}

static gboolean
greet (const RedisAddress *address, redisContext *context)
{
    if (address->user && !said_well (redisCommand (context, "AUTH %s %s", address->user, address->password)))
        return FALSE;
    if (!address->user && address->password &&
        !said_well (redisCommand (context, "AUTH %s", address->password)))
        return FALSE;
    return !address->db || said_well (redisCommand (context, "SELECT %d", address->db));
}

static redisContext *
connect_to (Redis *redis)
{
    const struct timeval connect_limit = { .tv_usec = REDIS_CONNECT_MS * 1000 },
                         call_limit = { .tv_usec = REDIS_CALL_MS * 1000 };
    redisContext *context = redisConnectWithTimeout (redis->address.host, redis->address.port, connect_limit);

    if (context && !context->err && redisSetTimeout (context, call_limit) == REDIS_OK &&
        greet (&redis->address, context))
        return context;
    redis_fail (redis, context,
                context && context->err ? context->errstr : "it refuses the password or the database");
    return NULL;
}

redisContext *
redis_take (Redis *redis)
{
    redisContext *idle;

    if (!may_try (redis, &idle))
        return NULL;
    return idle ? idle : connect_to (redis);
}
