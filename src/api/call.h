/* call.h -- one request as the handlers see it, and the ways to answer it.
 *
 * A handler finds, reads, asks, draws. It answers with one call_reply… or sets
 * an error, which becomes a problem (RFC 9457). Handlers of the loop (quick)
 * have no store. */
#pragma once
#include "api/api.h"
#include "api/client.h"
#include "api/follow.h"
#include "api/identity.h"
#include "api/rate.h"
#include "base/json.h"
#include "store/store.h"

#include <jansson.h>

typedef enum {
    POLICY_REFUSE, /* the zero value: a route that declares none does not start */
    POLICY_PUBLIC,
    POLICY_USER,
    POLICY_ADMIN,
    POLICY_CRON,
    POLICY_OPERATOR, /* an administrator, or anybody on loopback */
    POLICY_SHARE,    /* whoever has a link to a dashboard; what its handlers may tell is in call->share */
    POLICY_MAIL,     /* whoever got a mail with the link to unsubscribe; of whom and what: call->leaving */
} Policy;

typedef struct Route Route;
typedef struct Share Share;
typedef struct Leaving Leaving;

/* What a route is asked from inside, not by a request of its own: the parts of its path and its query, and
 * what becomes of its answer. It is told at most one: before the handler returns, or later on another thread
 * if the handler held the request. */
typedef struct Inside Inside;
struct Inside {
    char **segments;
    json_t *query;    /* of texts */
    gboolean at_once; /* nobody is there to be held: it is answered before the handler returns */
    void (*answer) (Inside *inside, GBytes *body);
};

typedef struct {
    HttpCall *http;
    Inside *inside; /* NULL: http is all there is */
    Api *api;
    Store *store; /* NULL on a loop */
    const Route *route;
    Identity who;     /* of a route that is not public */
    Share *share;     /* of one for links, see share.h; else NULL */
    Leaving *leaving; /* of one for recipients of mails, see unsubscribe.h; else NULL */
} Call;

struct Route {
    const char *method, *path; /* "/v1/widgets/{key}" */
    Policy policy;
    gboolean (*handle) (Call *call, GError **error); /* on a worker */
    /* On a loop, tried first: TRUE when it has replied. May be NULL. */
    gboolean (*quick) (Call *call);
    const char *summary;
    const char *query; /* names of its query parameters, space-separated, "!" after required ones */
    Rate rate;         /* how often it may be asked */
};

extern const Route api_routes[];
extern const guint api_n_routes;

/* Parts of an Api that handlers use; api.c owns them. */
struct Api {
    ApiOptions options;
    Identities *identities;
    Proxies *proxies;
    Rates *rates;
    Follow *follow;        /* streams of jobs */
    struct Mailer *mailer; /* set once, before the first request; NULL: no mail is sent */
    Cache *views;          /* of HttpReady: jobs, for a second */
    Cache *layouts;        /* of GRefString: each user's layout as it was last read, see board.c */
    gint jobs_moved;       /* atomic, part of their keys */
    HttpServer *server;
    char *cookie; /* its name */
    char *setup_code;
    gpointer log; /* of requests, see access.h */
    HttpReady *openapi, *docs;
    GHashTable *assets; /* path -> Asset, see page.c */
};

static inline gint64
call_now (const Call *call)
{
    return clock_now (call->api->options.clock);
}

/* ---- the request ---- */
const char *call_segment (const Call *call, guint i);
const char *call_query (const Call *call, const char *name);
/* The body as any JSON. FAULT_REQUEST 415, 400 as below. The caller owns it. */
json_t *call_json (const Call *call, GError **error);
/* The body as a JSON object. FAULT_REQUEST 415 (not JSON by its type), 400 (broken, too deep,
 * a key twice), 422 (not an object). The caller owns it. */
json_t *call_body (const Call *call, GError **error);
/* FAULT_INVALID naming the first member of object that is not in the list (ends with NULL). */
gboolean call_only_members (json_t *object, const char *const *names, GError **error);
/* A text member of 1 to most bytes; FAULT_INVALID. Borrowed from object. */
const char *call_text_member (json_t *object, const char *name, gsize most, GError **error);
/* A member that is true or false, else FAULT_INVALID; *value stays if there is none. */
gboolean call_bool_member (json_t *object, const char *name, gboolean *value, GError **error);

/* What sql gives for the user and this id of his (:user, :id). NULL with a 404 of that problem code if
 * there is nothing, also when it is another user's; what: "target". */
Rows *call_find (const Call *call, const Sql *sql, const char *id, const char *problem, const char *what,
                 GError **error);

/* Ends a transaction in which something was written and read back, so that an answer that says "failed"
 * is true: rows if all went well; NULL, and nothing was written, if rows is NULL or the commit fails. */
Rows *call_commit (const Call *call, Rows *rows, GError **error);

/* sql takes away this id of the user's own (:user, :id); the same 404 if there is nothing. */
gboolean call_delete (const Call *call, const Sql *sql, const char *id, const char *problem, const char *what,
                      GError **error);

/* ---- the answer ---- */
gboolean
call_fail (GError **error, int status, const char *problem, const char *format, ...) G_GNUC_PRINTF (4, 5);
/* Takes over body. Always TRUE, so that a handler can end with it. */
gboolean call_reply (Call *call, int status, GString *body);
gboolean call_reply_ok (Call *call); /* {"ok":true} */
/* The first row, as write writes it. FALSE if rows is NULL: the store's error stands. */
gboolean call_reply_row (Call *call, int status, const Rows *rows,
                         void (*write) (Json *json, const Rows *rows, guint row));
/* {"<name>":[…]}: each row as write writes it. FALSE if rows is NULL: the store's error stands. */
gboolean call_reply_rows (Call *call, const char *name, const Rows *rows,
                          void (*write) (Json *json, const Rows *rows, guint row));
/* A shared reply, with the CORS headers that this request needs. */
void call_reply_ready (Call *call, HttpReady *ready);
void call_reply_problem (Call *call, const GError *error);
/* "Not found" */
const char *call_status_title (int status);
/* What a stranger may read of it; a failure that is not his is logged. Borrowed from error, or for ever. */
const char *call_sentence (const Call *call, const GError *error);
/* A header of the answer; of one that is given inside there are none. */
void call_reply_header (Call *call, const char *name, const char *value);
/* Access-Control-Allow-Origin and Vary, if its Origin is allowed. */
void call_allow_origin (Call *call);
/* Is that origin one of CORS_ORIGINS? */
gboolean call_origin_is_allowed (const Call *call, const char *origin);
/* Does the request come from our own page (or from no page at all)? */
gboolean call_is_same_origin (const Call *call, gboolean must_say);
