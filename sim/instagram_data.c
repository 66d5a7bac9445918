/* The numbers: each depends on the seed, the account and the date alone. */
#include "dice.h"
#include "instagram.h"

#include <string.h>

#define DAYS_OF_2025 20089
#define STREAM       5000 /* beside those that plan.c and world.c take */
#define POST_EVERY   3    /* days: a post in every stretch of so many */
#define ZONE         "America/Los_Angeles"

const InstagramAccount instagram_accounts[] = {
    { INSTAGRAM_ACCOUNT, "alpenglow.outdoor", "Alpenglow Outdoor", "104000000000001", "Alpenglow", 2400,
      INSTAGRAM_POSTS, 18200, 4100 },
    { INSTAGRAM_SMALL_ACCOUNT, "alpenglow.repairs", "", "104000000000003", "Alpenglow Repairs", 14, 5, 61,
      12 },
};
const guint instagram_n_accounts = G_N_ELEMENTS (instagram_accounts);

const char *const instagram_metric_names[N_IG_METRICS] = {
    [IG_REACH] = "reach",
    [IG_VIEWS] = "views",
    [IG_ACCOUNTS_ENGAGED] = "accounts_engaged",
    [IG_TOTAL_INTERACTIONS] = "total_interactions",
    [IG_LIKES] = "likes",
    [IG_COMMENTS] = "comments",
    [IG_SAVES] = "saves",
    [IG_SHARES] = "shares",
    [IG_PROFILE_VIEWS] = "profile_views",
    [IG_FOLLOWER_COUNT] = "follower_count",
};

/* How much of the reach each is, on average. */
static const double shares[N_IG_METRICS] = {
    [IG_REACH] = 1,       [IG_VIEWS] = 2.1,  [IG_ACCOUNTS_ENGAGED] = .061, [IG_LIKES] = .055,
    [IG_COMMENTS] = .004, [IG_SAVES] = .007, [IG_SHARES] = .005,           [IG_PROFILE_VIEWS] = .03,
};

const InstagramAccount *
instagram_account (const char *id)
{
    for (guint i = 0; i < instagram_n_accounts; i++)
        if (strcmp (instagram_accounts[i].id, id) == 0)
            return &instagram_accounts[i];
    return NULL;
}

/* ---- time ---- */

Day
instagram_today (SimState *state)
{
    g_autoptr (GTimeZone) zone = zone_find (ZONE);

    return state->today != DAY_NONE ? state->today : instant_day (clock_now (state->clock), zone);
}

gint64
instagram_midnight_of (Day day)
{
    g_autoptr (GTimeZone) zone = zone_find (ZONE);
    g_autoptr (GDateTime) midnight = NULL;
    int year, month, of_month;

    day_split (day, &year, &month, &of_month);
    midnight = g_date_time_new (zone, year, month, of_month, 0, 0, 0);
    return g_date_time_to_unix (midnight) * SECOND_US;
}

gint64
instagram_now (SimState *state)
{
    return state->today != DAY_NONE ? instagram_midnight_of (state->today) + 12 * 3600 * SECOND_US
                                    : clock_now (state->clock);
}

/* ---- days ---- */

static double
viral_factor (SimState *state, Day day)
{
    const GArray *events = state->world->properties[0]->events;
    double factor = 1;

    for (guint i = 0; i < events->len; i++) {
        const Event *event = &g_array_index (events, Event, i);

        if (event->kind == EVENT_VIRAL)
            factor *= event_factor (event, CHANNEL_ORGANIC_SOCIAL, day);
    }
    return factor;
}

static gint64
draw_day (SimState *state, const InstagramAccount *account, InstagramMetric metric, Day day)
{
    static const double weekday[] = { .93, .96, 1, 1.02, 1.04, 1.06, 1.05 };
    Dice common = dice_of (state->seed, account - instagram_accounts, STREAM, day);
    Dice own = dice_of (state->seed, account - instagram_accounts, STREAM + 1 + metric, day);
    double reach = account->level * pow (1.2, (day - DAYS_OF_2025) / 365.25) *
                   weekday[day_weekday (day) - 1] * exp (.12 * dice_normal (&common));

    if (account == instagram_accounts)
        reach *= viral_factor (state, day);
    return dice_round (&own,
                       reach * shares[metric] * (metric == IG_REACH ? 1 : exp (.06 * dice_normal (&own))));
}

gint64
instagram_followers (SimState *state, const InstagramAccount *account, Day day)
{
    Dice dice = dice_of (state->seed, account - instagram_accounts, STREAM + 100, day);

    return account->followers_2025 + account->followers_a_year * (day - DAYS_OF_2025) / 365 +
           dice_pick (&dice, 3);
}

gint64
instagram_day_value (SimState *state, const InstagramAccount *account, InstagramMetric metric, Day day)
{
    gint64 sum = 0;

    if (metric == IG_FOLLOWER_COUNT)
        return MAX (0, instagram_followers (state, account, day) -
                           instagram_followers (state, account, day - 1));
    if (metric != IG_TOTAL_INTERACTIONS)
        return draw_day (state, account, metric, day);
    for (InstagramMetric part = IG_LIKES; part <= IG_SHARES; part++)
        sum += draw_day (state, account, part, day);
    return sum;
}

/* ---- posts ---- */

/* A viral day has the post that made it. */
static double
post_factor (SimState *state, Day day)
{
    return MAX (viral_factor (state, day), viral_factor (state, day + 1));
}

static InstagramKind
draw_kind (Dice *dice)
{
    double roll = dice_unit (dice);

    return roll < .35 ? IG_IMAGE : roll < .45 ? IG_VIDEO : roll < .6 ? IG_ALBUM : IG_REEL;
}

static void
draw_values (SimState *state, const InstagramAccount *account, InstagramPost *post, Day day, Dice *dice)
{
    int age = (int)(instagram_today (state) - day);
    double grown = 1 - pow (.45, age + 1); /* most see it in its first days */
    double reach = account->level * .8 * exp (.5 * dice_normal (dice)) * grown;

    if (account == instagram_accounts)
        reach *= post_factor (state, day);
    for (InstagramMetric metric = IG_REACH; metric <= IG_SHARES; metric++)
        post->values[metric] = dice_round (dice, reach * shares[metric]);
    post->values[IG_TOTAL_INTERACTIONS] =
        post->values[IG_LIKES] + post->values[IG_COMMENTS] + post->values[IG_SAVES] + post->values[IG_SHARES];
}

static gint64
draw_time (Day day, Dice *dice)
{
    return instagram_midnight_of (day) + (gint64)(1 + dice_pick (dice, 600)) * 60 * SECOND_US;
}

InstagramPost
instagram_post (SimState *state, const InstagramAccount *account, guint number)
{
    guint index = (guint)(account - instagram_accounts);
    Day stretch = instagram_today (state) / POST_EVERY - (Day)number; /* whole ones before today's */
    InstagramPost post = { .number = number };
    Dice dice = dice_of (state->seed, index, STREAM + 200, stretch);
    Day day = stretch * POST_EVERY + (Day)dice_pick (&dice, POST_EVERY);

    post.kind = draw_kind (&dice);
    post.posted_at = draw_time (day, &dice);
    g_snprintf (post.id, sizeof post.id, "179%u%013d", index * 2, stretch);
    draw_values (state, account, &post, day, &dice);
    return post;
}

InstagramPost
instagram_story (SimState *state, const InstagramAccount *account, Day day)
{
    guint index = (guint)(account - instagram_accounts);
    InstagramPost story = { .kind = IG_STORY };
    Dice dice = dice_of (state->seed, index, STREAM + 201, day);

    story.posted_at = draw_time (day, &dice);
    g_snprintf (story.id, sizeof story.id, "179%u%013d", index * 2 + 1, day);
    draw_values (state, account, &story, day, &dice);
    story.values[IG_TOTAL_INTERACTIONS] = story.values[IG_SHARES]; /* and replies, which nobody counts here */
    return story;
}

gboolean
instagram_story_lives (SimState *state, const InstagramPost *story)
{
    gint64 age = instagram_now (state) - story->posted_at;

    return age >= 0 && age < 24 * 3600 * SECOND_US;
}
