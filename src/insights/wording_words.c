/* wording_words.c -- every word that a sentence of a model may hold, and what it claims.
 *
 * A closed list is the point: a lie needs a word for it, and what is not here can't be said.
 * So there are no numbers here, no causes, no forecasts, no judgements, no times of our own,
 * no names and no "not". A word that says nothing by itself may be added to the plain ones;
 * one that claims something needs a class, and a rule in wording_check.c. */
#include "insights/wording_private.h"

#include <pthread.h>
#include <string.h>

#define PHRASE_WORDS 7

static const struct {
    WordClass class;
    guint detail;
    const char *words; /* phrases, with commas between */
} lexicon[] = {
    { WORD_PLAIN, 0,
      "a, an, the, this, that, these, those, such, other, of, in, on, for, by, into, within, among, "
      "between, during, through, across, is, are, was, were, be, been, being, has, have, had, having, "
      "do, does, did, who, whose, what, also, too, then, there, here, now, still, altogether, "
      "respectively, about, around, roughly, approximately, some, meanwhile, in addition, additionally, "
      "furthermore, moreover, likewise, similarly, in particular, of which, of them, of these, of "
      "those, of it, came, come, comes, coming, came in, come in, comes in, coming in, came out, comes "
      "out, stood, stand, stands, standing, sat, sits, sitting, landed, lies, lay, amounted, amount, "
      "amounts, amounting, totalled, totaled, totals, totalling, totaling, counted, count, counts, "
      "recorded, registered, logged, tracked, measured, saw, see, sees, seen, seeing, show, shows, "
      "showed, shown, showing, report, reports, reported, made up, makes up, recording, accounted, "
      "account for, accounts for, accounting, contributed, contribute, contributes, contributing, "
      "represented, represents, representing, became, become, becomes, went, go, goes, going, took, "
      "take, takes, taken, taking, got, gets, getting, received, receives, receiving, covers, covered, "
      "covering, includes, included, including, began, begins, beginning, started, starts, found, "
      "known, called, named, titled, labelled, figure, figures, number, numbers, value, values, metric, "
      "metrics, period, part, parts, level, volume, size, performance, activity, overview, summary, "
      "data, current, present, whole period, in this period, for the period, in the period, in terms "
      "of, out of, at the same time, in the same period, over the same period" },
    { WORD_BRINGS, 0,
      "made, make, makes, making, brought, bring, brings, bringing, brought in, brings in, delivered, "
      "deliver, "
      "delivers, delivering, generated, generate, generates, generating, produced, produce, produces, "
      "producing, "
      "provided, provides, gave, gives, drew, draws, drawing, attracted, attracts, earned, earns, yielded" },
    { WORD_REACHED, 0, "reached, reaching" },

    /* ---- the make of a sentence ---- */
    { WORD_BREAK, 0,
      "and, but, despite, as, while, whereas, although, though, yet, where, which, when, with, at, plus, "
      "alongside, "
      "or, "
      "followed by, together with, as well as, along with, however" },
    { WORD_LEAD, 0,
      "than, against, versus, vs, compared with, compared to, in comparison with, in comparison to, "
      "relative to, measured against, set against, compared against, period on period, period over period" },
    { WORD_IT, 0, "it, its, they, their, them, itself, there it, the latter" },
    { WORD_WHOLE, 0,
      "total, totals of, overall, whole, all, together, combined, in total, in all, as a whole, account, "
      "accounts together, all together, entire" },
    { WORD_FROM, 0, "from" },
    { WORD_TO, 0, "to" },
    { WORD_OVER, 0, "over" },

    /* ---- which way ---- */
    { WORD_UP, 0,
      "up, rose, rise, rises, risen, rising, grew, grow, grows, grown, growing, growth, gained, gain, gains, "
      "gaining, increase, increased, increases, increasing, climbed, climb, climbs, climbing, higher, more, "
      "extra, additional, jumped, jump, jumps, surged, surge, expanded, expand, upward, upwards, greater, "
      "larger, "
      "bigger, uptick, added, adding, adds, picked up, went up, moved up, advanced, increment, uplift, "
      "upturn" },
    { WORD_DOWN, 0,
      "down, fell, fall, falls, fallen, falling, dropped, drop, drops, dropping, declined, decline, "
      "declines, "
      "declining, decreased, decrease, decreases, decreasing, lower, fewer, less, lost, lose, loses, losing, "
      "loss, slipped, slip, dipped, dip, dips, shrank, shrink, shrunk, slid, slide, sank, reduced, "
      "reduction, "
      "downward, downwards, smaller, receded, contracted, downturn, went down, moved down, came down, "
      "eased" },
    { WORD_LEVEL, 0,
      "unchanged, flat, stable, steady, constant, the same, did not change, has not changed, have not "
      "changed, "
      "did not move, was not changed, remained, remain, remains, stayed, stays, held steady, kept its level, "
      "kept their level, no change, as much, barely moved, barely changed, hardly changed, hardly moved, "
      "little changed" },
    { WORD_MOVE, 0,
      "change, changed, changes, changing, moved, move, moves, movement, moving, shifted, shift, shifts, "
      "difference, differed, varied, variation, swing" },
    { WORD_BETTER, 0, "better, improved, improve, improves, improving, improvement, strengthened" },
    { WORD_WORSE, 0, "worse, worsened, worsen, worsens, worsening, deteriorated, weakened" },
    { WORD_CHEAPER, 0, "cheaper, less expensive, less costly" },
    { WORD_DEARER, 0, "dearer, pricier, costlier, more expensive, more costly" },
    { WORD_SLIGHTLY, 0,
      "slightly, slight, marginally, marginal, a little, somewhat, modestly, modest, a touch, a bit" },
    { WORD_SHARPLY, 0,
      "sharply, sharp, strongly, steeply, steep, considerably, considerable, substantially, substantial, "
      "markedly, marked, dramatically, dramatic" },

    /* ---- rank ---- */
    { WORD_MOST, 0,
      "most, most visited, largest, biggest, highest, greatest, top, leading, the main, strongest, the "
      "most" },
    { WORD_LEAST, 0, "least, smallest, lowest, fewest, weakest, the least" },
    { WORD_BEST, 0, "best, best performing, top performing" },
    { WORD_WORST, 0, "worst, worst performing, poorest" },
    { WORD_CHEAPEST, 0, "cheapest, least expensive, most affordable" },
    { WORD_DEAREST, 0, "dearest, priciest, most expensive, costliest" },
    { WORD_ABOVE, 0,
      "above, exceeded, exceeds, exceeding, outperformed, outperforms, surpassed, topped, beat, beats, ahead "
      "of, outpaced" },
    { WORD_BELOW, 0, "below, trailed, trails, underperformed, lagged, lagged behind, behind" },

    /* ---- other times ---- */
    { WORD_BEFORE, 0,
      "before, earlier, previously, previous, prior, preceding, the period before, the previous period, "
      "the prior period, the preceding period, previous period, prior period, preceding period, "
      "the comparison period, comparison period, the earlier period, the days before, the previous days, "
      "the one before, the previous one" },
    { WORD_TOGETHER, 0, "moved together, rose and fell together, went together, move together, go together" },
    { WORD_APART, 0, "moved apart, went opposite ways, moved in opposite directions, went apart" },
    { WORD_USUAL, 0, "usual, usually, expected, normal, normally, typical, typically" },
    { WORD_UNUSUAL, 0, "unusual, unusually" },
    { WORD_DRIVES, 0,
      "driver, drivers, drove, driven, driving, drive, drives, explains, explain, explained, behind the "
      "change" },

    /* ---- things ---- */
    { WORD_THING, THING_SESSIONS,
      "session, sessions, visit, visits, traffic, website traffic, site traffic, web traffic, website "
      "visits, "
      "site visits" },
    { WORD_THING, THING_SPEND,
      "spend, ad spend, ads spend, spending, ad spending, advertising spend, media spend, paid spend, spent, "
      "spends, advertising cost, ad cost, ad costs" },
    { WORD_THING, THINGS_COST, "cost, costs, costing" },
    { WORD_THING, THINGS_PRICE, "price, average cost, paid, pay, pays, paying" },
    { WORD_THING, THING_CONVERSIONS, "conversion, conversions, key event, key events" },
    { WORD_THING, THING_PURCHASES, "purchase, purchases, order, orders, purchases from ads, ad purchases" },
    { WORD_THING, THING_REVENUE, "revenue, revenues, sales" },
    { WORD_THING, THING_ROAS,
      "return on ad spend, roas, return, returns, return on spend, return on advertising spend, "
      "return on the ad spend" },
    { WORD_THING, THING_COST_PURCHASE,
      "cost per purchase, cost of a purchase, cost for a purchase, costs per purchase, cpa, "
      "cost per acquisition, cost per action, cost per order, purchase cost, price of a purchase, "
      "paid for a purchase, pays for a purchase, per purchase, for a purchase, a purchase cost, each "
      "purchase cost, each purchase, average cost per purchase, "
      "cost each purchase, cost for each purchase, for each purchase" },
    { WORD_THING, THING_COST_CONVERSION,
      "cost of a conversion, cost per conversion, blended cost per conversion, cac, blended cac, "
      "acquisition cost, customer acquisition cost, blended acquisition cost, blended customer acquisition "
      "cost, "
      "ad spend per conversion, spend per conversion, per conversion, for a conversion, a conversion cost, "
      "each conversion cost, each conversion, "
      "blended cost, ad cost per conversion, cost for a conversion, ad spend for a conversion" },
    { WORD_THING, THING_COST_CLICK,
      "cost per click, cost of a click, cpc, price of a click, per click, for a click, a click cost, each "
      "click cost, average cost per click, click "
      "price, "
      "clicks cost, price per click, cost for a click" },
    { WORD_THING, THING_COST_MILLE,
      "cpm, cost per thousand impressions, cost of a thousand impressions, price of a thousand impressions, "
      "price per thousand impressions, cost per mille, cost for a thousand impressions, "
      "cost of impressions, price of impressions" },
    { WORD_THING, THING_CTR,
      "click through rate, clickthrough rate, ctr, click rate, of impressions were clicked, "
      "of impressions led to a click, share of impressions that were clicked" },
    { WORD_THING, THINGS_RATE, "rate, rates" },
    { WORD_THING, THING_CONVERSION_RATE,
      "conversion rate, converts, converted, convert, converting, rate of conversion, average conversion "
      "rate, conversion rates, "
      "of sessions converted, of visits converted, of its sessions converted, of its visits converted, "
      "of its sessions, of its visits" },
    { WORD_THING, THING_ENGAGEMENT,
      "engagement, engagement rate, engaged, of sessions are engaged, of sessions were engaged, engaged "
      "sessions, "
      "rate of engagement, average engagement rate, of reach led to an interaction, of visits were engaged, "
      "share of engaged "
      "sessions" },
    { WORD_THING, THING_REACH,
      "reach, accounts reached, reached accounts, reach of posts, accounts, people reached, daily reach "
      "added up, "
      "account reached" },
    { WORD_THING, THING_INTERACTIONS, "interaction, interactions, likes and comments" },
    { WORD_THING, THING_SHARE,
      "share, proportion, of the change, of the growth, of the decline, of the increase, of the decrease, "
      "of the drop, of the rise, of the extra sessions, of that change, of this change, of the difference, "
      "of the total, "
      "of the gain, of the loss, of the additional sessions, of the lost sessions, portion, of the total "
      "change, "
      "of the overall change, of the fall, of that growth, of that decline" },
    { WORD_THING, THING_SHARE | THING_SESSIONS,
      "of all sessions, of all visits, of the sessions, of the visits, of sessions, of visits" },
    { WORD_THING, THING_CORRELATION,
      "correlation, correlated, correlate, correlates, correlation of ad spend and sessions, "
      "correlation between ad spend and sessions, "
      "correlation of spend and sessions, correlation between spend and sessions, "
      "correlation between daily ad spend and sessions, correlation coefficient, "
      "correlation between sessions and ad spend, ad spend and sessions correlated, "
      "ad spend and sessions have a correlation, ad spend and sessions had a correlation, "
      "ad spend and sessions show a correlation, spend and sessions correlated" },
    { WORD_THING, THING_DAYS, "day, days, common days, days with both, shared days" },
    { WORD_THING, THING_MEDIAN, "median, median reach, median reach of posts, the median post" },

    /* ---- whose ---- */
    { WORD_KIND, KIND_CHANNEL, "channel, channels, traffic channel, traffic source" },
    { WORD_KIND, KIND_CAMPAIGN, "campaign, campaigns, ad campaign" },
    { WORD_KIND, KIND_PAGE,
      "page, pages, landing page, landing pages, began on, begin on, started on, start on" },
    { WORD_KIND, KIND_POST, "post, posts" },
    { WORD_KIND, KIND_POST_TYPE, "kind of post, kinds of post, type of post, post type, format" },
    { WORD_KIND, KIND_WEEKDAY, "weekday, weekdays, day of the week" },
    { WORD_SOURCE, SOURCE_GA4, "google analytics, ga, analytics, site, website, web, online, the site" },
    { WORD_SOURCE, SOURCE_META, "meta ads, meta, ads, ad, the ads, paid media, advertising" },
    { WORD_SOURCE, SOURCE_INSTAGRAM, "instagram, content" },
};

/* ---- looking up ---- */

static GHashTable *words; /* phrase -> Word; filled once, then only read */
static pthread_once_t filled = PTHREAD_ONCE_INIT;

/* A phrase may stand in several lines ("cost per conversion"): then it means any of these things. */
static void
add_word (char *phrase, Word word)
{
    Word *known = g_hash_table_lookup (words, phrase);

    if (known && known->class == word.class) {
        known->detail |= word.detail;
        g_free (phrase);
        return;
    }
    g_assert (!known);
    g_hash_table_insert (words, phrase, g_memdup2 (&word, sizeof word));
}

static void
fill (void)
{
    words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 0; i < G_N_ELEMENTS (lexicon); i++) {
        g_auto (GStrv) phrases = g_strsplit (lexicon[i].words, ",", -1);

        for (char **phrase = phrases; *phrase; phrase++)
            add_word (g_strdup (g_strstrip (*phrase)), (Word){ lexicon[i].class, lexicon[i].detail });
    }
}

static gsize
word_end (const char *text, gsize from)
{
    while (g_ascii_isalpha (text[from]))
        from++;
    return from;
}

const Word *
word_find (const char *text, gsize *length)
{
    const Word *best = NULL;
    gsize end = word_end (text, 0);

    pthread_once (&filled, fill);
    for (guint n = 0; n < PHRASE_WORDS && end; n++) {
        g_autofree char *phrase = g_strndup (text, end);
        const Word *found = g_hash_table_lookup (words, g_strdelimit (phrase, "-", ' '));

        if (found) {
            best = found;
            *length = end;
        }
        if ((text[end] != ' ' && text[end] != '-') || !g_ascii_isalpha (text[end + 1]))
            break;
        end = word_end (text, end + 1);
    }
    return best;
}
