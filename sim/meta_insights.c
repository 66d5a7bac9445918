/* meta_insights.c -- insights of an ad account: the question, checked, and its rows. */
#include "meta.h"

#include <jansson.h>
#include <string.h>

#define MONTHS_KEPT 37
#define FIELD_HELP                                 \
    "is not valid for fields param. please check " \
    "https://developers.facebook.com/docs/marketing-api/reference/ads-insights/ for all valid values"

typedef enum {
    FIELD_ACCOUNT_ID,
    FIELD_ACCOUNT_NAME,
    FIELD_CURRENCY,
    FIELD_CAMPAIGN_ID,
    FIELD_CAMPAIGN_NAME,
    FIELD_IMPRESSIONS,
    FIELD_REACH,
    FIELD_FREQUENCY,
    FIELD_CLICKS,
    FIELD_LINK_CLICKS,
    FIELD_SPEND,
    FIELD_CPC,
    FIELD_CPM,
    FIELD_CTR,
    FIELD_ACTIONS,
    FIELD_ACTION_VALUES,
    FIELD_ROAS,
    FIELD_DATE_START,
    FIELD_DATE_STOP,
    N_FIELDS
} Field;

static const char *const field_names[N_FIELDS] = {
    [FIELD_ACCOUNT_ID] = "account_id",
    [FIELD_ACCOUNT_NAME] = "account_name",
    [FIELD_CURRENCY] = "account_currency",
    [FIELD_CAMPAIGN_ID] = "campaign_id",
    [FIELD_CAMPAIGN_NAME] = "campaign_name",
    [FIELD_IMPRESSIONS] = "impressions",
    [FIELD_REACH] = "reach",
    [FIELD_FREQUENCY] = "frequency",
    [FIELD_CLICKS] = "clicks",
    [FIELD_LINK_CLICKS] = "inline_link_clicks",
    [FIELD_SPEND] = "spend",
    [FIELD_CPC] = "cpc",
    [FIELD_CPM] = "cpm",
    [FIELD_CTR] = "ctr",
    [FIELD_ACTIONS] = "actions",
    [FIELD_ACTION_VALUES] = "action_values",
    [FIELD_ROAS] = "purchase_roas",
    [FIELD_DATE_START] = "date_start",
    [FIELD_DATE_STOP] = "date_stop",
};

#define BIT(field) (G_GUINT64_CONSTANT (1) << (field))

/* ---- the question ---- */

static int
find_field (const char *name)
{
    for (int i = 0; i < N_FIELDS; i++)
        if (strcmp (field_names[i], name) == 0)
            return i;
    return -1;
}

static gboolean
read_fields (const GraphCall *call, guint64 *bits)
{
    const char *asked = graph_parameter (call, "fields");
    g_auto (GStrv) names = g_strsplit (asked && *asked ? asked : "impressions,spend", ",", -1);

    *bits = BIT (FIELD_DATE_START) | BIT (FIELD_DATE_STOP);
    for (char **name = names; *name; name++) {
        int field = find_field (g_strstrip (*name));

        if (field < 0)
            return graph_invalid (call->reply, "%s " FIELD_HELP, *name);
        *bits |= BIT (field);
    }
    return TRUE;
}

static gboolean
read_level (const GraphCall *call, gboolean *by_account)
{
    const char *level = graph_parameter (call, "level");

    *by_account = !level || strcmp (level, "account") == 0;
    return *by_account || strcmp (level, "campaign") == 0 ||
           graph_invalid (call->reply, "Param level must be one of {ad, adset, campaign, account}%s",
                          g_str_has_prefix (level, "ad") ? " (the simulator has no ads and ad sets)" : "");
}

static gboolean
read_increment (const GraphCall *call, MetaQuestion *question)
{
    const char *text = graph_parameter (call, "time_increment");
    guint64 days = (guint64)(question->to - question->from + 1);

    if (text && strcmp (text, "all_days") != 0 && !g_ascii_string_to_unsigned (text, 10, 1, 90, &days, NULL))
        return graph_invalid (call->reply,
                              "Param time_increment must be an integer between 1 and 90, or all_days");
    question->increment = (int)days;
    return TRUE;
}

/* The first day that is kept: the same date 37 months earlier, or the last of that month. */
static Day
first_kept (Day today)
{
    int year, month, day, months;
    Day found;

    day_split (today, &year, &month, &day);
    months = year * 12 + month - 1 - MONTHS_KEPT;
    while ((found = day_of (months / 12, months % 12 + 1, day)) == DAY_NONE)
        day--;
    return found;
}

static gboolean
read_range (const GraphCall *call, Day today, MetaQuestion *question)
{
    const char *text = graph_parameter (call, "time_range");
    json_t *range = text ? json_loads (text, 0, NULL) : NULL;
    const char *since = json_string_value (json_object_get (range, "since"));
    const char *until = json_string_value (json_object_get (range, "until"));
    gboolean good = TRUE;

    question->from = today - 30; /* date_preset=last_30d */
    question->to = today - 1;
    if (text)
        good = (since && until && day_parse (since, &question->from) && day_parse (until, &question->to)) ||
               graph_invalid (call->reply, "Must be a date representation in the format YYYY-MM-DD");
    json_decref (range);
    if (good && question->from > question->to)
        good = graph_invalid (call->reply,
                              "Start date must be before or equal to the end date of the time range");
    if (good && question->from < first_kept (today))
        good = graph_fail (call->reply,
                           &(GraphError){ .status = 400,
                                          .code = 3018,
                                          .message =
                                              "(#3018) The start date of the time range cannot be beyond 37 "
                                              "months from the current date" });
    return good;
}

gboolean
meta_question_read (const GraphCall *call, Property *property, MetaQuestion *question)
{
    const char *windows = graph_parameter (call, "action_attribution_windows");

    *question = (MetaQuestion){ .windows = windows != NULL };
    return meta_attribution_check (call) && read_fields (call, &question->fields) &&
           read_level (call, &question->by_account) &&
           read_range (call, sim_state_today (call->state, property), question) &&
           read_increment (call, question);
}

/* ---- rows ---- */

typedef struct {
    Day from, to;
    const AdCampaign *campaign; /* NULL: the account */
    AdDay numbers;
} Row;

/* The sum of one campaign (or all) over some days; FALSE: nothing was shown. */
static gboolean
sum_of (const Property *property, const GArray *campaigns, guint first, guint end, const AdMoment *moment,
        Row *row)
{
    gboolean any = FALSE;

    for (Day day = row->from; day <= row->to; day++)
        for (guint i = first; i < end; i++) {
            AdDay numbers;

            if (!ads_day (property, &g_array_index (campaigns, AdCampaign, i), day, moment, &numbers))
                continue;
            ads_add (&row->numbers, &numbers);
            any = TRUE;
        }
    return any;
}

/* By day, then by campaign. Days and campaigns without delivery have no row. */
static GArray *
rows_of (const Property *property, const GArray *campaigns, const MetaQuestion *question,
         const AdMoment *moment)
{
    GArray *rows = g_array_new (FALSE, FALSE, sizeof (Row));
    guint groups = question->by_account ? 1 : campaigns->len;

    for (Day day = question->from; day <= question->to; day += question->increment)
        for (guint i = 0; i < groups; i++) {
            Row row = { .from = day, .to = MIN (day + question->increment - 1, question->to) };
            guint end = question->by_account ? campaigns->len : i + 1;

            if (!question->by_account)
                row.campaign = &g_array_index (campaigns, AdCampaign, i);
            if (sum_of (property, campaigns, i, end, moment, &row))
                g_array_append_val (rows, row);
        }
    return rows;
}

/* ---- writing ---- */

typedef struct {
    Json *json;
    const Switches *switches;
    const Property *property;
    gboolean windows;
} Pen;

/* A metric that is zero is often not there at all. */
static void
put_number (const Pen *pen, const char *name, const char *text, gboolean is_zero)
{
    if (is_zero && !switch_value (pen->switches, SWITCH_META_ALL_METRICS))
        return;
    if (switch_value (pen->switches, SWITCH_META_NUMBERS)) {
        json_key (pen->json, name);
        json_raw (pen->json, text, strlen (text));
    } else {
        json_put_text (pen->json, name, text);
    }
}

static void
put_count (const Pen *pen, const char *name, gint64 count)
{
    char text[24];

    g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, count);
    put_number (pen, name, text, count == 0);
}

static char *
money_text (const Property *property, gint64 hundredths)
{
    if (ads_is_whole (property->preset.currency))
        return g_strdup_printf ("%" G_GINT64_FORMAT, hundredths / 100);
    return g_strdup_printf ("%" G_GINT64_FORMAT ".%02d", hundredths / 100, (int)(hundredths % 100));
}

static void
put_money (const Pen *pen, const char *name, gint64 hundredths)
{
    g_autofree char *text = money_text (pen->property, hundredths);

    put_number (pen, name, text, hundredths == 0);
}

static void
put_ratio (const Pen *pen, const char *name, double dividend, double divisor)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    if (divisor > 0)
        put_number (pen, name, g_ascii_formatd (text, sizeof text, "%.6f", dividend / divisor), FALSE);
}

static void
write_action (const Pen *pen, const char *type, const char *value)
{
    static const char *const windows[] = { "1d_click", "7d_click", "1d_view" };

    json_begin_object (pen->json);
    json_put_text (pen->json, "action_type", type);
    put_number (pen, "value", value, FALSE);
    for (guint i = 0; i < G_N_ELEMENTS (windows) && pen->windows; i++)
        json_put_text (pen->json, windows[i], value);
    json_end_object (pen->json);
}

/* The same purchases under every type that applies: overlapping, never to be summed. */
static void
write_purchases (const Pen *pen, const char *value)
{
    static const char *const types[] = { "omni_purchase", "web_in_store_purchase", "purchase",
                                         "onsite_web_purchase", "offsite_conversion.fb_pixel_purchase" };
    static const guint first_of[] = { 0, 2, 4 }; /* by meta_actions */

    for (guint i = first_of[switch_value (pen->switches, SWITCH_META_ACTIONS)]; i < G_N_ELEMENTS (types); i++)
        write_action (pen, types[i], value);
}

static void
write_actions (const Pen *pen, const AdDay *numbers)
{
    char clicks[24], purchases[24];

    g_snprintf (clicks, sizeof clicks, "%" G_GINT64_FORMAT, numbers->link_clicks);
    g_snprintf (purchases, sizeof purchases, "%" G_GINT64_FORMAT, numbers->purchases);
    json_key (pen->json, "actions");
    json_begin_array (pen->json);
    write_action (pen, "link_click", clicks);
    if (numbers->purchases)
        write_purchases (pen, purchases);
    json_end_array (pen->json);
}

static void
write_action_values (const Pen *pen, const AdDay *numbers)
{
    g_autofree char *value = money_text (pen->property, numbers->revenue);

    if (!numbers->purchases)
        return;
    json_key (pen->json, "action_values");
    json_begin_array (pen->json);
    write_purchases (pen, value);
    json_end_array (pen->json);
}

static void
write_roas (const Pen *pen, const AdDay *numbers)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    if (!numbers->purchases || !numbers->spend)
        return;
    json_key (pen->json, "purchase_roas");
    json_begin_array (pen->json);
    write_action (
        pen, "omni_purchase",
        g_ascii_formatd (text, sizeof text, "%.6f", (double)numbers->revenue / (double)numbers->spend));
    json_end_array (pen->json);
}

static void
write_field (const Pen *pen, Field field, const Row *row)
{
    const AdDay *numbers = &row->numbers;
    const char *name = field_names[field];

    switch (field) {
    case FIELD_ACCOUNT_ID:
        json_put_text (pen->json, name, meta_account_of (pen->property) + strlen ("act_"));
        break;
    case FIELD_ACCOUNT_NAME:
        json_put_text (pen->json, name, pen->property->preset.name);
        break;
    case FIELD_CURRENCY:
        json_put_text (pen->json, name, pen->property->preset.currency);
        break;
    case FIELD_CAMPAIGN_ID:
    case FIELD_CAMPAIGN_NAME:
        if (row->campaign)
            json_put_text (pen->json, name,
                           field == FIELD_CAMPAIGN_ID ? row->campaign->id : row->campaign->name);
        break;
    case FIELD_IMPRESSIONS:
        put_count (pen, name, numbers->impressions);
        break;
    case FIELD_REACH:
        put_count (pen, name, numbers->reach);
        break;
    case FIELD_FREQUENCY:
        put_ratio (pen, name, (double)numbers->impressions, (double)numbers->reach);
        break;
    case FIELD_CLICKS:
        put_count (pen, name, numbers->clicks);
        break;
    case FIELD_LINK_CLICKS:
        put_count (pen, name, numbers->link_clicks);
        break;
    case FIELD_SPEND:
        put_money (pen, name, numbers->spend);
        break;
    case FIELD_CPC:
        put_ratio (pen, name, (double)numbers->spend / 100, (double)numbers->clicks);
        break;
    case FIELD_CPM:
        put_ratio (pen, name, (double)numbers->spend * 10, (double)numbers->impressions);
        break;
    case FIELD_CTR:
        put_ratio (pen, name, (double)numbers->clicks * 100, (double)numbers->impressions);
        break;
    case FIELD_ACTIONS:
        write_actions (pen, numbers);
        break;
    case FIELD_ACTION_VALUES:
        write_action_values (pen, numbers);
        break;
    case FIELD_ROAS:
        write_roas (pen, numbers);
        break;
    case FIELD_DATE_START:
    case FIELD_DATE_STOP:
        json_put_day (pen->json, name, field == FIELD_DATE_START ? row->from : row->to);
        break;
    default:
        break;
    }
}

static void
write_row (const Pen *pen, const MetaQuestion *question, const Row *row)
{
    json_begin_object (pen->json);
    for (int field = 0; field < N_FIELDS; field++)
        if (question->fields & BIT (field))
            write_field (pen, (Field)field, row);
    json_end_object (pen->json);
}

static void
write_page (const GraphCall *call, const Property *property, const MetaQuestion *question, const GArray *rows,
            guint64 from, guint64 limit)
{
    guint64 n = from < rows->len ? MIN (limit, rows->len - from) : 0;
    Json json = sim_reply_json (call->reply, 200);
    Pen pen = { &json, &call->state->switches, property, question->windows };

    json_begin_object (&json);
    json_key (&json, "data");
    json_begin_array (&json);
    for (guint64 i = from; i < from + n; i++)
        write_row (&pen, question, &g_array_index (rows, Row, i));
    json_end_array (&json);
    graph_write_paging (call, &json, from, n, rows->len);
    json_end_object (&json);
}

static gboolean
check_rows (const GraphCall *call, guint n)
{
    gint64 most = switch_value (&call->state->switches, SWITCH_META_MOST_ROWS);

    return most == 0 || n <= most ||
           graph_fail (call->reply,
                       &(GraphError){ .status = 400,
                                      .code = 100,
                                      .subcode = 1487534,
                                      .message = "Invalid parameter",
                                      .user_title = "Too much data was requested",
                                      .user_message =
                                          "There is too much data requested for one call. Please reduce "
                                          "the time range or the number of objects." });
}

void
meta_insights_write (const GraphCall *call, Property *property, const MetaQuestion *question)
{
    AdMoment moment = meta_moment (call->state, property);
    g_autoptr (GArray) campaigns = ads_campaigns (property);
    g_autoptr (GArray) rows = rows_of (property, campaigns, question, &moment);
    guint64 from, limit;

    if (check_rows (call, rows->len) && meta_page_read (call, &from, &limit))
        write_page (call, property, question, rows, from, limit);
}

guint
meta_insights_count (const GraphCall *call, Property *property, const MetaQuestion *question)
{
    AdMoment moment = meta_moment (call->state, property);
    g_autoptr (GArray) campaigns = ads_campaigns (property);
    g_autoptr (GArray) rows = rows_of (property, campaigns, question, &moment);

    return rows->len;
}
