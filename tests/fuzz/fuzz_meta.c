/* What a platform may answer to the Meta Ads driver: facts of the window that was asked for, or a failure. */
#include "parrot.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    parrot_talk (SOURCE_META, "act_1", "{\"type\":\"access_token\",\"access_token\":\"token-canary\"}", data,
                 size);
    return 0;
}
