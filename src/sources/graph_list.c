#include "sources/graph_list.h"

#include "base/fault.h"

#define PAGE_SIZE  "100"
#define MOST_PAGES 100

/* Where the next page starts; NULL after the last. The address that Meta gives for it holds the
 * token, and is not used. */
static gboolean
turn_page (const GraphList *list, const json_t *page, char **after, GError **error)
{
    const json_t *paging = json_object_get (page, "paging");
    gboolean more = google_text (paging, "next") != NULL;
    const char *next = google_text (json_object_get (paging, "cursors"), "after");

    if (more && (!next || g_strcmp0 (next, *after) == 0))
        return fault_set (error, FAULT_REMOTE, "%s: the pages of a list lead nowhere", list->service);
    g_free (*after);
    *after = more ? g_strdup (next) : NULL;
    return TRUE;
}

static json_t *
ask_page (const SourceContext *context, const GraphList *list, const char *after, GError **error)
{
    g_autofree char *parameters =
        after ? fetch_form ("fields", list->fields, "limit", PAGE_SIZE, "after", after, NULL)
              : fetch_form ("fields", list->fields, "limit", PAGE_SIZE, NULL);
    GraphCall call = { .service = list->service,
                       .method = "GET",
                       .path = list->path,
                       .token = list->token,
                       .parameters = parameters };

    return graph_call (context, &call, error);
}

gboolean
graph_list_walk (const SourceContext *context, const GraphList *list, GError **error)
{
    g_autofree char *after = NULL;

    for (guint i = 0; i < MOST_PAGES && (i == 0 || after); i++) {
        g_autoptr (json_t) page = ask_page (context, list, after, error);
        gsize n;
        json_t *item;

        if (!page)
            return FALSE;
        json_array_foreach (json_object_get (page, "data"), n, item)
        {
            list->take (list->user, item);
        }
        if (!turn_page (list, page, &after, error))
            return FALSE;
    }
    return !after ||
           fault_set (error, FAULT_REMOTE, "%s: a list of more than %d pages", list->service, MOST_PAGES);
}
