#include "render/chart.h"

#include <math.h>
#include <png.h>
#include <string.h>

#define MARGIN       8.0
#define LOUD_RADIUS  2.6
#define QUIET_RADIUS 1.5
#define AREA_ALPHA   34
#define GRID_RGB     0x8a94a6
#define GRID_ALPHA   56
#define GRID_LINES   3

typedef struct {
    guint8 *pixels; /* RGBA */
    guint8 *mask;   /* of the line that is being drawn: how much of each pixel it covers */
    double low, high;
    guint n; /* days */
} Canvas;

/* ---- where things are ---- */

static double
x_of (const Canvas *canvas, guint day)
{
    return MARGIN + (CHART_WIDTH - 2 * MARGIN) * (canvas->n > 1 ? (double)day / (canvas->n - 1) : 0.5);
}

static double
y_of (const Canvas *canvas, double value)
{
    return CHART_HEIGHT - MARGIN -
           (CHART_HEIGHT - 2 * MARGIN) * (value - canvas->low) / (canvas->high - canvas->low);
}

static void
find_scale (Canvas *canvas, const ChartLine *lines, guint n_lines)
{
    for (guint i = 0; i < n_lines; i++) {
        canvas->n = MAX (canvas->n, lines[i].n);
        for (guint day = 0; day < lines[i].n; day++) {
            canvas->low = fmin (canvas->low, lines[i].values[day]); /* NaN is passed over */
            canvas->high = fmax (canvas->high, lines[i].values[day]);
        }
    }
    if (!(canvas->high > canvas->low))
        canvas->high = canvas->low + 1;
}

/* ---- pixels ---- */

/* Over what is there, as the eye adds them. */
static void
blend (Canvas *canvas, int x, int y, guint32 rgb, guint alpha)
{
    guint8 *pixel = canvas->pixels + 4 * ((gsize)y * CHART_WIDTH + (gsize)x);
    guint under = pixel[3] * (255 - alpha) / 255, all = alpha + under;
    const guint8 colour[3] = { (guint8)(rgb >> 16), (guint8)(rgb >> 8), (guint8)rgb };

    if (!all)
        return;
    for (int i = 0; i < 3; i++)
        pixel[i] = (guint8)((colour[i] * alpha + pixel[i] * under) / all);
    pixel[3] = (guint8)all;
}

static double
distance (double x, double y, const double from[2], const double to[2])
{
    double dx = to[0] - from[0], dy = to[1] - from[1], length = dx * dx + dy * dy;
    double at = length > 0 ? ((x - from[0]) * dx + (y - from[1]) * dy) / length : 0;

    at = CLAMP (at, 0, 1);
    return hypot (x - from[0] - at * dx, y - from[1] - at * dy);
}

/* Into the mask, where the darkest counts, so that joints are no darker than the rest. */
static void
cover_segment (Canvas *canvas, const double from[2], const double to[2], double radius)
{
    int left = (int)fmax (fmin (from[0], to[0]) - radius - 1, 0);
    int right = (int)fmin (fmax (from[0], to[0]) + radius + 1, CHART_WIDTH - 1);
    int top = (int)fmax (fmin (from[1], to[1]) - radius - 1, 0);
    int bottom = (int)fmin (fmax (from[1], to[1]) + radius + 1, CHART_HEIGHT - 1);

    for (int y = top; y <= bottom; y++) {
        for (int x = left; x <= right; x++) {
            guint8 *covered = canvas->mask + (gsize)y * CHART_WIDTH + (gsize)x;
            double share = radius + 0.5 - distance (x + 0.5, y + 0.5, from, to);

            *covered = MAX (*covered, (guint8)(255 * CLAMP (share, 0, 1)));
        }
    }
}

static void
paint_mask (Canvas *canvas, guint32 rgb)
{
    for (int y = 0; y < CHART_HEIGHT; y++)
        for (int x = 0; x < CHART_WIDTH; x++)
            blend (canvas, x, y, rgb, canvas->mask[(gsize)y * CHART_WIDTH + (gsize)x]);
    memset (canvas->mask, 0, CHART_WIDTH * CHART_HEIGHT);
}

/* ---- lines ---- */

static void
draw_grid (Canvas *canvas)
{
    for (int i = 0; i < GRID_LINES; i++) {
        int y = (int)(MARGIN + (CHART_HEIGHT - 2 * MARGIN) * i / (GRID_LINES - 1));

        for (int x = 0; x < CHART_WIDTH; x++)
            blend (canvas, x, y, GRID_RGB, GRID_ALPHA);
    }
}

/* What lies below a stroke of the line. */
static void
fill_below (Canvas *canvas, const double from[2], const double to[2], guint32 rgb)
{
    int bottom = CHART_HEIGHT - (int)MARGIN;

    for (int x = (int)ceil (from[0]); x < (int)ceil (to[0]); x++) {
        double y = from[1] + (to[1] - from[1]) * (x - from[0]) / (to[0] - from[0]);

        for (int at = MAX ((int)y, 0); at < bottom; at++)
            blend (canvas, x, at, rgb, AREA_ALPHA);
    }
}

static gboolean
is_known (const ChartLine *line, guint day)
{
    return day < line->n && isfinite (line->values[day]);
}

static void
draw_line (Canvas *canvas, const ChartLine *line)
{
    double radius = line->quiet ? QUIET_RADIUS : LOUD_RADIUS;

    for (guint day = 0; day < line->n; day++) {
        double from[2], to[2];

        if (!is_known (line, day))
            continue;
        from[0] = x_of (canvas, day);
        from[1] = y_of (canvas, line->values[day]);
        if (!is_known (line, day + 1)) { /* the last one, and one that stands alone, is a dot */
            cover_segment (canvas, from, from, radius * (line->quiet ? 1 : 1.7));
            continue;
        }
        to[0] = x_of (canvas, day + 1);
        to[1] = y_of (canvas, line->values[day + 1]);
        if (!line->quiet)
            fill_below (canvas, from, to, line->rgb);
        cover_segment (canvas, from, to, radius);
    }
    paint_mask (canvas, line->rgb);
}

/* ---- the file ---- */

static GBytes *
encode (const guint8 *pixels)
{
    png_image image = {
        .version = PNG_IMAGE_VERSION, .width = CHART_WIDTH, .height = CHART_HEIGHT, .format = PNG_FORMAT_RGBA
    };
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX (image);
    g_autofree guint8 *data = g_malloc (size);

    if (!png_image_write_to_memory (&image, data, &size, 0, pixels, 0, NULL))
        g_error ("libpng: %s", image.message); /* the memory is enough, and there is nothing else to fail */
    return g_bytes_new (data, size);
}

GBytes *
chart_png (const ChartLine *lines, guint n_lines)
{
    g_autofree guint8 *pixels = g_malloc0 (4 * CHART_WIDTH * CHART_HEIGHT);
    g_autofree guint8 *mask = g_malloc0 (CHART_WIDTH * CHART_HEIGHT);
    Canvas canvas = { .pixels = pixels, .mask = mask };

    find_scale (&canvas, lines, n_lines);
    draw_grid (&canvas);
    for (guint i = 0; i < n_lines; i++)
        draw_line (&canvas, &lines[i]);
    return encode (pixels);
}
