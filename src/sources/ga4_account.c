/* Connecting a property: its number, its name, and whether it may be read. */
#include "base/fault.h"
#include "sources/ga4.h"
#include "sources/ga4_limits.h"
#include "sources/words.h"

#include <string.h>

#define MAX_ID_DIGITS  19
#define MAX_NAME_BYTES 200

/* What people paste instead; every one of them is shown somewhere in Google's pages. */
static const struct {
    const char *prefix, *sentence;
} mistakes[] = {
    { "G-", "this is a measurement ID of a data stream; the property's number has only digits" },
    { "UA-",
      "this is a Universal Analytics ID, which ended in 2023; a GA4 property's number has only digits" },
    { "GT-", "this is a Google tag ID; the property's number has only digits" },
    { "GTM-", "this is a Tag Manager ID; the property's number has only digits" },
    { "AW-", "this is a Google Ads ID; the property's number has only digits" },
    { "accounts/", "this is an Analytics account; Daymark reads one of its properties" },
};

#define WHERE_IT_IS "find it in Google Analytics under Admin > Property details"

static gboolean
is_number (const char *text)
{
    gsize n = strspn (text, "0123456789");

    return n > 0 && n <= MAX_ID_DIGITS && text[n] == '\0';
}

/* "G - ABC", and with the dashes that word processors make. */
static char *
without_typography (const char *text)
{
    static const char *const dashes[] = { "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2212" };
    static const char *const spaces[] = { " ", "\t", "\u00a0", "\u200b" };
    GString *plain = g_string_new (text);

    for (guint i = 0; i < G_N_ELEMENTS (dashes); i++)
        g_string_replace (plain, dashes[i], "-", 0);
    for (guint i = 0; i < G_N_ELEMENTS (spaces); i++)
        g_string_replace (plain, spaces[i], "", 0);
    return g_string_free (plain, FALSE);
}

char *
ga4_normal_id (const char *external_id, GError **error)
{
    g_autofree char *text = g_strstrip (g_strdup (external_id ? external_id : ""));
    g_autofree char *plain = without_typography (text);
    const char *id = g_str_has_prefix (text, "properties/") ? text + strlen ("properties/") : text;

    for (guint i = 0; i < G_N_ELEMENTS (mistakes); i++) {
        if (g_ascii_strncasecmp (plain, mistakes[i].prefix, strlen (mistakes[i].prefix)) == 0) {
            fault_set (error, FAULT_INVALID, "%s: " WHERE_IT_IS, mistakes[i].sentence);
            return NULL;
        }
    }
    id += is_number (id) ? strspn (id, "0") : 0; /* 0123 and 123 are one property */
    if (!is_number (id)) {
        fault_set (error, FAULT_INVALID, "a GA4 property is a number, such as 123456789: " WHERE_IT_IS);
        return NULL;
    }
    return g_strdup (id);
}

static gboolean
is_currency (const char *text)
{
    return text && strlen (text) == 3 && g_ascii_isupper (text[0]) && g_ascii_isupper (text[1]) &&
           g_ascii_isupper (text[2]);
}

/* The day on which the property was made, by its own clock. */
static Day
creation_day (const json_t *property, const char *time_zone)
{
    GTimeZone *zone = zone_find (time_zone);
    gint64 created;
    Day day = DAY_NONE;

    if (!zone)
        zone = g_time_zone_new_utc ();
    if (instant_parse (google_text (property, "createTime"), &created))
        day = instant_day (created, zone);
    g_time_zone_unref (zone);
    return day;
}

/* What is still unknown, from a property of the Admin API or a report's metadata: both
 * call currency and zone the same. */
static void
fill (AccountInfo *info, const json_t *from)
{
    const char *currency = google_text (from, "currencyCode");

    if (!info->currency && is_currency (currency))
        info->currency = g_strdup (currency);
    if (!info->time_zone)
        info->time_zone = words_name (google_text (from, "timeZone"), MAX_NAME_BYTES);
    if (!info->name)
        info->name = words_name (google_text (from, "displayName"), MAX_NAME_BYTES);
}

/* FALSE only for what is worth reporting: a project without the Admin API, or an
 * account that may read reports but not settings, is connected without a name. */
static gboolean
describe_by_admin (const SourceContext *context, const char *token, const char *property, AccountInfo *info,
                   GError **error)
{
    g_autofree char *path = g_strdup_printf ("/v1beta/properties/%s", property);
    g_autofree char *url = google_url (context->config->ga4_admin_url, path);
    GoogleCall call = { .service = "Google Analytics Admin API",
                        .method = "GET",
                        .url = url,
                        .token = token,
                        .may_be_absent = TRUE };
    g_autoptr (GError) failure = NULL;
    g_autoptr (json_t) answer = google_call (context->fetcher, &call, &failure);

    if (!answer && !fault_is (failure, FAULT_DENIED)) {
        g_propagate_error (error, g_steal_pointer (&failure));
        return FALSE;
    }
    fill (info, answer);
    info->first_day = creation_day (answer, info->time_zone);
    return TRUE;
}

/* Any report proves that reports may be read, also one of a day without visits. It is by
 * date, as those that a sync cannot do without. */
static const char probe[] = "{\"dimensions\":[{\"name\":\"date\"}],\"metrics\":[{\"name\":\"sessions\"}],"
                            "\"dateRanges\":[{\"startDate\":\"2020-01-01\",\"endDate\":\"2020-01-01\"}],"
                            "\"limit\":1,\"returnPropertyQuota\":true}";

static gboolean
describe_by_report (const SourceContext *context, const char *token, const char *property, AccountInfo *info,
                    gboolean *forbidden, GError **error)
{
    GoogleOutcome outcome = { 0 };
    g_autofree char *path = g_strdup_printf ("/v1beta/properties/%s:runReport", property);
    g_autofree char *url = google_url (context->config->ga4_data_url, path);
    GoogleCall call = { .service = "Google Analytics Data API",
                        .method = "POST",
                        .url = url,
                        .token = token,
                        .body = probe,
                        .outcome = &outcome };
    g_autoptr (json_t) answer = ga4_limits_call (context, property, &call, error);

    fill (info, json_object_get (answer, "metadata"));
    ga4_limits_read (context, property, json_object_get (answer, "propertyQuota"));
    *forbidden = outcome.forbidden;
    return answer != NULL;
}

/* ---- all properties ---- */

#define MOST_PAGES 50

static void
add_properties (GPtrArray *choices, const json_t *account)
{
    gsize i;
    json_t *property;

    json_array_foreach (json_object_get (account, "propertySummaries"), i, property)
    {
        const char *name = google_text (property, "property");
        char *id = name ? ga4_normal_id (name, NULL) : NULL;
        AccountChoice *choice;

        if (!id)
            continue;
        choice = g_new0 (AccountChoice, 1);
        choice->external_id = id;
        choice->name = words_name (google_text (property, "displayName"), MAX_NAME_BYTES);
        choice->detail = words_name (google_text (account, "displayName"), MAX_NAME_BYTES);
        g_ptr_array_add (choices, choice);
    }
}

static json_t *
ask_summaries (const SourceContext *context, const char *token, const char *page, GError **error)
{
    g_autofree char *query =
        page ? fetch_form ("pageSize", "200", "pageToken", page, NULL) : fetch_form ("pageSize", "200", NULL);
    g_autofree char *path = g_strconcat ("/v1beta/accountSummaries?", query, NULL);
    g_autofree char *url = google_url (context->config->ga4_admin_url, path);
    GoogleCall call = {
        .service = "Google Analytics Admin API", .method = "GET", .url = url, .token = token
    };

    return google_call (context->fetcher, &call, error);
}

GPtrArray *
ga4_list_accounts (const SourceContext *context, const char *access_token, GError **error)
{
    g_autoptr (GPtrArray) choices = g_ptr_array_new_with_free_func (account_choice_free);
    g_autofree char *next = NULL;

    for (guint i = 0; i < MOST_PAGES && (i == 0 || (next && *next)); i++) {
        g_autoptr (json_t) page = ask_summaries (context, access_token, next, error);
        gsize n;
        json_t *account;

        if (!page)
            return NULL;
        json_array_foreach (json_object_get (page, "accountSummaries"), n, account)
        {
            add_properties (choices, account);
        }
        g_free (next);
        next = g_strdup (google_text (page, "nextPageToken"));
    }
    return g_steal_pointer (&choices);
}

/* ---- may it be read? ---- */

#define MOST_NAMED 5 /* properties, in a sentence */

/* "Shop (123), Blog (456)"; *left counts down how many may still be named. */
static void
name_properties (GString *text, const json_t *account, guint *left)
{
    g_autoptr (GPtrArray) properties = g_ptr_array_new_with_free_func (account_choice_free);

    add_properties (properties, account);
    for (guint i = 0; i<properties->len && * left> 0; i++, --*left) {
        const AccountChoice *one = properties->pdata[i];

        g_string_append_printf (text, "%s%s (%s)", text->len ? ", " : "",
                                one->name ? one->name : "a property", one->external_id);
    }
}

static gboolean
is_account (const json_t *account, const char *number)
{
    const char *name = google_text (account, "account");

    return name && g_str_has_prefix (name, "accounts/") && strcmp (name + strlen ("accounts/"), number) == 0;
}

static gboolean
fail_account (const json_t *account, const char *number, GError **error)
{
    g_autoptr (GString) own = g_string_new (NULL);
    guint left = MOST_NAMED;

    name_properties (own, account, &left);
    return fault_set (
        error, FAULT_DENIED,
        "%s is the number of an Analytics account; give the number of one of its properties: %s", number,
        own->len ? own->str : "this sign-in can read none of them");
}

/* A refusal does not say what would be right: an account's number where a property's belongs is the
 * usual mistake, and a list of what can be read often ends the search. */
static void
explain_refusal (const SourceContext *context, const char *token, const char *property, GError **refusal)
{
    g_autoptr (json_t) page = ask_summaries (context, token, NULL, NULL);
    g_autoptr (GString) readable = g_string_new (NULL);
    guint left = MOST_NAMED;
    gsize i;
    json_t *account;

    json_array_foreach (json_object_get (page, "accountSummaries"), i, account)
    {
        if (is_account (account, property)) {
            g_clear_error (refusal);
            fail_account (account, property, refusal);
            return;
        }
        name_properties (readable, account, &left);
    }
    if (readable->len)
        g_prefix_error (refusal, "property %s is not among those that it can read (%s): ", property,
                        readable->str);
}

gboolean
ga4_describe (const SourceContext *context, const char *access_token, const char *external_id,
              AccountInfo *info, GError **error)
{
    g_autoptr (GError) local = NULL;
    gboolean forbidden = FALSE;

    *info = ACCOUNT_INFO_NONE;
    if (ga4_limits_allow (context, external_id, &local) &&
        describe_by_admin (context, access_token, external_id, info, &local) &&
        describe_by_report (context, access_token, external_id, info, &forbidden, &local))
        return TRUE;
    account_info_clear (info);
    if (forbidden)
        explain_refusal (context, access_token, external_id, &local);
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
}
