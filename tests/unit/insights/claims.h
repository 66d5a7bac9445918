/* claims.h -- true sentences about a world, in many wordings.
 *
 * A pattern names the facts that it needs, and holds slots by their place in that list: {0.value}.
 * <rose|fell>1 takes the first word if fact 1 went up and the second if it went down; a world in which it did
 * neither has no such sentence. After "@" the fact is of the same name as the one before, after "!" of
 * another name. */
#pragma once
#include "worded.h"

#include <stdlib.h>

#define PATTERN_FACTS 5

typedef struct {
    Group group;
    const char *facts[PATTERN_FACTS];
    const char *text;
} Pattern;

static const Pattern patterns[] = {
    { GROUP_CROSS_CHANNEL,
      { "sessions", "spend" },
      "{0.value} sessions and {1.value} of ad spend in {0.window}." },
    { GROUP_CROSS_CHANNEL,
      { "sessions", "spend" },
      "The period had {0.value} sessions in total, with {1.value} of ad spend." },
    { GROUP_CROSS_CHANNEL,
      { "sessions", "spend" },
      "Total sessions came to {0.value} and total ad spend came to {1.value}." },
    { GROUP_CROSS_CHANNEL, { "sessions", "spend" }, "Total sessions: {0.value}. Total ad spend: {1.value}." },
    { GROUP_CROSS_CHANNEL,
      { "sessions", "spend" },
      "Sessions totalled {0.value} while ad spend was {1.value}." },
    { GROUP_CROSS_CHANNEL,
      { "sessions.change", "spend.change" },
      "Against {0.before}, sessions {0.rose} while ad spend {1.rose}." },
    { GROUP_CROSS_CHANNEL,
      { "sessions.change", "spend.change" },
      "Sessions <rose|fell>0 by {0.value} and ad spend <rose|fell>1 by {1.value}." },
    { GROUP_CROSS_CHANNEL,
      { "sessions.change", "spend.change" },
      "Compared with the previous period, sessions were <up|down>0 {0.value}, with ad spend <up|down>1 "
      "{1.value}." },
    { GROUP_CROSS_CHANNEL,
      { "blended_cac", "blended_cac.change" },
      "A conversion cost {0.value} of ad spend, {1.value} <more|less>1 than before." },
    { GROUP_CROSS_CHANNEL,
      { "blended_cac", "blended_cac.change" },
      "The cost per conversion was {0.value}, <up|down>1 {1.value} on the previous period." },
    { GROUP_CROSS_CHANNEL,
      { "spend_vs_sessions", "common_days" },
      "Ad spend and sessions had a correlation of {0.value} over {1.value} days." },
    { GROUP_CROSS_CHANNEL,
      { "spend_vs_sessions", "common_days" },
      "The correlation between ad spend and sessions was {0.value} across {1.value} days." },

    { GROUP_TRAFFIC,
      { "sessions", "sessions.change" },
      "Sessions {1.rose} to {0.value} against {1.before}." },
    { GROUP_TRAFFIC, { "sessions", "sessions.change" }, "Sessions <rose|fell>1 {1.value} to {0.value}." },
    { GROUP_TRAFFIC,
      { "sessions", "sessions.change" },
      "There were {0.value} sessions, {1.value} <more|fewer>1 than in the previous period." },
    { GROUP_TRAFFIC,
      { "sessions", "sessions.change" },
      "Traffic <increased|decreased>1 by {1.value} compared to the prior period, reaching {0.value} "
      "sessions." },
    { GROUP_TRAFFIC,
      { "sessions", "sessions.change", "sessions.difference" },
      "Sessions were <up|down>1 {1.change} at {0.value}: {2.value} <more|fewer>2 than in {1.before}." },
    { GROUP_TRAFFIC, { "sessions" }, "The site recorded {0.value} sessions in {0.window}." },
    { GROUP_TRAFFIC, { "sessions" }, "Visits in the period amounted to {0.value}." },
    { GROUP_TRAFFIC,
      { "sessions", "sessions.change" },
      "Sessions: {0.value} ({1.value} against the period before)." },
    { GROUP_TRAFFIC,
      { "sessions", "sessions.change" },
      "Website traffic was {0.value} sessions, {1.change} from {1.before}." },
    { GROUP_TRAFFIC,
      { "sessions", "sessions.change" },
      "Sessions {0.rose}, and came to {0.value} in total." },
    { GROUP_TRAFFIC, { "conversions.change" }, "Conversions {0.rose} compared with the period before." },
    { GROUP_TRAFFIC, { "conversions.change" }, "Conversions <increased|declined>0 by {0.value}." },
    { GROUP_TRAFFIC,
      { "conversions.change" },
      "Conversions <improved|worsened>0 by {0.value} against {0.before}." },
    { GROUP_TRAFFIC,
      { "sessions.contribution", "sessions.contribution_share@" },
      "{0.name} <gained|lost>0 {0.value} sessions, {1.value} of the change." },
    { GROUP_TRAFFIC,
      { "sessions.change", "sessions.contribution", "sessions.contribution_share@" },
      "Sessions <grew|shrank>0 {0.value}; {1.name} accounted for {2.value} of the change." },
    { GROUP_TRAFFIC,
      { "sessions.contribution" },
      "{0.name} made {0.value} <more|fewer>0 sessions than in the period before." },
    { GROUP_TRAFFIC,
      { "sessions.contribution_share" },
      "The largest part of the change came from {0.name}, with {0.value} of the change in sessions." },
    { GROUP_TRAFFIC,
      { "sessions.contribution_share" },
      "{0.name} was the main driver of the change in sessions, with {0.value} of the change." },
    { GROUP_TRAFFIC,
      { "landing_page.sessions", "landing_page.rate@" },
      "{0.name} had {0.value} sessions and a conversion rate of {1.value}." },
    { GROUP_TRAFFIC,
      { "landing_page.rate", "landing_pages.rate" },
      "The page {0.name} converts {0.value} of its sessions, where all pages together convert {1.value}." },
    { GROUP_TRAFFIC,
      { "landing_page.share", "landing_page.sessions@" },
      "The top landing page was {0.name}: {1.value} sessions, a share of {0.value}." },
    { GROUP_TRAFFIC, { "landing_page.share" }, "{0.value} of sessions began on {0.name}." },
    { GROUP_TRAFFIC,
      { "sessions.unusual", "sessions.usual", "sessions.unusual_change" },
      "{0.day}: {0.value} sessions, {2.value} <more|fewer>2 than usual (about {1.value})." },
    { GROUP_TRAFFIC,
      { "sessions.unusual", "sessions.usual" },
      "On {0.day} there were {0.value} sessions, against the usual {1.value}." },

    { GROUP_ADS, { "spend", "spend.change" }, "Ad spend was {0.value}, {1.change} against {1.before}." },
    { GROUP_ADS, { "spend", "spend.change" }, "Spend <increased|decreased>1 by {1.value} to {0.value}." },
    { GROUP_ADS,
      { "spend", "spend.change" },
      "The account spent {0.value}, {1.value} <more|less>1 than in the previous period." },
    { GROUP_ADS, { "spend" }, "Meta Ads recorded {0.value} of ad spend." },
    { GROUP_ADS, { "roas", "roas.change" }, "Return on ad spend <rose|fell>1 {1.value} to {0.value}." },
    { GROUP_ADS,
      { "roas", "roas.change" },
      "ROAS was {0.value}, which is {1.value} <higher|lower>1 than before." },
    { GROUP_ADS,
      { "roas", "roas.change" },
      "ROAS <improved|worsened>1 by {1.value} and stands at {0.value}." },
    { GROUP_ADS,
      { "roas.change", "roas.contribution", "campaign.roas@", "campaign.roas_before@" },
      "Return on ad spend {0.rose}. {1.name} moved it by {1.value}: its return went from {3.value} to "
      "{2.value}." },
    { GROUP_ADS,
      { "campaign.roas", "campaign.roas_before@" },
      "{0.name} had a return on ad spend of {0.value}, against {1.value} before." },
    { GROUP_ADS,
      { "ads.conversions", "cpa" },
      "Meta Ads brought {0.value} purchases at a cost per purchase of {1.value}." },
    { GROUP_ADS,
      { "ads.conversions", "cpa" },
      "Purchases came to {0.value}; the cost per purchase was {1.value}." },
    { GROUP_ADS,
      { "cpa", "cpa.change" },
      "Purchases became <dearer|cheaper>1: the cost per purchase {1.rose} to {0.value}." },
    { GROUP_ADS, { "cpa", "cpa.change" }, "CPA <worsened|improved>1 by {1.value}, and is now {0.value}." },
    { GROUP_ADS,
      { "campaign.spend", "campaign.cpa@", "cpa" },
      "{0.name} spent {0.value} and paid {1.value} for a purchase, where the account as a whole paid "
      "{2.value}." },
    { GROUP_ADS,
      { "campaign.cpa", "campaign.conversions@" },
      "The campaign {0.name} brought {1.value} purchases at {0.value} per purchase." },
    { GROUP_ADS,
      { "campaign.spend", "campaign.spend!" },
      "{0.name} spent {0.value}, and {1.name} spent {1.value}." },
    { GROUP_ADS,
      { "cpc", "cpc.change" },
      "A click cost {0.value}, {1.change} compared with the period before." },
    { GROUP_ADS,
      { "cpc", "ctr" },
      "The cost per click was {0.value} and the click-through rate was {1.value}." },
    { GROUP_ADS, { "cpm.change" }, "The cost per thousand impressions <rose|fell>0 by {0.value}." },

    { GROUP_CONTENT, { "reach", "reach.change" }, "Reach came to {0.value}, {1.change} against {1.before}." },
    { GROUP_CONTENT, { "reach", "reach.change" }, "Instagram reach <grew|fell>1 {1.value} to {0.value}." },
    { GROUP_CONTENT,
      { "reach", "reach.change" },
      "Posts reached {0.value} accounts, {1.value} <more|fewer>1 than before." },
    { GROUP_CONTENT,
      { "engagement_rate", "engagement_rate.difference" },
      "The engagement rate was {0.value}, {1.change} on the period before." },
    { GROUP_CONTENT,
      { "post.reach", "post.total_interactions@" },
      "The post {0.name} reached {0.value} accounts and drew {1.value} interactions." },
    { GROUP_CONTENT,
      { "post.reach", "post.total_interactions@" },
      "{0.name} had the highest reach, {0.value}, with {1.value} interactions." },
};

/* ---- making one ------------------------------------------------------------------------------------------
 */

typedef struct {
    const Pattern *pattern;
    const Fact *facts[PATTERN_FACTS];
} Claim;

static inline Source
fact_source (const Fact *fact)
{
    const char *widget = fact->evidence.widget;

    return g_str_has_prefix (widget, "ga4.")    ? SOURCE_GA4
           : g_str_has_prefix (widget, "meta.") ? SOURCE_META
           : g_str_has_prefix (widget, "ig.")   ? SOURCE_INSTAGRAM
                                                : SOURCE_GA4 | SOURCE_META;
}

static inline const Fact *
claim_fact (World *world, const char *wanted, const Fact *last)
{
    gsize length = strcspn (wanted, "@!");
    g_autoptr (GPtrArray) fitting = g_ptr_array_new ();

    for (guint i = 0; i < world->facts->len; i++) {
        Fact *fact = world->facts->pdata[i];
        gboolean same = last && g_strcmp0 (last->entity, fact->entity) == 0;

        if (strlen (fact->metric) == length && strncmp (fact->metric, wanted, length) == 0 &&
            !(fact_source (fact) & ~world->connected) && (wanted[length] != '@' || same) &&
            (wanted[length] != '!' || !same))
            g_ptr_array_add (fitting, fact);
    }
    return fitting->len ? fitting->pdata[dice_below (&world->dice, fitting->len)] : NULL;
}

/* FALSE: this world has no facts for it. */
static inline gboolean
claim_make (World *world, const Pattern *pattern, Claim *claim)
{
    *claim = (Claim){ .pattern = pattern };
    for (guint i = 0; i < PATTERN_FACTS && pattern->facts[i]; i++) {
        claim->facts[i] = claim_fact (world, pattern->facts[i], i ? claim->facts[i - 1] : NULL);
        if (!claim->facts[i])
            return FALSE;
    }
    for (const char *at = strchr (pattern->text, '>'); at; at = strchr (at + 1, '>'))
        if (!fact_direction (claim->facts[at[1] - '0']))
            return FALSE;
    return TRUE;
}

/* wrong: the words of direction are turned round. */
static inline char *
claim_text (const Claim *claim, gboolean wrong)
{
    GString *text = g_string_new (NULL);

    for (const char *at = claim->pattern->text; *at; at++) {
        if (*at == '<') {
            const char *bar = strchr (at, '|'), *end = strchr (at, '>');
            gboolean up = (fact_direction (claim->facts[end[1] - '0']) > 0) != wrong;

            g_string_append_len (text, up ? at + 1 : bar + 1, up ? bar - at - 1 : end - bar - 1);
            at = end + 1;
        } else if (*at == '{') {
            g_string_append_printf (text, "{%s", claim->facts[*++at - '0']->id);
        } else {
            g_string_append_c (text, *at);
        }
    }
    return g_string_free (text, FALSE);
}
