/* TRUSTED_PROXIES and X-Forwarded-For: whoever is not trusted counts by his own address, whatever he says. */
#include "api/client.h"

#include "fuzz.h"

static void
try_list (char **list, const char *peer, const char *forwarded)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (Proxies) proxies = proxies_new (list, &error);
    g_autofree char *address = NULL;

    FUZZ_CLAIM (!proxies == !!error);
    if (!proxies)
        return;
    address = client_address (proxies, peer, forwarded);
    FUZZ_CLAIM (address != NULL && strlen (address) < 64 + strlen (peer));
}

/* Without proxies, or with one that is not the peer, the header is only talk. */
static void
try_stranger (const char *forwarded)
{
    char *list[] = { (char *)"10.0.0.0/8", NULL };
    g_autoptr (Proxies) proxies = proxies_new (list, NULL);
    g_autofree char *address = client_address (proxies, "198.51.100.7", forwarded);

    FUZZ_CLAIM (strcmp (address, "198.51.100.7") == 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    char *lines[5];
    char *list[3];

    fuzz_lines (data, size, lines, G_N_ELEMENTS (lines));
    for (guint i = 0; i < G_N_ELEMENTS (list) - 1; i++)
        list[i] = lines[2 + i];
    list[G_N_ELEMENTS (list) - 1] = NULL;
    try_stranger (lines[0]);
    try_list (list, lines[1] ? lines[1] : "127.0.0.1", lines[0]);
    for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
        g_free (lines[i]);
    return 0;
}
