/* account.h -- what those who make accounts share. */
#pragma once
#include <glib.h>

#define ACCOUNT_EMAIL_MOST 254

/* One @ with something before and a dot after; lower case, so that it is found again. FAULT_INVALID. The
 * caller frees it. */
char *account_normal_email (const char *text, GError **error);
