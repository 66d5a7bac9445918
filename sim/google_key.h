/* google_key.h -- the service account: its JSON key, and the check of what it signs. */
#pragma once
#include "google_token.h"

/* Google's JSON key file; the caller frees it. The first call makes the RSA key. */
char *google_key_json (SimState *state);
void google_key_free (gpointer signing_key);
/* The scope that a signed assertion asks for (the caller frees it), or NULL and the
 * description of an invalid_grant in *problem. */
char *google_key_check (SimState *state, const char *assertion, const char **problem);
