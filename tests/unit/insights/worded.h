/* worded.h -- worlds of facts, and what is shown of a sentence about them.
 *
 * A world has what the rules would know of a period: more or fewer sources, small and large numbers, changes
 * up and down, several currencies, names. Shared by the tests and the fuzz target. */
#pragma once
#include "insights/wording.h"
#include "planted.h"

#include <string.h>

typedef struct {
    GPtrArray *facts, *bullets;
    Source connected;
    Dice dice;
    const char *currency;
    Period now, before;
    const char *const *names;
    guint n_names;
} World;

static inline guint
dice_below (Dice *dice, guint n)
{
    return (guint)(dice_real (dice) * n) % n;
}

/* ---- a world --------------------------------------------------------------------------------------- */

static inline Fact *
world_add (World *world, const char *metric, const char *widget, const char *entity, double value, Unit unit)
{
    Fact like = { .metric = metric,
                  .entity = (char *)entity,
                  .figure = { .value = value,
                              .unit = unit,
                              .currency = unit == UNIT_MONEY || unit == UNIT_MONEY_PER_1000 ? world->currency
                                                                                            : NULL },
                  .window = world->now,
                  .before = NO_PERIOD,
                  .evidence = { .widget = widget, .period = world->now, .sources = SOURCE_ALL } };

    return facts_add (world->facts, &like);
}

/* Up or down by 1 % to 60 %, and now and then not at all. */
static inline Fact *
world_change (World *world, const char *metric, const char *widget)
{
    double size = 0.01 + 0.59 * dice_real (&world->dice);
    double value = dice_below (&world->dice, 12) == 0 ? 0 : dice_below (&world->dice, 2) ? size : -size;
    Fact *fact = world_add (world, metric, widget, NULL, value, UNIT_PERCENT);

    fact->is_change = TRUE;
    fact->before = world->before;
    return fact;
}

static inline double
world_size (World *world, double low, double high)
{
    return round (low * pow (high / low, dice_real (&world->dice)));
}

static inline const char *
world_name (World *world, guint i)
{
    return world->names[i % world->n_names];
}

static inline void
world_traffic (World *world, guint first)
{
    double total = world_size (world, 3, 2e6);
    Fact *change, *part;

    world_add (world, "sessions", "ga4.sessions", NULL, total, UNIT_COUNT);
    change = world_change (world, "sessions.change", "ga4.sessions");
    part = world_add (world, "sessions.difference", "ga4.sessions", NULL,
                      round (total * change->figure.value), UNIT_COUNT);
    part->is_change = TRUE;
    part->before = world->before;
    for (guint i = 0; i < 2; i++) {
        double share = i ? -0.3 : 0.62;

        part = world_add (world, "sessions.contribution", "ga4.sessions", world_name (world, first + i),
                          round (total * change->figure.value * share), UNIT_COUNT);
        part->is_change = TRUE;
        part->pointer = g_strdup_printf ("/parts/%u/change", i);
        if (!i)
            world_add (world, "sessions.contribution_share", "ga4.sessions", world_name (world, first), share,
                       UNIT_PERCENT)
                ->pointer = g_strdup ("/parts/0/share");
    }
    world_change (world, "conversions.change", "ga4.sessions");
    for (guint i = 0; i < 2; i++) {
        Fact *page =
            world_add (world, "landing_page.sessions", "ga4.landing_pages", world_name (world, first + 2 + i),
                       ceil (total * (i ? 0.1 : 0.4)) + 1 - i, UNIT_COUNT);

        page->pointer = g_strdup_printf ("/items/%u/sessions", i);
        world_add (world, "landing_page.rate", "ga4.landing_pages", page->entity,
                   (i ? 0.021 : 0.034) + 0.01 * dice_real (&world->dice), UNIT_PERCENT);
        if (!i)
            world_add (world, "landing_page.share", "ga4.landing_pages", page->entity, 0.4, UNIT_PERCENT);
    }
    world_add (world, "landing_pages.rate", "ga4.landing_pages", NULL, 0.03, UNIT_PERCENT);
}

static inline void
world_unusual (World *world)
{
    static const char *const metrics[] = { "sessions.unusual", "sessions.usual", "sessions.unusual_change" };
    double usual = world_size (world, 40, 5000),
           actual = round (usual * (dice_below (&world->dice, 2) ? 2.1 : 0.35));
    const double values[] = { actual, usual, actual / usual - 1 };

    for (guint i = 0; i < 3; i++) {
        Fact *fact = world_add (world, metrics[i], "ga4.sessions", NULL, values[i],
                                i == 2 ? UNIT_PERCENT : UNIT_COUNT);

        fact->window = fact->evidence.period = (Period){ world->now.from + 3, world->now.from + 3 };
        fact->is_change = i == 2;
    }
}

static inline void
world_ads (World *world, guint first)
{
    double spend = world_size (world, 5, 4e6), cost = 3 + 40 * dice_real (&world->dice);
    Fact *part;

    world_add (world, "spend", "meta.spend", NULL, spend, UNIT_MONEY);
    world_change (world, "spend.change", "meta.spend");
    world_add (world, "roas", "meta.roas", NULL, 0.3 + 6 * dice_real (&world->dice), UNIT_RATIO);
    world_change (world, "roas.change", "meta.roas");
    part = world_add (world, "roas.contribution", "meta.roas", world_name (world, first), 0.21, UNIT_RATIO);
    part->is_change = TRUE;
    part->pointer = g_strdup ("/parts/0/change");
    world_add (world, "campaign.roas", "meta.roas", part->entity, 4.7, UNIT_RATIO);
    world_add (world, "campaign.roas_before", "meta.roas", part->entity, 3.1, UNIT_RATIO);
    world_add (world, "ads.conversions", "meta.conversions", NULL, ceil (spend / cost), UNIT_COUNT);
    world_add (world, "cpa", "meta.cost_metrics", NULL, cost, UNIT_MONEY);
    world_change (world, "cpa.change", "meta.cost_metrics");
    for (guint i = 1; i < 3; i++) {
        world_add (world, "campaign.spend", "meta.campaigns", world_name (world, first + i),
                   ceil (spend * 0.2 * i) + i, UNIT_MONEY);
        world_add (world, "campaign.cpa", "meta.campaigns", world_name (world, first + i),
                   cost * (i == 1 ? 1.9 : 0.6), UNIT_MONEY);
        world_add (world, "campaign.conversions", "meta.campaigns", world_name (world, first + i),
                   10 + 13 * i, UNIT_COUNT);
    }
    world_add (world, "cpc", "meta.cost_metrics", NULL, 0.4 + dice_real (&world->dice), UNIT_MONEY);
    world_change (world, "cpc.change", "meta.cost_metrics");
    world_add (world, "ctr", "meta.cost_metrics", NULL, 0.004 + 0.02 * dice_real (&world->dice),
               UNIT_PERCENT);
    world_change (world, "cpm.change", "meta.cost_metrics");
}

static inline void
world_content (World *world, guint first)
{
    Fact *points;

    world_add (world, "reach", "ig.reach", NULL, world_size (world, 1, 9e5), UNIT_COUNT);
    world_change (world, "reach.change", "ig.reach");
    world_add (world, "engagement_rate", "ig.engagement_rate", NULL, 0.01 + 0.05 * dice_real (&world->dice),
               UNIT_PERCENT);
    points = world_change (world, "engagement_rate.difference", "ig.engagement_rate");
    points->figure.value /= 20;
    points->figure.points = TRUE;
    world_add (world, "post.reach", "ig.content_perf", world_name (world, first), 5200, UNIT_COUNT)->pointer =
        g_strdup ("/items/0/reach");
    world_add (world, "post.total_interactions", "ig.content_perf", world_name (world, first), 311,
               UNIT_COUNT);
    world_add (world, "posts.median_reach", "ig.content_perf", NULL, 2100, UNIT_COUNT);
    world_add (world, "posts.median_reach", "ig.content_perf", "VIDEO", 3300, UNIT_COUNT);
    world_add (world, "posts.median_reach", "ig.content_perf", "IMAGE", 1700, UNIT_COUNT);
}

static inline void
world_cross (World *world)
{
    world_add (world, "blended_cac", "corr.blended_cac", NULL, 4 + 30 * dice_real (&world->dice), UNIT_MONEY);
    world_change (world, "blended_cac.change", "corr.blended_cac");
    world_add (world, "spend_vs_sessions", "corr.spend_vs_sessions", NULL,
               dice_below (&world->dice, 2) ? 0.72 : -0.64, UNIT_RATIO);
    world_add (world, "common_days", "corr.spend_vs_sessions", NULL, 28, UNIT_COUNT);
}

static inline Fact *
world_find (const World *world, const char *metric)
{
    for (guint i = 0; i < world->facts->len; i++)
        if (g_str_equal (((Fact *)world->facts->pdata[i])->metric, metric))
            return world->facts->pdata[i];
    return NULL;
}

/* As the rules would say it, in short. */
static inline void
world_rules (World *world)
{
    static const Group groups[] = { GROUP_TRAFFIC, GROUP_ADS, GROUP_CONTENT };
    static const char *const metrics[] = { "sessions", "spend", "reach" };
    static const Source sources[] = { SOURCE_GA4, SOURCE_META, SOURCE_INSTAGRAM };

    if (world->connected & SOURCE_GA4 && world->connected & SOURCE_META)
        bullet_say (bullet_add (world->bullets, GROUP_CROSS_CHANNEL, 100),
                    "{|session|sessions} and {} of ad spend {during}.", world_find (world, "sessions"),
                    world_find (world, "spend"), world_find (world, "sessions"));
    for (guint i = 0; i < 3; i++)
        if (world->connected & sources[i])
            bullet_say (bullet_add (world->bullets, groups[i], 90),
                        "By the rules: {}. Look at the days on which it moved, and at what was changed then.",
                        world_find (world, metrics[i]));
    bullet_say (bullet_add (world->bullets, GROUP_QUALITY, 10), "The numbers are complete and settled.");
}

static const char *const world_plain_names[] = {
    "Organic Search",   "Paid Social", "/pricing",       "/blog/how-to", "Spring | Prospecting",
    "Brand - Retarget", "Always on",   "Our new kettle", "Email",        "Summer \"sale\" 50% off",
};

/* Facts of all sources are there; what may be told is of those connected. */
static inline void
world_make (World *world, guint64 seed, const char *const *names, guint n_names)
{
    static const char *const currencies[] = { "EUR", "USD", "JPY", "CHF", "GBP" };
    Day from = 20000 + (Day)(seed % 400);
    int days = (int[]){ 7, 28, 30, 90 }[seed % 4];

    *world = (World){ .facts = facts_new (), .bullets = bullets_new (), .dice = { seed * 31 + 7 } };
    world->names = names ? names : world_plain_names;
    world->n_names = names ? n_names : G_N_ELEMENTS (world_plain_names);
    world->connected = seed % 3 ? SOURCE_ALL : (Source)(1 + dice_below (&world->dice, 7));
    world->currency = currencies[seed % 5];
    world->now = (Period){ from, from + days - 1 };
    world->before = (Period){ from - days, from - 1 };
    world_traffic (world, (guint)seed);
    world_unusual (world);
    world_ads (world, (guint)seed + 4);
    world_content (world, (guint)seed + 7);
    world_cross (world);
    world_rules (world);
}

static inline void
world_clear (World *world)
{
    g_ptr_array_unref (world->bullets);
    g_ptr_array_unref (world->facts);
}

/* ---- an answer ----------------------------------------------------------------------------------------- */

static inline const char *
group_title (Group group)
{
    return (const char *[]){ "Cross-channel", "Ads", "Traffic", "Content", "Data quality" }[group];
}

/* One sentence, as a model would send it. */
static inline GString *
answer_of (Group group, const char *text, const char *id)
{
    GString *answer = g_string_new (NULL);
    Json json = JSON_INTO (answer);

    json_begin_object (&json);
    json_key (&json, "insights");
    json_begin_array (&json);
    json_begin_object (&json);
    json_put_text (&json, "group", group_title (group));
    json_put_text (&json, "text", text);
    json_key (&json, "fact_ids");
    json_begin_array (&json);
    if (id)
        json_text (&json, id);
    json_end_array (&json);
    json_put_text (&json, "action", "");
    json_end_object (&json);
    json_end_array (&json);
    json_end_object (&json);
    return answer;
}

/* Is it believed? What it comes to, or NULL; the caller frees it. */
static inline char *
believed (const World *world, const Wording *wording, Group group, const char *text, const char *id)
{
    g_autoptr (GString) answer = answer_of (group, text, id);
    g_autoptr (GPtrArray) bullets = NULL;
    WordingTally tally;

    (void)world;
    bullets = wording_read (wording, answer->str, answer->len, &tally, NULL);
    g_assert (bullets && tally.kept + tally.dropped == 1);
    for (guint i = 0; i < bullets->len && tally.kept; i++) {
        Bullet *bullet = bullets->pdata[i];

        if (bullet->group == group && bullet->weight <= 90 &&
            !g_str_has_prefix (bullet->text->str, "By the rules"))
            return g_strdup (bullet->text->str);
    }
    g_assert (!tally.kept);
    return NULL;
}
