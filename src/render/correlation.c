#include "render/correlation.h"

#include "render/lines.h"

typedef struct {
    double x, y;
} Twin;

/* Both lists are in the order of their days, so they are walked once. */
static GArray *
join (const GArray *first, const GArray *second, int lag)
{
    GArray *twins = g_array_new (FALSE, FALSE, sizeof (Twin));

    for (guint i = 0, j = 0; first && second && i < first->len && j < second->len;) {
        const Point *one = &g_array_index (first, Point, i), *other = &g_array_index (second, Point, j);
        Day wanted = one->day + lag;

        if (wanted == other->day && number_known (one->value) && number_known (other->value)) {
            Twin twin = { number_real (one->value), number_real (other->value) };

            g_array_append_val (twins, twin);
        }
        i += wanted <= other->day;
        j += other->day <= wanted;
    }
    return twins;
}

static Twin
mean_of (const GArray *twins)
{
    Twin mean = { 0 };

    for (guint i = 0; i < twins->len; i++) {
        mean.x += g_array_index (twins, Twin, i).x / twins->len;
        mean.y += g_array_index (twins, Twin, i).y / twins->len;
    }
    return mean;
}

/* Asked of the values themselves: rounding gives also a flat line a little variance. */
static gboolean
is_flat (const GArray *twins)
{
    const Twin *first = &g_array_index (twins, Twin, 0);
    gboolean flat_x = TRUE, flat_y = TRUE;

    for (guint i = 1; i < twins->len; i++) {
        flat_x &= g_array_index (twins, Twin, i).x == first->x;
        flat_y &= g_array_index (twins, Twin, i).y == first->y;
    }
    return flat_x || flat_y;
}

Correlation
correlation_of (const GArray *first, const GArray *second, int lag)
{
    g_autoptr (GArray) twins = join (first, second, lag);
    double xy = 0, xx = 0, yy = 0;
    Twin mean;

    if (twins->len < CORRELATION_MIN_DAYS || is_flat (twins))
        return (Correlation){ NAN, twins->len };
    mean = mean_of (twins);
    for (guint i = 0; i < twins->len; i++) {
        double x = g_array_index (twins, Twin, i).x - mean.x, y = g_array_index (twins, Twin, i).y - mean.y;

        xy += x * y;
        xx += x * x;
        yy += y * y;
    }
    return (Correlation){ CLAMP (xy / sqrt (xx) / sqrt (yy), -1, 1), twins->len };
}

gboolean
correlation_is_stronger (Correlation one, Correlation other)
{
    return correlation_known (one) && (!correlation_known (other) || fabs (one.r) > fabs (other.r));
}
