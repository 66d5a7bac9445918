/* What lies in Redis under a key of ours, and the address of a Redis: only what we wrote there ourselves is
 * an answer. */
#include "cache/address.h"
#include "cache/frame.h"

#include "fuzz.h"

static void
try_address (const char *url)
{
    g_autoptr (GError) error = NULL;
    g_auto (RedisAddress) address = { 0 };

    if (redis_address_read (url, &address, &error))
        FUZZ_CLAIM (!error && address.host && *address.host && address.port > 0 && address.port < 65536 &&
                    address.db >= 0);
    else
        FUZZ_CLAIM (error && *error->message);
}

/* A byte more, a byte less or another one, and it is none. */
static void
try_damage (const GString *frame, size_t at)
{
    g_autofree char *damaged = g_memdup2 (frame->str, frame->len);
    GString *text;

    damaged[at % frame->len] ^= 1;
    text = frame_read ("key", "version", damaged, frame->len);
    FUZZ_CLAIM (text == NULL);
    FUZZ_CLAIM (frame_read ("key", "version", frame->str, at % frame->len) == NULL);
    FUZZ_CLAIM (frame_read ("other", "version", frame->str, frame->len) == NULL);
    FUZZ_CLAIM (frame_read ("key", "older", frame->str, frame->len) == NULL);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    g_autofree char *url = g_strndup ((const char *)data, size);
    GString *frame = frame_write ("key", "version", (const char *)data, size), *text;

    try_address (url);
    FUZZ_CLAIM (frame_read ("key", "version", (const char *)data, size) == NULL);
    text = frame_read ("key", "version", frame->str, frame->len);
    FUZZ_CLAIM (text && text->len == size && memcmp (text->str, data, size) == 0);
    g_string_free (text, TRUE);
    try_damage (frame, size ? data[0] * (size_t)7919 + size : 3);
    g_string_free (frame, TRUE);
    return 0;
}
