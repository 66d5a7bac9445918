/* password.h -- passwords of the built-in accounts: argon2id.
 *
 * Both calls take about 50 ms and 64 MB: workers only, never a loop. */
#pragma once
#include <glib.h>

/* 8 to 1024 bytes of UTF-8, else FAULT_INVALID. The caller frees it. */
char *password_hash (const char *password, GError **error);
/* hash NULL (no such account) takes the same time and is FALSE. */
gboolean password_verify (const char *hash, const char *password);
