/* A settings file, and the same lines as an environment: accepted or refused with one line, never a crash. */
#include "base/config.h"

#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#define LINES 64

static void
show_all (const Config *config)
{
    for (guint i = 0; i < config_n_options; i++) {
        g_autofree char *text = config_show (config, &config_options[i]);

        FUZZ_CLAIM (text != NULL);
        FUZZ_CLAIM (!config_options[i].secret || !*text || strcmp (text, "********") == 0);
    }
}

static void
try_load (const char *path, char **environment)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (Config) config = config_load (path, environment, &error);

    FUZZ_CLAIM (!config == !!error);
    FUZZ_CLAIM (!error || !strchr (error->message, '\n'));
    FUZZ_CLAIM (!error || g_utf8_validate (error->message, -1, NULL));
    if (config)
        show_all (config);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    static int file = -1;
    static char path[64];
    char *lines[LINES + 1] = { NULL };

    /* NAME_FILE would let the fuzzer read the machine. */
    if (g_strstr_len ((const char *)data, (gssize)size, "_FILE"))
        return -1;
    if (file < 0) {
        file = memfd_create ("config", 0);
        g_snprintf (path, sizeof path, "/proc/self/fd/%d", file);
    }
    FUZZ_CLAIM (ftruncate (file, 0) == 0 && pwrite (file, data, size, 0) == (ssize_t)size);
    try_load (path, NULL);

    fuzz_lines (data, size, lines, LINES);
    try_load (NULL, lines);
    for (guint i = 0; i < LINES; i++)
        g_free (lines[i]);
    return 0;
}
