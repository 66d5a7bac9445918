#include "sources/graph_token.h"

#include "base/fault.h"
#include "sources/google_call.h"
#include "sources/words.h"

#include <string.h>

#define TOKEN_MOST 4096

/* The token inside, which belongs to *root. */
static const char *
read_token (const char *credential, json_t **root, GError **error)
{
    const char *token;

    *root = credential ? json_loads (credential, 0, NULL) : NULL;
    token = google_text (*root, "access_token");
    if (g_strcmp0 (google_text (*root, "type"), "access_token") != 0)
        fault_set (error, FAULT_INVALID, "the credential is {\"type\":\"access_token\",\"access_token\":…}");
    else if (!token)
        fault_set (error, FAULT_INVALID, "the credential has no \"access_token\"");
    else if (!words_is_token (token) || strlen (token) > TOKEN_MOST)
        fault_set (error, FAULT_INVALID,
                   "this is not an access token: paste it whole, without spaces or line breaks");
    else
        return token;
    return NULL;
}

gboolean
graph_check_credential (const char *credential, GError **error)
{
    g_autoptr (json_t) root = NULL;

    return read_token (credential, &root, error) != NULL;
}

gboolean
graph_authorize (const SourceContext *context, const char *credential, gint64 now, Grant *grant,
                 GError **error)
{
    g_autoptr (json_t) root = NULL;
    const char *token = read_token (credential, &root, error);

    *grant = (Grant){ .access_token = g_strdup (token),
                      .expires = INSTANT_NONE,
                      .credential_expires = INSTANT_NONE };
    return token != NULL;
}
