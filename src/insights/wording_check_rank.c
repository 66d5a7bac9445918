/* wording_check_rank.c -- is it the largest, and is the one more than the other? */
#include "insights/wording_check.h"

#include <string.h>

#define RANKS                                                                          \
    (CLASS (WORD_MOST) | CLASS (WORD_LEAST) | CLASS (WORD_BEST) | CLASS (WORD_WORST) | \
     CLASS (WORD_CHEAPEST) | CLASS (WORD_DEAREST))
#define MORES                                                                                       \
    (WAYS | CLASS (WORD_BETTER) | CLASS (WORD_WORSE) | CLASS (WORD_CHEAPER) | CLASS (WORD_DEARER) | \
     CLASS (WORD_ABOVE) | CLASS (WORD_BELOW))

static gboolean
is_cost (const Told *told)
{
    return told->sense.subject->good < 0;
}

/* ---- the largest of all ---- */

/* 1: the one with most; -1: with least; 0: the word doesn't fit that figure. */
static int
rank_of (const Told *told, WordClass class)
{
    switch (class) {
    case WORD_MOST:
        return 1;
    case WORD_LEAST:
        return -1;
    case WORD_BEST:
        return told->sense.subject->good;
    case WORD_WORST:
        return -told->sense.subject->good;
    case WORD_CHEAPEST:
        return is_cost (told) ? -1 : 0;
    default:
        return is_cost (told) ? 1 : 0;
    }
}

/* Of a complete list: no other has more (or less). */
static gboolean
is_end (const Wording *wording, const Told *told, int rank)
{
    guint others = 0;

    for (guint i = 0; i < wording->told->len; i++) {
        const Told *other = told_at (wording, i);

        if (!g_str_equal (other->fact->metric, told->fact->metric) || told_same_name (other, told))
            continue;
        others++;
        if ((told->fact->figure.value - other->fact->figure.value) * rank <= 0)
            return FALSE;
    }
    return others > 0;
}

static gboolean
is_first (const Fact *fact)
{
    return !fact->pointer || strstr (fact->pointer, "/items/0/") || strstr (fact->pointer, "/parts/0/");
}

static gboolean
has_rank (const Wording *wording, const Told *told, int rank)
{
    const Subject *subject = told->sense.subject;

    return (subject->ranked && rank > 0 && is_first (told->fact)) ||
           (subject->complete && rank && is_end (wording, told, rank));
}

/* The first word after it that says what is ranked: a thing, a kind, a change. */
static guint
ranked_noun (const Text *text, guint at)
{
    Span clause = clause_of (text, at);

    return span_word (text, (Span){ at + 1, clause.to },
                      WAYS | CLASS (WORD_THING) | CLASS (WORD_KIND) | CLASS (WORD_MOVE) |
                          CLASS (WORD_DRIVES));
}

/* A part of a change is the largest part, and not the largest channel. */
static gboolean
ranks_changes (const Text *text, guint at, guint noun)
{
    if (at + 1 < text->tokens->len &&
        (token_says (token_at (text, at + 1), "part") || token_says (token_at (text, at + 1), "single")))
        return TRUE;
    return noun != NOWHERE &&
           token_in (token_at (text, noun), WAYS | CLASS (WORD_MOVE) | CLASS (WORD_DRIVES));
}

static gboolean
is_ranked (const Text *text, guint at, const Told *named)
{
    guint noun = ranked_noun (text, at);
    gboolean of_change = ranks_changes (text, at, noun);
    guint things = noun != NOWHERE && token_in (token_at (text, noun), CLASS (WORD_THING))
                       ? token_at (text, noun)->word.detail
                       : G_MAXUINT;

    for (guint i = 0; i < text->wording->told->len; i++) {
        const Told *told = told_at (text->wording, i);

        if (told_same_name (told, named) && (sense_things (&told->sense) & things) &&
            told->sense.subject->drives == of_change &&
            has_rank (text->wording, told, rank_of (told, token_at (text, at)->word.class))) {
            text_cite (text, told);
            return TRUE;
        }
    }
    return FALSE;
}

/* "most of the change": more than half. */
static gboolean
is_most_of (const Text *text, guint at)
{
    const Token *next = at + 1 < text->tokens->len ? token_at (text, at + 1) : NULL;

    return next && (token_says (next, "of") || token_says (next, "of it") || token_says (next, "of them") ||
                    (token_in (next, CLASS (WORD_THING)) && (next->word.detail & THING_SHARE)));
}

static gboolean
has_most_of (const Text *text, const Told *named)
{
    for (guint i = 0; i < text->wording->told->len; i++) {
        const Told *told = told_at (text->wording, i);

        if (told_same_name (told, named) && (sense_things (&told->sense) & THING_SHARE) &&
            told->fact->figure.value > 0.5) {
            text_cite (text, told);
            return TRUE;
        }
    }
    return FALSE;
}

static guint
ranked_name (const Text *text, guint at)
{
    guint name = name_within (text, clause_of (text, at), at);

    return name == NOWHERE ? name_within (text, sentence_of (text, at), at) : name;
}

static const char *
check_rank (const Text *text, guint at)
{
    guint name;

    if (!token_in (token_at (text, at), RANKS))
        return NULL;
    name = ranked_name (text, at);
    if (name == NOWHERE)
        return "a rank of nothing that is named";
    if (is_most_of (text, at))
        return has_most_of (text, token_at (text, name)->told) ? NULL : "most of it, which it is not";
    return is_ranked (text, at, token_at (text, name)->told) ? NULL : "a rank that no fact shows";
}

/* ---- one against another ---- */

guint
than_after (const Text *text, guint at)
{
    Span sentence = sentence_of (text, at);

    for (guint i = at + 1; i < sentence.to && i <= at + 5; i++) {
        if (token_says (token_at (text, i), "than"))
            return i;
        if (token_at (text, i)->kind != TOKEN_WORD)
            return NOWHERE;
    }
    return NOWHERE;
}

static guint
span_figure (const Text *text, Span span)
{
    for (guint i = span.from; i < span.to; i++)
        if (token_is_figure (token_at (text, i)))
            return i;
    return NOWHERE;
}

static gboolean
has_other_time (const Text *text, Span span)
{
    for (guint i = span.from; i < span.to; i++)
        if (token_in (token_at (text, i), CLASS (WORD_BEFORE) | CLASS (WORD_USUAL)) ||
            token_shows (token_at (text, i), SLOT_BEFORE))
            return TRUE;
    return FALSE;
}

gboolean
compares_two (const Text *text, guint than)
{
    Span clause;

    if (than == NOWHERE)
        return FALSE;
    clause = (Span){ than, clause_of (text, than).to };
    return span_figure (text, clause) != NOWHERE ||
           (!has_other_time (text, clause) && name_within (text, clause, than) != NOWHERE);
}

/* A figure of that name like another; NULL: none is known. */
static const Told *
like_of (const Text *text, const Told *like, const Told *named)
{
    for (guint i = 0; i < text->wording->told->len; i++) {
        const Told *told = told_at (text->wording, i);

        if (told_same_name (told, named) && g_str_equal (told->fact->metric, like->fact->metric))
            return told;
    }
    return NULL;
}

/* A figure of that name of the thing that the clause speaks of. */
static const Told *
thing_of (const Text *text, guint at, const Told *named)
{
    guint thing = thing_for (text, at);

    for (guint i = 0; i < text->wording->told->len && thing != NOWHERE; i++) {
        const Told *told = told_at (text->wording, i);

        if (told_same_name (told, named) && !told->fact->is_change && told->sense.aspect->mark == MARK_NONE &&
            (sense_things (&told->sense) & token_at (text, thing)->word.detail))
            return told;
    }
    return NULL;
}

/* What stands before the comparison: the last figure of the sentence, or the thing of the last name. */
static const Told *
left_of (const Text *text, guint at)
{
    Span sentence = sentence_of (text, at);

    for (guint i = at; i-- > sentence.from;) {
        if (token_is_figure (token_at (text, i)))
            return token_at (text, i)->told;
        if (token_shows (token_at (text, i), SLOT_NAME))
            return thing_of (text, at, token_at (text, i)->told);
    }
    return NULL;
}

static const Told *
right_of (const Text *text, guint at, const Told *left)
{
    Span clause = { at + 1, clause_of (text, at).to };
    guint figure = span_figure (text, clause), name = name_within (text, clause, at);

    if (figure != NOWHERE)
        return token_at (text, figure)->told;
    return name == NOWHERE ? NULL : like_of (text, left, token_at (text, name)->told);
}

static gboolean
are_alike (const Told *a, const Told *b)
{
    return a->fact->figure.unit == b->fact->figure.unit && a->fact->figure.points == b->fact->figure.points &&
           a->fact->is_change == b->fact->is_change && sense_things (&a->sense) == sense_things (&b->sense) &&
           g_str_equal (a->fact->currency, b->fact->currency);
}

static int
more_of (const Told *told, WordClass class)
{
    switch (class) {
    case WORD_UP:
    case WORD_ABOVE:
        return 1;
    case WORD_DOWN:
    case WORD_BELOW:
        return -1;
    case WORD_BETTER:
        return told->sense.subject->good;
    case WORD_WORSE:
        return -told->sense.subject->good;
    default:
        return !is_cost (told) ? 0 : class == WORD_DEARER ? 1 : -1;
    }
}

static const char *
compare (const Text *text, guint word, guint at)
{
    const Told *left = left_of (text, word), *right = left ? right_of (text, at, left) : NULL;

    if (word && token_is_figure (token_at (text, word - 1)))
        return "a difference that no fact is"; /* "{F5.value} more than" */
    if (!right || left == right || !are_alike (left, right))
        return "a comparison of what can't be compared";
    text_cite (text, left);
    text_cite (text, right);
    return (left->fact->figure.value - right->fact->figure.value) *
                       more_of (left, token_at (text, word)->word.class) >
                   0
               ? NULL
               : "a comparison that is not so";
}

/* The word that "than" belongs to; NOWHERE: none. */
static guint
more_before (const Text *text, guint than)
{
    for (guint back = 1; back <= 5 && back <= than; back++)
        if (token_in (token_at (text, than - back), MORES))
            return than - back;
    return NOWHERE;
}

/* "more than {F6.value}"; not "against more than", which would make another figure of it. */
static const char *
check_than (const Text *text, guint at)
{
    guint word;

    if (!token_says (token_at (text, at), "than"))
        return NULL;
    word = more_before (text, at);
    if (word == NOWHERE || token_in (token_at (text, clause_of (text, word).from), CLASS (WORD_LEAD)))
        return "than, without more or less";
    if (compares_two (text, at))
        return compare (text, word, at);
    return has_other_time (text, (Span){ at, clause_of (text, at).to }) ? NULL : "more than what?";
}

/* "{F7.value} over {F8.value} days": so many of them, and not more. */
static gboolean
is_span (const Text *text, guint at, const Token *next)
{
    return at && (sense_things (&next->told->sense) & THING_DAYS) &&
           (token_is_figure (token_at (text, at - 1)) ||
            token_in (token_at (text, at - 1), CLASS (WORD_THING)));
}

/* "exceeded {F6.value}", and "over {F1.value}", which would make another figure of it. */
static const char *
check_above (const Text *text, guint at)
{
    const Token *token = token_at (text, at),
                *next = at + 1 < text->tokens->len ? token_at (text, at + 1) : NULL;

    if (token_in (token, CLASS (WORD_OVER)))
        return next && token_is_figure (next) && !is_span (text, at, next) ? "a figure that is made a bound"
                                                                           : NULL;
    return token_in (token, CLASS (WORD_ABOVE) | CLASS (WORD_BELOW)) ? compare (text, at, at) : NULL;
}

const TextRule rank_rules[3] = { check_rank, check_than, check_above };
