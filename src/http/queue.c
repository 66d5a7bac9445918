#include "http/queue.h"

#define SHARES 4 /* who joins takes a quarter of what waits */

void
queue_init (Queue *queue, guint capacity)
{
    *queue = (Queue){ .slots = g_new (gpointer, capacity), .capacity = capacity };
    pthread_mutex_init (&queue->lock, NULL);
    pthread_cond_init (&queue->filled, NULL);
}

void
queue_clear (Queue *queue)
{
    g_assert (queue->count == 0);
    pthread_cond_destroy (&queue->filled);
    pthread_mutex_destroy (&queue->lock);
    g_clear_pointer (&queue->slots, g_free);
}

gboolean
queue_push (Queue *queue, gpointer item)
{
    gboolean room;

    pthread_mutex_lock (&queue->lock);
    room = !queue->closed && queue->count < queue->capacity;
    if (room) {
        queue->slots[(queue->first + queue->count++) % queue->capacity] = item;
        pthread_cond_signal (&queue->filled);
    }
    pthread_mutex_unlock (&queue->lock);
    return room;
}

static gpointer
take (Queue *queue)
{
    gpointer item = NULL;

    if (queue->count > 0) {
        item = queue->slots[queue->first];
        queue->first = (queue->first + 1) % queue->capacity;
        queue->count--;
    }
    return item;
}

guint
queue_pop_joined (Queue *queue, gpointer *items, guint most, gboolean (*joins) (gconstpointer item))
{
    guint n = 0;

    pthread_mutex_lock (&queue->lock);
    while (queue->count == 0 && !queue->closed)
        pthread_cond_wait (&queue->filled, &queue->lock);
    most = MIN (most, 1 + queue->count / SHARES);
    do {
        items[n] = take (queue);
        n += items[n] != NULL;
    } while (n > 0 && n < most && joins (items[n - 1]) && queue->count > 0 &&
             joins (queue->slots[queue->first]));
    pthread_mutex_unlock (&queue->lock);
    return n;
}

gpointer
queue_try_pop (Queue *queue)
{
    gpointer item;

    pthread_mutex_lock (&queue->lock);
    item = take (queue);
    pthread_mutex_unlock (&queue->lock);
    return item;
}

void
queue_close (Queue *queue)
{
    pthread_mutex_lock (&queue->lock);
    queue->closed = TRUE;
    pthread_cond_broadcast (&queue->filled);
    pthread_mutex_unlock (&queue->lock);
}

guint
queue_count (Queue *queue)
{
    guint count;

    pthread_mutex_lock (&queue->lock);
    count = queue->count;
    pthread_mutex_unlock (&queue->lock);
    return count;
}
