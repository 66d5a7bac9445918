/* address.h -- where the shared second level of the cache is: redis://[user:password@]host[:port][/db] */
#pragma once
#include <glib.h>

typedef struct {
    char *host, *user, *password; /* user and password are NULL if there are none */
    int port;
    int db;
} RedisAddress;

/* FAULT_INVALID, with a sentence that never quotes the password. What address holds is then the caller's
 * to clear. */
gboolean redis_address_read (const char *url, RedisAddress *address, GError **error);
void redis_address_clear (RedisAddress *address);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RedisAddress, redis_address_clear)
