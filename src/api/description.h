/* description.h -- the API as OpenAPI 3.1, made once of two things: the route table says what there is and
 * for whom, the files of openapi/ what is given and answered. How to describe a route:
 * docs/adding-a-route.md. */
#pragma once
#include "api/call.h"

/* openapi/ as one JSON text, see tools/embed.py. */
extern const char description_text[];

/* The description as JSON text; the caller owns it. */
GString *description_new (void);
/* "a signed-in user" */
const char *description_policy (Policy policy);
