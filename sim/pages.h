/* pages.h -- the landing pages of a property, and which channel leads where. */
#pragma once
#include <glib.h>

#define PAGE_TABLE 4096 /* slots a channel: picking a page is one look-up */

/* n paths ("/", "/products/trail-boots-2", …), the first also the most visited. */
GPtrArray *pages_new (guint n);
/* N_CHANNELS tables of PAGE_TABLE slots, one after the other; the caller frees them. */
guint16 *pages_tables (guint n_pages);
/* The page a campaign or a post leads to. */
guint page_of_event (guint64 mark, guint n_pages);
