/* serve.c -- `daymark serve`: put all parts together, wait for a signal, take
 * them apart again. Everything that lives as long as the server is owned here. */
#include "api/api.h"
#include "api/news.h"
#include "auth/secret.h"
#include "base/fault.h"
#include "base/log.h"
#include "cli/certificate.h"
#include "cli/cli.h"
#include "cli/demo.h"
#include "cli/embedded.h"
#include "cli/samples.h"
#include "cli/signals.h"
#include "cli/verifier.h"
#include "jobs/engine.h"
#include "sql.h"
#include "store/migrate.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define GRACE_SECONDS      20
#define DEMO_GRACE_SECONDS 2
#define JOB_RUNNERS        3 /* one of which takes nightly runs only */

typedef struct {
    Config *config;
    Demo *demo; /* NULL: the real thing */
    Samples *samples;
    Sealer *sealer;
    JwtVerifier *verifier;
    Cache *cache;
    Second *second; /* NULL: no REDIS_URL */
    Versions *versions;
    Narrator *narrator; /* NULL: no model is configured */
    ApiAsset *assets;
    char *setup_code;
    Api *api;
    News *news;     /* NULL: there are no other instances */
    Engine *engine; /* atomic: the news may come before it is there */
    HttpServer *server;
    CertificateWatch *watch; /* NULL: plain HTTP */
    gint stopping;           /* atomic */
} Serve;

static void
serve_clear (Serve *serve)
{
    guint grace = serve->demo ? DEMO_GRACE_SECONDS : GRACE_SECONDS;

    /* Requests get the grace to end well, but nobody waits for a platform any more. */
    g_atomic_int_set (&serve->stopping, TRUE);
    if (serve->engine)
        engine_halt (serve->engine);
    news_mute (serve->news);
    certificate_watch_free (serve->watch);
    if (serve->server)
        http_server_stop (serve->server, grace);
    engine_stop (serve->engine);
    if (serve->api)
        api_end_mail (serve->api);   /* after the last who would nudge it */
    news_stop (serve->news);         /* after the last who has something to tell */
    narrator_free (serve->narrator); /* no request waits for it any more */
    api_free (serve->api);
    if (serve->server)
        cli_settle_database (serve->config);
    g_free (serve->assets);
    versions_free (serve->versions);
    cache_free (serve->cache);
    second_free (serve->second);
    jwt_verifier_free (serve->verifier);
    sealer_free (serve->sealer);
    samples_free (serve->samples);
    demo_stop (serve->demo);
    secret_free (serve->setup_code);
    config_free (serve->config);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Serve, serve_clear)

/* ---- what the parts ask of each other ---- */

static void
on_wake (gpointer user)
{
    Serve *serve = user;
    Engine *engine = g_atomic_pointer_get (&serve->engine);

    if (engine)
        engine_wake (engine);
}

static void
on_job_written (gpointer user)
{
    Serve *serve = user;

    on_wake (serve);
    news_tell (serve->news, NEWS_JOB, NULL);
}

static void
on_revoked (gpointer user)
{
    Serve *serve = user;

    news_tell (serve->news, NEWS_REVOKED, NULL);
}

/* First of all: who asks under a new version must find nothing old in Redis. */
static void
on_written (const char *user_id, gpointer user)
{
    Serve *serve = user;

    second_move (serve->second, user_id);
}

static void
on_bumped (const char *user_id, gpointer user)
{
    Serve *serve = user;

    news_tell (serve->news, NEWS_DATA, user_id);
}

/* Another instance has something to say. */
static void
on_heard (NewsKind kind, const char *user_id, gpointer user)
{
    Serve *serve = user;

    switch (kind) {
    case NEWS_DATA:
        if (user_id)
            second_move (serve->second, user_id); /* before the version that leads there */
        versions_heard (serve->versions, user_id);
        break;
    case NEWS_REVOKED:
        api_heard_revoked (serve->api);
        break;
    case NEWS_JOB:
        api_heard_job (serve->api);
        on_wake (serve);
        break;
    }
}

static gint64
on_last_tick (gpointer user)
{
    Serve *serve = user;

    return serve->engine ? engine_last_tick (serve->engine) : clock_monotonic (clock_system ());
}

static void
on_changed (const char *user_id, gpointer user)
{
    Serve *serve = user;

    versions_bump (serve->versions, user_id);
    api_mail_changed (serve->api);
}

static gboolean
on_demo_add (Store *store, const char *user_id, gpointer user, GError **error)
{
    Serve *serve = user;

    return samples_connect (serve->samples, store, serve->sealer, user_id, error);
}

static const Config *
on_demo_config (gpointer user, GError **error)
{
    Serve *serve = user;

    return samples_config (serve->samples, error);
}

/* ---- building ---- */

/* Without any account, whoever reads the log may make the first one. */
static gboolean
make_setup_code (Serve *serve, Store *store, GError **error)
{
    g_autoptr (Rows) rows = store_ask (store, &sql_auth_user_count, NO_PARAMS, error);

    if (!rows)
        return FALSE;
    if (rows_int (rows, 0, 0) == 0 && !serve->demo)
        serve->setup_code = random_token (random_system (), 18);
    return TRUE;
}

static gboolean
prepare_database (Serve *serve, GError **error)
{
    g_autoptr (Store) store = NULL;

    if (!cli_own (serve->config, error))
        return FALSE;
    serve->sealer = cli_settle_key (serve->config, error) ? cli_sealer (serve->config, error) : NULL;
    store = serve->sealer ? cli_open (serve->config, error) : NULL;
    return store && make_setup_code (serve, store, error) &&
           (!serve->demo || demo_fill (serve->demo, store, serve->sealer, error));
}

static gboolean
make_narrator (Serve *serve, GError **error)
{
    NarratorOptions options = { .config = serve->config,
                                .clock = clock_system (),
                                .random = random_system (),
                                .stop = &serve->stopping };

    return narrator_open (&options, &serve->narrator, error);
}

static gboolean
make_api (Serve *serve, GError **error)
{
    const Config *config = serve->config;
    ApiOptions options = {
        .config = config,
        .clock = clock_system (),
        .random = random_system (),
        .wake = on_job_written,
        .revoked = on_revoked,
        .last_tick = on_last_tick,
        .user = serve,
    };

    serve->versions = versions_new (random_system ());
    serve->cache = cache_new ((gsize)config->cache_bytes, (guint)config->cache_ttl, clock_system (),
                              (gpointer (*) (gpointer))http_ready_ref, (void (*) (gpointer))http_ready_unref);
    serve->verifier = verifier_new (serve->config);
    serve->assets = embedded_page ();
    if (!serve->demo)
        options.demo_add = on_demo_add;
    options.stop = &serve->stopping;
    options.sealer = serve->sealer;
    options.versions = serve->versions;
    options.cache = serve->cache;
    options.second = serve->second;
    options.narrator = serve->narrator;
    options.verifier = serve->verifier;
    options.assets = serve->assets;
    options.n_assets = embedded_count ();
    options.setup_code = serve->setup_code;
    options.demo_user_id = serve->demo ? serve->demo->user_id : NULL;
    serve->api = api_new (&options, error);
    return serve->api != NULL;
}

/* Before the first thread that has something to tell. */
static void
start_news (Serve *serve)
{
    NewsOptions options = { .database_url = serve->config->database_url,
                            .random = random_system (),
                            .heard = on_heard,
                            .user = serve };

    versions_tell (serve->versions, on_written, on_bumped, serve);
    serve->news = news_start (&options);
}

static gboolean
start_engine (Serve *serve, GError **error)
{
    EngineOptions options = {
        .config = serve->config,
        .clock = clock_system (),
        .random = random_system (),
        .sealer = serve->sealer,
        .runners = JOB_RUNNERS,
        .scheduled = TRUE,
        .changed = on_changed,
        .demo_config = on_demo_config,
        .user = serve,
    };

    g_atomic_pointer_set (&serve->engine, engine_start (&options, error));
    return serve->engine != NULL;
}

static gboolean
open_server (Serve *serve, gboolean any_port, const char *certificate, const char *key, GError **error)
{
    const Config *config = serve->config;
    g_autofree char *host = NULL;
    HttpOptions options = {
        .tls_cert = certificate,
        .tls_key = key,
        .loops = (guint)config->loops,
        .workers = (guint)config->workers,
        .quick = api_quick,
        .work = api_work,
        .work_together = api_work_together,
        .worker_start = api_worker_start,
        .worker_stop = api_worker_stop,
        .refuse = api_refuse,
        .done = api_done,
        .user = serve->api,
    };

    if (!config_split_address (config->listen, &host, &options.port, error))
        return FALSE;
    options.address = host;
    serve->server = http_server_start (&options, any_port ? NULL : error);
    if (!serve->server && any_port) {
        options.port = 0;
        serve->server = http_server_start (&options, error);
    }
    if (serve->server)
        api_set_server (serve->api, serve->server);
    return serve->server != NULL;
}

static gboolean
start_server (Serve *serve, gboolean any_port, GError **error)
{
    g_autofree char *certificate = NULL;
    char *key = NULL;
    gboolean good = certificate_read (serve->config, &certificate, &key, error) &&
                    open_server (serve, any_port, certificate, key, error);

    secret_free (key);
    if (good)
        serve->watch = certificate_watch_new (serve->config, serve->server);
    return good;
}

/* ---- running ---- */

/* Zones need no look: they are read as they are whenever they are asked for. */
static void
on_look (gboolean told, gpointer user)
{
    Serve *serve = user;

    certificate_watch_look (serve->watch, told);
}

/* Where people find it: the configured address, but with the port that it really got. */
static char *
address_of (const Serve *serve)
{
    g_autofree char *host = NULL;
    guint16 port;

    config_split_address (serve->config->listen, &host, &port, NULL);
    if (port == http_server_port (serve->server))
        return g_strdup (serve->config->public_url);
    return g_strdup_printf ("http://%s:%u", host, http_server_port (serve->server));
}

static void
announce (const Serve *serve)
{
    g_autofree char *address = address_of (serve);

    printf ("Daymark is ready: %s/\n", address);
    if (serve->setup_code)
        printf ("There is no account yet. Make the first one here (once): %s/#setup=%s\n", address,
                serve->setup_code);
    if (serve->demo)
        printf ("Demo data, gone when this ends. The page signs you in. To try the API:\n"
                "  curl -H 'Authorization: Bearer %s' %s/v1/dashboard/meta\n",
                serve->demo->token, address);
    fflush (stdout);
    cli_tell_confined (serve->config);
    log_event (LOG_INFO, "serve.ready", "ready", "address", address, NULL);
}

/* Each connection takes a descriptor; the usual soft limit of 1,024 is for programs that select(). */
static void
raise_descriptors (void)
{
    struct rlimit limit;

    if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit (RLIMIT_NOFILE, &limit);
}

/* The demo's settings are on top of the environment that the program was started with. */
static gboolean
load_demo (Serve *serve, char **original, GError **error)
{
    g_auto (GStrv) environment = original;

    if (!cli_is_loopback (serve->config->listen))
        return fault_set (error, FAULT_INVALID,
                          "the demo signs anybody in, so it listens on loopback only: LISTEN is %s",
                          serve->config->listen);
    serve->demo = demo_start (error);
    if (!serve->demo)
        return FALSE;
    environment = demo_environment (serve->demo, g_steal_pointer (&environment));
    environment = g_environ_setenv (environment, "LISTEN", serve->config->listen, TRUE);
    config_free (serve->config);
    serve->config = config_load (NULL, environment, error);
    return serve->config != NULL;
}

/* --port instead of the one in LISTEN, and in what is derived from it. */
static void
set_port (Config *config, int port)
{
    int host = (int)(strrchr (config->listen, ':') - config->listen);
    g_autofree char *old = g_steal_pointer (&config->listen);
    g_autofree char *derived = g_strdup_printf ("%s://%s", config->tls_cert ? "https" : "http", old);

    config->listen = g_strdup_printf ("%.*s:%d", host, old, port);
    if (strcmp (config->public_url, derived) == 0) {
        g_free (config->public_url);
        config->public_url = g_strdup_printf ("%s://%s", config->tls_cert ? "https" : "http", config->listen);
    }
}

int
cli_serve (int argc, char **argv, GError **error)
{
    gboolean demo = FALSE;
    int port = 0;
    const GOptionEntry entries[] = {
        { "demo", 0, 0, G_OPTION_ARG_NONE, &demo,
          "a fresh folder, simulated sources, a user who is signed in", NULL },
        { "port", 0, 0, G_OPTION_ARG_INT, &port, "instead of the port in LISTEN", "N" },
        { NULL },
    };
    g_auto (Serve) serve = { 0 };
    g_auto (GStrv) environment = g_get_environ (); /* what is in it is wiped once it is read */
    sigset_t signals;

    signals_block (&signals); /* before any thread is there to inherit it */
    serve.config =
        cli_load (&argc, &argv, entries, "Serve the page and the API, and sync every night.", error);
    if (!serve.config)
        return 1;
    if (!cli_no_more (argc, argv, error))
        return 2;
    if (port)
        set_port (serve.config, port);
    if (!cli_confine (serve.config, demo, error) ||
        (demo && !load_demo (&serve, g_steal_pointer (&environment), error)) ||
        !second_open (serve.config->redis_url, (guint)serve.config->cache_ttl, random_system (),
                      &serve.second, error) ||
        !prepare_database (&serve, error) || !make_narrator (&serve, error))
        return 1;
    serve.samples = samples_new ();
    raise_descriptors ();
    if (!make_api (&serve, error))
        return 1;
    start_news (&serve);
    api_start_mail (serve.api);
    if (!start_engine (&serve, error) || !start_server (&serve, demo && !port && !g_getenv ("LISTEN"), error))
        return 1;
    announce (&serve);
    signals_wait (&signals, on_look, &serve);
    return 0;
}
