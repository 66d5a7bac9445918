/* queue.h -- a bounded line of pointers between threads.
 *
 * push never waits; pop does. Any thread may call anything but init and clear. */
#pragma once
#include <glib.h>
#include <pthread.h>

typedef struct {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    gpointer *slots;
    guint capacity, first, count;
    gboolean closed;
} Queue;

void queue_init (Queue *queue, guint capacity);
void queue_clear (Queue *queue);                   /* must be empty */
gboolean queue_push (Queue *queue, gpointer item); /* FALSE: full or closed */
gpointer queue_try_pop (Queue *queue);             /* NULL: empty */
/* Pop one, and those right behind it if all of them are to be joined: at most `most`, and only a
 * share of what waits, so that others find something, too. How many; 0: closed and empty. */
guint queue_pop_joined (Queue *queue, gpointer *items, guint most, gboolean (*joins) (gconstpointer item));
void queue_close (Queue *queue); /* wakes all who wait */
guint queue_count (Queue *queue);
