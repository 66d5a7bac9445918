/* connection.h -- how a connection is written and kept, for both ways to make one. */
#pragma once
#include "api/call.h"
#include "sources/driver.h"

typedef struct {
    Source source;
    const char *external_id, *credential; /* in the clear; sealed when it is kept */
    const AccountInfo *info;
    gint64 expires; /* of the credential; INSTANT_NONE */
} KeptConnection;

/* A new row; FAULT_CONFLICT as a 409 if the account is connected already. */
gboolean connection_insert (Call *call, const char *id, const KeptConnection *kept, GError **error);
/* A new credential for the row with that id; 404 if there is none. */
gboolean connection_renew (Call *call, const char *id, const KeptConnection *kept, GError **error);
/* All connections of a user, or those that are made up, with their numbers, in the caller's transaction. */
gboolean connection_forget_all (Call *call, const char *user_id, gboolean demo_only, GError **error);
/* One connection as JSON, of a row that connection_list.sql or connection_find.sql gave. */
void connection_write (Json *json, const Rows *rows, guint row);
/* The member "credential" of body as JSON text, if it is one that the source takes; FAULT_INVALID. The caller
 * frees it with secret_free. */
char *connection_read_credential (json_t *body, const SourceDriver *driver, GError **error);
/* A source refused: 422 with what to do, or 503 if the server is stopping. */
gboolean connection_refused (const GError *cause, GError **error);
