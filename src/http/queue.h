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
gpointer queue_pop (Queue *queue);                 /* NULL: closed and empty */
gpointer queue_try_pop (Queue *queue);             /* NULL: empty */
void queue_close (Queue *queue);                   /* wakes all who wait */
guint queue_count (Queue *queue);
