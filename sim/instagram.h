/* instagram.h -- the Instagram Graph API: /vNN.N/17…, /vNN.N/me/accounts.
 *
 * Two accounts, made up day by day from the seed; a viral post is the one that the business's
 * plan knows. Reading order: instagram_data.c (the numbers), instagram.c (who is asked, the
 * faults), instagram_insights.c, instagram_media.c, instagram_truth.c. */
#pragma once
#include "state.h"

#define INSTAGRAM_TOKEN         "EAADaymarkDemoInstagram"
#define INSTAGRAM_ACCOUNT       "17841400000000001"
#define INSTAGRAM_SMALL_ACCOUNT "17841400000000002" /* fewer than 100 followers */
#define INSTAGRAM_POSTS         120                 /* of the first account; the small one has 5 */

/* FALSE: the path is not ours. */
gboolean instagram_answer (SimState *state, const SimRequest *request, SimReply *reply);
/* The true numbers of an account's days and all its posts. FALSE: no such account. */
gboolean instagram_truth_write (SimState *state, const char *account, Day from, Day to, SimReply *reply);

/* ---- between the files of this platform ---- */

typedef struct {
    const char *id, *username, *name, *page_id, *page_name;
    double level; /* people reached on a plain day of 2025 */
    guint n_posts;
    gint64 followers_2025, followers_a_year;
} InstagramAccount;

typedef enum {
    IG_REACH,
    IG_VIEWS,
    IG_ACCOUNTS_ENGAGED,
    IG_TOTAL_INTERACTIONS,
    IG_LIKES,
    IG_COMMENTS,
    IG_SAVES,
    IG_SHARES,
    IG_PROFILE_VIEWS,
    IG_FOLLOWER_COUNT,
    N_IG_METRICS
} InstagramMetric;

typedef enum { IG_IMAGE, IG_VIDEO, IG_ALBUM, IG_REEL, IG_STORY } InstagramKind;

typedef struct {
    char id[24];
    guint number; /* 1 is the newest; 0 is a story */
    gint64 posted_at;
    InstagramKind kind;
    gint64 values[N_IG_METRICS]; /* of its life so far; the last four of the enum's order are unused */
} InstagramPost;

extern const InstagramAccount instagram_accounts[];
extern const guint instagram_n_accounts;
extern const char *const instagram_metric_names[N_IG_METRICS];

const InstagramAccount *instagram_account (const char *id);
/* By the clock in California; a fixed day stands at its noon. */
Day instagram_today (SimState *state);
gint64 instagram_now (SimState *state);
/* Midnight there, an instant. */
gint64 instagram_midnight_of (Day day);
/* A number of one day. */
gint64
instagram_day_value (SimState *state, const InstagramAccount *account, InstagramMetric metric, Day day);
gint64 instagram_followers (SimState *state, const InstagramAccount *account, Day day);
/* The n-th newest post, 1..n_posts. */
InstagramPost instagram_post (SimState *state, const InstagramAccount *account, guint number);
/* The story of a day, which is there for 24 hours. */
InstagramPost instagram_story (SimState *state, const InstagramAccount *account, Day day);
gboolean instagram_story_lives (SimState *state, const InstagramPost *story);

/* Graph's envelope of an error; HTTP 400. Returns FALSE. */
gboolean
instagram_fail (SimReply *reply, int code, int subcode, const char *format, ...) G_GNUC_PRINTF (4, 5);
/* Answers; under the lock. */
void instagram_answer_insights (SimState *state, const InstagramAccount *account, const SimRequest *request,
                                SimReply *reply);
void instagram_answer_post (SimState *state, const InstagramPost *post, const SimRequest *request,
                            SimReply *reply);
void instagram_answer_media (SimState *state, const InstagramAccount *account, gboolean stories,
                             const SimRequest *request, SimReply *reply);
/* limit and after of a list. Answers if they are no good. */
typedef struct {
    guint before, limit; /* how many come before, and how many may come */
} InstagramPlace;
gboolean instagram_read_place (const SimRequest *request, InstagramPlace *place, SimReply *reply);
char *instagram_cursor (guint before);
/* Are all fields of `fields` known? Answers if not. */
gboolean instagram_check_fields (const SimRequest *request, const char *const *known, const char *node,
                                 SimReply *reply);
/* Was this field asked for? */
gboolean instagram_wants (const SimRequest *request, const char *field);
/* The token that the request carries, or NULL. */
const char *instagram_token (const SimRequest *request);
