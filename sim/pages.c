#include "pages.h"

#include "plan.h"

#include <math.h>

typedef enum { PAGE_HOME, PAGE_COLLECTION, PAGE_PRODUCT, PAGE_GUIDE, N_PAGE_KINDS } PageKind;

static const char *const things[] = { "trail-boots",   "rain-jackets", "daypacks",    "tents",
                                      "sleeping-bags", "headlamps",    "base-layers", "stoves",
                                      "trek-poles",    "climbing",     "winter-wear", "maps" };
static const char *const topics[] = { "how-to-choose-", "care-of-", "our-favourite-", "a-weekend-with-",
                                      "repairing-" };

/* How much a kind of page draws from a channel. */
static const double pulls[N_CHANNELS][N_PAGE_KINDS] = {
    [CHANNEL_DIRECT] = { 9, 3, 2, 1 },         [CHANNEL_ORGANIC_SEARCH] = { 2, 3, 3, 5 },
    [CHANNEL_PAID_SEARCH] = { 1, 5, 6, .2 },   [CHANNEL_PAID_SOCIAL] = { 1, 6, 3, .5 },
    [CHANNEL_ORGANIC_SOCIAL] = { 2, 1, 2, 6 }, [CHANNEL_EMAIL] = { 2, 5, 3, 3 },
    [CHANNEL_REFERRAL] = { 4, 1, 2, 4 },       [CHANNEL_UNASSIGNED] = { 5, 1, 1, 1 },
};

static PageKind
kind_of (guint page)
{
    if (page == 0)
        return PAGE_HOME;
    if (page <= G_N_ELEMENTS (things))
        return PAGE_COLLECTION;
    return page % 4 == 0 ? PAGE_GUIDE : PAGE_PRODUCT;
}

static char *
path_of (guint page)
{
    const char *thing = things[page % G_N_ELEMENTS (things)];

    switch (kind_of (page)) {
    case PAGE_HOME:
        return g_strdup ("/");
    case PAGE_COLLECTION:
        return g_strdup_printf ("/collections/%s", thing);
    case PAGE_GUIDE:
        return g_strdup_printf ("/journal/%s%s-%u", topics[page % G_N_ELEMENTS (topics)], thing, page);
    default:
        return g_strdup_printf ("/products/%s-%u", thing, page);
    }
}

GPtrArray *
pages_new (guint n)
{
    GPtrArray *pages = g_ptr_array_new_with_free_func (g_free);

    for (guint page = 0; page < n; page++)
        g_ptr_array_add (pages, path_of (page));
    return pages;
}

static double
pull_of (Channel channel, guint page)
{
    return pulls[channel][kind_of (page)] / pow (page + 2, .85);
}

static void
fill_table (guint16 *table, Channel channel, guint n_pages)
{
    double sum = 0, so_far = 0;
    guint slot = 0;

    for (guint page = 0; page < n_pages; page++)
        sum += pull_of (channel, page);
    for (guint page = 0; page < n_pages; page++) {
        so_far += pull_of (channel, page);
        while (slot < PAGE_TABLE && slot < so_far / sum * PAGE_TABLE)
            table[slot++] = (guint16)page;
    }
    while (slot < PAGE_TABLE) /* what rounding left */
        table[slot++] = 0;
}

guint16 *
pages_tables (guint n_pages)
{
    guint16 *tables = g_new (guint16, N_CHANNELS * PAGE_TABLE);

    for (Channel channel = 0; channel < N_CHANNELS; channel++)
        fill_table (tables + channel * PAGE_TABLE, channel, n_pages);
    return tables;
}

guint
page_of_event (guint64 mark, guint n_pages)
{
    return 1 + (guint)(mark % (n_pages - 1));
}
