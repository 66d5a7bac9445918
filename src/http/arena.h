/* arena.h -- memory that ends all at once, for what one request needs.
 *
 * The first bytes lie inside the struct, so that an ordinary request costs no
 * further allocation; what is larger goes into blocks. One thread at a time. */
#pragma once
#include <glib.h>

#define ARENA_INSIDE 400

typedef struct ArenaBlock ArenaBlock;

typedef struct {
    ArenaBlock *blocks;
    gsize used; /* of inside */
    _Alignas(8) char inside[ARENA_INSIDE];
} Arena;

void arena_init (Arena *arena);
void arena_clear (Arena *arena);
gpointer arena_alloc (Arena *arena, gsize n);               /* aligned to 8, not zeroed */
char *arena_copy (Arena *arena, const char *text, gsize n); /* NUL-terminated */
