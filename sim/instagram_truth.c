/* What a sync of an Instagram account should have stored; the names are those of the tables. */
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
    json_end_object (&json);
    return TRUE;
}
