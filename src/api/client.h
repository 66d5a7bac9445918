/* client.h -- from which address a request comes, when proxies stand in between. */
#pragma once
#include "http/http.h"

typedef struct Proxies Proxies;

/* list: addresses and networks ("10.0.0.0/8", "::1") whose X-Forwarded-For is believed; NULL-terminated,
 * or NULL. FAULT_INVALID naming the first that is none. */
Proxies *proxies_new (char **list, GError **error);
void proxies_free (Proxies *proxies);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Proxies, proxies_free)

/* forwarded_for: of all lines of that header, as some proxies add one of their own.
 * The address of the client: the nearest that is no proxy of ours. An IPv6 address is cut to its
 * network of 64 bits, which is what one client has. The caller frees it. */
char *client_address (const Proxies *proxies, const char *peer, const char *forwarded_for);
