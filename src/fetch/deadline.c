#include "fetch/deadline.h"

#include "base/fault.h"

typedef struct {
    Fetcher base;
    Fetcher *inner;
    gint64 end; /* monotonic microseconds */
    int seconds;
} DeadlineFetcher;

static FetchResponse *
fetch (Fetcher *base, const FetchRequest *request, GError **error)
{
    DeadlineFetcher *self = (DeadlineFetcher *)base;
    gint64 left = (self->end - g_get_monotonic_time ()) / 1000;
    FetchRequest shorter = *request;

    if (left < 1) {
        fault_set (error, FAULT_TIMEOUT, "the source did not answer within %d seconds", self->seconds);
        return NULL;
    }
    if (!request->timeout_ms || request->timeout_ms > left)
        shorter.timeout_ms = (int)left;
    return fetcher_fetch (self->inner, &shorter, error);
}

static void
free_deadline (Fetcher *base)
{
    DeadlineFetcher *self = (DeadlineFetcher *)base;

    fetcher_free (self->inner);
    g_free (self);
}

Fetcher *
fetcher_new_deadline (Fetcher *inner, int ms)
{
    DeadlineFetcher *self = g_new0 (DeadlineFetcher, 1);

    self->base = (Fetcher){ .fetch = fetch, .free = free_deadline };
    self->inner = inner;
    self->end = g_get_monotonic_time () + (gint64)ms * 1000;
    self->seconds = ms / 1000;
    return &self->base;
}
