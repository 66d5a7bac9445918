#include "intmap.h"

#include "dice.h"

#include <string.h>

#define SMALLEST 64

static void
allocate (IntMap *map, gsize size)
{
    map->keys = g_new0 (guint64, size);
    map->values = g_new0 (guint32, size);
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
    g_free (map->keys);
    g_free (map->values);
    *map = (IntMap){ 0 };
}

void
int_map_forget (IntMap *map)
{
    if (map->used == 0)
        return;
    memset (map->keys, 0, map->size * sizeof *map->keys);
    memset (map->values, 0, map->size * sizeof *map->values);
    map->used = 0;
}

static gsize
slot_of (const IntMap *map, guint64 key)
{
    gsize slot = dice_mix (key) & (map->size - 1);

    while (map->keys[slot] && map->keys[slot] != key + 1)
        slot = (slot + 1) & (map->size - 1);
    return slot;
}

static void
grow (IntMap *map)
{
    IntMap old = *map;

    allocate (map, old.size * 2);
    for (gsize i = 0; i < old.size; i++)
        if (old.keys[i]) {
            gsize slot = slot_of (map, old.keys[i] - 1);

            map->keys[slot] = old.keys[i];
            map->values[slot] = old.values[i];
            map->used++;
        }
    int_map_clear (&old);
}

guint32 *
int_map_at (IntMap *map, guint64 key)
{
    gsize slot;

    if (map->used * 4 >= map->size * 3)
        grow (map);
    slot = slot_of (map, key);
    if (!map->keys[slot]) {
        map->keys[slot] = key + 1;
        map->used++;
    }
    return &map->values[slot];
}
