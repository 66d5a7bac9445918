/* marks.h -- what a user adds to his numbers, as it stands in an answer: the target
 * that holds in the asked period, and notes about its days. */
#pragma once
#include "query/batch.h"
#include "widgets/widget.h"

void marks_add (Batch *batch);
/* "target", if the asked period lies within one of its windows (of several, the shortest), and
 * "annotations", if there are any about this widget. */
void marks_write (const Batch *batch, const Widget *widget, Period period, Json *json);
