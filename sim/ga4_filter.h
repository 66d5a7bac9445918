/* ga4_filter.h -- filter expressions of a report, read once and asked often.
 *
 * A leaf is about a dimension (its texts) or a metric (its numbers); the caller
 * says which, and what value it has in the row at hand. */
#pragma once
#include <glib.h>
#include <jansson.h>

typedef struct Ga4Filter Ga4Filter;

/* The index of a field by name for leaves, or -1 and a sentence. */
typedef int (*Ga4FindField) (gconstpointer user, const char *name, char **problem);

/* expression is canonical (see proto.h), NULL or empty is no filter. FALSE and a sentence
 * in *problem if it makes no sense. */
gboolean ga4_filter_read (const json_t *expression, gboolean numeric, Ga4FindField find, gconstpointer user,
                          Ga4Filter **filter, char **problem);
void ga4_filter_free (Ga4Filter *filter);

typedef struct {
    /* Texts are asked by a small id of the value, so that each is compared only once. */
    guint (*id) (gpointer row, int field);
    const char *(*text) (gpointer row, int field, guint id);
    double (*number) (gpointer row, int field);
    gpointer row;
} Ga4FilterRow;

gboolean ga4_filter_holds (Ga4Filter *filter, const Ga4FilterRow *row); /* TRUE for NULL */
