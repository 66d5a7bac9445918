/* harvest.h -- what one asking of a platform gives, until it is written all at once.
 *
 * Facts, a set for each table, and notices; it owns copies of all of it. An
 * empty one is { 0 }. For one thread. */
#pragma once
#include "model/fact.h"
#include "sources/driver.h"

#define HARVEST_TABLES 8 /* the most tables that one platform fills */

typedef struct {
    Period days;
    char *code, *text;
} Notice;

typedef struct {
    FactSet *sets[HARVEST_TABLES];
    guint n_sets;
    GArray *notices; /* of Notice; NULL: none */
} Harvest;

/* Where a driver puts it; the harvest must outlive the sink. */
SourceSink harvest_sink (Harvest *harvest);
/* These tables (NULL-terminated) are part of it even if no row comes. */
void harvest_expect (Harvest *harvest, const FactTable *const *tables);
/* Empty again, and ready for the next asking. */
void harvest_clear (Harvest *harvest);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Harvest, harvest_clear)
