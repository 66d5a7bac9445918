#include "ga4_view.h"

#include "dice.h"

/* Pages that get strange paths when that switch is on. */
enum { ODD_NOT_SET = 1, ODD_EMPTY, ODD_UNICODE, ODD_LONG };

void
ga4_view_init (Ga4View *view, const Property *property)
{
    *view = (Ga4View){ .property = property, .today = G_MAXINT32, .minute = 1440, .processed = 100 };
    for (int i = 0; i < N_DIMENSIONS; i++)
        view->texts[i] = g_ptr_array_new_with_free_func (g_free);
}

void
ga4_view_clear (Ga4View *view)
{
    for (int i = 0; i < N_DIMENSIONS; i++)
        g_clear_pointer (&view->texts[i], g_ptr_array_unref);
}

gboolean
ga4_view_shows (const Ga4View *view, const Visit *visit, Day day)
{
    if (day >= view->today && (day > view->today || visit->minute > view->minute))
        return FALSE;
    if (day >= view->today - 2 && visit->arrival * 100 >= view->processed * 256)
        return FALSE;
    /* whole visitors are read or not, so that shares stay right */
    return !view->sampled || (int)(dice_mix (visit->visitor) % 100) < view->sampled;
}

static guint
date_id (const Ga4View *view, const Visit *visit, Day day)
{
    return view->other_date && visit->arrival == 200 ? VALUE_OTHER : (guint)(day - view->property->first);
}

static gboolean
is_nameless (const Ga4View *view, guint page)
{
    return view->odd_paths && (page == ODD_NOT_SET || page == ODD_EMPTY);
}

static guint
landing_query_id (const Ga4View *view, const Visit *visit)
{
    if (view->kept_pages && visit->page >= view->kept_pages)
        return VALUE_OTHER;
    return visit->page * N_QUERIES + (is_nameless (view, visit->page) ? 0 : visit->query);
}

guint
ga4_view_id (const Ga4View *view, DimensionId dimension, const Visit *visit, Day day, guint range)
{
    switch (dimension) {
    case DIMENSION_DATE:
        return date_id (view, visit, day);
    case DIMENSION_CHANNEL:
        return visit->channel;
    case DIMENSION_LANDING:
        return view->kept_pages && visit->page >= view->kept_pages ? VALUE_OTHER : visit->page;
    case DIMENSION_LANDING_QUERY:
        return landing_query_id (view, visit);
    case DIMENSION_DEVICE:
        return visit->device;
    case DIMENSION_COUNTRY:
        return visit->country;
    default:
        return range;
    }
}

static char *
date_text (Day day)
{
    int y, m, d;

    day_split (day, &y, &m, &d);
    return g_strdup_printf ("%04d%02d%02d", y, m, d);
}

static char *
page_text (const Ga4View *view, guint page)
{
    if (view->odd_paths && page == ODD_NOT_SET)
        return g_strdup ("(not set)");
    if (view->odd_paths && page == ODD_EMPTY)
        return g_strdup ("");
    if (view->odd_paths && page == ODD_UNICODE)
        return g_strdup ("/größe/日本語/🎒-\"quoted\"-\\-é");
    if (view->odd_paths && page == ODD_LONG) {
        g_autofree char *tail = g_strnfill (2040, 'x');
        return g_strconcat ("/search/", tail, NULL);
    }
    return g_strdup (view->property->pages->pdata[page]);
}

static char *
landing_query_text (const Ga4View *view, guint id)
{
    g_autofree char *page = page_text (view, id / N_QUERIES);

    return g_strconcat (page, world_queries[id % N_QUERIES], NULL);
}

static char *
make_text (const Ga4View *view, DimensionId dimension, guint id)
{
    if (id == VALUE_OTHER)
        return g_strdup ("(other)");
    switch (dimension) {
    case DIMENSION_DATE:
        return date_text (view->property->first + (Day)id);
    case DIMENSION_CHANNEL:
        return g_strdup (world_channels[id]);
    case DIMENSION_LANDING:
        return page_text (view, id);
    case DIMENSION_LANDING_QUERY:
        return landing_query_text (view, id);
    case DIMENSION_DEVICE:
        return g_strdup (world_devices[id]);
    case DIMENSION_COUNTRY:
        return g_strdup (view->property->preset.countries[id]);
    default:
        return g_strdup (view->range_names[id]);
    }
}

const char *
ga4_view_text (Ga4View *view, DimensionId dimension, guint id)
{
    GPtrArray *texts = view->texts[dimension];

    if (id >= texts->len)
        g_ptr_array_set_size (texts, (int)id + 1);
    if (!texts->pdata[id])
        texts->pdata[id] = make_text (view, dimension, id);
    return texts->pdata[id];
}
