/* The posts, with their numbers so far, and today's number of followers.
 *
 * Posts are listed newest first and looked at one by one: a call each. Their numbers
 * are of their whole life; Instagram keeps no history of them, nor of followers, so a
 * day's followers are those that the profile shows when that day is the last: the first
 * count that is seen then, which is nearest to its end.
 *
 * Stories are in a list of their own, for 24 hours. A nightly run sees each of them once;
 * they are an extra, without which the rest stands. */
#include "base/fault.h"
#include "sources/google_call.h"
#include "sources/instagram_metrics.h"
#include "sources/instagram_zone.h"
#include "sources/words.h"

#include <string.h>

#define PAGE_POSTS    100
#define MOST_POSTS    10000 /* Instagram lists no more */
#define ENOUGH_POSTS  100   /* after so many a limit is no failure: the older ones keep their numbers */
#define CAPTION_BYTES 9000  /* 2,200 characters */
#define LINK_BYTES    1000
#define CONVERSION    2108006 /* posted before the account became a business account */
#define MOST_REFUSED  10      /* before anything was read: then the others are refused, too */
#define GONE          33
#define FEW_VIEWERS   "Not enough viewers" /* code 10, which otherwise is a permission */

#define MEDIA_FIELDS "id,caption,media_type,media_product_type,permalink,timestamp,like_count,comments_count"

/* ---- which metrics a kind of post has ---- */

static const char *const post_metrics[] = { "reach", "views",    "shares", "total_interactions",
                                            "likes", "comments", "saved" };
static const char *const story_metrics[] = { "reach", "views", "shares", "total_interactions" };

typedef enum { KIND_FEED, KIND_REELS, KIND_STORY, KIND_ALBUM, N_KINDS } Kind;

/* Where each metric goes; the order of fact_ig_media. */
enum {
    ACCOUNT,
    MEDIA,
    POSTED_AT,
    MEDIA_TYPE,
    PRODUCT_TYPE,
    CAPTION,
    PERMALINK,
    REACH,
    VIEWS,
    LIKES,
    COMMENTS,
    SAVES,
    SHARES,
    TOTAL_INTERACTIONS,
    SEEN_AT,
    N_COLUMNS
};
static const guint columns[] = { REACH, VIEWS, SHARES, TOTAL_INTERACTIONS, LIKES, COMMENTS, SAVES };

G_STATIC_ASSERT (G_N_ELEMENTS (columns) == G_N_ELEMENTS (post_metrics));

static Kind
kind_of (const json_t *media)
{
    const char *product = google_text (media, "media_product_type");

    if (g_strcmp0 (product, "REELS") == 0)
        return KIND_REELS;
    if (g_strcmp0 (product, "STORY") == 0)
        return KIND_STORY;
    return g_strcmp0 (google_text (media, "media_type"), "CAROUSEL_ALBUM") == 0 ? KIND_ALBUM : KIND_FEED;
}

/* ---- the walk ---- */

typedef struct {
    InstagramCalls calls;
    InstagramMetrics metrics[N_KINDS];
    const SourceSink *sink;
    gint64 time;     /* when the posts were listed, by the platform's clock */
    Day first, last; /* posts of older days are not looked at */
    GHashTable *seen;
    guint n_read;           /* insights that were given */
    const char *edge;       /* "media" or "stories" */
    gboolean before, tired; /* nothing more can be asked: older than the conversion; a limit */
    guint n_refused;        /* insights that the token may not see */
    char *after;            /* the next page; NULL after the last */
    gboolean more;
} Walk;

static void
walk_clear (Walk *walk)
{
    instagram_calls_clear (&walk->calls);
    g_hash_table_unref (walk->seen);
    g_free (walk->after);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Walk, walk_clear)

/* ---- one post's numbers ---- */

typedef enum { INSIGHTS_READ, INSIGHTS_NONE, INSIGHTS_GONE, INSIGHTS_FAILED } Outcome;

/* What a refusal means for this post, and for those after it. */
static Outcome
judge (Walk *walk, const GError *failure)
{
    const GraphEcho *echo = &walk->calls.echo;

    if (fault_is (failure, FAULT_BUSY) && walk->n_read >= ENOUGH_POSTS) {
        walk->tired = TRUE;
        return INSIGHTS_NONE;
    }
    if (echo->subcode == CONVERSION) {
        walk->before = TRUE;
        return INSIGHTS_NONE;
    }
    if (echo->code == 100 && echo->subcode == GONE)
        return INSIGHTS_GONE;
    if (echo->code != 10)
        return INSIGHTS_FAILED;
    if (!echo->message || !strstr (echo->message, FEW_VIEWERS))
        walk->n_refused++;
    return INSIGHTS_NONE;
}

static gboolean
may_ask (const Walk *walk)
{
    return !walk->before && !walk->tired && (walk->n_read || walk->n_refused < MOST_REFUSED);
}

static Outcome
ask_insights (Walk *walk, const char *id, Kind kind, Value row[static N_COLUMNS], GError **error)
{
    g_autofree char *path = g_strconcat (id, "/insights", NULL);
    Value values[INSTAGRAM_MAX_METRICS];
    g_autoptr (GError) failure = NULL;
    Outcome outcome;

    if (!may_ask (walk))
        return INSIGHTS_NONE;
    if (instagram_metrics_ask (&walk->calls, &walk->metrics[kind], path, "period=lifetime", values,
                               &failure)) {
        walk->n_read++;
        for (guint i = 0; i < walk->metrics[kind].n; i++)
            row[columns[i]] = values[i];
        return INSIGHTS_READ;
    }
    outcome = judge (walk, failure);
    if (outcome == INSIGHTS_FAILED)
        g_propagate_error (error, g_steal_pointer (&failure));
    return outcome;
}

/* ---- one post ---- */

/* An id goes into a path. */
static gboolean
is_media_id (const char *id)
{
    gsize n = id ? strspn (id, "0123456789_") : 0;

    return n > 0 && n <= 64 && id[n] == '\0';
}

/* In one line; a caption is otherwise kept as it is. */
static char *
caption_of (const json_t *media)
{
    g_autofree char *text = g_strdup (google_text (media, "caption"));

    return words_name (text ? g_strdelimit (text, "\r\n\t", ' ') : NULL, CAPTION_BYTES);
}

/* It becomes a link on a page: nothing but https. */
static char *
permalink_of (const json_t *media)
{
    const char *link = google_text (media, "permalink");

    return link && g_str_has_prefix (link, "https://") ? words_name (link, LINK_BYTES) : NULL;
}

/* Where insights say nothing, what the list says: likes may be hidden in either. */
static void
fill_in (Value *value, const json_t *listed)
{
    if (value->type == VALUE_NULL)
        *value = instagram_count (listed);
}

/* FALSE only for what is worth reporting. */
static gboolean
take_post (Walk *walk, const json_t *media, const char *id, gint64 posted_at, GError **error)
{
    g_autofree char *caption = caption_of (media), *permalink = permalink_of (media);
    g_autofree char *type = words_name (google_text (media, "media_type"), 40),
                    *product = words_name (google_text (media, "media_product_type"), 40);
    Value row[N_COLUMNS] = { [ACCOUNT] = VALUE_OF_TEXT (walk->calls.account),
                             [MEDIA] = VALUE_OF_TEXT (id),
                             [POSTED_AT] = VALUE_OF_INSTANT (posted_at),
                             [MEDIA_TYPE] = VALUE_OF_TEXT (type ? type : "UNKNOWN"),
                             [PRODUCT_TYPE] = VALUE_OF_TEXT (product),
                             [CAPTION] = VALUE_OF_TEXT (caption),
                             [PERMALINK] = VALUE_OF_TEXT (permalink) };
    Outcome outcome = ask_insights (walk, id, kind_of (media), row, error);

    if (outcome == INSIGHTS_FAILED)
        return FALSE;
    if (outcome == INSIGHTS_GONE) /* deleted between the list and now */
        return TRUE;
    fill_in (&row[LIKES], json_object_get (media, "like_count"));
    fill_in (&row[COMMENTS], json_object_get (media, "comments_count"));
    row[SEEN_AT] = VALUE_OF_INSTANT (walk->time);
    walk->sink->emit (walk->sink->user, &fact_ig_media, row);
    return TRUE;
}

/* ---- the list ---- */

static gboolean
take_page (Walk *walk, const json_t *page, GError **error)
{
    gsize at;
    json_t *media;

    json_array_foreach (json_object_get (page, "data"), at, media)
    {
        const char *id = google_text (media, "id");
        gint64 posted_at;

        if (!is_media_id (id) || !instant_parse (google_text (media, "timestamp"), &posted_at))
            continue;
        if (instagram_day_of (posted_at) < walk->first) { /* and so are all that follow */
            walk->more = FALSE;
            return TRUE;
        }
        /* Pages shift when something is posted meanwhile. */
        if (g_hash_table_add (walk->seen, g_strdup (id)) && !take_post (walk, media, id, posted_at, error))
            return FALSE;
    }
    return TRUE;
}

/* A cursor stands on the last page too: only `next` says that there is one. */
static gboolean
find_next (Walk *walk, const json_t *page, GError **error)
{
    const json_t *paging = json_object_get (page, "paging");
    const char *after = google_text (json_object_get (paging, "cursors"), "after");

    walk->more = google_text (paging, "next") && after && g_hash_table_size (walk->seen) < MOST_POSTS;
    if (walk->more && g_strcmp0 (after, walk->after) == 0)
        return fault_set (error, FAULT_REMOTE, "Instagram sent the same page of posts twice");
    g_free (walk->after);
    walk->after = g_strdup (after);
    return TRUE;
}

static gboolean
read_page (Walk *walk, GError **error)
{
    g_autofree char *path = g_strconcat (walk->calls.account, "/", walk->edge, NULL);
    g_autofree char *cursor = walk->after ? fetch_form ("after", walk->after, NULL) : NULL;
    g_autofree char *query = g_strdup_printf ("fields=" MEDIA_FIELDS "&limit=%d%s%s", PAGE_POSTS,
                                              cursor ? "&" : "", cursor ? cursor : "");
    g_autoptr (json_t) page = instagram_get (&walk->calls, path, query, error);

    walk->time = walk->calls.echo.time;
    return page && find_next (walk, page, error) && take_page (walk, page, error);
}

static gboolean
read_list (Walk *walk, const char *edge, GError **error)
{
    walk->edge = edge;
    g_clear_pointer (&walk->after, g_free);
    do {
        if (!read_page (walk, error))
            return FALSE;
    } while (walk->more && !walk->tired);
    return TRUE;
}

/* Fails only where everything else would fail, too. */
static gboolean
read_stories (Walk *walk, GError **error)
{
    g_autoptr (GError) failure = NULL;

    walk->before = FALSE; /* stories are of today */
    if (walk->tired || read_list (walk, "stories", &failure))
        return TRUE;
    if (fault_is (failure, FAULT_RECONNECT) || fault_is (failure, FAULT_CANCELLED)) {
        g_propagate_error (error, g_steal_pointer (&failure));
        return FALSE;
    }
    if (fault_is_transient (failure))
        walk->sink->notice (walk->sink->user, "stories_missing", (Period){ walk->last, walk->last },
                            "Instagram's stories of the last day could not be read, and they do not stay");
    return TRUE;
}

/* ---- followers ---- */

static gboolean
take_followers (Walk *walk, GError **error)
{
    g_autoptr (json_t) profile =
        instagram_get (&walk->calls, walk->calls.account, "fields=id,followers_count", error);
    Value followers = instagram_count (json_object_get (profile, "followers_count"));
    Value row[] = { VALUE_OF_TEXT (walk->calls.account),
                    VALUE_OF_DAY (walk->last),
                    VALUE_NONE,
                    VALUE_NONE,
                    VALUE_NONE,
                    VALUE_NONE,
                    VALUE_NONE,
                    VALUE_NONE,
                    VALUE_NONE,
                    VALUE_NONE,
                    followers,
                    VALUE_NONE };

    g_assert (G_N_ELEMENTS (row) == fact_ig_daily.n_columns);
    if (profile && followers.type != VALUE_NULL)
        walk->sink->emit (walk->sink->user, &fact_ig_daily, row);
    return profile != NULL;
}

static void
tell_gaps (const Walk *walk)
{
    if (walk->n_refused)
        walk->sink->notice (walk->sink->user, "posts_refused", (Period){ walk->last, walk->last },
                            "Instagram does not show the numbers of some posts: they are shared with another "
                            "account, or the access token lacks instagram_manage_insights");
    if (walk->tired)
        walk->sink->notice (walk->sink->user, "posts_incomplete", (Period){ walk->last, walk->last },
                            "Instagram's limit of calls was reached: only the newest posts have new numbers");
}

gboolean
instagram_pull_totals (const SourceContext *context, const char *access_token, const char *external_id,
                       Day last, const SourceSink *sink, GError **error)
{
    g_auto (Walk) walk = { .metrics = { [KIND_FEED] = INSTAGRAM_METRICS (post_metrics),
                                        [KIND_REELS] = INSTAGRAM_METRICS (post_metrics),
                                        [KIND_STORY] = INSTAGRAM_METRICS (story_metrics),
                                        [KIND_ALBUM] = INSTAGRAM_METRICS (post_metrics) },
                           .sink = sink,
                           .first = last - (Day)context->config->backfill_days + 1,
                           .last = last,
                           .seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL) };

    instagram_calls_init (&walk.calls, context, access_token, external_id);
    if (!take_followers (&walk, error) || !read_list (&walk, "media", error) || !read_stories (&walk, error))
        return FALSE;
    tell_gaps (&walk);
    return TRUE;
}
