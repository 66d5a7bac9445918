/* chart.h -- days as a picture that a mail can carry: lines over each other, as PNG.
 *
 * Shapes alone, no letters: what they mean stands around them, so a server needs no fonts. The ground is
 * transparent and the colours are of middle lightness, for light and dark readers. Zero is at the bottom,
 * unless something is below. Pure, any thread. */
#pragma once
#include <glib.h>

#define CHART_WIDTH  1120 /* pixels; shown at half of it, or smaller */
#define CHART_HEIGHT 220

typedef struct {
    const double *values; /* a day each; NaN: not known, and the line is broken */
    guint n;
    guint32 rgb;    /* 0x3366cc */
    gboolean quiet; /* thin, with nothing below it: what something is compared with */
} ChartLine;

/* The first is drawn first; all are as long as the longest. The caller unrefs it. */
GBytes *chart_png (const ChartLine *lines, guint n_lines);
