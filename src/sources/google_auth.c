#include "sources/google_auth.h"

#include "auth/jwt.h"
#include "auth/seal.h"
#include "base/fault.h"
#include "base/json.h"
#include "sources/google_call.h"
#include "sources/google_credential.h"
#include "sources/words.h"

#include <string.h>

#define SCOPE             "https://www.googleapis.com/auth/analytics.readonly"
#define ASSERTION_SECONDS 3600 /* the longest that Google takes */
#define TOKEN_TIMEOUT_MS  30000
#define TOKEN_MAX_BYTES   ((gsize)64 << 10)
#define SERVER_ERROR_WAIT 60
#define MOST_SECONDS      ((gint64)400 * 366 * 86400) /* longer is for ever */

gboolean
google_check_credential (const char *text, GError **error)
{
    g_auto (GoogleCredential) credential = { 0 };

    return google_credential_read (text, &credential, error);
}

/* ---- asking ---- */

static char *
write_claims (const GoogleCredential *credential, const char *audience, gint64 now)
{
    GString *claims = g_string_new (NULL);
    Json json = JSON_INTO (claims);

    json_begin_object (&json);
    json_put_text (&json, "iss", credential->client_email);
    json_put_text (&json, "scope", SCOPE);
    json_put_text (&json, "aud", audience);
    json_put_int (&json, "iat", now / SECOND_US);
    json_put_int (&json, "exp", now / SECOND_US + ASSERTION_SECONDS);
    json_end_object (&json);
    return g_string_free (claims, FALSE);
}

static char *
assertion_form (const SourceContext *context, GoogleCredential *credential, gint64 now, GError **error)
{
    g_autofree char *claims = write_claims (credential, context->config->google_token_url, now);
    char *pem = google_credential_pem (credential);

    credential->assertion = jwt_sign_rs256 (claims, pem, credential->private_key_id, NULL);
    secret_free (pem);
    if (!credential->assertion) { /* the signer's own words could quote the key */
        fault_set (error, FAULT_DENIED,
                   "the service account's private key cannot be used, it is damaged or cut off: paste the "
                   "whole JSON "
                   "file that Google gave");
        return NULL;
    }
    return fetch_form ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion",
                       credential->assertion, NULL);
}

static gboolean
has_app (const Config *config, GError **error)
{
    return (google_is_filled (config->google_client_id) && google_is_filled (config->google_client_secret)) ||
           fault_set (error, FAULT_DENIED,
                      "a sign-in with Google works only with the OAuth app that asks for it: set "
                      "GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET");
}

static char *
refresh_form (const SourceContext *context, const GoogleCredential *credential, GError **error)
{
    const Config *config = context->config;

    if (!has_app (config, error))
        return NULL;
    return fetch_form ("grant_type", "refresh_token", "refresh_token", credential->refresh_token, "client_id",
                       config->google_client_id, "client_secret", config->google_client_secret, NULL);
}

static FetchResponse *
post_form (const SourceContext *context, const char *form, GError **error)
{
    static const char *const headers[] = { "Content-Type: application/x-www-form-urlencoded",
                                           "Accept: application/json", NULL };
    FetchRequest request = { .method = "POST",
                             .url = context->config->google_token_url,
                             .headers = headers,
                             .body = form,
                             .body_size = strlen (form),
                             .timeout_ms = TOKEN_TIMEOUT_MS,
                             .max_bytes = TOKEN_MAX_BYTES };

    return fetcher_fetch (context->fetcher, &request, error);
}

/* ---- refusals ---- */

static const struct {
    const char *code; /* OAuth's `error` */
    FaultCode fault;
    const char *sentence;
} refusals[] = {
    { "invalid_client", FAULT_DENIED,
      "Google does not know this OAuth app: check GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET" },
    { "unauthorized_client", FAULT_DENIED,
      "Google does not allow this app to use the credential: it belongs to another GOOGLE_CLIENT_ID" },
    { "deleted_client", FAULT_DENIED, "the OAuth app of GOOGLE_CLIENT_ID was deleted" },
    { "redirect_uri_mismatch", FAULT_DENIED,
      "the OAuth app does not know this server's address: add PUBLIC_URL/v1/connect/ga4/callback to its "
      "authorised redirect URIs in the Google Cloud console, and set PUBLIC_URL to the address people use" },
    { "admin_policy_enforced", FAULT_DENIED,
      "the organisation's Google Workspace rules do not allow this app: its administrator can" },
};

/* Why an assertion is refused, by Google's words. */
static const struct {
    const char *word;
    FaultCode fault;
    const char *sentence;
} assertion_refusals[] = {
    { "account not found", FAULT_RECONNECT,
      "Google no longer knows this service account: it was deleted; make a new one, give it access to the "
      "property, and connect again with its key" },
    { "reasonable timeframe", FAULT_DENIED,
      "this computer's clock is wrong, so Google does not accept what it signs: set the time, best by NTP" },
    { "signature", FAULT_RECONNECT,
      "Google no longer accepts this key of the service account: it was deleted or replaced; connect again "
      "with a new key" },
    { "disabled", FAULT_RECONNECT,
      "this service account is disabled: enable it in the Google Cloud console, and connect again" },
};

static gboolean
fail_assertion (const char *description, GError **error)
{
    g_autofree char *lower = g_ascii_strdown (description, -1);

    for (guint i = 0; i < G_N_ELEMENTS (assertion_refusals); i++)
        if (strstr (lower, assertion_refusals[i].word))
            return fault_set (error, assertion_refusals[i].fault, "%s", assertion_refusals[i].sentence);
    return fault_set (
        error, FAULT_RECONNECT,
        "Google no longer accepts the service account's key: it was deleted or disabled, or this "
        "computer's clock is wrong; connect again with a new key");
}

static gboolean
fail_grant (const GoogleCredential *credential, const char *description, GError **error)
{
    if (credential->type == GOOGLE_CODE)
        return fault_set (error, FAULT_DENIED,
                          "Google does not accept this sign-in any more: it was used already or took too "
                          "long; connect again");
    if (credential->type == GOOGLE_SERVICE_ACCOUNT)
        return fail_assertion (description, error);
    return fault_set (
        error, FAULT_RECONNECT,
        "Google no longer accepts the sign-in: connect again (access was revoked or unused for six "
        "months; of an app in \"Testing\" mode it ends after 7 days, so publish the app)");
}

/* Google's explanation, without what we sent. */
static char *
safe_description (const SourceContext *context, const GoogleCredential *credential, const json_t *root)
{
    const char *const secrets[] = { credential->assertion ? credential->assertion : credential->refresh_token,
                                    context->config->google_client_secret, credential->verifier, NULL };

    return words_message (google_text (root, "error_description"), secrets);
}

static gboolean
fail_by_code (const SourceContext *context, const GoogleCredential *credential, const json_t *root,
              GError **error)
{
    const char *code = google_text (root, "error");
    g_autofree char *description = safe_description (context, credential, root);

    if (strcmp (code, "invalid_grant") == 0)
        return fail_grant (credential, description, error);
    for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
        if (strcmp (code, refusals[i].code) == 0)
            return fault_set (error, refusals[i].fault, "%s", refusals[i].sentence);
    return fault_set (error, FAULT_DENIED, "Google gives no access token: %s",
                      *description ? description : "it does not say why");
}

static gboolean
fail (const SourceContext *context, const GoogleCredential *credential, const FetchResponse *response,
      GError **error)
{
    g_autoptr (json_t) root = google_read_object (response);
    int asked = fetch_response_retry_after (response);

    if (response->status == 429)
        return fault_set_retry (error, FAULT_BUSY, MAX (asked, SERVER_ERROR_WAIT),
                                "Google's sign-in asks to slow down");
    if (response->status >= 400 && response->status < 500 && google_text (root, "error"))
        return fail_by_code (context, credential, root, error);
    return fault_set_retry (error, FAULT_REMOTE, MAX (asked, SERVER_ERROR_WAIT),
                            "Google's sign-in failed (HTTP %d)", response->status);
}

/* ---- the token ---- */

/* The credential with Google's new refresh token in place of the old. */
static char *
rotated (const GoogleCredential *credential, const char *refresh_token)
{
    g_autoptr (json_t) copy = json_copy (credential->root);
    char *dump, *text;

    json_object_set_new (copy, "refresh_token", json_string (refresh_token));
    dump = json_dumps (copy, JSON_COMPACT | JSON_PRESERVE_ORDER);
    text = g_strdup (dump);
    free (dump); /* jansson's allocator is not GLib's */
    return text;
}

/* The cloud project whose quotas the calls use up: the OAuth app's, or the service account's own. */
static char *
payer_of (const SourceContext *context, const GoogleCredential *credential)
{
    const char *domain = credential->client_email ? strchr (credential->client_email, '@') : NULL;

    if (credential->type != GOOGLE_SERVICE_ACCOUNT)
        return g_strdup (context->config->google_client_id);
    return g_strdup (google_is_filled (credential->project_id) ? credential->project_id : domain);
}

static gboolean
read_grant (const GoogleCredential *credential, const FetchResponse *response, gint64 now, Grant *grant,
            GError **error)
{
    g_autoptr (json_t) root = google_read_object (response);
    const char *token = google_text (root, "access_token");
    const char *refresh_token = google_text (root, "refresh_token");
    const json_t *seconds = json_object_get (root, "expires_in");
    gint64 lasts = json_integer_value (json_object_get (root, "refresh_token_expires_in"));

    if (!words_is_token (token))
        return fault_set_retry (error, FAULT_REMOTE, SERVER_ERROR_WAIT,
                                "Google's sign-in sent no access token");
    *grant = (Grant){
        .access_token = g_strdup (token),
        .expires = now + CLAMP (seconds ? (gint64)json_number_value (seconds) : 3600, 0, 86400) * SECOND_US,
        .credential_expires = lasts > 0 && lasts < MOST_SECONDS ? now + lasts * SECOND_US : INSTANT_NONE
    };
    if (credential->type == GOOGLE_REFRESH_TOKEN && google_is_filled (refresh_token) &&
        strcmp (refresh_token, credential->refresh_token) != 0)
        grant->credential = rotated (credential, refresh_token);
    return TRUE;
}

gboolean
google_authorize (const SourceContext *context, const char *text, gint64 now, Grant *grant, GError **error)
{
    g_auto (GoogleCredential) credential = { 0 };
    g_autofree char *form = NULL;
    g_autoptr (FetchResponse) response = NULL;

    if (!google_credential_read (text, &credential, error))
        return FALSE;
    form = credential.type == GOOGLE_SERVICE_ACCOUNT ? assertion_form (context, &credential, now, error)
                                                     : refresh_form (context, &credential, error);
    response = form ? post_form (context, form, error) : NULL;
    if (!response)
        return FALSE;
    if (response->status != 200)
        return fail (context, &credential, response, error);
    if (!read_grant (&credential, response, now, grant, error))
        return FALSE;
    grant->payer = payer_of (context, &credential);
    return TRUE;
}

/* ---- by consent ---- */

/* S256 of RFC 7636. */
static char *
challenge_of (const char *verifier)
{
    g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
    guint8 digest[32];
    gsize n = sizeof digest;
    char *text;

    g_checksum_update (checksum, (const guchar *)verifier, -1);
    g_checksum_get_digest (checksum, digest, &n);
    text = g_base64_encode (digest, n);
    text[strcspn (text, "=")] = '\0';
    return g_strdelimit (g_strdelimit (text, "+", '-'), "/", '_');
}

/* Without "offline" there is no refresh token, and without "consent" none the second time. */
char *
google_consent_url (const Config *config, const Consent *consent, GError **error)
{
    g_autofree char *challenge = challenge_of (consent->verifier);
    g_autofree char *query = NULL;

    if (!has_app (config, error))
        return NULL;
    query =
        fetch_form ("response_type", "code", "client_id", config->google_client_id, "redirect_uri",
                    consent->redirect_uri, "scope", SCOPE, "state", consent->state, "access_type", "offline",
                    "prompt", "consent", "code_challenge", challenge, "code_challenge_method", "S256", NULL);
    return g_strconcat (config->google_auth_url, strchr (config->google_auth_url, '?') ? "&" : "?", query,
                        NULL);
}

/* People can clear the one box that matters. */
static gboolean
covers_analytics (const char *scopes)
{
    g_auto (GStrv) all = g_strsplit (scopes ? scopes : SCOPE, " ", -1);

    return g_strv_contains ((const char *const *)all, SCOPE) ||
           g_strv_contains ((const char *const *)all, "https://www.googleapis.com/auth/analytics");
}

static gboolean
read_consent (const GoogleCredential *credential, const FetchResponse *response, gint64 now, Grant *grant,
              GError **error)
{
    g_autoptr (json_t) root = google_read_object (response);
    g_autoptr (json_t) kept = json_pack ("{s:s}", "type", "refresh_token");
    const char *refresh_token = google_text (root, "refresh_token");
    GoogleCredential got = { .root = kept };

    if (!covers_analytics (google_text (root, "scope")))
        return fault_set (error, FAULT_DENIED,
                          "the sign-in does not cover Google Analytics: connect again and tick the box that "
                          "lets Daymark see your Google Analytics data");
    if (!google_is_filled (refresh_token))
        return fault_set (error, FAULT_DENIED,
                          "Google gave no lasting sign-in: remove this app at "
                          "myaccount.google.com/connections, then connect again");
    if (!read_grant (credential, response, now, grant, error))
        return FALSE;
    grant->credential = rotated (&got, refresh_token);
    return TRUE;
}

gboolean
google_exchange (const SourceContext *context, const char *code, const Consent *consent, gint64 now,
                 Grant *grant, GError **error)
{
    const Config *config = context->config;
    GoogleCredential credential = { .type = GOOGLE_CODE,
                                    .refresh_token = code,
                                    .verifier = consent->verifier };
    g_autofree char *form = NULL;
    g_autoptr (FetchResponse) response = NULL;

    if (!has_app (config, error))
        return FALSE;
    form = fetch_form ("grant_type", "authorization_code", "code", code, "client_id",
                       config->google_client_id, "client_secret", config->google_client_secret,
                       "redirect_uri", consent->redirect_uri, "code_verifier", consent->verifier, NULL);
    response = post_form (context, form, error);
    if (!response)
        return FALSE;
    if (response->status != 200)
        return fail (context, &credential, response, error);
    return read_consent (&credential, response, now, grant, error);
}
