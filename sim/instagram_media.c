/* The list of posts, newest first, and of today's story: /17…/media, /17…/stories. */
#include "instagram.h"

#include <string.h>

#define USUAL_LIMIT 25
#define MOST_LIMIT  100
#define CURSOR      "QVFIUdaymark" /* then the number of posts before */

static const char *const fields[] = {
    "id",         "caption",        "media_type",    "media_product_type", "permalink", "timestamp",
    "like_count", "comments_count", "thumbnail_url", "media_url",          "shortcode", "username",
    NULL
};

static const struct {
    const char *type, *product;
} kinds[] = {
    [IG_IMAGE] = { "IMAGE", "FEED" },          [IG_VIDEO] = { "VIDEO", "FEED" },
    [IG_ALBUM] = { "CAROUSEL_ALBUM", "FEED" }, [IG_REEL] = { "VIDEO", "REELS" },
    [IG_STORY] = { "IMAGE", "STORY" },
};

static void
put_caption (Json *json, const InstagramPost *post)
{
    static const char *const captions[] = { "First light on the ridge 🏔️\n#alpenglow #outdoor",
                                            "New: boots that last. Link in bio.", "Which trail next?",
                                            "Repair, don't replace — our workshop on film",
                                            "Überraschung am Gipfel" };

    if (post->number % 7) /* some have none, and then no member */
        json_put_text (json, "caption", captions[post->number % G_N_ELEMENTS (captions)]);
}

/* Signed, and dead after a while. */
static void
put_url (Json *json, const InstagramPost *post, const char *name, gint64 now)
{
    g_autofree char *url =
        g_strdup_printf ("https://scontent.cdninstagram.com/v/t51/%s_n.jpg?_nc_ohc=x&oe=%08X", post->id,
                         (guint)(now / SECOND_US + 4 * 86400));

    json_put_text (json, name, url);
}

static void
put_time (Json *json, gint64 instant)
{
    g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (instant / SECOND_US);
    g_autofree char *text = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S+0000");

    json_put_text (json, "timestamp", text);
}

static void
write_post (SimState *state, const InstagramPost *post, const SimRequest *request, Json *json)
{
    g_autofree char *link = g_strdup_printf ("https://www.instagram.com/p/%s/", post->id);

    json_begin_object (json);
    json_put_text (json, "id", post->id);
    if (instagram_wants (request, "caption"))
        put_caption (json, post);
    if (instagram_wants (request, "media_type"))
        json_put_text (json, "media_type", kinds[post->kind].type);
    if (instagram_wants (request, "media_product_type"))
        json_put_text (json, "media_product_type", kinds[post->kind].product);
    if (instagram_wants (request, "permalink"))
        json_put_text (json, "permalink", link);
    if (instagram_wants (request, "timestamp"))
        put_time (json, post->posted_at);
    if (instagram_wants (request, "like_count") && !switch_value (&state->switches, SWITCH_IG_HIDDEN_LIKES))
        json_put_int (json, "like_count", post->values[IG_LIKES]);
    if (instagram_wants (request, "comments_count"))
        json_put_int (json, "comments_count", post->values[IG_COMMENTS]);
    if (instagram_wants (request, "media_url"))
        put_url (json, post, "media_url", instagram_now (state));
    json_end_object (json);
}

static gboolean
read_number (const char *text, guint least, guint most, guint *number)
{
    guint64 value;

    if (!g_ascii_string_to_unsigned (text, 10, least, most, &value, NULL))
        return FALSE;
    *number = (guint)value;
    return TRUE;
}

gboolean
instagram_read_place (const SimRequest *request, InstagramPlace *place, SimReply *reply)
{
    const char *after = sim_request_parameter (request, "after");
    const char *text = sim_request_parameter (request, "limit");

    *place = (InstagramPlace){ .limit = USUAL_LIMIT };
    if (text && !read_number (text, 1, MOST_LIMIT, &place->limit))
        return instagram_fail (reply, 100, 0, "(#100) Param limit must be 1 to 100");
    if (after && (!g_str_has_prefix (after, CURSOR) ||
                  !read_number (after + strlen (CURSOR), 0, 100000, &place->before)))
        return instagram_fail (reply, 2642, 0, "(#2642) Invalid cursors values");
    return TRUE;
}

char *
instagram_cursor (guint before)
{
    return g_strdup_printf (CURSOR "%u", before);
}

static void
write_paging (SimState *state, const InstagramAccount *account, guint from, guint to, guint limit, Json *json)
{
    g_autofree char *before = g_strdup_printf (CURSOR "%u", from), *after = g_strdup_printf (CURSOR "%u", to);
    g_autofree char *next =
        g_strdup_printf ("%s/v25.0/%s/media?access_token=" INSTAGRAM_TOKEN "&limit=%u&after=%s",
                         state->base_url, account->id, limit, after);

    json_key (json, "paging");
    json_begin_object (json);
    json_key (json, "cursors");
    json_begin_object (json);
    json_put_text (json, "before", before);
    json_put_text (json, "after", after); /* on the last page too */
    json_end_object (json);
    if (to < account->n_posts)
        json_put_text (json, "next", next);
    json_end_object (json);
}

static void
write_posts (SimState *state, const InstagramAccount *account, const InstagramPlace *place,
             const SimRequest *request, Json *json)
{
    for (guint i = place->before; i < MIN (place->before + place->limit, account->n_posts); i++) {
        InstagramPost post = instagram_post (state, account, i + 1);

        write_post (state, &post, request, json);
    }
}

static void
write_stories (SimState *state, const InstagramAccount *account, const SimRequest *request, Json *json)
{
    Day today = instagram_today (state);

    for (Day day = today; day >= today - 1; day--) {
        InstagramPost story = instagram_story (state, account, day);

        if (instagram_story_lives (state, &story))
            write_post (state, &story, request, json);
    }
}

void
instagram_answer_media (SimState *state, const InstagramAccount *account, gboolean stories,
                        const SimRequest *request, SimReply *reply)
{
    InstagramPlace place;
    guint end;
    Json json;

    if (!instagram_check_fields (request, fields, "IGMedia", reply) ||
        !instagram_read_place (request, &place, reply))
        return;
    end = MIN (place.before + place.limit, account->n_posts);
    json = sim_reply_json (reply, 200);
    json_begin_object (&json);
    json_key (&json, "data");
    json_begin_array (&json);
    if (stories)
        write_stories (state, account, request, &json);
    else
        write_posts (state, account, &place, request, &json);
    json_end_array (&json);
    if (!stories && end > place.before)
        write_paging (state, account, place.before, end, place.limit, &json);
    json_end_object (&json);
}
