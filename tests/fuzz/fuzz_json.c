/* The JSON writer: whatever text, number or nesting it is given, jansson reads the same back. */
#include "base/json.h"

#include "fuzz.h"

#include <jansson.h>
#include <math.h>

#define DEEPEST 20

typedef struct {
    const uint8_t *at;
    size_t left;
} Input;

static uint8_t
next (Input *input)
{
    if (!input->left)
        return 0;
    input->left--;
    return *input->at++;
}

static guint64
next_number (Input *input)
{
    guint64 number = 0;

    for (int i = 0; i < 8; i++)
        number = number << 8 | next (input);
    return number;
}

static double
next_real (Input *input)
{
    guint64 bits = next_number (input);
    double real;

    memcpy (&real, &bits, sizeof real);
    return real;
}

static void
write_text (Json *json, Input *input)
{
    size_t n = next (input);

    n = MIN (n, input->left);
    json_text_n (json, (const char *)input->at, n);
    input->at += n;
    input->left -= n;
}

/* Write one value; returns how many bytes of input told what to write. */
static void
write_value (Json *json, Input *input, int depth)
{
    switch (next (input) % (depth < DEEPEST ? 9 : 7)) {
    case 0:
        json_none (json);
        break;
    case 1:
        json_bool (json, next (input) & 1);
        break;
    case 2:
        json_int (json, (gint64)next_number (input));
        break;
    case 3:
        json_double (json, next_real (input));
        break;
    case 4:
        json_micros (json, (gint64)next_number (input));
        break;
    case 5:
    case 6:
        write_text (json, input);
        break;
    case 7:
        json_begin_array (json);
        for (guint n = next (input) % 5; n; n--)
            write_value (json, input, depth + 1);
        json_end_array (json);
        break;
    case 8:
        json_begin_object (json);
        for (guint n = next (input) % 5; n; n--) {
            char key[] = { (char)('a' + n), '\0' };

            json_key (json, key);
            write_value (json, input, depth + 1);
        }
        json_end_object (json);
        break;
    }
}

static void
try_real (double real)
{
    g_autoptr (GString) text = g_string_new (NULL);
    Json json = JSON_INTO (text);

    json_double (&json, real);
    if (isfinite (real))
        FUZZ_CLAIM (g_ascii_strtod (text->str, NULL) == real);
    else
        FUZZ_CLAIM (strcmp (text->str, "null") == 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    Input input = { data, size };
    g_autoptr (GString) text = g_string_new (NULL);
    Json json = JSON_INTO (text);
    json_t *read;

    json_begin_array (&json);
    while (input.left)
        write_value (&json, &input, 0);
    json_end_array (&json);
    read = json_loadb (text->str, text->len, 0, NULL);
    FUZZ_CLAIM (read != NULL);
    json_decref (read);

    input = (Input){ data, size };
    try_real (next_real (&input));
    return 0;
}
