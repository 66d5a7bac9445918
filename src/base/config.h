/* config.h -- what an operator can set, in one table.
 *
 * Order: built-in default, then the KEY=value file of --config, then the
 * environment; NAME_FILE gives the path of a file that holds NAME's value
 * (for secrets). A value that is out of bounds, or an unknown name in the
 * file, is FAULT_INVALID with one line that says which and why. The struct is
 * filled once at the start and read-only from then on. */
#pragma once
#include <glib.h>

typedef struct {
    char *database_url;
    char *listen; /* "address:port" */
    char *public_url;
    char **cors_origins, **trusted_proxies;
    char *secret_key;
    char *jwt_secret, *jwt_jwks_url, *jwt_issuer, *jwt_audience;
    char *cron_token;
    int sync_time; /* minutes after midnight */
    char *sync_zone;
    int sync_days, backfill_days, sync_readers;
    int cache_ttl; /* seconds, 0 is off */
    gint64 cache_bytes;
    char *redis_url;
    char *tls_cert, *tls_key;
    int workers, loops; /* loops 0: one a core */
    char *google_client_id, *google_client_secret, *meta_app_id, *meta_app_secret, *meta_api_version;
    char *ga4_data_url, *ga4_admin_url, *google_token_url, *google_auth_url, *meta_graph_url,
        *meta_dialog_url;
    char *openai_api_key, *openai_base_url, *openai_model;
    int llm_timeout;      /* seconds */
    int llm_daily_tokens; /* 0: no limit */
    char *smtp_url, *smtp_user, *smtp_password, *smtp_tls, *smtp_ca, *mail_from;
    char *log_level, *log_format, *log_requests;
    char *sandbox; /* "off", "auto" or "required" */
} Config;

typedef enum { OPTION_TEXT, OPTION_LIST, OPTION_INT, OPTION_BYTES, OPTION_TIME, OPTION_CHOICE } OptionType;

typedef struct {
    const char *name;
    OptionType type;
    gsize offset;         /* of its field in Config */
    const char *standard; /* the default as text; NULL is empty */
    gint64 least, most;   /* of numbers */
    const char *choices;  /* "info|warning", for OPTION_CHOICE */
    gboolean secret;      /* masked wherever it is shown */
    const char *help;
} Option;

extern const Option config_options[];
extern const guint config_n_options;

/* environment is NAME=value strings (the caller passes g_get_environ ()). */
Config *config_load (const char *path, char **environment, GError **error);
void config_free (Config *config);
/* The value as text; secrets, and the password inside a URL, as "********". The caller frees it. */
char *config_show (const Config *config, const Option *option);
/* Shall a language model word insights? It needs a name, and a key or an endpoint that is not OpenAI's own.
 */
gboolean config_has_model (const Config *config);
/* "08:15" as minutes after midnight. */
gboolean config_parse_time (const char *value, int *minutes);
/* Does PUBLIC_URL lead here from other machines, too? */
gboolean config_is_reachable (const Config *config);
/* Must smtp:// change to TLS before anything is said? Only with an SMTP_URL. */
gboolean config_mail_has_tls (const Config *config);
/* "127.0.0.1:8080" or "[::1]:8080" into its parts. */
gboolean config_split_address (const char *address, char **host, guint16 *port, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Config, config_free)
