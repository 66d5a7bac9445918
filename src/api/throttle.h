/* throttle.h -- refuse whoever asks too often: routes name a rule (rate.h). */
#pragma once
#include "api/call.h"

/* Before it is known who asks: rules that count by address. 429 with Retry-After. */
gboolean throttle_address (Call *call, GError **error);
/* Once it is known: rules that count by user. The reply says how many are left. */
gboolean throttle_user (Call *call, GError **error);
/* It was refused: that counts. */
void throttle_refusal (Call *call, const GError *error);
