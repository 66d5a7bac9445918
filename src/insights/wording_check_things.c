/* wording_check_things.c -- does a figure stand with the word for what it is? */
#include "insights/wording_check.h"

/* Words that may stand between a figure and its word: "{F1.value} of the ad spend". */
static gboolean
is_link (const Token *token)
{
    return token_in (token, WAYS | CLASS (WORD_WHOLE) | CLASS (WORD_IT)) || token_says (token, "of") ||
           token_says (token, "in") || token_says (token, "the") || token_says (token, "a");
}

static guint
thing_after (const Text *text, guint at)
{
    Span clause = clause_of (text, at);

    for (guint i = at + 1; i < clause.to && i <= at + 4; i++) {
        if (token_in (token_at (text, i), CLASS (WORD_THING)))
            return i;
        if (!is_link (token_at (text, i)))
            return NOWHERE;
    }
    return NOWHERE;
}

static guint
thing_before (const Text *text, guint from, guint at)
{
    while (at-- > from)
        if (token_in (token_at (text, at), CLASS (WORD_THING)))
            return at;
    return NOWHERE;
}

static guint
next_figure (const Text *text, guint at, guint to)
{
    for (guint i = at + 1; i < to; i++)
        if (token_is_figure (token_at (text, i)))
            return i;
    return to;
}

guint
thing_for (const Text *text, guint at)
{
    Span clause = clause_of (text, at), sentence = sentence_of (text, at);
    guint thing = thing_after (text, at);

    if (thing == NOWHERE)
        thing = thing_before (text, clause.from, at);
    if (thing == NOWHERE)
        thing = span_word (text, (Span){ at, next_figure (text, at, clause.to) }, CLASS (WORD_THING));
    if (thing == NOWHERE)
        thing = thing_before (text, 0, at);
    return thing == NOWHERE ? span_word (text, (Span){ at, sentence.to }, CLASS (WORD_THING)) : thing;
}

static gboolean
is_of (const Told *told, guint things)
{
    return (sense_things (&told->sense) & things) != 0;
}

/* "a conversion cost {F9.value} of ad spend": what a price is paid in is not what it is of. */
static gboolean
is_price (const Text *text, guint at, guint paid_in)
{
    const Told *told = token_at (text, at)->told;
    guint before = thing_before (text, 0, paid_in);

    return paid_in >= 2 && (token_at (text, paid_in)->word.detail & THING_SPEND) &&
           is_of (told, THINGS_PRICE) && token_says (token_at (text, paid_in - 1), "of") &&
           token_is_figure (token_at (text, paid_in - 2)) && before != NOWHERE &&
           is_of (told, token_at (text, before)->word.detail);
}

/* "paid" and "cost" leave open for what; another word of the sentence may have said it. */
static guint
meant_by (const Text *text, guint thing)
{
    Span sentence = sentence_of (text, thing);
    guint said = token_at (text, thing)->word.detail, prices = 0;

    if ((said & THINGS_PRICE) != THINGS_PRICE)
        return said;
    for (guint i = sentence.from; i < sentence.to; i++) {
        const Token *token = token_at (text, i);

        if (token_in (token, CLASS (WORD_THING)) && !(token->word.detail & ~(guint)THINGS_PRICE) &&
            token->word.detail != THINGS_PRICE)
            prices |= token->word.detail;
    }
    return prices ? prices | (said & ~(guint)THINGS_PRICE) : said;
}

static const char *
check_figure (const Text *text, guint at)
{
    guint thing;

    if (!token_is_figure (token_at (text, at)))
        return NULL;
    thing = thing_for (text, at);
    if (thing == NOWHERE)
        return "a figure, and no word says of what";
    if (is_of (token_at (text, at)->told, meant_by (text, thing)) || is_price (text, at, thing))
        return NULL;
    return "a figure of something else";
}

/* What may be mentioned beside a price or a return, besides itself. */
static guint
related (const Told *told)
{
    guint things = sense_things (&told->sense);

    if (things & THING_COST_PURCHASE)
        things |= THING_PURCHASES | THING_CONVERSIONS;
    if (things & THING_COST_CONVERSION)
        things |= THING_CONVERSIONS | THING_SPEND;
    if (told->sense.subject->drives)
        things |= THING_SHARE;
    return things;
}

/* A word for a thing that no fact of the sentence is of. */
static const char *
check_thing (const Text *text, guint at)
{
    const Token *token = token_at (text, at);
    Span sentence = sentence_of (text, at);

    if (!token_in (token, CLASS (WORD_THING)))
        return NULL;
    for (guint i = sentence.from; i < sentence.to; i++)
        if (token_at (text, i)->kind == TOKEN_SLOT &&
            (related (token_at (text, i)->told) & token->word.detail))
            return NULL;
    return "a word for what no fact of the sentence is of";
}

/* "of sessions" makes a share of a figure only right behind it. */
static gboolean
says_special (const Text *text, guint at, guint special)
{
    Span scope = scope_of (text, at);
    guint after = thing_after (text, at), thing = thing_for (text, at);

    if (thing != NOWHERE && !(token_at (text, thing)->word.detail & ~special))
        return TRUE;
    for (guint i = scope.from; i < scope.to; i++) {
        const Token *token = token_at (text, i);

        if (token_in (token, CLASS (WORD_THING)) && (token->word.detail & special) &&
            (i == after || !(token->word.detail & THING_SESSIONS) || (special & THING_CORRELATION)))
            return TRUE;
    }
    return FALSE;
}

static gboolean
has_correlation (const Text *text, Span span)
{
    for (guint i = span.from; i < span.to; i++)
        if (token_is_figure (token_at (text, i)) && is_of (token_at (text, i)->told, THING_CORRELATION))
            return TRUE;
    return FALSE;
}

static gboolean
is_only_figure (const Text *text, guint at)
{
    Span sentence = sentence_of (text, at);

    for (guint i = sentence.from; i < sentence.to; i++)
        if (i != at && token_is_figure (token_at (text, i)))
            return FALSE;
    return span_word (text, sentence, CHANGES) == NOWHERE;
}

/* The share of a part is no total, the median of posts no post: the word for it is needed. The days that two
 * sources share are told with what was found over them. */
static const char *
check_special (const Text *text, guint at)
{
    const Token *token = token_at (text, at);
    guint things = token->kind == TOKEN_SLOT ? sense_things (&token->told->sense) : 0;
    guint special = things & (THING_SHARE | THING_CORRELATION | THING_MEDIAN);

    if (!token_is_figure (token))
        return NULL;
    if (special && !says_special (text, at, special))
        return "a share, a median or a correlation that is not called so";
    return (things & THING_DAYS) && !is_only_figure (text, at) &&
                   !has_correlation (text, sentence_of (text, at))
               ? "days of something else"
               : NULL;
}

const TextRule thing_rules[3] = { check_figure, check_thing, check_special };
