/* target.h -- the request target: path, segments and query of a raw URI.
 *
 * Pure functions on text; what they return lives in the arena. libmicrohttpd's
 * own unescaping is not used: it stops at %00 and knows no UTF-8. */
#pragma once
#include "http/arena.h"

typedef struct {
    const char *name, *value; /* valid UTF-8 */
} TargetParam;

typedef struct {
    const char *authority; /* of "http://host:port/…", or NULL */
    const char *path;      /* decoded */
    const char *query;     /* raw, without '?'; NULL if there is none */
    const char **segments; /* each decoded on its own, so %2F does not split */
    guint n_segments;      /* "/" has none, "/a/" has two, the last one empty */
} Target;

/* NULL, or why the target is refused: bad escapes, NUL or invalid UTF-8 in the
 * path, control bytes, a form other than "/…", "http://…" and "*". */
const char *target_parse (Target *target, Arena *arena, const char *raw);

/* All parameters in their order; percent-decoding, '+' is a space. What is not
 * UTF-8, and NUL, becomes U+FFFD; a broken escape stays as it is. */
TargetParam *target_params (Arena *arena, const char *query, guint *n);
