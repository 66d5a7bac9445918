/* redis.h -- connections to a Redis that may be slow, gone or wrong at any time.
 *
 * No call waits longer than the limits below for one step of the network, and
 * after a failure nobody tries for a few seconds; then one does, and the others
 * follow if it went well. Any thread that may block. */
#pragma once
#include "cache/address.h"

#include <hiredis/hiredis.h>

#define REDIS_CONNECT_MS 100
#define REDIS_CALL_MS    50

typedef struct Redis Redis;

/* Takes over what address holds. */
Redis *redis_new (RedisAddress *address);
void redis_free (Redis *redis);
/* A connection, to be given back; NULL: not now. */
redisContext *redis_take (Redis *redis);
void redis_give (Redis *redis, redisContext *context);
/* It failed: closes it, and opens the breaker. */
void redis_fail (Redis *redis, redisContext *context, const char *why);
gboolean redis_is_up (Redis *redis);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Redis, redis_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (redisReply, freeReplyObject)
