#include "sources/google_credential.h"

#include "base/fault.h"
#include "sources/google_call.h"

#include <string.h>

void
google_credential_clear (GoogleCredential *credential)
{
    json_decref (credential->root);
    g_free (credential->assertion);
}

gboolean
google_is_filled (const char *text)
{
    return text && *text;
}

static gboolean
read_refresh_token (GoogleCredential *credential, GError **error)
{
    credential->type = GOOGLE_REFRESH_TOKEN;
    credential->refresh_token = google_text (credential->root, "refresh_token");
    return google_is_filled (credential->refresh_token) ||
           fault_set (error, FAULT_INVALID, "the credential has no \"refresh_token\"");
}

/* The other files that Google hands out, by what only they have. */
static const struct {
    const char *type, *member, *sentence;
} other_files[] = {
    { "authorized_user", NULL,
      "this file is a person's own sign-in (authorized_user), as gcloud keeps it; make a key of a service "
      "account instead" },
    { "external_account", NULL,
      "this file is of workload identity federation (external_account), which Daymark does not speak; make a "
      "key of a service account instead" },
    { NULL, "installed",
      "this file is an OAuth client's, of a desktop app; make a key of a service account, or a client of the "
      "kind \"Web application\" for GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET" },
    { NULL, "web",
      "this file is the OAuth client's, not a key: put its client_id and client_secret into GOOGLE_CLIENT_ID "
      "and GOOGLE_CLIENT_SECRET and connect in the browser, or make a key of a service account" },
};

#define WHERE_KEYS_ARE " (Google Cloud console, IAM > Service accounts > Keys > Add key > JSON)"

/* TRUE with an error if it is one of those. */
static gboolean
is_other_file (const json_t *key, GError **error)
{
    const char *type = google_text (key, "type");

    for (guint i = 0; i < G_N_ELEMENTS (other_files); i++)
        if ((other_files[i].type && g_strcmp0 (type, other_files[i].type) == 0) ||
            (other_files[i].member && json_object_get (key, other_files[i].member)))
            return !fault_set (error, FAULT_INVALID, "%s" WHERE_KEYS_ARE, other_files[i].sentence);
    return FALSE;
}

/* What stands in for the JSON key is a text, or nothing. */
static gboolean
fail_without_key (const json_t *key, GError **error)
{
    const char *text = json_string_value (key);

    if (text && g_str_has_prefix (text, "AIza"))
        return fault_set (error, FAULT_INVALID,
                          "this is an API key, which opens no Analytics data; make a key of a service "
                          "account" WHERE_KEYS_ARE);
    if (text && strchr (text, '{'))
        return fault_set (
            error, FAULT_INVALID,
            "the credential's \"key\" is a text: put the service account's JSON there as it is, or "
            "it was cut off");
    return fault_set (error, FAULT_INVALID,
                      "the credential's \"key\" must be the service account's JSON key, as Google gave it");
}

static gboolean
read_service_account (GoogleCredential *credential, GError **error)
{
    /* The file itself is as good as the file in "key". */
    const json_t *key = json_object_get (credential->root, "private_key")
                            ? credential->root
                            : json_object_get (credential->root, "key");

    credential->type = GOOGLE_SERVICE_ACCOUNT;
    credential->client_email = google_text (key, "client_email");
    credential->private_key = google_text (key, "private_key");
    credential->private_key_id = google_text (key, "private_key_id");
    credential->project_id = google_text (key, "project_id");
    if (!json_is_object (key))
        return fail_without_key (key, error);
    if (is_other_file (key, error))
        return FALSE;
    if (!google_is_filled (credential->client_email) || !google_is_filled (credential->private_key))
        return fault_set (
            error, FAULT_INVALID,
            "the service account's key has no \"client_email\" or no \"private_key\": paste the whole "
            "JSON file that Google gave");
    return strstr (credential->private_key, "-----BEGIN") != NULL ||
           fault_set (error, FAULT_INVALID, "the service account's \"private_key\" is not a PEM key");
}

gboolean
google_credential_read (const char *text, GoogleCredential *credential, GError **error)
{
    const char *type;

    *credential = (GoogleCredential){ .root = text ? json_loads (text, 0, NULL) : NULL };
    type = google_text (credential->root, "type");
    if (g_strcmp0 (type, "refresh_token") == 0)
        return read_refresh_token (credential, error);
    if (g_strcmp0 (type, "service_account") == 0)
        return read_service_account (credential, error);
    if (is_other_file (credential->root, error))
        return FALSE;
    return fault_set (error, FAULT_INVALID,
                      "a Google credential is {\"type\":\"refresh_token\",\"refresh_token\":…} or "
                      "{\"type\":\"service_account\",\"key\":{…}}");
}

/* Copying a key through a shell or a form turns its line ends into "\\n", into spaces, or into nothing;
 * what is between the first and the last line is base64 all the same. */
char *
google_credential_pem (const GoogleCredential *credential)
{
    const char *text = credential->private_key;
    const char *begin = strstr (text, "-----BEGIN "), *end = begin ? strstr (begin, "-----END ") : NULL;
    const char *from = begin ? strstr (begin + strlen ("-----BEGIN "), "-----") : NULL;
    GString *pem = g_string_sized_new (2 * strlen (text)); /* so that it never moves, and leaves copies */

    if (!end || !from || from > end)
        return g_string_free (g_string_append (pem, text), FALSE);
    from += strlen ("-----");
    g_string_append_printf (pem, "%.*s\n", (int)(from - begin), begin);
    for (const char *at = from; at < end; at++) {
        if (*at == '\\') /* the n or r that follows is not of the key */
            at++;
        else if (!g_ascii_isspace (*at))
            g_string_append_c (pem, *at);
    }
    g_string_append_printf (pem, "\n-----END %.*s\n", (int)(from - begin) - (int)strlen ("-----BEGIN "),
                            begin + strlen ("-----BEGIN "));
    return g_string_free (pem, FALSE);
}
