#include "base/config_private.h"

#include "base/date.h"
#include "base/fault.h"

#include <errno.h>
#include <string.h>

#define FIELD(name) G_STRUCT_OFFSET (Config, name)

#define TEXT(NAME, field, value, text)                                                                  \
    {                                                                                                   \
        .name = NAME, .type = OPTION_TEXT, .offset = FIELD (field), .standard = (value), .help = (text) \
    }
#define SECRET(NAME, field, text)                                                                  \
    {                                                                                              \
        .name = NAME, .type = OPTION_TEXT, .offset = FIELD (field), .secret = TRUE, .help = (text) \
    }
#define NUMBER(NAME, field, value, low, high, text)                                                     \
    {                                                                                                   \
        .name = NAME, .type = OPTION_INT, .offset = FIELD (field), .standard = (value), .least = (low), \
        .most = (high), .help = (text)                                                                  \
    }
#define CHOICE(NAME, field, value, words, text)                                            \
    {                                                                                      \
        .name = NAME, .type = OPTION_CHOICE, .offset = FIELD (field), .standard = (value), \
        .choices = (words), .help = (text)                                                 \
    }

const Option config_options[] = {
    TEXT (
        "DATABASE_URL", database_url, "sqlite:daymark.db",
        "sqlite:PATH or postgresql://user@host/name; ?pooler=session or transaction says what is in between"),
    TEXT ("LISTEN", listen, "127.0.0.1:8080", "address:port to serve on"),
    TEXT ("PUBLIC_URL", public_url, NULL,
          "the address people use, for redirects and cookies; from LISTEN if empty"),
    { .name = "CORS_ORIGINS",
      .type = OPTION_LIST,
      .offset = FIELD (cors_origins),
      .help = "exact origins that may call the API from a browser, comma-separated" },
    { .name = "TRUSTED_PROXIES",
      .type = OPTION_LIST,
      .offset = FIELD (trusted_proxies),
      .standard = "127.0.0.0/8,::1",
      .help = "addresses and networks whose X-Forwarded-For is believed, comma-separated" },
    SECRET ("SECRET_KEY", secret_key,
            "master key of the secrets at rest; created in daymark.key beside an SQLite file, required with "
            "PostgreSQL"),
    SECRET ("JWT_SECRET", jwt_secret, "accept HS256 bearer tokens signed with this secret"),
    TEXT ("JWT_JWKS_URL", jwt_jwks_url, NULL, "accept RS256 and ES256 bearer tokens of this key set"),
    TEXT ("JWT_ISSUER", jwt_issuer, NULL, "required issuer of bearer tokens"),
    TEXT ("JWT_AUDIENCE", jwt_audience, NULL, "required audience of bearer tokens"),
    SECRET ("CRON_TOKEN", cron_token, "lets a cron service call the daily endpoints; empty: they answer 403"),
    { .name = "SYNC_TIME",
      .type = OPTION_TIME,
      .offset = FIELD (sync_time),
      .standard = "00:15",
      .help = "when the daily run starts, HH:MM in SYNC_ZONE" },
    TEXT ("SYNC_ZONE", sync_zone, "America/Los_Angeles", "IANA time zone of the schedule"),
    NUMBER ("SYNC_DAYS", sync_days, "2", 1, 90, "days that a daily run of GA4 reads again"),
    NUMBER ("BACKFILL_DAYS", backfill_days, "395", 1, 1100, "days that the first run of a connection reads"),
    NUMBER ("SYNC_READERS", sync_readers, "4", 1, 64, "accounts that a sync reads at once"),
    NUMBER ("CACHE_TTL", cache_ttl, "90", 0, 3600, "seconds that an answer is kept; 0 turns the cache off"),
    { .name = "CACHE_BYTES",
      .type = OPTION_BYTES,
      .offset = FIELD (cache_bytes),
      .standard = "64 MB",
      .least = 1 << 20,
      .most = G_GINT64_CONSTANT (1) << 40,
      .help = "most memory for kept answers" },
    SECRET ("REDIS_URL", redis_url,
            "redis://[user:password@]host[:port][/db], a second level of the cache that instances share; it "
            "may fail "
            "at any time"),
    TEXT ("TLS_CERT", tls_cert, NULL, "path of a PEM certificate chain; empty: plain HTTP"),
    TEXT ("TLS_KEY", tls_key, NULL, "path of its PEM private key"),
    NUMBER ("WORKERS", workers, "8", 1, 256, "threads that ask the database"),
    NUMBER ("LOOPS", loops, "0", 0, 256, "event loops; 0: one a core"),
    TEXT ("GOOGLE_CLIENT_ID", google_client_id, NULL, "OAuth app for Google"),
    SECRET ("GOOGLE_CLIENT_SECRET", google_client_secret, "its secret"),
    TEXT ("META_APP_ID", meta_app_id, NULL, "OAuth app for Meta and Instagram"),
    SECRET ("META_APP_SECRET", meta_app_secret, "its secret"),
    TEXT ("META_API_VERSION", meta_api_version, "v25.0", "version of the Graph API"),
    TEXT ("GA4_DATA_URL", ga4_data_url, "https://analyticsdata.googleapis.com", "the GA4 Data API"),
    TEXT ("GA4_ADMIN_URL", ga4_admin_url, "https://analyticsadmin.googleapis.com", "the GA4 Admin API"),
    TEXT ("GOOGLE_TOKEN_URL", google_token_url, "https://oauth2.googleapis.com/token",
          "Google's token endpoint"),
    TEXT ("GOOGLE_AUTH_URL", google_auth_url, "https://accounts.google.com/o/oauth2/v2/auth",
          "Google's consent page"),
    TEXT ("META_GRAPH_URL", meta_graph_url, "https://graph.facebook.com", "the Graph API"),
    TEXT ("META_DIALOG_URL", meta_dialog_url, "https://www.facebook.com", "Meta's consent page"),
    SECRET ("OPENAI_API_KEY", openai_api_key,
            "key of a chat-completions endpoint; an endpoint of your own may need none"),
    TEXT ("OPENAI_BASE_URL", openai_base_url, OPENAI_URL, "any OpenAI-compatible endpoint"),
    TEXT ("OPENAI_MODEL", openai_model, NULL,
          "the model that words insights; empty, or neither a key nor an endpoint of your own: rules do"),
    NUMBER ("LLM_TIMEOUT", llm_timeout, "20", 1, 300, "seconds that a model may take"),
    NUMBER ("LLM_DAILY_TOKENS", llm_daily_tokens, "1000000", 0, G_MAXINT32,
            "tokens that a model may cost a day (UTC), all instances together; 0: no limit"),
    TEXT ("SMTP_URL", smtp_url, NULL,
          "the mail server for reports and alerts: smtp://host:587 (STARTTLS) or smtps://host:465; empty: no "
          "mail"),
    TEXT ("SMTP_USER", smtp_user, NULL, "the name to log in there; empty: without"),
    SECRET ("SMTP_PASSWORD", smtp_password, "its password"),
    CHOICE ("SMTP_TLS", smtp_tls, "auto", "auto|required|off",
            "TLS on smtp://: auto requires it everywhere but on loopback; smtps:// always has it"),
    TEXT ("SMTP_CA", smtp_ca, NULL, "path of the certificates to trust there; empty: the system's"),
    TEXT ("MAIL_FROM", mail_from, NULL, "the address that mail comes from; required with SMTP_URL"),
    CHOICE ("LOG_LEVEL", log_level, "info", "debug|info|warning|error", "how much is logged"),
    CHOICE ("LOG_FORMAT", log_format, "auto", "auto|text|json", "auto: text on a terminal, else json"),
    CHOICE ("LOG_REQUESTS", log_requests, "all", "all|slow|off", "which requests are logged"),
    CHOICE (
        "SANDBOX", sandbox, "auto", "off|auto|required",
        "Landlock and seccomp around `daymark serve`; auto: what the kernel has; required: does not start "
        "without"),
};

const guint config_n_options = G_N_ELEMENTS (config_options);

static gpointer
field (const Config *config, const Option *option)
{
    return (char *)config + option->offset;
}

static gboolean
bad (GError **error, const Option *option, const char *value, const char *why)
{
    return fault_set (error, FAULT_INVALID, "%s is %s%.60s%s: %s", option->name, option->secret ? "" : "\"",
                      option->secret ? "not right" : value, option->secret ? "" : "\"", why);
}

gboolean
config_parse_time (const char *value, int *minutes)
{
    if (strlen (value) != 5 || value[2] != ':' || !g_ascii_isdigit (value[0]) ||
        !g_ascii_isdigit (value[1]) || !g_ascii_isdigit (value[3]) || !g_ascii_isdigit (value[4]))
        return FALSE;
    *minutes = ((value[0] - '0') * 10 + value[1] - '0') * 60 + (value[3] - '0') * 10 + value[4] - '0';
    return value[0] <= '2' && *minutes < 24 * 60 && value[3] < '6';
}

/* "64 MB", "64MB", "67108864" */
static gboolean
read_bytes (const char *value, gint64 *bytes)
{
    static const char *const units[] = { "", "kb", "mb", "gb" };
    char *end;
    guint64 number;
    g_autofree char *unit = NULL;

    if (!g_ascii_isdigit (*value))
        return FALSE;
    number = g_ascii_strtoull (value, &end, 10);
    unit = g_strstrip (g_ascii_strdown (end, -1));
    for (guint i = 0; i < G_N_ELEMENTS (units); i++) {
        if (strcmp (unit, units[i]) == 0 && number <= (guint64)G_MAXINT64 >> (10 * i)) {
            *bytes = (gint64)(number << (10 * i));
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
in_bounds (const Option *option, gint64 number, const char *value, GError **error)
{
    g_autofree char *why = NULL;

    if (number >= option->least && number <= option->most)
        return TRUE;
    why =
        g_strdup_printf ("it must be %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, option->least, option->most);
    return bad (error, option, value, why);
}

static gboolean
set_number (Config *config, const Option *option, const char *value, GError **error)
{
    gint64 number;

    if (!g_ascii_string_to_signed (value, 10, G_MININT, G_MAXINT, &number, NULL))
        return bad (error, option, value, "it must be a whole number");
    *(int *)field (config, option) = (int)number;
    return in_bounds (option, number, value, error);
}

static gboolean
set_list (Config *config, const Option *option, const char *value)
{
    char ***list = field (config, option);

    g_strfreev (*list);
    *list = *value ? g_strsplit (value, ",", -1) : g_new0 (char *, 1);
    for (char **item = *list; *item; item++)
        g_strstrip (*item);
    return TRUE;
}

static gboolean
set_choice (Config *config, const Option *option, const char *value, GError **error)
{
    g_auto (GStrv) choices = g_strsplit (option->choices, "|", -1);
    char **text = field (config, option);

    if (!g_strv_contains ((const char *const *)choices, value)) {
        g_autofree char *why = g_strdup_printf ("it must be one of %s", option->choices);

        return bad (error, option, value, why);
    }
    g_free (*text);
    *text = g_strdup (value);
    return TRUE;
}

static gboolean
set (Config *config, const Option *option, const char *value, GError **error)
{
    char **text = field (config, option);

    if (!g_utf8_validate (value, -1, NULL))
        return bad (error, option, "…", "it is not UTF-8");
    switch (option->type) {
    case OPTION_TEXT:
        g_free (*text);
        *text = g_strdup (value);
        return TRUE;
    case OPTION_LIST:
        return set_list (config, option, value);
    case OPTION_CHOICE:
        return set_choice (config, option, value, error);
    case OPTION_INT:
        return set_number (config, option, value, error);
    case OPTION_BYTES:
        if (!read_bytes (value, field (config, option)))
            return bad (error, option, value, "write it as 64 MB");
        return in_bounds (option, *(gint64 *)field (config, option), value, error);
    case OPTION_TIME:
        return config_parse_time (value, field (config, option)) ||
               bad (error, option, value, "write it as HH:MM");
    }
    return FALSE;
}

/* The option of that name; *from_file for NAME_FILE. */
static const Option *
find (const char *name, gboolean *from_file)
{
    for (guint i = 0; i < config_n_options; i++) {
        const char *known = config_options[i].name;
        gsize n = strlen (known);

        *from_file =
            config_options[i].secret && strncmp (name, known, n) == 0 && strcmp (name + n, "_FILE") == 0;
        if (*from_file || strcmp (name, known) == 0)
            return &config_options[i];
    }
    return NULL;
}

static gboolean
assign (Config *config, const Option *option, gboolean from_file, const char *value, GError **error)
{
    g_autofree char *content = NULL;
    g_autoptr (GError) local = NULL;

    /* NAME= is how a compose file passes what its author left open. */
    if (!*value && (from_file || option->standard))
        return TRUE;
    if (!from_file)
        return set (config, option, value, error);
    if (!g_file_get_contents (value, &content, NULL, &local))
        return fault_set (error, FAULT_INVALID, "%s_FILE: %s", option->name, local->message);
    return set (config, option, g_strchomp (content), error);
}

static gboolean
read_line (Config *config, const char *path, guint number, char *line, GError **error)
{
    const Option *option;
    gboolean from_file;
    char *value;

    g_strstrip (line);
    if (!*line || *line == '#')
        return TRUE;
    value = strchr (line, '=');
    if (!value)
        return fault_set (error, FAULT_INVALID, "%s:%u: \"%.40s\" is not KEY=value", path, number, line);
    *value++ = '\0';
    option = find (g_strstrip (line), &from_file);
    if (!option)
        return fault_set (error, FAULT_INVALID, "%s:%u: there is no setting \"%.40s\"", path, number, line);
    return assign (config, option, from_file, g_strstrip (value), error);
}

static gboolean
read_file (Config *config, const char *path, GError **error)
{
    g_autofree char *content = NULL;
    g_autoptr (GError) local = NULL;
    g_auto (GStrv) lines = NULL;

    if (!g_file_get_contents (path, &content, NULL, &local))
        return fault_set (error, FAULT_INVALID, "%s", local->message);
    lines = g_strsplit (content, "\n", -1);
    for (guint i = 0; lines[i]; i++)
        if (!read_line (config, path, i + 1, lines[i], error))
            return FALSE;
    return TRUE;
}

static gboolean
read_environment (Config *config, char **environment, GError **error)
{
    for (; environment && *environment; environment++) {
        const char *value = strchr (*environment, '=');
        g_autofree char *name = value ? g_strndup (*environment, (gsize)(value - *environment)) : NULL;
        gboolean from_file;
        const Option *option = name ? find (name, &from_file) : NULL;

        if (option && !assign (config, option, from_file, value + 1, error))
            return FALSE;
    }
    return TRUE;
}

/* Empty means "not set". */
static void
drop_empty (Config *config)
{
    for (guint i = 0; i < config_n_options; i++) {
        char **text = field (config, &config_options[i]);

        if (config_options[i].type == OPTION_TEXT && *text && !**text)
            g_clear_pointer (text, g_free);
    }
}

Config *
config_load (const char *path, char **environment, GError **error)
{
    g_autoptr (Config) config = g_new0 (Config, 1);

    for (guint i = 0; i < config_n_options; i++) {
        const Option *option = &config_options[i];

        if ((option->standard || option->type == OPTION_LIST) &&
            !set (config, option, option->standard ? option->standard : "", error))
            return NULL;
    }
    if (path && !read_file (config, path, error))
        return NULL;
    if (!read_environment (config, environment, error))
        return NULL;
    drop_empty (config);
    return config_check (config, error) ? g_steal_pointer (&config) : NULL;
}

gboolean
config_has_model (const Config *config)
{
    return config->openai_model &&
           (config->openai_api_key || strcmp (config->openai_base_url, OPENAI_URL) != 0);
}

void
config_free (Config *config)
{
    if (!config)
        return;
    for (guint i = 0; i < config_n_options; i++) {
        const Option *option = &config_options[i];

        if (option->type == OPTION_TEXT || option->type == OPTION_CHOICE)
            g_free (*(char **)field (config, option));
        else if (option->type == OPTION_LIST)
            g_strfreev (*(char ***)field (config, option));
    }
    g_free (config);
}

/* A URL may carry a password: user:password@host, or libpq's ?password=. Where it ends is taken
 * generously, as an unescaped one may hold any sign. */
static char *
hide_password (const char *text)
{
    g_autoptr (GRegex) password =
        g_regex_new ("(://[^:@/?]*:).*(?=@)|([?&](?:ssl)?password=)[^&]*", G_REGEX_DOTALL, 0, NULL);

    return g_regex_replace (password, text, -1, 0, "\\1\\2********", 0, NULL);
}

char *
config_show (const Config *config, const Option *option)
{
    gconstpointer at = field (config, option);
    const char *text;

    switch (option->type) {
    case OPTION_LIST:
        return g_strjoinv (",", *(char ***)at);
    case OPTION_INT:
        return g_strdup_printf ("%d", *(const int *)at);
    case OPTION_BYTES:
        return g_strdup_printf ("%" G_GINT64_FORMAT, *(const gint64 *)at);
    case OPTION_TIME:
        return g_strdup_printf ("%02d:%02d", *(const int *)at / 60, *(const int *)at % 60);
    case OPTION_TEXT:
    case OPTION_CHOICE:
        break;
    }
    text = *(char *const *)at;
    if (!text || option->secret)
        return g_strdup (text ? "********" : "");
    return hide_password (text);
}
