/* admin.c -- commands that look at or change one thing and end: migrate, user,
 * token, config, version. */
#include "api/news.h"
#include "auth/password.h"
#include "auth/secret.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/random.h"
#include "cli/cli.h"
#include "sql.h"
#include "store/migrate.h"

#include <stdio.h>
#include <string.h>

#define TOKEN_DAYS_MOST 3650

int
cli_migrate (int argc, char **argv, GError **error)
{
    g_autoptr (Config) config =
        cli_load (&argc, &argv, NULL, "Bring the database to the newest schema.", error);
    g_autoptr (Store) store = config ? store_open (config->database_url, NULL, error) : NULL;
    int applied = store ? migrate (store, migrations, error) : -1;

    if (applied > 0)
        printf ("%d migration%s applied\n", applied, applied == 1 ? "" : "s");
    else if (applied == 0)
        printf ("the schema is up to date\n");
    return applied < 0;
}

int
cli_version (int argc, char **argv, GError **error)
{
    printf ("daymark " DAYMARK_VERSION "\n");
    return 0;
}

int
cli_config (int argc, char **argv, GError **error)
{
    g_autoptr (Config) config =
        cli_load (&argc, &argv, NULL, "Every setting, its value and its meaning.", error);

    for (guint i = 0; config && i < config_n_options; i++) {
        const Option *option = &config_options[i];
        g_autofree char *value = config_show (config, option);

        printf ("# %s\n%s=%s\n", option->help, option->name, value);
    }
    return config == NULL;
}

static gboolean
usage (GError **error, const char *text)
{
    return fault_set (error, FAULT_INVALID, "usage: daymark %s", text);
}

/* ---- user ---- */

static char *
read_password_hash (GError **error)
{
    char *password = cli_read_secret ("password (8 characters or more)", error);
    char *hash = password ? password_hash (password, error) : NULL;

    secret_free (password);
    return hash;
}

static gboolean
user_add (Store *store, const char *email, gboolean admin, GError **error)
{
    g_autofree char *lower = g_utf8_strdown (email, -1), *hash = NULL;
    g_autoptr (GError) local = NULL;
    char id[UUID_TEXT];

    if (!strchr (lower, '@'))
        return fault_set (error, FAULT_INVALID, "\"%s\" is not an e-mail address", email);
    hash = read_password_hash (error);
    if (!hash)
        return FALSE;
    if (store_do (store, &sql_auth_user_insert,
                  PARAMS ({ "id", VALUE_OF_TEXT (random_uuid (random_system (), id)) },
                          { "email", VALUE_OF_TEXT (lower) }, { "password_hash", VALUE_OF_TEXT (hash) },
                          { "role", VALUE_OF_TEXT (admin ? "admin" : "user") },
                          { "now", VALUE_OF_INSTANT (clock_now (clock_system ())) }),
                  &local) > 0) {
        printf ("%s\n", id);
        return TRUE;
    }
    if (fault_is (local, FAULT_CONFLICT))
        return fault_set (error, FAULT_CONFLICT, "%s has an account already", lower);
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
}

static gboolean
user_list (Store *store, GError **error)
{
    g_autoptr (Rows) rows = store_ask (store, &sql_auth_user_list, NO_PARAMS, error);

    for (guint i = 0; rows && i < rows_count (rows); i++)
        printf ("%s  %-5s  %s\n", rows_text (rows, i, 0), rows_text (rows, i, 2), rows_text (rows, i, 1));
    return rows != NULL;
}

/* Who signed in with the old password is out: the new one may be there because of him. */
static gboolean
user_password (Store *store, const char *email, GError **error)
{
    g_autofree char *lower = g_utf8_strdown (email, -1), *hash = read_password_hash (error);
    Value account = VALUE_OF_TEXT (lower);
    gint64 n =
        hash ? store_do (store, &sql_auth_user_password,
                         PARAMS ({ "email", account }, { "password_hash", VALUE_OF_TEXT (hash) }), error)
             : -1;

    if (n == 0)
        return fault_set (error, FAULT_NOT_FOUND, "there is no account %s", lower);
    if (n < 0 || store_do (store, &sql_auth_session_end_all, PARAMS ({ "email", account }), error) < 0)
        return FALSE;
    news_send (store, NEWS_REVOKED, NULL);
    return TRUE;
}

int
cli_user (int argc, char **argv, GError **error)
{
    gboolean admin = FALSE, from_stdin = FALSE;
    const GOptionEntry entries[] = {
        { "admin", 0, 0, G_OPTION_ARG_NONE, &admin, "make the new account an administrator", NULL },
        { "password-stdin", 0, 0, G_OPTION_ARG_NONE, &from_stdin, "read the password from standard input",
          NULL },
        { NULL },
    };
    g_autoptr (Config) config =
        cli_load (&argc, &argv, entries, "user add EMAIL | list | password EMAIL", error);
    g_autoptr (Store) store = config ? cli_open (config, error) : NULL;
    const char *verb = argc > 1 ? argv[1] : "", *email = argc > 2 ? argv[2] : NULL;

    if (!store)
        return 1;
    if (strcmp (verb, "list") == 0)
        return !user_list (store, error);
    if (strcmp (verb, "add") == 0 && email)
        return !user_add (store, email, admin, error);
    if (strcmp (verb, "password") == 0 && email)
        return !user_password (store, email, error);
    usage (error, "user add EMAIL [--admin] | list | password EMAIL");
    return 2;
}

/* ---- token ---- */

gboolean
cli_find_user (Store *store, const char *who, char id[static UUID_TEXT], GError **error)
{
    g_autofree char *lower = g_utf8_strdown (who, -1);
    g_autoptr (Rows) rows = NULL;

    if (uuid_is_valid (lower)) {
        g_strlcpy (id, lower, UUID_TEXT); /* also one that only an identity provider knows */
        return TRUE;
    }
    rows = store_ask (store, &sql_auth_user_find, PARAMS ({ "email", VALUE_OF_TEXT (lower) }), error);
    if (!rows)
        return FALSE;
    if (!rows_count (rows))
        return fault_set (error, FAULT_NOT_FOUND, "there is no account %s", lower);
    g_strlcpy (id, rows_text (rows, 0, 0), UUID_TEXT);
    return TRUE;
}

static gboolean
token_create (Store *store, const char *user_id, const char *name, int days, GError **error)
{
    g_autofree char *secret = secret_new (random_system (), "dm_");
    gint64 now = clock_now (clock_system ());
    char hash[SECRET_HASH_TEXT], id[UUID_TEXT];

    if (days < 0 || days > TOKEN_DAYS_MOST)
        return fault_set (error, FAULT_INVALID, "--days must be 1 to %d, or 0 for a token without end",
                          TOKEN_DAYS_MOST);
    secret_hash (secret, strlen (secret), hash);
    if (store_do (store, &sql_auth_token_insert,
                  PARAMS ({ "id", VALUE_OF_TEXT (random_uuid (random_system (), id)) },
                          { "user", VALUE_OF_TEXT (user_id) }, { "name", VALUE_OF_TEXT (name) },
                          { "hash", VALUE_OF_TEXT (hash) }, { "now", VALUE_OF_INSTANT (now) },
                          { "expires_at",
                            days ? VALUE_OF_INSTANT (now + (gint64)days * 86400 * SECOND_US) : VALUE_NONE }),
                  error) < 0)
        return FALSE;
    printf ("%s\n", secret); /* the only time it can be seen */
    return TRUE;
}

static gboolean
token_list (Store *store, const char *user_id, GError **error)
{
    g_autoptr (Rows) rows =
        store_ask (store, &sql_auth_token_list, PARAMS ({ "user", VALUE_OF_TEXT (user_id) }), error);

    for (guint i = 0; rows && i < rows_count (rows); i++)
        printf ("%s  %-20s  last used %s\n", rows_text (rows, i, 0), rows_text (rows, i, 2),
                rows_is_null (rows, i, 4) ? "never" : rows_text (rows, i, 4));
    return rows != NULL;
}

static gboolean
token_revoke (Store *store, const char *user_id, const char *id, GError **error)
{
    gint64 n =
        uuid_is_valid (id)
            ? store_do (store, &sql_auth_token_delete,
                        PARAMS ({ "id", VALUE_OF_TEXT (id) }, { "user", VALUE_OF_TEXT (user_id) }), error)
            : 0;

    if (n == 0)
        return fault_set (error, FAULT_NOT_FOUND, "this user has no token %s", id);
    if (n > 0)
        news_send (store, NEWS_REVOKED, NULL);
    return n > 0;
}

int
cli_token (int argc, char **argv, GError **error)
{
    g_autofree char *user = NULL, *name = NULL;
    int days = 0;
    const GOptionEntry entries[] = {
        { "user", 0, 0, G_OPTION_ARG_STRING, &user, "whose token: e-mail or id", "U" },
        { "name", 0, 0, G_OPTION_ARG_STRING, &name, "what it is for", "N" },
        { "days", 0, 0, G_OPTION_ARG_INT, &days, "ends after so many days (never)", "N" },
        { NULL },
    };
    g_autoptr (Config) config =
        cli_load (&argc, &argv, entries, "token create | list | revoke ID, with --user U", error);
    g_autoptr (Store) store = config ? cli_open (config, error) : NULL;
    const char *verb = argc > 1 ? argv[1] : "";
    char id[UUID_TEXT];

    if (!store)
        return 1;
    if (!user) {
        usage (error, "token create --user U --name N [--days N] | list --user U | revoke ID --user U");
        return 2;
    }
    if (!cli_find_user (store, user, id, error))
        return 1;
    if (strcmp (verb, "create") == 0)
        return !token_create (store, id, name ? name : "command line", days, error);
    if (strcmp (verb, "list") == 0)
        return !token_list (store, id, error);
    if (strcmp (verb, "revoke") == 0 && argc > 2)
        return !token_revoke (store, id, argv[2], error);
    usage (error, "token create --user U --name N [--days N] | list --user U | revoke ID --user U");
    return 2;
}
