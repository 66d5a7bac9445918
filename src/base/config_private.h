/* config_private.h -- the parts of the configuration; within base/config*.c. */
#pragma once
#include "base/config.h"

#define OPENAI_URL "https://api.openai.com/v1"

/* What the options demand of each other; fills in what follows from others. FAULT_INVALID. */
gboolean config_check (Config *config, GError **error);
