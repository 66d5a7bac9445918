/* letter_parts.h -- how the parts of a letter are written; within api/letter*.c. */
#pragma once
#include "api/letter.h"
#include "insights/prose.h"
#include "widgets/widget.h"

/* How the reader wants numbers, as far as a mail can follow: /v1/settings. */
typedef struct {
    const char *group, *decimal;
    gboolean money_after; /* 12 € */
    gboolean codes;       /* EUR instead of € */
} NumberStyle;

NumberStyle number_style_of (json_t *settings);
/* As prose_figure writes it, in this style; NaN is a dash. */
void figure_write (GString *out, const Figure *figure, const NumberStyle *style);

typedef struct {
    Letter *letter;
    NumberStyle style;
    Period period;
    guint charts; /* so far */
} LetterWriter;

/* Text into HTML. */
void html_text (GString *html, const char *text);
/* A heading of both parts. */
void letter_heading (Letter *letter, const char *text);

/* Has it rows of its own? Then these say more than their sum. */
gboolean letter_is_list (json_t *answer);
/* Its line in the table of numbers: title, number, change. */
void letter_number (LetterWriter *writer, const Widget *widget, json_t *answer);
/* Its days as a picture and the first of its rows, if it has any of them. */
void letter_card (LetterWriter *writer, const Widget *widget, json_t *answer);

/* Styles that several parts share. */
#define INK   "#1f2733"
#define FAINT "#5b6675"
#define RULE  "#e3e7ed"
