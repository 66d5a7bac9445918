/* What a platform may answer to the Instagram driver: facts of the window that was asked for, or a failure.
 */
#include "parrot.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    parrot_talk (SOURCE_INSTAGRAM, "17841400000000001",
                 "{\"type\":\"access_token\",\"access_token\":\"token-canary\"}", data, size);
    return 0;
}
