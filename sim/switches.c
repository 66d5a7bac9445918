#include "switches.h"

#include "base/fault.h"
#include "chat_words.h"

#include <string.h>

#define FLAG     .least = 0, .most = 1
#define COUNT(n) .least = 0, .most = (n)

const SwitchInfo switch_infos[N_SWITCHES] = {
    [SWITCH_EXPIRE] = { "expire", NULL, 0, FLAG, .times = 1,
                        "the access token in use expires now: 401 until another is fetched" },
    [SWITCH_INVALID_GRANT] = { "invalid_grant", NULL, 0, FLAG,
                               .help = "refresh tokens, codes and assertions are refused" },
    [SWITCH_TOKEN_FAULT] = { "token_fault", "none|500|503", 0, .help = "the token endpoint fails" },
    [SWITCH_TOKEN_SECONDS] = { "token_seconds", NULL, 3599, COUNT (86400),
                               .help = "life of new access tokens" },
    [SWITCH_ROTATE] = { "rotate", "none|add|replace", 0,
                        .help = "a refresh also gives a new refresh token; replace: the old one dies" },
    [SWITCH_CONSENT] = { "consent", "grant|deny", 0, .help = "what the user answers on the consent page" },
    [SWITCH_CONSENT_SCOPE] = { "consent_scope", "all|none", 0,
                               .help = "which boxes the user ticks on Google's consent page" },
    [SWITCH_TESTING] = { "testing", NULL, 0, FLAG,
                         .help = "the OAuth app is in testing mode: its refresh tokens last 7 days" },
    [SWITCH_DENIED] = { "denied", "none|permission|data_api|admin_api", 0,
                        .help = "403: no permission for the property, or an API that is not enabled" },
    [SWITCH_EXHAUSTED] = { "exhausted", "none|day|hour|project_hour|concurrent|server_errors|thresholded", 0,
                           .help = "429 of this quota" },
    [SWITCH_QUOTA_DAY] = { "quota_day", NULL, 200000, COUNT (G_MAXINT32),
                           .help = "tokens a day and property" },
    [SWITCH_QUOTA_HOUR] = { "quota_hour", NULL, 40000, COUNT (G_MAXINT32),
                            .help = "tokens an hour and property" },
    [SWITCH_QUOTA_PROJECT_HOUR] = { "quota_project_hour", NULL, 14000, COUNT (G_MAXINT32),
                                    .help = "tokens an hour, property and project" },
    [SWITCH_QUOTA_CONCURRENT] = { "quota_concurrent", NULL, 10, COUNT (1000), .help = "requests at once" },
    [SWITCH_QUOTA_ERRORS] = { "quota_errors", NULL, 10, COUNT (1000), .help = "server errors an hour" },
    [SWITCH_QUOTA_THRESHOLDED] = { "quota_thresholded", NULL, 120, COUNT (100000),
                                   .help = "potentially thresholded requests an hour" },
    [SWITCH_FAULT] = { "fault", "none|500|503", 0,
                       .help = "the Data API fails; each failure counts against quota_errors" },
    [SWITCH_SLOW] = { "slow", NULL, 0, COUNT (300000), .help = "milliseconds before the Data API answers" },
    [SWITCH_BROKEN] = { "broken", "none|half|html|empty", 0, .help = "the Data API's answer is no JSON" },
    [SWITCH_MAX_ROWS] = { "max_rows", NULL, 250000, .least = 1, .most = 250000,
                          .help = "rows in one answer, whatever limit says" },
    [SWITCH_EMPTY] = { "empty", NULL, 0, FLAG, .help = "reports have no rows and no rowCount" },
    [SWITCH_NO_ROW_COUNT] = { "no_row_count", NULL, 0, FLAG, .help = "reports have rows but no rowCount" },
    [SWITCH_SHUFFLE] = { "shuffle", NULL, 0, FLAG,
                         .help = "without orderBys, every answer has its own order" },
    [SWITCH_OTHER_ROW] = { "other_row", NULL, 0, COUNT (1000),
                           .help = "so many landing pages keep their name, the rest is \"(other)\"" },
    [SWITCH_OTHER_DATE] = { "other_date", NULL, 0, FLAG,
                            .help = "a few visits of each range have the date \"(other)\"" },
    [SWITCH_ODD_PATHS] = { "odd_paths", NULL, 0, FLAG,
                           .help = "landing pages: \"(not set)\", \"\", Unicode, 2 kB" },
    [SWITCH_GROWING] = { "growing", NULL, 0, COUNT (10000),
                         .help = "the last two days are complete only after so many reports" },
    [SWITCH_THRESHOLD] = { "threshold", NULL, 0, FLAG, .help = "rows of fewer than 3 users are withheld" },
    [SWITCH_SAMPLED] = { "sampled", NULL, 0, COUNT (99),
                         .help = "percent of the events that are read; 0 is all" },
    [SWITCH_NO_REVENUE] = { "no_revenue", NULL, 0, FLAG, .help = "no permission for revenue: zeros" },
    [SWITCH_EXTRA_MEMBERS] = { "extra_members", NULL, 0, FLAG,
                               .help = "answers have members that nobody knows" },
    [SWITCH_EXTRA_ACCOUNTS] = { "extra_accounts", NULL, 0, COUNT (5000),
                                .help = "accounts without properties, for more pages of accountSummaries" },
    [SWITCH_IG_TOKEN] = { "ig_token", "alive|expired|password|removed|invalid", 0,
                          .help = "Instagram: the token is dead, code 190" },
    [SWITCH_IG_DENIED] = { "ig_denied", NULL, 0, FLAG, .help = "Instagram: no permission, code 10" },
    [SWITCH_IG_FAULT] = { "ig_fault", "none|unknown|unavailable|html|error_in_200|app_limit", 0,
                          .help = "Instagram fails" },
    [SWITCH_IG_SLOW] = { "ig_slow", NULL, 0, COUNT (300000),
                         .help = "milliseconds before Instagram answers" },
    [SWITCH_IG_THROTTLE] = { "ig_throttle", NULL, 0, COUNT (1440),
                             .help = "Instagram: code 80002, with so many minutes to wait" },
    [SWITCH_IG_USAGE] = { "ig_usage", NULL, 1, COUNT (1000),
                          .help = "Instagram: percent of the limit that its header says are used" },
    [SWITCH_IG_EMPTY] = { "ig_empty", NULL, 0, FLAG, .help = "Instagram: insights are empty" },
    [SWITCH_IG_LATE] = { "ig_late", NULL, 0, COUNT (240),
                         .help = "Instagram: hours until a day's numbers are there" },
    [SWITCH_IG_POISON] = { "ig_poison", "none|views|accounts_engaged|saves|profile_views|reach|unknown", 0,
                           .help = "Instagram: this metric spoils a call; unknown: one does, unnamed" },
    [SWITCH_IG_DELETED] = { "ig_deleted", NULL, 0, COUNT (1000),
                            .help = "Instagram: the n-th newest post is deleted after it was listed" },
    [SWITCH_IG_CONVERSION] = { "ig_conversion", NULL, 0, COUNT (1000),
                               .help = "Instagram: from the n-th newest post on, subcode 2108006" },
    [SWITCH_IG_FEW_VIEWERS] = { "ig_few_viewers", NULL, 0, COUNT (1000),
                                .help = "Instagram: the n-th newest post has too few viewers, code 10" },
    [SWITCH_IG_OLD_VIEWS] = { "ig_old_views", NULL, 0, COUNT (1000),
                              .help = "Instagram: from the n-th newest post on there are no views" },
    [SWITCH_IG_HIDDEN_LIKES] = { "ig_hidden_likes", NULL, 0, FLAG,
                                 .help = "Instagram: the list has no like_count" },
    [SWITCH_IG_REFUSED] = { "ig_refused", NULL, 0, COUNT (1000),
                            .help =
                                "Instagram: the n-th newest post's numbers are not for this app, code 10" },
    [SWITCH_IG_STORY_GONE] = { "ig_story_gone", NULL, 0, FLAG,
                               .help = "Instagram: stories vanish after they were listed" },
    [SWITCH_IG_EXTRA_PAGES] = { "ig_extra_pages", NULL, 0, COUNT (5000),
                                .help = "Instagram: Pages without an account, listed before the others" },
    [SWITCH_META_FAULT] = { "meta_fault",
                            "none|1|2|4|17|613|80000|80004|104|190|190/463|190/460|190/"
                            "458|10|200|270|368|100/33|"
                            "2642|3018",
                            0, .help = "Meta answers with this error" },
    [SWITCH_META_STATUS_200] = { "meta_status_200", NULL, 0, FLAG,
                                 .help = "Meta's errors come with HTTP status 200" },
    [SWITCH_META_BROKEN] = { "meta_broken", "none|html|empty", 0,
                             .help = "a 502 in HTML, or a 200 without a body" },
    [SWITCH_META_SLOW] = { "meta_slow", NULL, 0, COUNT (300000), .help = "milliseconds before Meta answers" },
    [SWITCH_META_OLD_VERSION] = { "meta_old_version", NULL, 0, FLAG,
                                  .help = "the version that is asked has ended: error 2635" },
    [SWITCH_META_PROOF] = { "meta_proof", NULL, 0, FLAG, .help = "appsecret_proof is demanded" },
    [SWITCH_META_NO_SCOPE] = { "meta_no_scope", NULL, 0, FLAG, .help = "the token lacks ads_read" },
    [SWITCH_META_TOKEN_DAYS] = { "meta_token_days", NULL, 0, COUNT (3650),
                                 .help = "days until the token expires; 0 is never" },
    [SWITCH_META_USAGE] = { "meta_usage", NULL, 0, COUNT (1000),
                            .help =
                                "percent of the limit that is used up, told in a header; over 100 refuses" },
    [SWITCH_META_STEP] = { "meta_step", NULL, 0, COUNT (1000),
                           .help = "percent that each call adds to meta_usage" },
    [SWITCH_META_REGAIN] = { "meta_regain", NULL, 0, COUNT (1440),
                             .help = "minutes until access is regained, told when meta_usage is over 95" },
    [SWITCH_META_HEADER] = { "meta_header", "business|app|account|insights", 0,
                             .help = "the header that tells of the limit" },
    [SWITCH_META_MOST_ROWS] = { "meta_most_rows", NULL, 0, COUNT (1000000),
                                .help = "reports of more rows are refused with 100/1487534, also in the "
                                        "background" },
    [SWITCH_META_MOST_LIMIT] = { "meta_most_limit", NULL, 5000, COUNT (5000),
                                 .help = "a larger limit fails: reduce the amount of data" },
    [SWITCH_META_RUN] = { "meta_run", "complete|stuck|failed|failed_why|skipped|incomplete", 0,
                          .help = "what becomes of report runs" },
    [SWITCH_META_RUN_LOOKS] = { "meta_run_looks", NULL, 2, COUNT (1000),
                                .help = "looks at a report run before it is complete" },
    [SWITCH_META_RUN_RACE] = { "meta_run_race", NULL, 0, COUNT (1000),
                               .help = "first looks that don't find the report run: 100/33" },
    [SWITCH_META_ACTIONS] = { "meta_actions", "all|purchase|pixel", 0,
                              .help = "the action types under which a purchase is reported" },
    [SWITCH_META_DRIFT] = { "meta_drift", NULL, 1, FLAG,
                            .help = "purchases come in until 28 days after the ad; 0: all at once" },
    [SWITCH_META_ALL_METRICS] = { "meta_all_metrics", NULL, 0, FLAG,
                                  .help = "metrics that are zero are there too, as \"0\"" },
    [SWITCH_META_NUMBERS] = { "meta_numbers", NULL, 0, FLAG, .help = "numbers are JSON numbers, not texts" },
    [SWITCH_META_CIRCLE] = { "meta_circle", NULL, 0, FLAG,
                             .help = "the cursor of a page that is not the first leads to it again" },
    [SWITCH_META_EXTRA_ACCOUNTS] = { "meta_extra_accounts", NULL, 0, COUNT (5000),
                                     .help =
                                         "ad accounts in the list that may not be read, before the others" },
    [SWITCH_CHAT] = { "chat",
                      "none|refuse|filter|length|null|empty|no_choices|types|tools|html|string|error_in_200|"
                      "huge|stream|stream_error|parts|fence|think|other_form|rate_limit|quota|key|no_model|"
                      "fail",
                      0, .help = "what goes wrong with the language model's answer" },
    [SWITCH_CHAT_WORDS] = { "chat_words", CHAT_WORDS, 0,
                            .help = "how the language model words the facts: the truth, or which lie" },
    [SWITCH_CHAT_JSON] = { "chat_json", "schema|object|none", 0,
                           .help = "the response_format that its endpoint knows; others are a 400" },
    [SWITCH_CHAT_CAP] = { "chat_cap", "new|old", 0,
                          .help = "old: max_completion_tokens is a 400, max_tokens is known" },
    [SWITCH_CHAT_STORE] = { "chat_store", "known|unknown", 0, .help = "unknown: store is a 400" },
    [SWITCH_CHAT_SLOW] = { "chat_slow", NULL, 0, COUNT (300000),
                           .help = "milliseconds before the language model answers" },
    [SWITCH_CHAT_RETRY_AFTER] = { "chat_retry_after", NULL, 1, COUNT (86400),
                                  .help = "seconds of Retry-After with chat=rate_limit" },
};

static SwitchState
standard_of (SwitchId id)
{
    return (SwitchState){ switch_infos[id].standard, 0, 0 };
}

static int
find (const char *name)
{
    for (int id = 0; id < N_SWITCHES; id++)
        if (strcmp (switch_infos[id].name, name) == 0)
            return id;
    return -1;
}

/* ---- reading ---- */

static gboolean
read_number (const char *name, const char *text, gint64 least, gint64 most, gint64 *number, GError **error)
{
    g_autoptr (GError) bad = NULL;

    if (g_ascii_string_to_signed (text, 10, least, most, number, &bad))
        return TRUE;
    return fault_set (error, FAULT_INVALID,
                      "%s=%s is not a number of %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, name, text, least,
                      most);
}

static gboolean
read_value (SwitchId id, const char *text, gint64 *value, GError **error)
{
    const SwitchInfo *info = &switch_infos[id];
    g_auto (GStrv) words = NULL;

    if (!info->choices)
        return read_number (info->name, text, info->least, info->most, value, error);
    words = g_strsplit (info->choices, "|", -1);
    for (gint64 i = 0; words[i]; i++)
        if (strcmp (words[i], text) == 0) {
            *value = i;
            return TRUE;
        }
    return fault_set (error, FAULT_INVALID, "%s=%s: choose one of %s", info->name, text, info->choices);
}

/* "after=3" or "times=2" */
static gboolean
read_rest (SwitchState *state, const char *text, GError **error)
{
    gboolean after = g_str_has_prefix (text, "after=");
    gint64 number;

    if (!after && !g_str_has_prefix (text, "times="))
        return fault_set (error, FAULT_INVALID, "\"%s\" is neither after=N nor times=N", text);
    if (!read_number (after ? "after" : "times", text + 6, 0, 1000000, &number, error))
        return FALSE;
    *(after ? &state->after : &state->times) = (guint)number;
    return TRUE;
}

static gboolean
read_state (SwitchId id, const char *value, SwitchState *state, GError **error)
{
    *state = standard_of (id);
    state->times = switch_infos[id].times;
    return read_value (id, value, &state->value, error);
}

gboolean
switches_start (Switches *switches, const char *text, GError **error)
{
    g_auto (GStrv) parts = g_strsplit (text, ":", -1);
    char *value = parts[0] ? strchr (parts[0], '=') : NULL;
    SwitchState state;
    int id;

    if (!value)
        return fault_set (error, FAULT_INVALID, "\"%s\" is not name=value", text);
    *value++ = '\0';
    id = find (parts[0]);
    if (id < 0)
        return fault_set (error, FAULT_INVALID, "there is no switch \"%s\"", parts[0]);
    if (!read_state ((SwitchId)id, value, &state, error))
        return FALSE;
    for (char **part = parts + 1; *part; part++)
        if (!read_rest (&state, *part, error))
            return FALSE;
    switches->start[id] = switches->now[id] = state;
    return TRUE;
}

/* A JSON scalar as the text it would have on a command line. */
static char *
text_of (const json_t *value)
{
    if (json_is_string (value))
        return g_strdup (json_string_value (value));
    if (json_is_boolean (value))
        return g_strdup (json_is_true (value) ? "1" : "0");
    if (json_is_integer (value))
        return g_strdup_printf ("%" JSON_INTEGER_FORMAT, json_integer_value (value));
    return g_strdup ("?");
}

static gboolean
read_json (const char *name, const json_t *given, Switches *switches, GError **error)
{
    const json_t *value = json_is_object (given) ? json_object_get (given, "value") : given;
    const json_t *after = json_object_get (given, "after"), *times = json_object_get (given, "times");
    g_autofree char *text = text_of (value);
    int id = find (name);
    SwitchState state;

    if (id < 0)
        return fault_set (error, FAULT_INVALID, "there is no switch \"%s\"", name);
    if (!read_state ((SwitchId)id, text, &state, error))
        return FALSE;
    if ((after && !json_is_integer (after)) || (times && !json_is_integer (times)))
        return fault_set (error, FAULT_INVALID, "after and times of %s are numbers", name);
    if (after)
        state.after = (guint)json_integer_value (after);
    if (times)
        state.times = (guint)json_integer_value (times);
    switches->now[id] = state;
    switches->set[id]++;
    return TRUE;
}

gboolean
switches_set (Switches *switches, const json_t *values, GError **error)
{
    Switches changed = *switches;
    const char *name;
    json_t *value;

    if (!json_is_object (values))
        return fault_set (error, FAULT_INVALID, "switches are a JSON object: {\"name\": value}");
    json_object_foreach ((json_t *)values, name,
                         value) if (!read_json (name, value, &changed, error)) return FALSE;
    *switches = changed;
    return TRUE;
}

/* ---- using ---- */

void
switches_init (Switches *switches)
{
    for (SwitchId id = 0; id < N_SWITCHES; id++)
        switches->start[id] = standard_of (id);
    switches_reset (switches);
}

void
switches_reset (Switches *switches)
{
    memcpy (switches->now, switches->start, sizeof switches->now);
    for (SwitchId id = 0; id < N_SWITCHES; id++)
        switches->set[id]++;
}

static void
write_value (Json *json, const char *key, const SwitchInfo *info, gint64 value)
{
    g_auto (GStrv) words = info->choices ? g_strsplit (info->choices, "|", -1) : NULL;

    if (words)
        json_put_text (json, key, words[value]);
    else
        json_put_int (json, key, value);
}

void
switches_write (const Switches *switches, Json *json)
{
    json_begin_array (json);
    for (SwitchId id = 0; id < N_SWITCHES; id++) {
        const SwitchInfo *info = &switch_infos[id];
        const SwitchState *state = &switches->now[id];

        json_begin_object (json);
        json_put_text (json, "name", info->name);
        write_value (json, "value", info, state->value);
        write_value (json, "default", info, info->standard);
        json_put_int (json, "after", state->after);
        json_put_int (json, "times", state->times);
        json_put_text (json, "help", info->help);
        json_end_object (json);
    }
    json_end_array (json);
}

gint64
switch_value (const Switches *switches, SwitchId id)
{
    return switches->now[id].after ? switch_infos[id].standard : switches->now[id].value;
}

gint64
switch_feel (Switches *switches, SwitchId id)
{
    SwitchState *state = &switches->now[id];
    gint64 value = state->value;

    if (value == 0)
        return 0;
    if (state->after > 0) {
        state->after--;
        return 0;
    }
    if (state->times > 0 && --state->times == 0)
        *state = standard_of (id);
    return value;
}
