/* demo.h -- demo data beside real accounts: never both at once. */
#pragma once
#include "api/call.h"

/* The connection (a row of connection_find.sql) is a real one: what would ask its platform may go on. 409 if
 * not. */
gboolean demo_is_not (const Rows *connection, GError **error);
