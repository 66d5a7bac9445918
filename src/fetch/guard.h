/* guard.h -- is this an address of the internet, or of the network we stand in?
 *
 * A name of the internet that resolves to an address of ours is either a mistake or an attempt to
 * make us ask where its maker cannot (server-side request forgery). It is looked at when the socket
 * is opened, so a name that changes its address in between does not slip through. */
#pragma once
#include <glib.h>
#include <sys/socket.h>

/* FALSE for loopback, private, link-local, carrier-grade NAT, multicast and all else that is not routed
 * in the internet, in IPv6 also as an embedded IPv4 address; and for any other family. */
gboolean address_is_public (const struct sockaddr *address);
/* "graph.facebook.com": TRUE. "localhost", "ollama" and "10.0.0.7" are told to us by an operator, who knows
 * where they are: FALSE. */
gboolean host_is_of_the_internet (const char *host);
