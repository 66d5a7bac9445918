/* google_admin.c -- the Admin API: accounts, properties, key events. */
#include "google.h"

#include <string.h>

#define SERVICE      "analyticsadmin.googleapis.com"
#define DEFAULT_PAGE 50
#define LARGEST_PAGE 200

/* ---- accountSummaries ---- */

typedef struct {
    const char *account, *name;
} Account;

static const Account accounts[] = {
    { "accounts/101", "Alpenglow Outdoor GmbH" },
    { "accounts/102", "Alpenglow Media" },
    { "accounts/103", "Nobody's account" }, /* without properties */
};

static gboolean
has_properties (const SimState *state, const char *account)
{
    for (guint i = 0; i < state->world->n_properties; i++)
        if (strcmp (state->world->properties[i]->preset.account, account) == 0)
            return TRUE;
    return FALSE;
}

static void
write_properties (const SimState *state, const char *account, Json *json)
{
    if (!has_properties (state, account))
        return; /* then the member is absent */
    json_key (json, "propertySummaries");
    json_begin_array (json);
    for (guint i = 0; i < state->world->n_properties; i++) {
        const PropertyPreset *preset = &state->world->properties[i]->preset;
        g_autofree char *name = g_strconcat ("properties/", preset->id, NULL);

        if (strcmp (preset->account, account) != 0)
            continue;
        json_begin_object (json);
        json_put_text (json, "property", name);
        json_put_text (json, "displayName", preset->name);
        json_put_text (json, "propertyType", "PROPERTY_TYPE_ORDINARY");
        json_put_text (json, "parent", account);
        json_end_object (json);
    }
    json_end_array (json);
}

static void
write_summary (const SimState *state, const char *account, const char *name, Json *json)
{
    g_autofree char *summary = g_strdup_printf ("accountSummaries/%s", account + strlen ("accounts/"));

    json_begin_object (json);
    json_put_text (json, "name", summary);
    json_put_text (json, "account", account);
    json_put_text (json, "displayName", name);
    write_properties (state, account, json);
    json_end_object (json);
}

/* The extra accounts of the switch come after the real ones. */
static void
write_nth (const SimState *state, guint n, Json *json)
{
    guint extra = n - (guint)G_N_ELEMENTS (accounts);
    g_autofree char *account = g_strdup_printf ("accounts/%u", 200000 + extra);
    g_autofree char *name = g_strdup_printf ("Client %u", extra + 1);

    if (n < G_N_ELEMENTS (accounts))
        write_summary (state, accounts[n].account, accounts[n].name, json);
    else
        write_summary (state, account, name, json);
}

static gboolean
read_page (const SimRequest *request, guint64 *from, guint64 *size, SimReply *reply)
{
    const char *page_size = sim_request_parameter (request, "pageSize");
    const char *page_token = sim_request_parameter (request, "pageToken");

    *size = DEFAULT_PAGE;
    *from = 0;
    if (page_size && !g_ascii_string_to_unsigned (page_size, 10, 0, G_MAXINT32, size, NULL))
        return google_fail (reply, 400, "Invalid value at 'page_size' (TYPE_INT32), \"%s\"", page_size);
    if (page_token && *page_token &&
        (!g_str_has_prefix (page_token, "p") ||
         !g_ascii_string_to_unsigned (page_token + 1, 10, 0, G_MAXINT32, from, NULL)))
        return google_fail (reply, 400, "The provided page token is invalid.");
    if (*size == 0)
        *size = DEFAULT_PAGE;
    *size = MIN (*size, LARGEST_PAGE);
    return TRUE;
}

static void
answer_summaries (SimState *state, const SimRequest *request, SimReply *reply)
{
    guint64 n = G_N_ELEMENTS (accounts) + (guint64)switch_value (&state->switches, SWITCH_EXTRA_ACCOUNTS);
    guint64 from, size;
    Json json;

    if (!read_page (request, &from, &size, reply))
        return;
    json = sim_reply_json (reply, 200);
    json_begin_object (&json);
    if (from < n) {
        json_key (&json, "accountSummaries");
        json_begin_array (&json);
        for (guint64 i = from; i < MIN (n, from + size); i++)
            write_nth (state, (guint)i, &json);
        json_end_array (&json);
    }
    if (from + size < n) {
        g_autofree char *token = g_strdup_printf ("p%" G_GUINT64_FORMAT, from + size);
        json_put_text (&json, "nextPageToken", token);
    }
    json_end_object (&json);
}

/* ---- one property ---- */

static void
answer_property (const Property *property, SimReply *reply)
{
    g_autofree char *name = g_strconcat ("properties/", property->preset.id, NULL);
    Json json = sim_reply_json (reply, 200);

    json_begin_object (&json);
    json_put_text (&json, "name", name);
    json_put_text (&json, "parent", property->preset.account);
    json_put_instant (&json, "createTime", (gint64)property->first * 86400 * SECOND_US);
    json_put_instant (&json, "updateTime", (gint64)property->first * 86400 * SECOND_US);
    json_put_text (&json, "displayName", property->preset.name);
    json_put_text (&json, "industryCategory", "SHOPPING");
    json_put_text (&json, "timeZone", property->preset.zone);
    json_put_text (&json, "currencyCode", property->preset.currency);
    json_put_text (&json, "serviceLevel", "GOOGLE_ANALYTICS_STANDARD");
    json_put_text (&json, "account", property->preset.account);
    json_put_text (&json, "propertyType", "PROPERTY_TYPE_ORDINARY");
    json_end_object (&json);
}

/* keyEvents and its deprecated twin conversionEvents */
static void
answer_key_events (const Property *property, const char *collection, SimReply *reply)
{
    static const char *const events[] = { "purchase", "generate_lead" };
    Json json = sim_reply_json (reply, 200);

    json_begin_object (&json);
    json_key (&json, collection);
    json_begin_array (&json);
    for (guint i = 0; i < G_N_ELEMENTS (events); i++) {
        g_autofree char *name =
            g_strdup_printf ("properties/%s/%s/%u", property->preset.id, collection, 9001 + i);

        json_begin_object (&json);
        json_put_text (&json, "name", name);
        json_put_text (&json, "eventName", events[i]);
        json_put_instant (&json, "createTime", (gint64)property->first * 86400 * SECOND_US);
        json_put_bool (&json, "deletable", TRUE);
        json_put_text (&json, "countingMethod", "ONCE_PER_EVENT");
        json_end_object (&json);
    }
    json_end_array (&json);
    json_end_object (&json);
}

static void
answer_one (SimState *state, const char *id, const char *collection, SimReply *reply)
{
    Property *property = google_property (state, id, 404, reply);

    if (!property)
        return;
    if (switch_value (&state->switches, SWITCH_DENIED) == 1 && switch_feel (&state->switches, SWITCH_DENIED))
        google_fail (reply, 403, "The caller does not have permission");
    else if (*collection)
        answer_key_events (property, collection, reply);
    else
        answer_property (property, reply);
}

static gboolean
is_open (SimState *state, const SimRequest *request, SimReply *reply)
{
    if (!google_authorized (state, request, SERVICE, reply))
        return FALSE;
    if (switch_value (&state->switches, SWITCH_DENIED) == 3 && switch_feel (&state->switches, SWITCH_DENIED))
        return google_service_disabled (reply, "Google Analytics Admin API", SERVICE);
    return TRUE;
}

gboolean
google_admin_answer (SimState *state, const SimRequest *request, SimReply *reply)
{
    const char *rest = request->path + strlen ("/v1beta/");
    g_autofree char *id = NULL, *verb = NULL;

    if (!g_str_has_prefix (request->path, "/v1beta/") || strcmp (request->method, "GET") != 0)
        return FALSE;
    if (strcmp (rest, "accountSummaries") == 0) {
        if (is_open (state, request, reply))
            answer_summaries (state, request, reply);
        return TRUE;
    }
    if (!google_property_path (rest, &id, &verb) ||
        (*verb && strcmp (verb, "keyEvents") != 0 && strcmp (verb, "conversionEvents") != 0))
        return FALSE;
    if (is_open (state, request, reply))
        answer_one (state, id, verb, reply);
    return TRUE;
}
