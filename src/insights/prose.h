/* prose.h -- numbers, days and names as they stand in a sentence.
 *
 * As the page writes them: 12,431; €1,240 and €9.50; one decimal under 10 %; "pp"
 * between two rates; a real minus sign. Pure, any thread. All append to text. */
#pragma once
#include "model/period.h"
#include "render/number.h"

typedef struct {
    double value; /* money in units of its currency; a share of 0.5 is 50 % */
    Unit unit;
    const char *currency; /* of money; NULL or "": not known */
    gboolean points;      /* the difference of two shares */
    gboolean rough;       /* stands after "about": no cents */
} Figure;

void prose_figure (GString *text, const Figure *figure);
void prose_size (GString *text, const Figure *figure); /* the same without a sign */
/* Would it be written as nothing, "0.0%"? */
gboolean prose_is_zero (const Figure *figure);
/* "Tue 17 Nov 2026" */
void prose_day (GString *text, Day day);
/* "20 Oct–18 Nov 2026"; one day is a day. */
void prose_window (GString *text, Period window);
/* "from 20 Oct to 18 Nov 2026"; "on Tue 17 Nov 2026" */
void prose_during (GString *text, Period window);
/* "Monday" */
const char *prose_weekday (int weekday);
/* What others have named, as nothing but text: in quotes that it can't end, on one line, not too long. */
void prose_name (GString *text, const char *name);
