#include "http/target.h"

#include <string.h>

static gsize
decode (const char *text, gsize n, gboolean plus, char *out, gboolean *broken)
{
    gsize length = 0;

    for (gsize i = 0; i < n; i++) {
        char c = text[i];

        if (c == '+' && plus) {
            c = ' ';
        } else if (c == '%') {
            if (i + 2 < n && g_ascii_isxdigit (text[i + 1]) && g_ascii_isxdigit (text[i + 2])) {
                c = (char)(g_ascii_xdigit_value (text[i + 1]) << 4 | g_ascii_xdigit_value (text[i + 2]));
                i += 2;
            } else if (broken) {
                *broken = TRUE;
            }
        }
        out[length++] = c;
    }
    out[length] = '\0';
    return length;
}

/* Visible ASCII and bytes above it; anything else has no place in a request line. */
static gboolean
is_clean (const char *raw)
{
    for (; *raw; raw++)
        if ((guchar)*raw <= ' ' || *raw == 0x7f)
            return FALSE;
    return TRUE;
}

/* Cut "http://host:port" off an absolute target. */
static const char *
skip_authority (Target *target, Arena *arena, const char *raw)
{
    gsize scheme = g_ascii_strncasecmp (raw, "http://", 7) == 0    ? 7
                   : g_ascii_strncasecmp (raw, "https://", 8) == 0 ? 8
                                                                   : 0;
    gsize n;

    if (!scheme)
        return raw;
    n = strcspn (raw + scheme, "/?");
    target->authority = arena_copy (arena, raw + scheme, n);
    raw += scheme + n;
    return *raw == '/' ? raw : arena_copy (arena, "/", 1);
}

static guint
count (const char *text, gsize n, char c)
{
    guint found = 0;

    for (gsize i = 0; i < n; i++)
        found += text[i] == c;
    return found;
}

static void
split (Target *target, Arena *arena, const char *path, gsize n)
{
    const char *end = path + n;
    guint most = count (path, n, '/');

    target->segments = arena_alloc (arena, (most + 1) * sizeof *target->segments);
    for (const char *p = path; n > 1 && p < end;) {
        const char *from = p + 1; /* p stands on a slash */
        const char *to = memchr (from, '/', (gsize)(end - from));
        char *text;

        p = to ? to : end;
        text = arena_alloc (arena, (gsize)(p - from) + 1);
        decode (from, (gsize)(p - from), FALSE, text, NULL);
        target->segments[target->n_segments++] = text;
    }
}

const char *
target_parse (Target *target, Arena *arena, const char *raw)
{
    gboolean broken = FALSE;
    gsize n, length;
    char *path;

    *target = (Target){ 0 };
    if (!is_clean (raw))
        return "The request target has control characters or spaces in it.";
    raw = skip_authority (target, arena, raw);
    if (*raw != '/' && strcmp (raw, "*") != 0)
        return "The request target must start with a slash.";
    n = strcspn (raw, "?");
    target->query = raw[n] ? raw + n + 1 : NULL;
    path = arena_alloc (arena, n + 1);
    length = decode (raw, n, FALSE, path, &broken);
    if (broken)
        return "The path has a broken percent escape.";
    if (!g_utf8_validate (path, (gssize)length, NULL))
        return "The path is not valid UTF-8.";
    target->path = path;
    if (*raw == '/')
        split (target, arena, raw, n);
    return NULL;
}

static const char *
decode_text (Arena *arena, const char *text, gsize n)
{
    char *out = arena_alloc (arena, n + 1);
    gsize length = decode (text, n, TRUE, out, NULL);
    g_autofree char *valid = NULL;

    if (g_utf8_validate (out, (gssize)length, NULL))
        return out;
    valid = g_utf8_make_valid (out, (gssize)length);
    return arena_copy (arena, valid, strlen (valid));
}

TargetParam *
target_params (Arena *arena, const char *query, guint *n)
{
    guint most = query && *query ? count (query, strlen (query), '&') + 1 : 0;
    TargetParam *params = arena_alloc (arena, most * sizeof *params);

    *n = 0;
    while (most--) {
        gsize length = strcspn (query, "&");
        gsize name = strcspn (query, "=&");

        if (length) {
            params[*n].name = decode_text (arena, query, name);
            params[*n].value = name < length ? decode_text (arena, query + name + 1, length - name - 1) : "";
            (*n)++;
        }
        query += length + 1;
    }
    return params;
}
