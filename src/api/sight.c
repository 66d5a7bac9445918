#include "api/sight.h"

#include "auth/secret.h"

#include <string.h>

struct Sight {
    GArray *views;       /* of JobView */
    GPtrArray *tags;     /* beside it: text or NULL */
    GPtrArray *news;     /* beside it: HttpPiece or NULL */
    GHashTable *index;   /* "user job" -> position + 1 */
    GStringChunk *texts; /* all that the others point to */
};

Sight *
sight_new (void)
{
    Sight *sight = g_new0 (Sight, 1);

    sight->views = g_array_new (FALSE, TRUE, sizeof (JobView));
    sight->tags = g_ptr_array_new ();
    sight->news = g_ptr_array_new_with_free_func ((GDestroyNotify)http_piece_unref);
    sight->index = g_hash_table_new (g_str_hash, g_str_equal);
    sight->texts = g_string_chunk_new (4096);
    return sight;
}

void
sight_free (Sight *sight)
{
    job_views_clear ((JobView *)(void *)sight->views->data, sight->views->len);
    g_array_unref (sight->views);
    g_ptr_array_unref (sight->tags);
    g_ptr_array_unref (sight->news);
    g_hash_table_unref (sight->index);
    g_string_chunk_free (sight->texts);
    g_free (sight);
}

static guint
position (const Sight *sight, const char *user, const char *job)
{
    g_autofree char *key = g_strconcat (user, " ", job, NULL);

    return GPOINTER_TO_UINT (g_hash_table_lookup (sight->index, key));
}

void
sight_add (Sight *sight, const char *user, const char *job)
{
    g_autofree char *key = NULL;
    JobView view = { .job = NULL };

    if (position (sight, user, job))
        return;
    key = g_strconcat (user, " ", job, NULL);
    view.user = g_string_chunk_insert_const (sight->texts, user);
    view.job = g_string_chunk_insert_const (sight->texts, job);
    g_array_append_val (sight->views, view);
    g_hash_table_insert (sight->index, g_string_chunk_insert (sight->texts, key),
                         GUINT_TO_POINTER (sight->views->len));
}

void
sight_tag (const JobView *view, char tag[static SIGHT_TAG])
{
    char hash[SECRET_HASH_TEXT];

    g_strlcpy (tag, secret_hash (view->text->str, view->text->len, hash), SIGHT_TAG);
}

void
sight_write (GString *out, const JobView *view, const char *tag, gboolean is_known)
{
    if (!is_known)
        g_string_append_printf (out, "id: %s\ndata: %s\n\n", tag, view->text->str);
    if (view->final)
        g_string_append_printf (out, "id: %s.done\nevent: done\ndata: {\"status\":\"%s\"}\n\n", tag,
                                view->status);
}

static HttpPiece *
make_news (const JobView *view, const char *tag)
{
    g_autoptr (GString) text = g_string_sized_new (view->text->len + 256);

    sight_write (text, view, tag, FALSE);
    return http_piece_new (text->str, text->len);
}

gboolean
sight_read (Sight *sight, Store *store, GError **error)
{
    JobView *views = (JobView *)(void *)sight->views->data;

    if (!job_view_read (store, views, sight->views->len, error))
        return FALSE;
    for (guint i = 0; i < sight->views->len; i++) {
        char tag[SIGHT_TAG] = "";

        if (views[i].text)
            sight_tag (&views[i], tag);
        g_ptr_array_add (sight->tags, views[i].text ? g_string_chunk_insert (sight->texts, tag) : NULL);
        g_ptr_array_add (sight->news, views[i].text ? make_news (&views[i], tag) : NULL);
    }
    return TRUE;
}

Seen
sight_find (const Sight *sight, const char *user, const char *job)
{
    guint i = position (sight, user, job);

    if (!i || i > sight->tags->len)
        return (Seen){ .tag = NULL };
    return (Seen){ .tag = sight->tags->pdata[i - 1],
                   .news = sight->news->pdata[i - 1],
                   .final = g_array_index (sight->views, JobView, i - 1).final };
}
