/* verifier.h -- the verifier of bearer tokens that the configuration asks for. */
#pragma once
#include "auth/jwt.h"
#include "base/config.h"

/* NULL: none. The config is borrowed and outlives it. */
JwtVerifier *verifier_new (const Config *config);
