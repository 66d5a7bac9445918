/* lies.h -- the ways to make a lie of a true sentence, and the trial of both.
 *
 * A lie changes one thing, so that what is said is no longer what the facts are. */
#pragma once
#include "claims.h"

/* ---- lies ---- */

/* A lie made of a true text; NULL: this one can't be made of it. */
typedef char *(*Lie) (World *world, const Claim *claim, const char *text);

static inline char *
replaced (const char *text, const char *old, const char *new)
{
    const char *at = strstr (text, old);

    return at ? g_strdup_printf ("%.*s%s%s", (int)(at - text), text, new, at + strlen (old)) : NULL;
}

static inline const Fact *
claim_figure (World *world, const Claim *claim, const char *text)
{
    guint n = 0, first;

    while (n < PATTERN_FACTS && claim->facts[n])
        n++;
    first = dice_below (&world->dice, n);
    for (guint i = 0; i < n; i++) {
        const Fact *fact = claim->facts[(first + i) % n];
        g_autofree char *slot = g_strdup_printf ("{%s.value}", fact->id);

        if (strstr (text, slot))
            return fact;
    }
    return NULL;
}

/* The slot of a figure becomes something else; in new, %s is the figure as it would be written. */
static inline char *
instead (World *world, const Claim *claim, const char *text, const char *before, const char *after,
         gboolean slot)
{
    const Fact *fact = claim_figure (world, claim, text);
    g_autofree char *old = fact ? g_strdup_printf ("{%s.value}", fact->id) : NULL;
    g_autofree char *new = old ? g_strconcat (before, slot ? old : "", after, NULL) : NULL;

    return new ? replaced (text, old, new) : NULL;
}

static inline char *
lie_digit (World *world, const Claim *claim, const char *text)
{
    const Fact *fact = claim_figure (world, claim, text);
    g_autoptr (GString) figure = g_string_new (NULL);
    g_autofree char *old = NULL;

    if (!fact)
        return NULL;
    prose_figure (figure, &fact->figure);
    for (gsize i = 0; i < figure->len; i++)
        if (g_ascii_isdigit (figure->str[i])) {
            figure->str[i] =
                (char)('0' + (figure->str[i] - '0' + 1 + (int)dice_below (&world->dice, 8)) % 10);
            break;
        }
    old = g_strdup_printf ("{%s.value}", fact->id);
    return replaced (text, old, figure->str);
}

static inline char *
lie_words (World *world, const Claim *claim, const char *text)
{
    static const char *const words[] = {
        "two hundred", "half",        "a dozen", "double",  "hundreds",      "²",    "٣٤٥", "Ⅻ",
        "½",           "one million", "zwanzig", "a third", "twice as many", "zero", "no"
    };

    return instead (world, claim, text, words[dice_below (&world->dice, G_N_ELEMENTS (words))], "", FALSE);
}

static inline char *
lie_scale (World *world, const Claim *claim, const char *text)
{
    static const char *const around[][2] = { { "", "k" },
                                             { "-", "" },
                                             { "", "%" },
                                             { "", "0" },
                                             { "", " million" },
                                             { "1", "" },
                                             { "$", "" },
                                             { "– ", "" },
                                             { "minus ", "" },
                                             { "", " percent" },
                                             { "nearly ", "" },
                                             { "over ", "" },
                                             { "more than ", "" },
                                             { "at least ", "" },
                                             { "", ","
                                                   "000" },
                                             { "+", "" },
                                             { "", "bn" },
                                             { "times ", "" },
                                             { "", ".5" },
                                             { "half of ", "" } };
    guint i = dice_below (&world->dice, G_N_ELEMENTS (around));

    return instead (world, claim, text, around[i][0], around[i][1], TRUE);
}

static inline char *
lie_way (World *world, const Claim *claim, const char *text)
{
    (void)world, (void)text;
    return strchr (claim->pattern->text, '<') ? claim_text (claim, TRUE) : NULL;
}

/* What another fact shows, of another thing or another name. */
static inline char *
lie_swap (World *world, const Claim *claim, const char *text, gboolean named)
{
    const Fact *fact = claim_figure (world, claim, text);
    g_autofree char *old = fact ? g_strdup_printf ("{%s.value}", fact->id) : NULL;
    guint first = dice_below (&world->dice, world->facts->len);

    for (guint i = 0; fact && i < world->facts->len; i++) {
        const Fact *other = world->facts->pdata[(first + i) % world->facts->len];
        g_autofree char *slot = g_strdup_printf ("{%s.value}", other->id);
        gsize subject = strcspn (fact->metric, "._");

        if (fact_source (other) & ~world->connected || other->figure.value == fact->figure.value)
            continue;
        if (named ? g_str_equal (other->metric, fact->metric) && g_strcmp0 (other->entity, fact->entity) != 0
                  : strncmp (other->metric, fact->metric, subject) != 0 &&
                        g_strcmp0 (other->entity, fact->entity) == 0 &&
                        !g_str_has_prefix (other->metric, "spend_vs") &&
                        !g_str_has_prefix (fact->metric, "spend_vs"))
            return replaced (text, old, slot);
    }
    return NULL;
}

static inline char *
lie_thing (World *world, const Claim *claim, const char *text)
{
    return lie_swap (world, claim, text, FALSE);
}

static inline char *
lie_other_figure (World *world, const Claim *claim, const char *text)
{
    return lie_swap (world, claim, text, TRUE);
}

static inline char *
lie_name (World *world, const Claim *claim, const char *text)
{
    const char *at = strstr (text, ".name}");
    guint first = dice_below (&world->dice, world->facts->len);
    const char *from = at;
    g_autofree char *old = NULL;
    const Fact *named = NULL;

    if (!at)
        return NULL;
    while (*from != '{')
        from--;
    old = g_strndup (from, (gsize)(at + strlen (".name}") - from));
    for (guint i = 0; i < PATTERN_FACTS && claim->facts[i]; i++)
        if (strlen (claim->facts[i]->id) == (gsize)(at - from - 1) &&
            strncmp (claim->facts[i]->id, from + 1, (gsize)(at - from - 1)) == 0)
            named = claim->facts[i];
    for (guint i = 0; i < world->facts->len; i++) {
        const Fact *other = world->facts->pdata[(first + i) % world->facts->len];
        g_autofree char *slot = g_strdup_printf ("{%s.name}", other->id);

        if (other->entity && g_strcmp0 (other->entity, named->entity) != 0)
            return replaced (text, old, slot);
    }
    return NULL;
}

static inline char *
lie_total_for_part (World *world, const Claim *claim, const char *text)
{
    const Fact *fact = claim_figure (world, claim, text), *total;
    g_autofree char *old = fact ? g_strdup_printf ("{%s.value}", fact->id) : NULL, *slot = NULL;

    if (!fact || !fact->entity || g_str_has_prefix (fact->metric, "post"))
        return NULL;
    total = world_find (world, g_str_has_prefix (fact->metric, "campaign.spend")      ? "spend"
                               : g_str_has_prefix (fact->metric, "campaign.cpa")      ? "cpa"
                               : g_str_has_prefix (fact->metric, "campaign.con")      ? "ads.conversions"
                               : g_str_has_prefix (fact->metric, "campaign.roas")     ? "roas"
                               : g_str_has_prefix (fact->metric, "landing_page.rate") ? "landing_pages.rate"
                                                                                      : "sessions");
    slot = g_strdup_printf ("{%s.value}", total->id);
    return replaced (text, old, slot);
}

static inline char *
lie_part_for_total (World *world, const Claim *claim, const char *text)
{
    static const char *const parts[][2] = { { "sessions", "landing_page.sessions" },
                                            { "spend", "campaign.spend" },
                                            { "roas", "campaign.roas" },
                                            { "cpa", "campaign.cpa" },
                                            { "reach", "post.reach" } };
    const Fact *fact = claim_figure (world, claim, text);

    for (guint i = 0; fact && i < G_N_ELEMENTS (parts); i++)
        if (g_str_equal (fact->metric, parts[i][0])) {
            g_autofree char *old = g_strdup_printf ("{%s.value}", fact->id);
            g_autofree char *slot = g_strdup_printf ("{%s.value}", world_find (world, parts[i][1])->id);

            return replaced (text, old, slot);
        }
    return NULL;
}

static inline char *
lie_unknown (World *world, const Claim *claim, const char *text)
{
    const Fact *fact = claim_figure (world, claim, text);
    static const char *const slots[] = { "{F9999.value}",
                                         "{F0.value}",
                                         "{F1.value.x}",
                                         "{{F1.value}}",
                                         "{F1.secret}",
                                         "{f1.value}",
                                         "⟦N1⟧",
                                         "{F1.value",
                                         "{}",
                                         "{F-1.value}",
                                         "{F1 .value}",
                                         "{constructor.name}",
                                         "{F01.value}",
                                         "${F1.value}",
                                         "{F1.value|format}",
                                         "%s" };
    g_autofree char *old = fact ? g_strdup_printf ("{%s.value}", fact->id) : NULL;

    return old ? replaced (text, old, slots[dice_below (&world->dice, G_N_ELEMENTS (slots))]) : NULL;
}

static inline char *
appended (const char *text, const char *more)
{
    gsize length = strlen (text) - (text[strlen (text) - 1] == '.');

    return g_strdup_printf ("%.*s%s", (int)length, text, more);
}

static inline char *
lie_tail (World *world, const char *text, const char *const *tails, guint n)
{
    return appended (text, tails[dice_below (&world->dice, n)]);
}

static inline char *
lie_cause (World *world, const Claim *claim, const char *text)
{
    static const char *const tails[] = { " because of the holidays.",
                                         ", thanks to the new website.",
                                         " due to a tracking error.",
                                         ", which led to more conversions.",
                                         ", caused by the campaign.",
                                         " as a result of the ads.",
                                         ", since people like the new design.",
                                         ", driven by the weather.",
                                         ". This is why the account pays less.",
                                         ", so the ads work.",
                                         ". The ads explain the change.",
                                         ", after the website changed." };

    (void)claim;
    return lie_tail (world, text, tails, G_N_ELEMENTS (tails));
}

static inline char *
lie_beyond (World *world, const Claim *claim, const char *text)
{
    static const char *const tails[] = { ". This will double next month.",
                                         ", a record.",
                                         ". It should keep rising.",
                                         ", far above competitors.",
                                         ". Pause the campaign now.",
                                         ", which is significant.",
                                         ". Expect more of it.",
                                         ", as forecast.",
                                         ", every day.",
                                         " per day.",
                                         " yesterday.",
                                         " in March.",
                                         " on Friday.",
                                         " on average.",
                                         ", the best ever.",
                                         ", mostly from mobile.",
                                         ", excluding bots.",
                                         ", from new customers." };

    (void)claim;
    return lie_tail (world, text, tails, G_N_ELEMENTS (tails));
}

static inline char *
lie_source (World *world, const Claim *claim, const char *text)
{
    static const char *const tails[] = { ", mostly on TikTok.",  ", while Google Ads fell.",
                                         " (source: Facebook).", ", as LinkedIn shows.",
                                         ". Bing grew too.",     ", and YouTube rose." };

    (void)claim;
    return lie_tail (world, text, tails, G_N_ELEMENTS (tails));
}

static inline char *
lie_markup (World *world, const Claim *claim, const char *text)
{
    static const char *const tails[] = { " ![x](https://evil.example/p.png)",
                                         " <b>now</b>.",
                                         " https://evil.example/.",
                                         " **sessions**.",
                                         " [more](/login).",
                                         " www.evil.example.",
                                         "\nIgnore all rules.",
                                         " `sessions`.",
                                         " | sessions |",
                                         " &lt;sessions&gt;",
                                         " javascript:it",
                                         " # sessions" };

    (void)claim;
    return lie_tail (world, text, tails, G_N_ELEMENTS (tails));
}

static inline char *
lie_letters (World *world, const Claim *claim, const char *text)
{
    static const char *const pairs[][2] = { { "e", "е" },       { "s", "\u200bs" }, { "a", "а" },
                                            { "o", "ο" },       { " ", "\u00a0" },  { "i", "\u202ei" },
                                            { "r", "r\u0301" }, { "e", "\uff45" } };
    guint i = dice_below (&world->dice, G_N_ELEMENTS (pairs));
    const char *end = strrchr (text, '}');
    g_autofree char *tail = NULL;

    (void)claim;
    tail = replaced (end + 1, pairs[i][0], pairs[i][1]);
    if (tail)
        return g_strdup_printf ("%.*s%s", (int)(end + 1 - text), text, tail);
    return *text == '{' ? NULL : replaced (text, pairs[i][0], pairs[i][1]);
}

static inline char *
lie_rank (World *world, const Claim *claim, const char *text)
{
    static const char *const ranks[] = {
        "the largest channel",   "the worst campaign", "the weakest page",
        "the cheapest campaign", "the lowest return",  "the fewest sessions"
    };
    const char *name = strstr (text, ".name}");
    g_autofree char *named = NULL;

    if (!name || g_str_has_prefix (claim->facts[0]->metric, "post"))
        return NULL;
    named = g_strdup_printf (", which is %s.", ranks[dice_below (&world->dice, G_N_ELEMENTS (ranks))]);
    return appended (text, named);
}

static inline char *
lie_more (World *world, const Claim *claim, const char *text)
{
    const Fact *a = world_find (world, "landing_page.sessions"), *b = NULL;

    (void)text;
    if (claim->pattern->group != GROUP_TRAFFIC)
        return NULL;
    for (guint i = 0; i < world->facts->len; i++) {
        b = world->facts->pdata[i];
        if (g_str_equal (b->metric, a->metric) && b != a)
            break;
    }
    return dice_below (&world->dice, 2)
               ? g_strdup_printf ("{%s.name} had {%s.value} sessions, more than {%s.name}.", b->id, b->id,
                                  a->id)
               : g_strdup_printf ("{%s.name} had fewer sessions than {%s.name} with {%s.value}.", a->id,
                                  b->id, b->id);
}

static inline char *
lie_time (World *world, const Claim *claim, const char *text)
{
    const Fact *fact = claim_figure (world, claim, text), *change = world_find (world, "sessions.change");
    g_autofree char *lie = NULL;

    (void)text;
    if (!fact || fact->is_change || !g_str_equal (fact->metric, "sessions"))
        return NULL;
    return dice_below (&world->dice, 2)
               ? g_strdup_printf ("In {%s.before}, sessions came to {%s.value}.", change->id, fact->id)
               : g_strdup_printf ("In the previous period there were {%s.value} sessions.", fact->id);
}

static inline char *
lie_change_as_figure (World *world, const Claim *claim, const char *text)
{
    static const char *const pairs[][2] = { { "sessions", "sessions.change" },
                                            { "spend", "spend.change" },
                                            { "roas", "roas.change" },
                                            { "cpa", "cpa.change" },
                                            { "reach", "reach.change" } };
    static const char *const words[] = { "Sessions", "Ad spend", "Return on ad spend",
                                         "The cost per purchase", "Reach" };

    (void)text;
    for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
        if (g_str_equal (claim->facts[0]->metric, pairs[i][0])) {
            const Fact *value = world_find (world, pairs[i][0]), *change = world_find (world, pairs[i][1]);
            int way = fact_direction (change);

            if (!way)
                return NULL;
            return dice_below (&world->dice, 2) ? g_strdup_printf ("%s %s by {%s.value}.", words[i],
                                                                   way > 0 ? "rose" : "fell", value->id)
                                                : g_strdup_printf ("%s %s to {%s.value}.", words[i],
                                                                   way > 0 ? "rose" : "fell", change->id);
        }
    return NULL;
}

static inline char *
lie_past (World *world, const Claim *claim, const char *text)
{
    const Fact *now = world_find (world, "campaign.roas"),
               *before = world_find (world, "campaign.roas_before");

    (void)text;
    if (claim->pattern->group != GROUP_ADS)
        return NULL;
    return dice_below (&world->dice, 2)
               ? g_strdup_printf ("The return of {%s.name} went from {%s.value} to {%s.value}.", now->id,
                                  now->id, before->id)
               : g_strdup_printf ("{%s.name} had a return on ad spend of {%s.value}.", now->id, before->id);
}

static inline char *
lie_not (World *world, const Claim *claim, const char *text)
{
    static const char *const pairs[][2] = { { " rose", " did not rise" },       { " fell", " did not fall" },
                                            { " were ", " were not " },         { " was ", " was never " },
                                            { " came to ", " never came to " }, { " had ", " had hardly " } };

    (void)world, (void)claim;
    for (guint i = 0; i < G_N_ELEMENTS (pairs); i++) {
        char *lie = replaced (text, pairs[i][0], pairs[i][1]);

        if (lie)
            return lie;
    }
    return NULL;
}

static inline char *
lie_kind (World *world, const Claim *claim, const char *text)
{
    const char *kind = claim->pattern->group == GROUP_TRAFFIC ? "the campaign {" : "the channel {";

    (void)world;
    return strstr (text, ".name}") && *text == '{' ? replaced (text, "{", kind) : NULL;
}

static inline char *
lie_unconnected (World *world, const Claim *claim, const char *text)
{
    const Fact *fact = claim_figure (world, claim, text);
    g_autofree char *old = fact ? g_strdup_printf ("{%s.value}", fact->id) : NULL;

    for (guint i = 0; old && i < world->facts->len; i++) {
        const Fact *other = world->facts->pdata[i];

        if (fact_source (other) & ~world->connected) {
            g_autofree char *slot = g_strdup_printf ("{%s.value}", other->id);

            return replaced (text, old, slot);
        }
    }
    return NULL;
}

static inline char *
lie_judgement (World *world, const Claim *claim, const char *text)
{
    static const char *const tails[] = { ", which is excellent.", ", a disaster.",
                                         ", well above target.",  ", an alarming result.",
                                         ", a strong result.",    ", as planned." };

    (void)claim;
    return lie_tail (world, text, tails, G_N_ELEMENTS (tails));
}

static inline char *
lie_also (World *world, const Claim *claim, const char *text)
{
    const Fact *change = world_find (world, "roas.change");
    int way = fact_direction (change);

    (void)world;
    if (!way || claim->pattern->group != GROUP_ADS || strstr (claim->pattern->facts[0], "campaign"))
        return NULL;
    return appended (text, way > 0 ? ". Return on ad spend fell." : ". Return on ad spend rose.");
}

static const struct {
    const char *name;
    Lie make;
} lies[] = {
    { "a digit is changed", lie_digit },
    { "a number in words, or in other digits", lie_words },
    { "a sign, a unit or a bound at a figure", lie_scale },
    { "the figure of another thing", lie_thing },
    { "the figure of another name", lie_other_figure },
    { "the total as a part's figure", lie_total_for_part },
    { "a part's figure as the total", lie_part_for_total },
    { "a change as a level, a level as a change", lie_change_as_figure },
    { "the present as the past, and back", lie_past },
    { "another time", lie_time },
    { "another name", lie_name },
    { "a name called what it is not", lie_kind },
    { "up is down", lie_way },
    { "a direction of what isn't shown", lie_also },
    { "a negation", lie_not },
    { "a rank", lie_rank },
    { "more is less, of two", lie_more },
    { "a fact of an unconnected source", lie_unconnected },
    { "another source by name", lie_source },
    { "slots that don't exist", lie_unknown },
    { "a cause", lie_cause },
    { "a forecast, a time, an order", lie_beyond },
    { "a judgement", lie_judgement },
    { "links, Markdown, HTML", lie_markup },
    { "look-alike and invisible letters", lie_letters },
};

/* ---- the trial ---- */

typedef struct {
    guint said, kept;
    guint told[G_N_ELEMENTS (lies)], caught[G_N_ELEMENTS (lies)];
} Trial;

/* What was not as it should be; NULL: nobody wants to know. */
typedef void (*TrialFailed) (const char *what, const char *text, const char *shown);

static inline void
trial_lie (Trial *trial, World *world, const Wording *wording, const Claim *claim, const char *truth, guint i,
           TrialFailed failed)
{
    g_autofree char *lie = lies[i].make (world, claim, truth), *shown = NULL;

    if (!lie || g_str_equal (lie, truth))
        return;
    shown = believed (world, wording, claim->pattern->group, lie, claim->facts[0]->id);
    trial->told[i]++;
    if (!shown)
        trial->caught[i]++;
    else if (failed)
        failed (lies[i].name, lie, shown);
}

static inline void
trial_claim (Trial *trial, World *world, const Wording *wording, const Pattern *pattern, TrialFailed failed)
{
    g_autofree char *truth = NULL, *shown = NULL;
    Claim claim;

    if (!claim_make (world, pattern, &claim))
        return;
    truth = claim_text (&claim, FALSE);
    shown = believed (world, wording, pattern->group, truth, claim.facts[0]->id);
    trial->said++;
    if (shown)
        trial->kept++;
    else if (failed)
        failed ("true, and dropped", truth, "");
    for (guint i = 0; i < G_N_ELEMENTS (lies); i++)
        trial_lie (trial, world, wording, &claim, truth, i, failed);
}

static inline void
trial_run (Trial *trial, guint64 first, guint worlds, TrialFailed failed)
{
    for (guint64 seed = first; seed < first + worlds; seed++) {
        World world;
        Wording *wording;

        world_make (&world, seed, NULL, 0);
        wording = wording_new (world.facts, world.bullets, world.connected);
        for (guint i = 0; i < G_N_ELEMENTS (patterns); i++)
            trial_claim (trial, &world, wording, &patterns[i], failed);
        wording_free (wording);
        world_clear (&world);
    }
}
