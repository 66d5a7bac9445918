#include "http/queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdatomic.h>

static void
test_order_and_bound (void **state)
{
    Queue queue;

    queue_init (&queue, 3);
    for (guint round = 0; round < 5; round++) {
        for (guint i = 1; i <= 3; i++)
            assert_true (queue_push (&queue, GUINT_TO_POINTER (i)));
        assert_false (queue_push (&queue, GUINT_TO_POINTER (4)));
        assert_int_equal (queue_count (&queue), 3);
        assert_ptr_equal (queue_pop (&queue), GUINT_TO_POINTER (1));
        assert_true (queue_push (&queue, GUINT_TO_POINTER (5)));
        assert_ptr_equal (queue_pop (&queue), GUINT_TO_POINTER (2));
        assert_ptr_equal (queue_pop (&queue), GUINT_TO_POINTER (3));
        assert_ptr_equal (queue_try_pop (&queue), GUINT_TO_POINTER (5));
        assert_null (queue_try_pop (&queue));
    }
    queue_clear (&queue);
}

static void
test_closed (void **state)
{
    Queue queue;

    queue_init (&queue, 3);
    assert_true (queue_push (&queue, GUINT_TO_POINTER (1)));
    queue_close (&queue);
    assert_false (queue_push (&queue, GUINT_TO_POINTER (2)));
    assert_ptr_equal (queue_pop (&queue), GUINT_TO_POINTER (1)); /* what is in is still given out */
    assert_null (queue_pop (&queue));
    queue_clear (&queue);
}

typedef struct {
    Queue queue;
    atomic_uint sum, taken;
} Shared;

static void *
taker (void *user)
{
    Shared *shared = user;
    gpointer item;

    while ((item = queue_pop (&shared->queue))) {
        atomic_fetch_add (&shared->sum, GPOINTER_TO_UINT (item));
        atomic_fetch_add (&shared->taken, 1);
    }
    return NULL;
}

static void
test_many_threads (void **state)
{
    Shared shared = { 0 };
    pthread_t threads[6];
    guint sum = 0, pushed = 0;

    queue_init (&shared.queue, 8);
    for (guint i = 0; i < 6; i++)
        assert_int_equal (pthread_create (&threads[i], NULL, taker, &shared), 0);
    for (guint i = 1; i <= 20000; i++)
        if (queue_push (&shared.queue, GUINT_TO_POINTER (i))) {
            sum += i;
            pushed++;
        }
    queue_close (&shared.queue);
    for (guint i = 0; i < 6; i++)
        pthread_join (threads[i], NULL);
    assert_int_equal (shared.taken, pushed);
    assert_int_equal (shared.sum, sum);
    queue_clear (&shared.queue);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_order_and_bound),
        cmocka_unit_test (test_closed),
        cmocka_unit_test (test_many_threads),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
