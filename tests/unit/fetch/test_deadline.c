/* A deadline in front of a Fetcher: what is left of the time, and no more. */
#include "base/fault.h"
#include "fetch/deadline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

typedef struct {
    Fetcher base;
    int *timeouts; /* what each request was given; of the test */
    guint *n;
    gboolean *freed;
} Listener;

static FetchResponse *
listen_to (Fetcher *base, const FetchRequest *request, GError **error)
{
    Listener *listener = (Listener *)base;

    listener->timeouts[(*listener->n)++] = request->timeout_ms;
    fault_set (error, FAULT_LOST, "nobody there");
    return NULL;
}

static void
free_listener (Fetcher *base)
{
    *((Listener *)base)->freed = TRUE;
    g_free (base);
}

static void
test_requests_share_the_time (void **unused)
{
    int timeouts[4];
    guint n = 0;
    gboolean freed = FALSE;
    Listener *listener = g_new0 (Listener, 1);
    Fetcher *fetcher;

    *listener = (Listener){ { listen_to, free_listener }, timeouts, &n, &freed };
    fetcher = fetcher_new_deadline (&listener->base, 300);
    for (int i = 0; i < 4; i++) {
        FetchRequest request = { .method = "GET", .url = "http://x.test/", .timeout_ms = i == 1 ? 20 : 0 };
        g_autoptr (GError) error = NULL;

        if (i == 3)
            g_usleep (320 * 1000);
        assert_null (fetcher_fetch (fetcher, &request, &error));
        assert_true (fault_is (error, i == 3 ? FAULT_TIMEOUT : FAULT_LOST));
        if (i == 2)
            g_usleep (30 * 1000);
    }
    assert_int_equal (n, 3); /* the last one was not even tried */
    assert_true (timeouts[0] > 0 && timeouts[0] <= 300);
    assert_int_equal (timeouts[1], 20); /* its own limit is shorter */
    assert_true (timeouts[2] <= timeouts[0]);
    fetcher_free (fetcher);
    assert_true (freed);
}

int
main (void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test (test_requests_share_the_time) };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
