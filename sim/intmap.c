#include "intmap.h"

#include "dice.h"

#include <string.h>

#define SMALLEST 64

static void
allocate (IntMap *map, gsize size)
{
    map->slots = g_new0 (IntMapSlot, size);
    map->size = size;
    map->used = 0;
}

void
int_map_init (IntMap *map)
{
    allocate (map, SMALLEST);
}

void
int_map_clear (IntMap *map)
{
    g_free (map->slots);
    *map = (IntMap){ 0 };
}

void
int_map_forget (IntMap *map)
{
    if (map->used == 0)
        return;
    memset (map->slots, 0, map->size * sizeof *map->slots);
    map->used = 0;
}

static IntMapSlot *
slot_of (const IntMap *map, guint64 key)
{
    gsize slot = dice_mix (key) & (map->size - 1);

    while (map->slots[slot].key && map->slots[slot].key != key + 1)
        slot = (slot + 1) & (map->size - 1);
    return &map->slots[slot];
}

static void
grow (IntMap *map)
{
    IntMap old = *map;

    allocate (map, old.size * 4);
    map->used = old.used;
    for (gsize i = 0; i < old.size; i++)
        if (old.slots[i].key)
            *slot_of (map, old.slots[i].key - 1) = old.slots[i];
    int_map_clear (&old);
}

guint32 *
int_map_at (IntMap *map, guint64 key)
{
    IntMapSlot *slot;

    if (map->used * 4 >= map->size * 3)
        grow (map);
    slot = slot_of (map, key);
    if (!slot->key) {
        slot->key = key + 1;
        map->used++;
    }
    return &slot->value;
}
