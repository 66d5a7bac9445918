/* rules_content.c -- how far posts went, and which kind went furthest. */
#include "insights/insights_private.h"

#include <math.h>
#include <string.h>

#define FEWEST_POSTS 5 /* that a median says something about */
#define FEWEST_KIND  3 /* of one kind */
#define CLEAR_TIMES  1.3
#define CLEAR_POINTS 0.002
#define LEVEL        0.05 /* a change below it is none to act on */

/* ---- reach and what it made of it ---- */

/* The difference of two rates from the value and its relative change. */
static Fact *
rate_points (Insights *insights, const Answer *rate)
{
    double value = answer_number (rate, "/stats/value"), delta = answer_number (rate, "/stats/delta");
    Fact *fact = fact_reckon (insights, "engagement_rate.difference", rate, NULL, value - value / (1 + delta),
                              UNIT_PERCENT);

    if (!fact)
        return NULL;
    fact->figure.points = fact->is_change = TRUE;
    fact->before = rate->evidence.comparison.period;
    return fact;
}

/* NULL: nothing follows from it. */
static const char *
next_for (const Fact *reach, const Fact *points)
{
    int far = fact_direction (reach),
        deep = points && fabs (points->figure.value) >= CLEAR_POINTS ? fact_direction (points) : 0;

    if (fabs (reach->figure.value) < LEVEL)
        return NULL;
    if (far > 0 && deep < 0)
        return "More people saw it and fewer of them acted: ask for something in the next captions.";
    if (far < 0 && deep > 0)
        return "Fewer people saw it, but those who did acted more: put some budget behind the best post.";
    if (far < 0)
        return "Compare how many posts there were in both periods, and at which hours.";
    return "Keep the rhythm, and repeat what the best post did.";
}

static void
say_reach (Insights *insights)
{
    const Answer *reach = answers_now (&insights->answers, "ig.reach");
    const Answer *rate = answers_now (&insights->answers, "ig.engagement_rate");
    Fact *total = fact_read (insights, "reach", reach, "/stats/value", UNIT_COUNT);
    Fact *change = fact_change (insights, "reach.change", reach, "/stats/delta");
    Fact *share = fact_read (insights, "engagement_rate", rate, "/stats/value", UNIT_PERCENT);
    Fact *points = change ? rate_points (insights, rate) : NULL;
    Bullet *bullet;

    if (!total)
        return;
    bullet = bullet_add (insights->bullets, GROUP_CONTENT, 90);
    bullet_say (bullet, "Reach, with the days added up, came to {}.", total);
    if (change)
        bullet_say (bullet, "That is {moved} against {before}.", change, change);
    if (share && points)
        bullet_say (bullet,
                    prose_is_zero (&points->figure) ? "{} of it led to an interaction, as before."
                                                    : "{} of it led to an interaction ({signed}).",
                    share, points);
    if (change && next_for (change, points))
        bullet_say (bullet, "{text}", next_for (change, points));
}

/* ---- posts ---- */

static gint
compare_doubles (gconstpointer a, gconstpointer b)
{
    const double *one = a, *other = b;

    return (*one > *other) - (*one < *other);
}

/* NaN if there are too few of that kind (NULL: of all). */
static double
median_reach (const Answer *posts, const char *kind, guint fewest)
{
    g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
    gsize n = json_array_size (answer_at (posts, "/items"));

    for (gsize i = 0; i < n; i++) {
        double reach = answer_item_number (posts, "items", i, "reach");

        if (isfinite (reach) &&
            (!kind ||
             g_strcmp0 (json_string_value (answer_atf (posts, "/items/%zu/media_type", i)), kind) == 0))
            g_array_append_val (values, reach);
    }
    if (values->len < fewest)
        return NAN;
    g_array_sort (values, compare_doubles);
    return (g_array_index (values, double, (values->len - 1) / 2) +
            g_array_index (values, double, values->len / 2)) /
           2;
}

static Fact *
post_fact (Insights *insights, const Answer *posts, gsize i, const char *column)
{
    g_autofree char *pointer = g_strdup_printf ("/items/%zu/%s", i, column);
    g_autofree char *metric = g_strdup_printf ("post.%s", column);
    const char *caption = json_string_value (answer_atf (posts, "/items/%zu/caption", i));

    return fact_part (insights, g_intern_string (metric), posts,
                      caption && *caption ? caption : "(no caption)", UNIT_COUNT, pointer);
}

static void
say_best_post (Insights *insights)
{
    const Answer *posts = answers_now (&insights->answers, "ig.content_perf");
    double median = median_reach (posts, NULL, FEWEST_POSTS);
    Fact *reach = post_fact (insights, posts, 0, "reach"), *acted, *usual;
    Bullet *bullet;

    if (!reach)
        return;
    acted = post_fact (insights, posts, 0, "total_interactions");
    bullet = bullet_add (insights->bullets, GROUP_CONTENT, 70);
    bullet_say (bullet, "The post that went furthest, {name}, reached {|account|accounts}.", reach, reach);
    if (acted)
        bullet_say (bullet, "It drew {|interaction|interactions}.", acted);
    if (!isfinite (median))
        return;
    usual = fact_reckon (insights, "posts.median_reach", posts, NULL, median, UNIT_COUNT);
    bullet_say (bullet, "The median of the period's posts is {}.", usual);
    if (reach->figure.value >= CLEAR_TIMES * median)
        bullet_say (bullet, "Make another of its kind, and post it at the same hour of the week.");
}

static const struct {
    const char *type, *title, *name;
} kinds[] = { { "VIDEO", "Videos", "videos" },
              { "IMAGE", "Single images", "single images" },
              { "CAROUSEL_ALBUM", "Carousels", "carousels" } };

static void
say_kinds (Insights *insights)
{
    const Answer *posts = answers_now (&insights->answers, "ig.content_perf");
    double best = NAN, worst = NAN;
    guint at_best = 0, at_worst = 0;
    Fact *high, *low;
    Bullet *bullet;

    for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
        double median = median_reach (posts, kinds[i].type, FEWEST_KIND);

        if (isfinite (median) && !(median <= best)) {
            best = median;
            at_best = i;
        }
        if (isfinite (median) && !(median >= worst)) {
            worst = median;
            at_worst = i;
        }
    }
    if (!(best >= CLEAR_TIMES * worst))
        return;
    high = fact_reckon (insights, "posts.median_reach", posts, kinds[at_best].type, best, UNIT_COUNT);
    low = fact_reckon (insights, "posts.median_reach", posts, kinds[at_worst].type, worst, UNIT_COUNT);
    bullet = bullet_add (insights->bullets, GROUP_CONTENT, 60);
    bullet_say (bullet,
                "{text} reach further than {text}: a median of {} against {}. They are few, so plan one or "
                "two more before changing the mix.",
                kinds[at_best].title, kinds[at_worst].name, high, low);
}

void
rules_content (Insights *insights)
{
    if (!insights_has (insights, SOURCE_INSTAGRAM))
        return;
    say_reach (insights);
    say_best_post (insights);
    say_kinds (insights);
}
