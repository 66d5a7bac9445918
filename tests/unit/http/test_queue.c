#include "http/queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdatomic.h>

static gboolean
never (gconstpointer item)
{
    return FALSE;
}

/* The next one; NULL: closed and empty. */
static gpointer
pop (Queue *queue)
{
    gpointer item;

    return queue_pop_joined (queue, &item, 1, never) ? item : NULL;
}

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
        assert_ptr_equal (pop (&queue), GUINT_TO_POINTER (1));
        assert_true (queue_push (&queue, GUINT_TO_POINTER (5)));
        assert_ptr_equal (pop (&queue), GUINT_TO_POINTER (2));
        assert_ptr_equal (pop (&queue), GUINT_TO_POINTER (3));
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
    assert_ptr_equal (pop (&queue), GUINT_TO_POINTER (1)); /* what is in is still given out */
    assert_null (pop (&queue));
    queue_clear (&queue);
}

static gboolean
is_even (gconstpointer item)
{
    return GPOINTER_TO_UINT (item) % 2 == 0;
}

/* Only neighbours that all join go together, and only a share of what waits. */
static void
test_joined (void **state)
{
    static const guint in[] = { 2, 4, 6, 8, 10, 12, 14, 16, 1, 3, 18, 20, 22, 24, 26, 28, 5 };
    Queue queue;
    gpointer out[32];

    queue_init (&queue, G_N_ELEMENTS (in));
    for (guint i = 0; i < G_N_ELEMENTS (in); i++)
        assert_true (queue_push (&queue, GUINT_TO_POINTER (in[i])));
    assert_int_equal (queue_pop_joined (&queue, out, 32, is_even), 5); /* 1 + 17 / 4 */
    assert_ptr_equal (out[0], GUINT_TO_POINTER (2));
    assert_ptr_equal (out[4], GUINT_TO_POINTER (10));
    assert_int_equal (queue_pop_joined (&queue, out, 32, is_even), 3); /* 12, 14, 16: 1 is odd */
    assert_int_equal (queue_pop_joined (&queue, out, 32, is_even), 1);
    assert_ptr_equal (out[0], GUINT_TO_POINTER (1));
    assert_int_equal (queue_pop_joined (&queue, out, 32, is_even), 1);
    assert_int_equal (queue_pop_joined (&queue, out, 1, is_even), 1);
    assert_ptr_equal (out[0], GUINT_TO_POINTER (18));
    queue_close (&queue);
    while (queue_pop_joined (&queue, out, 32, is_even))
        ;
    assert_int_equal (queue_count (&queue), 0);
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
    gpointer items[4];
    guint n;

    while ((n = queue_pop_joined (&shared->queue, items, G_N_ELEMENTS (items), is_even)))
        for (guint i = 0; i < n; i++) {
            atomic_fetch_add (&shared->sum, GPOINTER_TO_UINT (items[i]));
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
        cmocka_unit_test (test_joined),
        cmocka_unit_test (test_many_threads),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
