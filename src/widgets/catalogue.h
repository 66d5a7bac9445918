/* catalogue.h -- the tables of widgets, one file a source; each ends with a row
 * without a key. Only registry.c reads them; all others use widget.h. */
#pragma once
#include "widgets/widget.h"

extern const Widget widgets_ga4[], widgets_meta[], widgets_instagram[], widgets_corr[];
