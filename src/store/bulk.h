/* bulk.h -- what both engines share when facts are written in bulk: the SQL,
 * made from the constants of a FactTable, and the check of a set.
 * Private to store/. */
#pragma once
#include "store/store.h"

/* Parameters are $1, $2, ... in order of appearance: both engines take that. */
typedef struct {
    char *clear;  /* delete of user $1, entity $2 the days $3 .. $4; NULL unless by day */
    char *insert; /* one row, user_id first; updates by key unless by day */
    char *stage;  /* PostgreSQL: an empty temporary table; NULL if by day */
    char *copy;   /* PostgreSQL: into the table, or the temporary one */
    char *merge;  /* PostgreSQL: from the temporary table; NULL if by day */
} BulkPlan;

BulkPlan *bulk_plan_new (const FactTable *table);
void bulk_plan_free (BulkPlan *plan);

/* The rows of a set ordered by their key (the order the table is kept in), or
 * NULL with FAULT_INTERNAL: another entity's row, a day outside the window, a
 * key twice, a value of the wrong type. */
GArray *bulk_order (const FactSet *facts, const char *entity, Period window, GError **error);
