/* own.h -- a user's own widget as a subject: by what the change of its formula can be split.
 *
 * By channel or campaign, where all of its metrics are known so; by source, where they are of several;
 * by metric, where there are several. Its rows are not those of a question but are put
 * together from them (mix_parts). */
#pragma once
#include "insights/subject.h"
#include "query/batch.h"
#include "widgets/custom.h"
#include "widgets/widget.h"

typedef struct {
    Subject subject; /* its splits are below */
    Split splits[6];
} Own;

/* Its text is static; it points into itself, so that it must stay where it is. */
void own_init (Own *own, const Widget *widget);
/* Why it can't be split by this, if that is because of one of its metrics; else NULL. The caller frees it. */
char *own_why_not (const Widget *widget, const char *by);
/* The questions that whole and parts are made of. */
void own_add (const Widget *widget, const char *by, Batch *batch);
/* The rows of the whole (split NULL) or of the parts, as subject.h says; the caller owns them. */
Rows *own_rows (const Widget *widget, const Split *split, const Batch *batch, GPtrArray *currencies);
