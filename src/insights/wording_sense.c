/* wording_sense.c -- what each metric of facts is about, for the words that may stand with it.
 * A new kind of fact needs one line here, or else no model is told of it. */
#include "insights/wording_private.h"

#include <string.h>

static const Subject subjects[] = {
    { .metric = "sessions", .what = "sessions", .things = THING_SESSIONS, .good = 1 },
    { .metric = "channel.sessions",
      .what = "sessions of a channel",
      .things = THING_SESSIONS,
      .kind = KIND_CHANNEL,
      .good = 1 },
    { .metric = "sessions.contribution",
      .what = "part of a channel in the change of sessions",
      .things = THING_SESSIONS,
      .kind = KIND_CHANNEL,
      .good = 1,
      .ranked = TRUE,
      .drives = TRUE },
    { .metric = "sessions.contribution_share",
      .what = "share of a channel in the change of sessions",
      .things = THING_SESSIONS | THING_SHARE,
      .kind = KIND_CHANNEL,
      .ranked = TRUE,
      .drives = TRUE },
    { .metric = "conversions", .what = "conversions", .things = THING_CONVERSIONS, .good = 1 },
    { .metric = "conversion_rate", .what = "conversion rate", .things = THING_CONVERSION_RATE, .good = 1 },
    { .metric = "revenue", .what = "revenue", .things = THING_REVENUE, .good = 1 },
    { .metric = "landing_page.sessions",
      .what = "sessions that began on a page",
      .things = THING_SESSIONS,
      .kind = KIND_PAGE,
      .good = 1,
      .ranked = TRUE },
    { .metric = "landing_page.rate",
      .what = "conversion rate of a page",
      .things = THING_CONVERSION_RATE,
      .kind = KIND_PAGE,
      .good = 1 },
    { .metric = "landing_page.share",
      .what = "share of sessions that began on a page",
      .things = THING_SESSIONS | THING_SHARE,
      .kind = KIND_PAGE,
      .ranked = TRUE },
    { .metric = "landing_pages.rate",
      .what = "conversion rate of all pages together",
      .things = THING_CONVERSION_RATE,
      .about = KIND_PAGE,
      .good = 1 },
    { .metric = "landing_page.contribution",
      .what = "part of a page in the change of sessions",
      .things = THING_SESSIONS,
      .kind = KIND_PAGE,
      .good = 1,
      .ranked = TRUE,
      .drives = TRUE },
    { .metric = "landing_page.contribution_share",
      .what = "share of a page in the change of sessions",
      .things = THING_SESSIONS | THING_SHARE,
      .kind = KIND_PAGE,
      .ranked = TRUE,
      .drives = TRUE },
    { .metric = "channel.conversion_rate",
      .what = "conversion rate of a channel",
      .things = THING_CONVERSION_RATE,
      .kind = KIND_CHANNEL,
      .good = 1 },

    { .metric = "spend", .what = "ad spend", .things = THING_SPEND },
    { .metric = "purchases", .what = "purchases", .things = THING_PURCHASES | THING_CONVERSIONS, .good = 1 },
    { .metric = "ads.conversions",
      .what = "purchases",
      .things = THING_PURCHASES | THING_CONVERSIONS,
      .good = 1 },
    { .metric = "roas", .what = "return on ad spend", .things = THING_ROAS, .good = 1 },
    { .metric = "roas.contribution",
      .what = "part of a campaign in the change of the return on ad spend",
      .things = THING_ROAS,
      .kind = KIND_CAMPAIGN,
      .good = 1,
      .ranked = TRUE,
      .drives = TRUE },
    { .metric = "campaign.roas",
      .what = "return on ad spend of a campaign",
      .things = THING_ROAS,
      .kind = KIND_CAMPAIGN,
      .good = 1 },
    { .metric = "campaign.spend",
      .what = "ad spend of a campaign",
      .things = THING_SPEND,
      .kind = KIND_CAMPAIGN },
    { .metric = "campaign.cpa",
      .what = "cost per purchase of a campaign",
      .things = THING_COST_PURCHASE,
      .kind = KIND_CAMPAIGN,
      .good = -1 },
    { .metric = "campaign.conversions",
      .what = "purchases from a campaign",
      .things = THING_PURCHASES | THING_CONVERSIONS,
      .kind = KIND_CAMPAIGN,
      .good = 1 },
    { .metric = "cpa", .what = "cost per purchase", .things = THING_COST_PURCHASE, .good = -1 },
    { .metric = "cpc", .what = "cost per click", .things = THING_COST_CLICK, .good = -1 },
    { .metric = "cpm", .what = "cost per thousand impressions", .things = THING_COST_MILLE, .good = -1 },
    { .metric = "ctr", .what = "click-through rate", .things = THING_CTR, .good = 1 },

    { .metric = "reach", .what = "reach", .things = THING_REACH, .about = KIND_POST, .good = 1 },
    { .metric = "engagement_rate",
      .what = "engagement rate",
      .things = THING_ENGAGEMENT,
      .about = KIND_POST,
      .good = 1 },
    { .metric = "post.reach",
      .what = "reach of a post",
      .things = THING_REACH,
      .kind = KIND_POST,
      .good = 1,
      .ranked = TRUE },
    { .metric = "post.total_interactions",
      .what = "interactions with a post",
      .things = THING_INTERACTIONS,
      .kind = KIND_POST,
      .good = 1 },
    { .metric = "posts.median_reach",
      .what = "median reach of posts",
      .things = THING_REACH | THING_MEDIAN,
      .kind = KIND_POST_TYPE,
      .about = KIND_POST,
      .good = 1,
      .complete = TRUE },

    { .metric = "blended_cac",
      .what = "ad spend per conversion",
      .things = THING_COST_CONVERSION,
      .good = -1 },
    { .metric = "spend_vs_sessions",
      .what = "correlation of ad spend and sessions",
      .things = THING_CORRELATION | THING_SPEND | THING_SESSIONS },
    { .metric = "common_days", .what = "days with both", .things = THING_DAYS },

    /* What would have been, what may still change and what lacks: the rules say it as it must be said. */
    { .metric = "engagement.weekday", .quiet = TRUE },
    { .metric = "engagement.weekday_difference", .quiet = TRUE },
    { .metric = "paid_social.cost_per_session", .quiet = TRUE },
    { .metric = "paid_social.cost_per_conversion", .quiet = TRUE },
    { .metric = "property.sessions", .quiet = TRUE },
    { .metric = "property.contribution", .quiet = TRUE },
    { .metric = "property.contribution_share", .quiet = TRUE },
    { .metric = "landing_page.conversions_missing", .quiet = TRUE },
    { .metric = "cpa.factor", .quiet = TRUE },
    { .metric = "cpa.factor_before", .quiet = TRUE },
    { .metric = "provisional_days", .quiet = TRUE },
    { .metric = "missing_days", .quiet = TRUE },
    { .metric = "missing_days_before", .quiet = TRUE },
    { .metric = "incomplete_days", .quiet = TRUE },
    { .metric = "target", .quiet = TRUE },
    { .metric = "target.value", .quiet = TRUE },
    { .metric = "target.projected", .quiet = TRUE },
};

static const Aspect itself = { .before = "", .after = "" };

static const Aspect aspects[] = {
    { .suffix = ".change", .before = "change of ", .after = "" },
    { .suffix = ".difference", .before = "change of ", .after = "" },
    { .suffix = "_before", .before = "", .after = " before", .mark = MARK_BEFORE },
    { .suffix = ".unusual", .before = "unusual ", .after = "", .dated = TRUE },
    { .suffix = ".usual", .before = "usual ", .after = "", .dated = TRUE, .mark = MARK_USUAL },
    { .suffix = ".unusual_change",
      .before = "unusual ",
      .after = " against the usual",
      .dated = TRUE,
      .mark = MARK_USUAL },
    { .suffix = ".tested_days", .quiet = TRUE },
    { .suffix = ".tested_weeks", .quiet = TRUE },
    { .suffix = ".tested_trends", .quiet = TRUE },
    { .suffix = ".level", .quiet = TRUE },
    { .suffix = ".level_before", .quiet = TRUE },
    { .suffix = ".level_change", .quiet = TRUE },
    { .suffix = ".level_part", .quiet = TRUE },
    { .suffix = ".trend", .quiet = TRUE },
    { .suffix = ".trend_weeks", .quiet = TRUE },
    { .suffix = ".trend_start", .quiet = TRUE },
    { .suffix = ".trend_end", .quiet = TRUE },
};

static const Subject *
find_subject (const char *metric, gsize length)
{
    for (guint i = 0; i < G_N_ELEMENTS (subjects); i++)
        if (strlen (subjects[i].metric) == length && strncmp (subjects[i].metric, metric, length) == 0)
            return &subjects[i];
    return NULL;
}

gboolean
sense_find (const char *metric, Sense *sense)
{
    *sense = (Sense){ find_subject (metric, strlen (metric)), &itself };
    for (guint i = 0; i < G_N_ELEMENTS (aspects) && !sense->subject; i++)
        if (g_str_has_suffix (metric, aspects[i].suffix))
            *sense =
                (Sense){ find_subject (metric, strlen (metric) - strlen (aspects[i].suffix)), &aspects[i] };
    return sense->subject != NULL;
}

gboolean
sense_is_quiet (const Sense *sense)
{
    return sense->subject->quiet || sense->aspect->quiet;
}

guint
sense_things (const Sense *sense)
{
    return sense->subject->things | sense->aspect->things;
}
