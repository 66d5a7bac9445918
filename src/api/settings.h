/* settings.h -- what a user has set for himself: how the page shows days and numbers. */
#pragma once
#include "api/call.h"

/* As a JSON object in text, "{}" if there is nothing; NULL with an error. The caller frees it. */
char *settings_of (Call *call, GError **error);
