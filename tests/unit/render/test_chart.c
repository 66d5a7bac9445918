/* Days as a picture: the right size, ink where the numbers are, nothing where there are none. */
#include "render/chart.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <png.h>

static guint8 *
pixels_of (const ChartLine *lines, guint n)
{
    g_autoptr (GBytes) file = chart_png (lines, n);
    png_image image = { .version = PNG_IMAGE_VERSION };
    guint8 *pixels = g_malloc (4 * CHART_WIDTH * CHART_HEIGHT);
    gsize size;
    gconstpointer data = g_bytes_get_data (file, &size);

    assert_true (png_image_begin_read_from_memory (&image, data, size));
    image.format = PNG_FORMAT_RGBA;
    assert_int_equal (image.width, CHART_WIDTH);
    assert_int_equal (image.height, CHART_HEIGHT);
    assert_true (png_image_finish_read (&image, NULL, pixels, 0, NULL));
    return pixels;
}

/* How many pixels of that column are of the line itself. */
static guint
ink (const guint8 *pixels, int x)
{
    guint n = 0;

    for (int y = 0; y < CHART_HEIGHT; y++)
        n += pixels[4 * (y * CHART_WIDTH + x) + 3] > 200;
    return n;
}

static void
test_line (void **state)
{
    const double values[] = { 1, 1, NAN, NAN, 1, 1 };
    const ChartLine line = { .values = values, .n = 6, .rgb = 0x3366cc };
    g_autofree guint8 *pixels = pixels_of (&line, 1);

    assert_true (ink (pixels, CHART_WIDTH / 10) >= 4);
    assert_int_equal (ink (pixels, CHART_WIDTH / 2), 0); /* a gap is a gap */
    assert_true (ink (pixels, CHART_WIDTH * 9 / 10) >= 4);
}

static void
test_odd_numbers (void **state)
{
    const double zero[] = { 0, 0 }, below[] = { -5, 5 }, none[] = { NAN, NAN }, huge[] = { 1e300, 0 };
    const ChartLine lines[] = { { zero, 2, 0, FALSE },
                                { below, 2, 0, TRUE },
                                { none, 2, 0, FALSE },
                                { huge, 2, 0, TRUE },
                                { NULL, 0, 0, FALSE } };

    for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
        g_free (pixels_of (&lines[i], 1));
    g_free (pixels_of (lines, G_N_ELEMENTS (lines)));
    g_free (pixels_of (NULL, 0));
}

int
main (void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test (test_line), cmocka_unit_test (test_odd_numbers) };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
