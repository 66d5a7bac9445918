/* ga4_view.h -- how a property shows its visits at this moment: which are there
 * already, and what their dimension values are called.
 *
 * The world is the truth; a view is the world through what GA4 (and the
 * switches) do to it: days still being processed, sampling, "(other)" rows. */
#pragma once
#include "ga4_fields.h"
#include "world.h"

#define VALUE_OTHER 4095 /* the id of "(other)", in every dimension that has it */

typedef struct {
    const Property *property;
    Day today;
    int minute;          /* of today: later visits have not happened */
    int processed;       /* percent of the two last days that is processed */
    int sampled;         /* percent of visits that are read; 0 is all */
    guint kept_pages;    /* further landing pages are "(other)"; 0 keeps all */
    gboolean other_date; /* some visits have the date "(other)" */
    gboolean odd_paths;
    const char *range_names[4];
    GPtrArray *texts[N_DIMENSIONS]; /* by id, made when first asked for */
} Ga4View;

void ga4_view_init (Ga4View *view, const Property *property);
void ga4_view_clear (Ga4View *view);
gboolean ga4_view_shows (const Ga4View *view, const Visit *visit, Day day);
/* A small number for the value of a dimension, < 1 << bits of that dimension. */
guint ga4_view_id (const Ga4View *view, DimensionId dimension, const Visit *visit, Day day, guint range);
/* Its text; lives as long as the view. */
const char *ga4_view_text (Ga4View *view, DimensionId dimension, guint id);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Ga4View, ga4_view_clear)
