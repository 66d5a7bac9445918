/* google_credential.h -- the forms of a Google credential, see google_auth.h; and, in plain words,
 * what people paste instead. */
#pragma once
#include <glib.h>
#include <jansson.h>

typedef enum { GOOGLE_REFRESH_TOKEN, GOOGLE_SERVICE_ACCOUNT, GOOGLE_CODE } GoogleCredentialType;

/* Texts belong to root, except for the assertion. */
typedef struct {
    json_t *root;
    GoogleCredentialType type;
    const char *refresh_token; /* or the code of a consent */
    const char *verifier;      /* of that consent; not root's */
    const char *client_email, *private_key, *private_key_id, *project_id;
    char *assertion; /* once signed */
} GoogleCredential;

/* FAULT_INVALID if it is none. Clear it in any case. */
gboolean google_credential_read (const char *text, GoogleCredential *credential, GError **error);
void google_credential_clear (GoogleCredential *credential);
/* The private key with its line ends as they should be; the caller frees it with secret_free. */
char *google_credential_pem (const GoogleCredential *credential);
gboolean google_is_filled (const char *text);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GoogleCredential, google_credential_clear)
