#include "base/config.h"

#include "base/fault.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct {
    char *folder, *file, *secret;
} Fixture;

static int
set_up (void **state)
{
    Fixture *f = g_new0 (Fixture, 1);

    f->folder = g_dir_make_tmp ("daymark-config-XXXXXX", NULL);
    f->file = g_build_filename (f->folder, "daymark.conf", NULL);
    f->secret = g_build_filename (f->folder, "secret", NULL);
    *state = f;
    return 0;
}

static int
tear_down (void **state)
{
    Fixture *f = *state;

    g_unlink (f->file);
    g_unlink (f->secret);
    g_rmdir (f->folder);
    g_free (f->folder);
    g_free (f->file);
    g_free (f->secret);
    g_free (f);
    return 0;
}

static const Option *
option (const char *name)
{
    for (guint i = 0; i < config_n_options; i++)
        if (strcmp (config_options[i].name, name) == 0)
            return &config_options[i];
    fail_msg ("no option %s", name);
    return NULL;
}

/* One setting through the environment. */
static Config *
load_with (const char *name, const char *value, GError **error)
{
    g_autofree char *pair = g_strconcat (name, "=", value, NULL);
    char *environment[] = { "PATH=/bin", pair, "NOT_OURS=1", NULL };

    return config_load (NULL, environment, error);
}

static Config *
load_file (Fixture *f, const char *text, char **environment, GError **error)
{
    assert_true (g_file_set_contents (f->file, text, -1, NULL));
    return config_load (f->file, environment, error);
}

static void
shows (const Config *config, const char *name, const char *want)
{
    g_autofree char *text = config_show (config, option (name));

    assert_string_equal (text, want);
}

/* A value that each option takes, and how it is shown. Every option must have its line here. */
static const struct {
    const char *name, *standard, *value, *shown;
} settings[] = {
    { "DATABASE_URL", "sqlite:daymark.db", "postgresql://me@host/db", "postgresql://me@host/db" },
    { "LISTEN", "127.0.0.1:8080", "0.0.0.0:80", "0.0.0.0:80" },
    { "PUBLIC_URL", "http://127.0.0.1:8080", "https://a.example/", "https://a.example" },
    { "CORS_ORIGINS", "", "https://a.example, https://b.example", "https://a.example,https://b.example" },
    { "TRUSTED_PROXIES", "127.0.0.0/8,::1", "10.0.0.1, fd00::/8", "10.0.0.1,fd00::/8" },
    { "SECRET_KEY", "", "s3cret", "********" },
    { "JWT_SECRET", "", "s3cret", "********" },
    { "JWT_JWKS_URL", "", "https://id.example/keys", "https://id.example/keys" },
    { "JWT_ISSUER", "", "https://id.example", "https://id.example" },
    { "JWT_AUDIENCE", "", "us", "us" },
    { "CRON_TOKEN", "", "s3cret", "********" },
    { "SYNC_TIME", "00:15", "23:59", "23:59" },
    { "SYNC_ZONE", "America/Los_Angeles", "Asia/Kolkata", "Asia/Kolkata" },
    { "SYNC_DAYS", "2", "90", "90" },
    { "BACKFILL_DAYS", "395", "1100", "1100" },
    { "SYNC_READERS", "4", "64", "64" },
    { "CACHE_TTL", "90", "0", "0" },
    { "CACHE_BYTES", "67108864", "2 gb", "2147483648" },
    { "REDIS_URL", "", "redis://:pw@host/0", "********" },
    { "TLS_CERT", "", NULL, "" }, /* only together, see below */
    { "TLS_KEY", "", NULL, "" },
    { "WORKERS", "8", "1", "1" },
    { "LOOPS", "0", "256", "256" },
    { "GOOGLE_CLIENT_ID", "", "id", "id" },
    { "GOOGLE_CLIENT_SECRET", "", "s3cret", "********" },
    { "META_APP_ID", "", "id", "id" },
    { "META_APP_SECRET", "", "s3cret", "********" },
    { "META_API_VERSION", "v25.0", "v26.0", "v26.0" },
    { "GA4_DATA_URL", "https://analyticsdata.googleapis.com", "http://127.0.0.1:1", "http://127.0.0.1:1" },
    { "GA4_ADMIN_URL", "https://analyticsadmin.googleapis.com", "http://127.0.0.1:1", "http://127.0.0.1:1" },
    { "GOOGLE_TOKEN_URL", "https://oauth2.googleapis.com/token", "http://127.0.0.1:1", "http://127.0.0.1:1" },
    { "GOOGLE_AUTH_URL", "https://accounts.google.com/o/oauth2/v2/auth", "http://127.0.0.1:1",
      "http://127.0.0.1:1" },
    { "META_GRAPH_URL", "https://graph.facebook.com", "http://127.0.0.1:1", "http://127.0.0.1:1" },
    { "META_DIALOG_URL", "https://www.facebook.com", "http://127.0.0.1:1", "http://127.0.0.1:1" },
    { "OPENAI_API_KEY", "", "s3cret", "********" },
    { "OPENAI_BASE_URL", "https://api.openai.com/v1", "http://127.0.0.1:1", "http://127.0.0.1:1" },
    { "OPENAI_MODEL", "", "m", "m" },
    { "LLM_TIMEOUT", "20", "300", "300" },
    { "LLM_DAILY_TOKENS", "1000000", "0", "0" },
    { "SMTP_URL", "", NULL, "" }, /* only with MAIL_FROM, see below */
    { "SMTP_USER", "", "me", "me" },
    { "SMTP_PASSWORD", "", "s3cret", "********" },
    { "SMTP_TLS", "auto", "required", "required" },
    { "SMTP_CA", "", "ca.pem", "ca.pem" },
    { "MAIL_FROM", "", "me@example.com", "me@example.com" },
    { "LOG_LEVEL", "info", "debug", "debug" },
    { "LOG_FORMAT", "auto", "json", "json" },
    { "LOG_REQUESTS", "all", "slow", "slow" },
    { "SANDBOX", "auto", "required", "required" },
};

static void
every_option_is_tested (void **state)
{
    assert_int_equal (config_n_options, G_N_ELEMENTS (settings));
    for (guint i = 0; i < config_n_options; i++) {
        assert_string_equal (config_options[i].name, settings[i].name);
        assert_non_null (config_options[i].help);
    }
}

static void
defaults_hold (void **state)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (Config) config = config_load (NULL, NULL, &error);

    assert_null (error);
    for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
        shows (config, settings[i].name, settings[i].standard);
    assert_int_equal (config->sync_time, 15);
    assert_non_null (config->cors_origins);
    assert_null (config->cors_origins[0]);
    assert_null (config->jwt_secret);
    assert_null (config->openai_model);
}

static void
environment_sets_every_option (void **state)
{
    for (guint i = 0; i < G_N_ELEMENTS (settings); i++) {
        g_autoptr (GError) error = NULL;
        g_autoptr (Config) config =
            settings[i].value ? load_with (settings[i].name, settings[i].value, &error) : NULL;

        if (!settings[i].value)
            continue;
        if (!config)
            fail_msg ("%s", error->message);
        for (guint j = 0; j < G_N_ELEMENTS (settings); j++)
            if (strcmp (settings[j].name, "PUBLIC_URL") != 0 || i == j) /* it follows LISTEN */
                shows (config, settings[j].name, i == j ? settings[j].shown : settings[j].standard);
    }
}

static void
file_sets_every_option (void **state)
{
    Fixture *f = *state;
    g_autoptr (GString) text = g_string_new ("# a comment\n\n   \n");
    g_autoptr (GError) error = NULL;
    g_autoptr (Config) config = NULL;

    for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
        if (settings[i].value)
            g_string_append_printf (text, " %s = %s \r\n", settings[i].name, settings[i].value);
    config = load_file (f, text->str, NULL, &error);
    if (!config)
        fail_msg ("%s", error->message);
    for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
        shows (config, settings[i].name, settings[i].shown);
    assert_string_equal (config->jwt_secret, "s3cret");
    assert_string_equal (config->cors_origins[1], "https://b.example");
    assert_null (config->cors_origins[2]);
}

static void
environment_goes_before_the_file (void **state)
{
    Fixture *f = *state;
    char *environment[] = { "WORKERS=5", "JWT_SECRET=", "LLM_TIMEOUT=", NULL };
    g_autoptr (Config) config =
        load_file (f, "WORKERS=4\nLOOPS=3\nJWT_SECRET=x\nLLM_TIMEOUT=7\n", environment, NULL);

    assert_int_equal (config->workers, 5);
    assert_int_equal (config->loops, 3);
    assert_null (config->jwt_secret); /* empty clears what has no default */
    assert_int_equal (config->llm_timeout, 7);
}

/* An empty value is as good as none, for every option. */
static void
empty_is_not_set (void **state)
{
    for (guint i = 0; i < G_N_ELEMENTS (settings); i++) {
        g_autoptr (GError) error = NULL;
        g_autoptr (Config) config = load_with (settings[i].name, "", &error);

        if (!config)
            fail_msg ("%s: %s", settings[i].name, error->message);
        shows (config, settings[i].name, settings[i].standard);
    }
}

static void
secrets_come_from_files (void **state)
{
    Fixture *f = *state;

    assert_true (g_file_set_contents (f->secret, "from a file\n", -1, NULL));
    for (guint i = 0; i < config_n_options; i++) {
        g_autofree char *name = g_strconcat (config_options[i].name, "_FILE", NULL);
        g_autofree char *line = g_strconcat (name, "=", f->secret, "\n", NULL);
        g_autoptr (GError) error = NULL;
        g_autoptr (Config) by_environment = load_with (name, f->secret, NULL);
        g_autoptr (Config) by_file = load_file (f, line, NULL, &error);

        if (!config_options[i].secret) {
            assert_null (by_file);
            assert_non_null (strstr (error->message, "no setting"));
            continue;
        }
        assert_string_equal (G_STRUCT_MEMBER (char *, by_environment, config_options[i].offset),
                             "from a file");
        assert_string_equal (G_STRUCT_MEMBER (char *, by_file, config_options[i].offset), "from a file");
    }
}

static void
fails (const char *name, const char *value, const char *words)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (Config) config = load_with (name, value, &error);

    if (config)
        fail_msg ("%s=%s was taken", name, value);
    assert_true (fault_is (error, FAULT_INVALID));
    if (!strstr (error->message, words))
        fail_msg ("\"%s\" lacks \"%s\"", error->message, words);
    assert_null (strchr (error->message, '\n'));
}

static void
bad_values_stop_the_start (void **state)
{
    fails ("WORKERS", "0", "WORKERS is \"0\": it must be 1 to 256");
    fails ("WORKERS", "257", "1 to 256");
    fails ("WORKERS", "-1", "1 to 256");
    fails ("WORKERS", "99999999999999999999", "whole number");
    fails ("WORKERS", "8.0", "whole number");
    fails ("WORKERS", "eight", "whole number");
    fails ("WORKERS", " 8", "whole number");
    fails ("SYNC_DAYS", "91", "1 to 90");
    fails ("SYNC_READERS", "0", "1 to 64");
    fails ("BACKFILL_DAYS", "1101", "1 to 1100");
    fails ("CACHE_TTL", "3601", "0 to 3600");
    fails ("LLM_TIMEOUT", "0", "1 to 300");
    fails ("CACHE_BYTES", "1 KB", "1048576 to");
    fails ("CACHE_BYTES", "2000 GB", "to 1099511627776");
    fails ("CACHE_BYTES", "99999999999999999999", "CACHE_BYTES");
    fails ("CACHE_BYTES", "9223372036854775807 GB", "write it as 64 MB");
    fails ("CACHE_BYTES", "64 bananas", "write it as 64 MB");
    fails ("CACHE_BYTES", "-64 MB", "write it as 64 MB");
    fails ("SYNC_TIME", "24:00", "HH:MM");
    fails ("SYNC_TIME", "0:15", "HH:MM");
    fails ("SYNC_TIME", "00:60", "HH:MM");
    fails ("SYNC_TIME", "29:00", "HH:MM");
    fails ("SYNC_TIME", "00:15 ", "HH:MM");
    fails ("SYNC_ZONE", "Mars/Olympus", "no such time zone");
    fails ("LOG_LEVEL", "loud", "debug|info|warning|error");
    fails ("LOG_LEVEL", "INFO", "debug|info|warning|error");
    fails ("LOG_FORMAT", "info|text", "auto|text|json");
    fails ("DATABASE_URL", "mysql://x", "must start with");
    fails ("DATABASE_URL", "daymark.db", "must start with");
    fails ("LISTEN", "8080", "127.0.0.1:8080");
    fails ("LISTEN", "127.0.0.1:65536", "127.0.0.1:8080");
    fails ("TLS_CERT", "/a.pem", "go together");
    fails ("TLS_KEY", "/a.pem", "go together");
    fails ("OPENAI_MODEL", "\xff\xfe", "not UTF-8");
    fails ("OPENAI_BASE_URL", "localhost:11434", "http:// or https://");
    fails ("OPENAI_BASE_URL", "file:///etc/passwd", "http:// or https://");
    fails ("OPENAI_BASE_URL", "http://", "http:// or https://");
    fails ("JWT_SECRET_FILE", "/nowhere/at/all", "JWT_SECRET_FILE");
    fails ("SMTP_URL", "mail.example.com:25", "smtp://host:port");
    fails ("SMTP_URL", "smtp://me:s3cret@mail.example.com", "SMTP_PASSWORD");
    fails ("SMTP_URL", "smtps://mail.example.com:465", "MAIL_FROM");
    fails ("SANDBOX", "on", "required");
}

static void
mail_goes_with_its_sender (void **state)
{
    char *environment[] = { "SMTP_URL=smtps://mail.example.com:465", "MAIL_FROM=me@example.com", NULL };
    g_autoptr (Config) config = config_load (NULL, environment, NULL);

    assert_string_equal (config->smtp_url, "smtps://mail.example.com:465");
    assert_string_equal (config->mail_from, "me@example.com");
}

static void
bad_secrets_are_not_shown (void **state)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (Config) config = load_with ("JWT_SECRET", "s3cret\xff", &error);

    assert_null (config);
    assert_non_null (strstr (error->message, "JWT_SECRET"));
    assert_null (strstr (error->message, "s3cret"));
}

static void
bad_files_stop_the_start (void **state)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        { "WORKERS=4\nWROKERS=4\n", ":2: there is no setting \"WROKERS\"" },
        { "workers=4\n", "no setting \"workers\"" },
        { "\n\nWORKERS\n", ":3: \"WORKERS\" is not KEY=value" },
        { "=4\n", "no setting \"\"" },
        { "WORKERS=many\n", "whole number" },
        { "WORKERS_FILE=/x\n", "no setting" },
        { "PATH=/bin\n", "no setting \"PATH\"" },
    };
    Fixture *f = *state;
    g_autoptr (GError) missing = NULL;

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (GError) error = NULL;
        g_autoptr (Config) config = load_file (f, cases[i].text, NULL, &error);

        assert_null (config);
        assert_true (fault_is (error, FAULT_INVALID));
        if (!strstr (error->message, cases[i].words))
            fail_msg ("\"%s\" lacks \"%s\"", error->message, cases[i].words);
    }
    assert_null (config_load ("/nowhere/daymark.conf", NULL, &missing));
    assert_non_null (strstr (missing->message, "/nowhere/daymark.conf"));
}

/* Of a URL only the password is hidden: the rest is what one looks for. */
static void
passwords_in_urls_are_hidden (void **state)
{
    static const struct {
        const char *url, *shown;
    } cases[] = {
        { "postgresql://me:pw@host:5432/db", "postgresql://me:********@host:5432/db" },
        { "postgres://me:p:w@host/db", "postgres://me:********@host/db" },
        { "postgresql://:pw@host/db", "postgresql://:********@host/db" },
        { "postgresql://me:p@w/?#s@host/db", "postgresql://me:********@host/db" },
        { "postgresql://me:@host/db", "postgresql://me:********@host/db" },
        { "postgresql://me:pw@[::1]:5432/db?sslmode=require",
          "postgresql://me:********@[::1]:5432/db?sslmode=require" },
        { "postgresql://host/db?user=me&password=pw&sslmode=require",
          "postgresql://host/db?user=me&password=********&sslmode=require" },
        { "postgresql://host/db?password=pw", "postgresql://host/db?password=********" },
        { "postgresql://host/db?sslpassword=pw", "postgresql://host/db?sslpassword=********" },
        { "postgresql://me@host:5432/db", "postgresql://me@host:5432/db" },
        { "postgresql://host:5432/db", "postgresql://host:5432/db" },
        { "postgresql://[::1]:5432/db", "postgresql://[::1]:5432/db" },
        { "postgresql:///db?host=/run/postgresql", "postgresql:///db?host=/run/postgresql" },
        { "sqlite:/data/a:b@c.db", "sqlite:/data/a:b@c.db" },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (Config) config = load_with ("DATABASE_URL", cases[i].url, NULL);

        shows (config, "DATABASE_URL", cases[i].shown);
        assert_string_equal (config->database_url, cases[i].url);
    }
}

static void
public_url_follows_listen (void **state)
{
    char *environment[] = { "LISTEN=10.0.0.1:9000", "TLS_CERT=/c.pem", "TLS_KEY=/k.pem", NULL };
    g_autoptr (Config) config = config_load (NULL, environment, NULL);

    assert_string_equal (config->public_url, "https://10.0.0.1:9000");
}

/* A mail's reader is on another machine. */
static void
only_some_addresses_are_reachable (void **state)
{
    static const struct {
        const char *url;
        gboolean is;
    } cases[] = {
        { "https://daymark.example.org", TRUE },
        { "http://10.0.0.1:9000/", TRUE },
        { "https://[2001:db8::1]", TRUE },
        { "https://localhost.example.org", TRUE },
        { "http://127.0.0.1:8080", FALSE },
        { "http://localhost:8080", FALSE },
        { "https://[::1]:8443", FALSE },
        { "https://0.0.0.0:443", FALSE },
        { "http://[::]:80", FALSE },
        { "daymark.example.org", FALSE },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autoptr (Config) config = load_with ("PUBLIC_URL", cases[i].url, NULL);

        if (!config || config_is_reachable (config) != cases[i].is)
            fail_msg ("%s", cases[i].url);
    }
}

static void
addresses_are_split (void **state)
{
    static const struct {
        const char *address, *host;
        int port; /* -1: refused */
    } cases[] = {
        { "127.0.0.1:8080", "127.0.0.1", 8080 },
        { "[::1]:8080", "::1", 8080 },
        { "[::]:0", "::", 0 },
        { "localhost:65535", "localhost", 65535 },
        { "localhost:65536", NULL, -1 },
        { "localhost:-1", NULL, -1 },
        { "localhost:+80", NULL, -1 },
        { "localhost: 80", NULL, -1 },
        { "localhost:80x", NULL, -1 },
        { "localhost:", NULL, -1 },
        { "localhost", NULL, -1 },
        { ":8080", NULL, -1 },
        { "", NULL, -1 },
        { "[]:80", NULL, -1 },
        { "[::1]", NULL, -1 },
        { "[::1:80", NULL, -1 },
        { "::1:80", NULL, -1 },
    };

    for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
        g_autofree char *host = NULL;
        g_autoptr (GError) error = NULL;
        guint16 port = 0;

        if (config_split_address (cases[i].address, &host, &port, &error) != (cases[i].port >= 0))
            fail_msg ("\"%s\"", cases[i].address);
        if (cases[i].port < 0) {
            assert_true (fault_is (error, FAULT_INVALID));
            assert_null (host);
            continue;
        }
        assert_string_equal (host, cases[i].host);
        assert_int_equal (port, cases[i].port);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)

int
main (void)
{
    const struct CMUnitTest tests[] = {
        TEST (every_option_is_tested),
        TEST (defaults_hold),
        TEST (environment_sets_every_option),
        TEST (file_sets_every_option),
        TEST (environment_goes_before_the_file),
        TEST (empty_is_not_set),
        TEST (secrets_come_from_files),
        TEST (bad_values_stop_the_start),
        TEST (mail_goes_with_its_sender),
        TEST (bad_secrets_are_not_shown),
        TEST (bad_files_stop_the_start),
        TEST (passwords_in_urls_are_hidden),
        TEST (public_url_follows_listen),
        TEST (only_some_addresses_are_reachable),
        TEST (addresses_are_split),
    };

    return cmocka_run_group_tests_name ("config", tests, NULL, NULL);
}
