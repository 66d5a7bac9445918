/* api.h -- the HTTP API: what the server calls for each request.
 *
 * One Api for the whole process. quick runs on event loops and never blocks;
 * work runs on workers, each with its own Store. */
#pragma once
#include "auth/jwt.h"
#include "auth/seal.h"
#include "base/config.h"
#include "cache/cache.h"
#include "cache/second.h"
#include "cache/version.h"
#include "http/http.h"
#include "insights/narrator.h"
#include "store/store.h"

typedef struct Api Api;

/* A file of the page, embedded in the binary (the table is made by ui/build.mjs). */
typedef struct {
    const char *path, *type;
    const char *gzip_etag, *etag; /* with their quotes */
    const unsigned char *gzip, *plain;
    gsize gzip_size, plain_size;
    gboolean immutable; /* its name holds its hash */
} ApiAsset;

typedef struct {
    const Config *config;
    Clock *clock;
    Random *random;
    Sealer *sealer;
    JwtVerifier *verifier; /* NULL: no tokens of an identity provider */
    Cache *cache;          /* of HttpReady */
    Second *second;        /* shared with other instances; NULL: none */
    Versions *versions;
    Narrator *narrator; /* words insights; NULL: rules do */
    const ApiAsset *assets;
    guint n_assets;
    const char *setup_code;   /* opens the set-up of the first account; NULL: closed */
    const char *demo_user_id; /* the page signs this user in; NULL: no demo */
    const gint *stop;         /* atomic: non-zero, handlers ask no platform any more; may be NULL */
    /* Give this user connections to made-up accounts, in the caller's transaction. May be NULL. */
    gboolean (*demo_add) (Store *store, const char *user_id, gpointer user, GError **error);
    /* A job was written: wake the engine. May be NULL. */
    void (*wake) (gpointer user);
    /* A token or session was revoked here. May be NULL. */
    void (*revoked) (gpointer user);
    /* When the scheduler last looked, monotonic microseconds; NULL: there is none. */
    gint64 (*last_tick) (gpointer user);
    gpointer user;
} ApiOptions;

/* FAULT_INVALID: TRUSTED_PROXIES is not right. */
Api *api_new (const ApiOptions *options, GError **error);
void api_free (Api *api);
/* For the numbers of /metrics; call once the server is up. */
void api_set_server (Api *api, HttpServer *server);

/* Start to send mail, if there is a mail server; before the first request. api_mail_changed: a user's numbers
 * have changed, which alerts look at. api_end_mail: no more; before api_free. */
void api_start_mail (Api *api);
void api_mail_changed (Api *api);
void api_end_mail (Api *api);

/* Another instance says: a token or session was revoked; a job has changed. Any thread. */
void api_heard_revoked (Api *api);
void api_heard_job (Api *api);

/* The hooks of HttpOptions, with the Api as user. */
gboolean api_quick (HttpCall *http, gpointer api);
void api_work (HttpCall *http, gpointer state, gpointer api);
void api_work_together (HttpCall *const *https, guint n, gpointer state, gpointer api);
gpointer api_worker_start (gpointer api);
void api_worker_stop (gpointer state, gpointer api);
void api_refuse (HttpCall *http, int status, const char *reason, gpointer api);
void api_done (HttpCall *http, gpointer api);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Api, api_free)
