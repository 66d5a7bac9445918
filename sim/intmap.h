/* intmap.h -- 64-bit keys to 32-bit numbers, for counting sets of visitors.
 *
 * Open addressing, grows by itself; a GHashTable would cost a pointer chase and
 * an allocation a visitor, and a report of a year has 400,000 of them. */
#pragma once
#include <glib.h>

typedef struct {
    guint64 key; /* key + 1; 0 is a free slot */
    guint32 value;
} IntMapSlot;

typedef struct {
    IntMapSlot *slots;
    gsize size, used;
} IntMap;

void int_map_init (IntMap *map);
void int_map_clear (IntMap *map);  /* free it */
void int_map_forget (IntMap *map); /* empty it, keep the memory */
/* The number of a key, 0 when it is new; valid until the next call. */
guint32 *int_map_at (IntMap *map, guint64 key);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IntMap, int_map_clear)
