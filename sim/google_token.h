/* google_token.h -- Google's consent page and token endpoint, and the tokens they gave. */
#pragma once
#include "exchange.h"

#include <glib.h>

typedef struct SimState SimState;

#define GOOGLE_CLIENT_ID     "daymark-demo.apps.googleusercontent.com"
#define GOOGLE_CLIENT_SECRET "GOCSPX-daymark-demo"
#define GOOGLE_REFRESH_TOKEN "1//daymark-demo-refresh"
#define GOOGLE_TOKEN_PATH    "/token"
#define GOOGLE_AUTH_PATH     "/o/oauth2/v2/auth"

typedef struct {
    GHashTable *access;   /* token -> what it may do and until when */
    GHashTable *refresh;  /* token -> scope */
    GHashTable *codes;    /* code -> what was consented to */
    gpointer signing_key; /* jwk_t of the service account, made when first asked for */
    guint64 n_given;
} GoogleTokens;

void google_tokens_init (GoogleTokens *tokens);
void google_tokens_clear (GoogleTokens *tokens);
/* The scope of a live access token, or NULL. */
const char *google_tokens_scope (SimState *state, const char *token);
void google_tokens_expire (SimState *state, const char *token);

/* FALSE: the path is not ours. */
gboolean google_token_answer (SimState *state, const SimRequest *request, SimReply *reply);
