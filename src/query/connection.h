/* connection.h -- the rows of connections: add one, seal and open its credential.
 *
 * A credential is sealed with the row it belongs to as its context, so that it
 * opens nowhere else. Everybody who seals or opens one comes through here. */
#pragma once
#include "auth/seal.h"
#include "store/store.h"

/* All texts are borrowed; name, currency and time_zone may be NULL (not known yet). */
typedef struct {
    const char *user_id, *source, *external_id;
    const char *name, *currency, *time_zone;
    const char *credential; /* JSON, as it is: it is sealed here */
    gint64 expires;         /* instant; INSTANT_NONE if it has no end */
    gboolean demo;          /* made up */
} NewConnection;

/* A new row with that id. FAULT_CONFLICT: the user has connected this account already. Status 409 `demo-data`
 * or `not-empty` where made-up and real accounts would come together. */
gboolean connection_add (Store *store, Sealer *sealer, const char *id, const NewConnection *connection,
                         gint64 now, GError **error);

/* May such a one come beside what the user has? The same two refusals. */
gboolean connection_may_join (Store *store, const char *user_id, gboolean demo, GError **error);

/* The caller frees it. */
char *connection_seal (Sealer *sealer, const char *id, const char *credential);
/* FAULT_DENIED, see sealer_open. The caller frees it with secret_free. */
char *connection_open (Sealer *sealer, const char *id, const char *sealed, GError **error);
