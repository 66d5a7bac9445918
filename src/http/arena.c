#include "http/arena.h"

#include <string.h>

#define BLOCK_BYTES 4000

struct ArenaBlock {
    ArenaBlock *next;
    gsize used, size;
    _Alignas(8) char bytes[];
};

void
arena_init (Arena *arena)
{
    arena->blocks = NULL;
    arena->used = 0;
}

void
arena_clear (Arena *arena)
{
    while (arena->blocks) {
        ArenaBlock *block = arena->blocks;

        arena->blocks = block->next;
        g_free (block);
    }
    arena->used = 0;
}

static ArenaBlock *
add_block (Arena *arena, gsize least)
{
    gsize size = MAX (least, BLOCK_BYTES);
    ArenaBlock *block = g_malloc (sizeof *block + size);

    block->next = arena->blocks;
    block->used = 0;
    block->size = size;
    arena->blocks = block;
    return block;
}

gpointer
arena_alloc (Arena *arena, gsize n)
{
    ArenaBlock *block = arena->blocks;
    gpointer start;

    n = (n + 7) & ~(gsize)7;
    if (n <= ARENA_INSIDE - arena->used) {
        start = arena->inside + arena->used;
        arena->used += n;
        return start;
    }
    if (!block || n > block->size - block->used)
        block = add_block (arena, n);
    start = block->bytes + block->used;
    block->used += n;
    return start;
}

char *
arena_copy (Arena *arena, const char *text, gsize n)
{
    char *copy = arena_alloc (arena, n + 1);

    memcpy (copy, text, n);
    copy[n] = '\0';
    return copy;
}
