/* What a platform may answer to the GA4 driver: facts of the window that was asked for, or a failure. */
#include "parrot.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    parrot_talk (SOURCE_GA4, "123456", "{\"type\":\"refresh_token\",\"refresh_token\":\"refresh-canary\"}",
                 data, size);
    return 0;
}
