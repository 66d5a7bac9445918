/* draw.h -- draw rows with a shape and look at the text; shared by the tests of the shapes. */
#pragma once
#include "render/render.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define NONE    VALUE_NONE
#define INT(i)  VALUE_OF_INT (i)
#define TEXT(s) VALUE_OF_TEXT (s)
#define DAY1    VALUE_OF_DAY (20454) /* 2026-01-01 */
#define DAY2    VALUE_OF_DAY (20455)

/* The rows of a table written in place: ROWS (columns, cells). */
#define ROWS(columns, cells) \
    rows_new (columns, G_N_ELEMENTS (columns), cells, G_N_ELEMENTS (cells) / G_N_ELEMENTS (columns))

static const Frame plain_frame = { .title = "Sessions", .unit = UNIT_COUNT };
static const Frame compare_frame = { .title = "Sessions",
                                     .unit = UNIT_COUNT,
                                     .comparison = { COMPARE_PREVIOUS_PERIOD, { 20452, 20453 } } };

/* The answer's object with basis and notices behind; takes the rows. */
static inline char *
draw (Render render, const Frame *frame, Rows *rows)
{
    GString *text = g_string_new (NULL);
    Json json = JSON_INTO (text);
    g_auto (Quality) quality = { 0 };

    quality_init (&quality);
    json_begin_object (&json);
    render (frame, rows, &quality, &json);
    json_put_text (&json, "basis", quality.basis);
    json_end_object (&json);
    g_string_append (text, quality.notices->str);
    g_clear_pointer (&rows, rows_free);
    return g_string_free (text, FALSE);
}

static inline void
assert_drawn (Render render, const Frame *frame, Rows *rows, const char *want)
{
    g_autofree char *got = draw (render, frame, rows);

    assert_string_equal (got, want);
}
