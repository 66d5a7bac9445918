/* graph_list.h -- all pages of one of the Graph API's lists. */
#pragma once
#include "sources/graph_call.h"

typedef struct {
    const char *service, *path, *fields, *token;
    void (*take) (gpointer user, const json_t *item); /* once for each, in order */
    gpointer user;
} GraphList;

gboolean graph_list_walk (const SourceContext *context, const GraphList *list, GError **error);
