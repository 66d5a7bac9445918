/* sealed.h -- every secret that is stored, sealed with the master key. */
#pragma once
#include "auth/seal.h"
#include "store/store.h"

enum { SEALED_HOLDER, SEALED_ID, SEALED_VALUE }; /* the columns: the table, the row's id, what is sealed */

Rows *sealed_read (Store *store, GError **error);
/* What the value is sealed with besides the key (see seal.h); the caller frees it. */
char *sealed_context (const Rows *rows, guint row);
/* The column of its table. */
const char *sealed_column (const Rows *rows, guint row);
/* The statement that puts another value (:credential) in the place of this one (:id, :old). */
const Sql *sealed_reseal (const Rows *rows, guint row);
/* The secret, to be freed with secret_free; errors as sealer_open. */
char *sealed_open (Sealer *sealer, const Rows *rows, guint row, GError **error);
/* How many of them open with this key. */
guint sealed_count_opened (Sealer *sealer, const Rows *rows);
