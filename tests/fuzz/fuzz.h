/* fuzz.h -- what all fuzz targets need: a cursor over the input, and a claim.
 *
 * A target is LLVMFuzzerTestOneInput in tests/fuzz/fuzz_<name>.c; its first
 * inputs lie in tests/fuzz/corpus/<name>/. A claim that fails ends the process,
 * which is how libFuzzer learns of it. */
#pragma once
#include <glib.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define FUZZ_CLAIM(what) \
    do {                 \
        if (!(what))     \
            abort ();    \
    } while (0)

/* The input as lines: NUL-terminated copies, at most n; the rest are NULL. The caller frees each. */
static inline void
fuzz_lines (const uint8_t *data, size_t size, char **lines, guint n)
{
    for (guint i = 0; i < n; i++) {
        const uint8_t *end = data ? memchr (data, '\n', size) : NULL;
        size_t length = end ? (size_t)(end - data) : size;

        lines[i] = data ? g_strndup ((const char *)data, length) : NULL;
        size -= end ? length + 1 : length;
        data = end ? end + 1 : NULL;
    }
}
