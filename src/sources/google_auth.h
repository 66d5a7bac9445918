/* google_auth.h -- Google credentials and the access tokens they give.
 *
 * Two forms, as JSON text:
 *   {"type":"refresh_token","refresh_token":"…"}      with GOOGLE_CLIENT_ID and _SECRET
 *   {"type":"service_account","key":{…the JSON key…}} signs its own assertion
 *
 * Tokens are only ever asked from the configured address. A pasted key also
 * carries a token_uri; following it would let anybody who can make a connection
 * send requests from inside the operator's network. */
#pragma once
#include "sources/driver.h"

/* See SourceDriver. */
gboolean google_check_credential (const char *credential, GError **error);
gboolean google_authorize (const SourceContext *context, const char *credential, gint64 now, Grant *grant,
                           GError **error);
char *google_consent_url (const Config *config, const Consent *consent, GError **error);
gboolean google_exchange (const SourceContext *context, const char *code, const Consent *consent, gint64 now,
                          Grant *grant, GError **error);
