/* proxy.h -- a small TCP proxy between a store and its server, which counts
 * round trips and makes trouble on demand. One connection at a time. */
#pragma once
#include <arpa/inet.h>
#include <glib.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    PROXY_PASS,
    PROXY_MUTE,         /* takes everything, passes nothing on */
    PROXY_CUT_ON_REPLY, /* the question gets through, the answer does not */
    PROXY_CUT_ONCE,     /* the same, and then passes again */
    PROXY_REFUSE        /* closes what there is and every new connection */
};

typedef struct {
    const char *host, *port; /* of the server */
    int listener;
    guint16 own_port;
    int client, server; /* -1: none */
    gboolean server_spoke;
    pthread_t thread;
    atomic_int mode, turns, connections; /* turns: the client spoke after the server */
    atomic_bool stop;
} Proxy;

static inline int
proxy_dial (const char *host, const char *port)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found = NULL;
    int fd = -1;

    if (getaddrinfo (host, port, &hints, &found) == 0) {
        fd = socket (found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connect (fd, found->ai_addr, found->ai_addrlen) != 0) {
            close (fd);
            fd = -1;
        }
        freeaddrinfo (found);
    }
    return fd;
}

static inline void
proxy_drop (Proxy *proxy)
{
    if (proxy->client >= 0)
        close (proxy->client);
    if (proxy->server >= 0)
        close (proxy->server);
    proxy->client = proxy->server = -1;
}

static inline void
proxy_accept (Proxy *proxy)
{
    int client = accept (proxy->listener, NULL, NULL);

    proxy_drop (proxy);
    if (client < 0)
        return;
    if (proxy->mode == PROXY_REFUSE) {
        close (client);
        return;
    }
    proxy->client = client;
    proxy->server = proxy_dial (proxy->host, proxy->port);
    proxy->server_spoke = FALSE;
    proxy->connections++;
    if (proxy->server < 0)
        proxy_drop (proxy);
}

static inline gboolean
proxy_cuts (Proxy *proxy)
{
    int once = PROXY_CUT_ONCE;

    return proxy->mode == PROXY_CUT_ON_REPLY ||
           atomic_compare_exchange_strong (&proxy->mode, &once, PROXY_PASS);
}

static inline void
proxy_pass (Proxy *proxy, int from, int to)
{
    char data[16384];
    ssize_t n = read (from, data, sizeof data);

    if (n > 0 && from == proxy->server && proxy_cuts (proxy))
        n = 0;
    if (n <= 0) {
        proxy_drop (proxy);
        return;
    }
    if (proxy->mode == PROXY_MUTE)
        return;
    if (from == proxy->client && proxy->server_spoke)
        proxy->turns++;
    proxy->server_spoke = from == proxy->server;
    for (ssize_t done = 0, sent; done < n; done += sent)
        if ((sent = send (to, data + done, (size_t)(n - done), MSG_NOSIGNAL)) <= 0) {
            proxy_drop (proxy);
            return;
        }
}

static inline void *
proxy_loop (void *data)
{
    Proxy *proxy = data;

    while (!proxy->stop) {
        struct pollfd fds[] = { { proxy->listener, POLLIN, 0 },
                                { proxy->client, POLLIN, 0 },
                                { proxy->server, POLLIN, 0 } };

        poll (fds, 3, 10);
        if (proxy->mode == PROXY_REFUSE)
            proxy_drop (proxy);
        if (fds[1].revents && proxy->client >= 0)
            proxy_pass (proxy, proxy->client, proxy->server);
        if (fds[2].revents && proxy->server >= 0)
            proxy_pass (proxy, proxy->server, proxy->client);
        if (fds[0].revents)
            proxy_accept (proxy);
    }
    proxy_drop (proxy);
    return NULL;
}

static inline Proxy *
proxy_start (const char *host, const char *port)
{
    Proxy *proxy = g_new0 (Proxy, 1);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
    socklen_t length = sizeof address;

    proxy->host = host;
    proxy->port = port;
    proxy->client = proxy->server = -1;
    proxy->listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (bind (proxy->listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen (proxy->listener, 8) != 0 ||
        getsockname (proxy->listener, (struct sockaddr *)&address, &length) != 0)
        g_error ("proxy: no port");
    proxy->own_port = ntohs (address.sin_port);
    if (pthread_create (&proxy->thread, NULL, proxy_loop, proxy) != 0)
        g_error ("proxy: no thread");
    return proxy;
}

static inline void
proxy_end (Proxy *proxy)
{
    proxy->stop = TRUE;
    pthread_join (proxy->thread, NULL);
    close (proxy->listener);
    g_free (proxy);
}
