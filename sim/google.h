/* google.h -- what Google's APIs have in common: the error envelope and the bearer check. */
#pragma once
#include "state.h"

/* {"error":{"code","message","status"}}; the status word follows from the code. Returns FALSE. */
gboolean google_fail (SimReply *reply, int code, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* The same with an ErrorInfo of that reason about that service ("analyticsdata.googleapis.com"). */
gboolean google_fail_info (SimReply *reply, int code, const char *reason, const char *service,
                           const char *format, ...) G_GNUC_PRINTF (5, 6);
/* The HTML page for a path that no API has. */
void google_not_found (SimReply *reply, const char *path);
/* The API is not enabled in the caller's project. */
gboolean google_service_disabled (SimReply *reply, const char *title, const char *service);

/* Is the request's bearer token alive and allowed to read Analytics? Answers 401 or 403 if not. */
gboolean google_authorized (SimState *state, const SimRequest *request, const char *service, SimReply *reply);

/* "properties/123:runReport" into "123" and "runReport" (or "" if there is none); the caller frees
 * both. rest is what follows "/v1beta/". FALSE if it is another path. */
gboolean google_property_path (const char *rest, char **id, char **verb);
/* The property, or NULL and Google's answer to a wrong kind of id (400) or an unknown one (unknown: 403 or
 * 404). */
Property *google_property (SimState *state, const char *id, int unknown, SimReply *reply);

/* The two APIs. FALSE: the path is none of theirs. */
gboolean ga4_data_answer (SimState *state, const SimRequest *request, SimReply *reply);
gboolean google_admin_answer (SimState *state, const SimRequest *request, SimReply *reply);
