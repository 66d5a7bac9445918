/* connect.c -- `daymark connect`: try a credential and keep it sealed. */
#include "api/news.h"
#include "base/clock.h"
#include "base/fault.h"
#include "cli/cli.h"
#include "query/connection.h"
#include "sources/driver.h"
#include "sql.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define FORMS_OF_IDS                                                                              \
    "daymark connect ga4|meta|instagram ID --user U (--key FILE | --refresh-token | --token)\n\n" \
    "ID is, of\n"                                                                                 \
    "  ga4        the property's number, such as 123456789 (Admin > Property details);\n"         \
    "             not a measurement ID (G-...), an old UA-..., or the account's number\n"         \
    "  meta       the ad account's number with or without act_, such as act_123456789\n"          \
    "  instagram  the professional account's number, such as 17841400000000000; not its @name"

/* Where the credential is. */
typedef struct {
    char *key_file;
    gboolean refresh_token, token; /* on standard input */
} Given;

/* A secret from standard input: an argument could be read by everybody on this computer. */
static json_t *
read_secret (const char *type, const char *member, const char *prompt, GError **error)
{
    char *secret = cli_read_secret (prompt, error);
    json_t *credential = secret ? json_pack ("{s:s, s:s}", "type", type, member, secret) : NULL;

    secret_free (secret);
    return credential;
}

/* The credential as JSON. */
static char *
read_credential (const Given *given, GError **error)
{
    json_error_t problem;
    json_t *credential;
    char *text, *secret;

    if (given->key_file) {
        json_t *key = json_load_file (given->key_file, JSON_REJECT_DUPLICATES, &problem);

        if (!key) { /* the parser's own words would quote the key */
            fault_set (error, FAULT_INVALID,
                       problem.line < 1 ? "%s cannot be read"
                                        : "%s is no JSON, or it is cut off: use the file as Google gave it",
                       given->key_file);
            return NULL;
        }
        credential = json_pack ("{s:s, s:o}", "type", "service_account", "key", key);
    } else if (given->refresh_token) {
        credential = read_secret ("refresh_token", "refresh_token", "refresh token", error);
    } else if (given->token) {
        credential = read_secret ("access_token", "access_token", "access token", error);
    } else {
        fault_set (error, FAULT_INVALID,
                   "give --key FILE or --refresh-token for ga4, --token for meta or instagram");
        return NULL;
    }
    if (!credential)
        return NULL;
    text = json_dumps (credential, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref (credential);
    secret = g_strdup (text);
    secret_free (text);
    return secret;
}

static gboolean
describe (const Config *config, const SourceDriver *driver, const char *account, const char *credential,
          AccountInfo *info, GError **error)
{
    g_autoptr (Fetcher) fetcher = fetcher_new_curl (NULL);
    SourceContext context = { .fetcher = fetcher, .config = config };
    g_auto (Grant) grant = { 0 };

    if (!driver->check_credential (credential, error) ||
        !driver->authorize (&context, credential, clock_now (clock_system ()), &grant, error) ||
        !driver->describe (&context, grant.access_token, account, info, error))
        return FALSE;
    if (info->expires == INSTANT_NONE)
        info->expires = grant.credential_expires;
    return TRUE;
}

static gboolean
insert (Store *store, Sealer *sealer, const char *user_id, const SourceDriver *driver, const char *account,
        const char *credential, const AccountInfo *info, GError **error)
{
    NewConnection row = {
        .user_id = user_id,
        .source = source_name (driver->source),
        .external_id = account,
        .name = info->name,
        .currency = info->currency,
        .time_zone = info->time_zone,
        .credential = credential,
        .expires = info->expires,
    };
    char id[UUID_TEXT];

    if (!connection_add (store, sealer, random_uuid (random_system (), id), &row, clock_now (clock_system ()),
                         error))
        return FALSE;
    printf ("connected %s (%s)\n", info->name ? info->name : account, id);
    return TRUE;
}

/* The account is there already: it gets the new credential, as it does through the API. */
static gboolean
renew (Store *store, Sealer *sealer, const char *user_id, const char *id, const char *credential,
       const AccountInfo *info, GError **error)
{
    g_autofree char *sealed = connection_seal (sealer, id, credential);

    if (store_do (store, &sql_api_connection_credential,
                  PARAMS ({ "user", VALUE_OF_TEXT (user_id) }, { "id", VALUE_OF_TEXT (id) },
                          { "credential", VALUE_OF_TEXT (sealed) },
                          { "expires_at", VALUE_OF_INSTANT (info->expires) }),
                  error) < 0)
        return FALSE;
    printf ("gave %s (%s) the new credential\n", info->name ? info->name : "the account", id);
    return TRUE;
}

static gboolean
insert_or_renew (Store *store, Sealer *sealer, const char *user_id, const SourceDriver *driver,
                 const char *account, const char *credential, const AccountInfo *info, GError **error)
{
    g_autoptr (Rows) known = store_ask (store, &sql_api_connection_by_account,
                                        PARAMS ({ "user", VALUE_OF_TEXT (user_id) },
                                                { "source", VALUE_OF_TEXT (source_name (driver->source)) },
                                                { "external_id", VALUE_OF_TEXT (account) }),
                                        error);
    gboolean ok;

    if (!known)
        return FALSE;
    if (rows_count (known))
        ok = renew (store, sealer, user_id, rows_text (known, 0, 0), credential, info, error);
    else
        ok = insert (store, sealer, user_id, driver, account, credential, info, error);
    if (ok)
        news_send (store, NEWS_DATA, user_id);
    return ok;
}

static gboolean
connect_account (const Config *config, const char *source, const char *external_id, const char *user,
                 const Given *given, GError **error)
{
    const SourceDriver *driver = source_driver (source_parse (source));
    g_autoptr (Store) store = cli_open (config, error);
    g_autoptr (Sealer) sealer = store ? cli_sealer (config, error) : NULL;
    g_auto (AccountInfo) info = ACCOUNT_INFO_NONE;
    g_autofree char *account = NULL;
    char user_id[UUID_TEXT], *credential;
    gboolean ok;

    if (!sealer || !cli_find_user (store, user, user_id, error))
        return FALSE;
    if (!driver)
        return fault_set (error, FAULT_INVALID, "\"%s\" is no source: ga4, meta or instagram", source);
    account = driver->normal_id (external_id, error);
    credential = account ? read_credential (given, error) : NULL;
    ok = credential && describe (config, driver, account, credential, &info, error) &&
         insert_or_renew (store, sealer, user_id, driver, account, credential, &info, error);
    secret_free (credential);
    return ok;
}

int
cli_connect (int argc, char **argv, GError **error)
{
    g_autofree char *user = NULL, *key_file = NULL;
    Given given = { 0 };
    const GOptionEntry entries[] = {
        { "user", 0, 0, G_OPTION_ARG_STRING, &user, "whose account: e-mail or id", "U" },
        { "key", 0, 0, G_OPTION_ARG_FILENAME, &given.key_file, "Google service-account key", "FILE" },
        { "refresh-token", 0, 0, G_OPTION_ARG_NONE, &given.refresh_token,
          "read a refresh token from standard input", NULL },
        { "token", 0, 0, G_OPTION_ARG_NONE, &given.token, "read an access token from standard input", NULL },
        { NULL },
    };
    g_autoptr (Config) config = cli_load (&argc, &argv, entries, FORMS_OF_IDS, error);

    key_file = given.key_file; /* freed with this name */
    if (!config)
        return 1;
    if (argc != 3 || !user) {
        fault_set (error, FAULT_INVALID,
                   "usage: daymark connect ga4 PROPERTY_ID --user U (--key FILE | --refresh-token), or "
                   "daymark connect meta|instagram ACCOUNT_ID --user U --token");
        return 2;
    }
    return !connect_account (config, argv[1], argv[2], user, &given, error);
}
