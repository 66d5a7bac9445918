/* What a sync of an Instagram account should have stored; the names are those of the tables. */
#include "control.h"
#include "instagram.h"

static const InstagramMetric by_day[] = {
    IG_REACH,    IG_VIEWS, IG_ACCOUNTS_ENGAGED, IG_TOTAL_INTERACTIONS, IG_LIKES,
    IG_COMMENTS, IG_SAVES, IG_SHARES,           IG_PROFILE_VIEWS
};

static void
write_day (SimState *state, const InstagramAccount *account, Day day, Json *json)
{
    json_begin_object (json);
    json_put_day (json, "date", day);
    for (guint i = 0; i < G_N_ELEMENTS (by_day); i++)
        json_put_int (json, instagram_metric_names[by_day[i]],
                      instagram_day_value (state, account, by_day[i], day));
    json_end_object (json);
}

static void
write_post (const InstagramPost *post, Json *json)
{
    json_begin_object (json);
    json_put_text (json, "media_id", post->id);
    json_put_instant (json, "posted_at", post->posted_at);
    for (InstagramMetric metric = IG_REACH; metric <= IG_SHARES; metric++)
        if (metric != IG_ACCOUNTS_ENGAGED)
            json_put_int (json, instagram_metric_names[metric], post->values[metric]);
    json_end_object (json);
}

/* A story has no saves; its likes and comments are in the list alone. */
static void
write_story (const InstagramPost *story, Json *json)
{
    static const InstagramMetric metrics[] = { IG_REACH, IG_VIEWS,    IG_SHARES,
                                               IG_LIKES, IG_COMMENTS, IG_TOTAL_INTERACTIONS };

    json_begin_object (json);
    json_put_text (json, "media_id", story->id);
    json_put_instant (json, "posted_at", story->posted_at);
    for (guint i = 0; i < G_N_ELEMENTS (metrics); i++)
        json_put_int (json, instagram_metric_names[metrics[i]], story->values[metrics[i]]);
    json_end_object (json);
}

/* Those that are there now. */
static void
write_stories (SimState *state, const InstagramAccount *account, Day today, Json *json)
{
    json_key (json, "stories");
    json_begin_array (json);
    for (Day day = today; day >= today - 1; day--) {
        InstagramPost story = instagram_story (state, account, day);

        if (instagram_story_lives (state, &story))
            write_story (&story, json);
    }
    json_end_array (json);
}

/* The wave of a viral post, while it is high. */
static gboolean
is_unusual (const Event *event, Day day)
{
    return event->kind == EVENT_VIRAL && event_is_unusual (event, day);
}

/* Only the first account is the business's own. */
static void
write_events (SimState *state, const InstagramAccount *account, Day from, Day to, Json *json)
{
    if (account != instagram_accounts)
        return;
    sim_truth_write_events (json, state->world->properties[0]);
    sim_truth_write_unusual (json, state->world->properties[0], from, to, is_unusual);
}

gboolean
instagram_truth_write (SimState *state, const char *id, Day from, Day to, SimReply *reply)
{
    const InstagramAccount *account = instagram_account (id);
    Day today = instagram_today (state);
    Json json;

    if (!account)
        return FALSE;
    from = MAX (from, today - 90);
    to = MIN (to, today - 1);
    json = sim_reply_json (reply, 200);
    json_begin_object (&json);
    json_put_text (&json, "account", account->id);
    json_put_text (&json, "time_zone", "America/Los_Angeles");
    json_put_day (&json, "last_day", today - 1);
    json_put_int (&json, "followers", instagram_followers (state, account, today));
    write_events (state, account, from, to, &json);
    json_key (&json, "days");
    json_begin_array (&json);
    for (Day day = from; day <= to; day++)
        write_day (state, account, day, &json);
    json_end_array (&json);
    json_key (&json, "media");
    json_begin_array (&json);
    for (guint number = 1; number <= account->n_posts; number++) {
        InstagramPost post = instagram_post (state, account, number);

        write_post (&post, &json);
    }
    json_end_array (&json);
    write_stories (state, account, today, &json);
    json_end_object (&json);
    return TRUE;
}
