/* wording_check_ways.c -- did it rise, fall or stay, by much or by little, for better or worse? */
#include "insights/wording_check.h"

#include <math.h>
#include <string.h>

#define LEVEL   0.02 /* a change below it is none to speak of */
#define SLIGHT  0.10 /* at most */
#define SHARP   0.15 /* at least */
#define DEGREES (CLASS (WORD_SLIGHTLY) | CLASS (WORD_SHARPLY))

/* ---- the changes that a word is about ---- */

/* FALSE: the fact is not as the word says. */
typedef gboolean (*Judge) (const Told *told, const Word *word);

/* What its clause is about: a name, the one spoken of last, or everything. */
static const Told *
subject_of (const Text *text, guint at)
{
    Span clause = clause_of (text, at);
    guint name = name_within (text, clause, at);

    if (name == NOWHERE && span_word (text, clause, CLASS (WORD_IT)) != NOWHERE)
        name = name_before (text, at);
    return name == NOWHERE ? NULL : token_at (text, name)->told;
}

/* "Purchases became dearer" speaks of their price. */
static guint
things_at (const Text *text, guint at, guint thing)
{
    guint things = token_at (text, thing)->word.detail;

    if (!token_in (token_at (text, at), CLASS (WORD_CHEAPER) | CLASS (WORD_DEARER)))
        return things;
    return (things & THING_PURCHASES ? THING_COST_PURCHASE : 0) |
           (things & THING_CONVERSIONS ? THING_COST_CONVERSION : 0) | (things & THINGS_PRICE);
}

static gboolean
is_change_of (const Told *told, const Told *subject, guint things)
{
    if (!told->fact->is_change || told->sense.aspect->dated || !(sense_things (&told->sense) & things))
        return FALSE;
    return subject ? told_same_name (told, subject) : !told_has_name (told);
}

/* No figure in the clause changes: then what is known of the thing decides, and is cited. */
static const char *
judge_known (const Text *text, guint at, Judge judge)
{
    guint thing = thing_for (text, at);
    const Told *subject = subject_of (text, at);
    gboolean any = FALSE;

    if (thing == NOWHERE)
        return "a change of nothing";
    for (guint i = 0; i < text->wording->told->len; i++) {
        const Told *told = told_at (text->wording, i);

        if (!is_change_of (told, subject, things_at (text, at, thing)))
            continue;
        if (!judge (told, &token_at (text, at)->word))
            return "a change that was not so";
        text_cite (text, told);
        any = TRUE;
    }
    return any ? NULL : "a change that no fact knows";
}

static const char *
judge_change (const Text *text, guint at, Judge judge)
{
    Span clause = clause_of (text, at);
    gboolean any = FALSE;

    for (guint i = clause.from; i < clause.to; i++)
        if (token_is_change (token_at (text, i))) {
            any = TRUE;
            if (!judge (token_at (text, i)->told, &token_at (text, at)->word))
                return "a change that was not so";
        }
    return any ? NULL : judge_known (text, at, judge);
}

/* ---- up and down ---- */

static gboolean
went (const Told *told, const Word *word)
{
    return fact_direction (told->fact) == (word->class == WORD_UP ? 1 : -1);
}

static const char *
check_way (const Text *text, guint at)
{
    if (!token_in (token_at (text, at), WAYS))
        return NULL;
    return compares_two (text, than_after (text, at)) ? NULL : judge_change (text, at, went);
}

/* "the increase in sessions", and not "sessions increased". */
static gboolean
is_noun (const Text *text, guint at)
{
    static const char *const articles[] = { "the", "a", "an", "its", "their", "total", "overall" };

    for (guint i = 0; i < G_N_ELEMENTS (articles); i++)
        if (at && token_says (token_at (text, at - 1), articles[i]))
            return TRUE;
    return at == clause_of (text, at).from && at + 1 < text->tokens->len &&
           (token_says (token_at (text, at + 1), "in") || token_says (token_at (text, at + 1), "of"));
}

/* "The increase in sessions was {F1.value}": is a change what the clause is about? */
static gboolean
is_about_change (const Text *text, guint at)
{
    gboolean about = FALSE;

    for (guint i = clause_of (text, at).from; i < at; i++) {
        if (token_is_change (token_at (text, i)))
            return FALSE; /* and that was it: "an increase of {F2.value} to" */
        about |= token_in (token_at (text, i), WAYS | JUDGES | CLASS (WORD_MOVE)) && is_noun (text, i);
    }
    return about;
}

/* "rose by {F1.value}" makes a change of what is none. */
static const char *
check_by (const Text *text, guint at)
{
    guint64 moves = WAYS | JUDGES | DEGREES | CLASS (WORD_MOVE);
    const Token *token = token_at (text, at);
    Span clause = clause_of (text, at);
    guint i = at;

    if (!token_is_figure (token) || token_is_change (token))
        return NULL;
    while (i > clause.from && is_by (token_at (text, i - 1)))
        i--;
    if (i > clause.from && token_in (token_at (text, i - 1), moves))
        return "a figure as a change that it is not";
    if (at + 1 < clause.to && token_in (token_at (text, at + 1), WAYS | JUDGES))
        return "a figure as a difference that it is not";
    return !(sense_things (&token->told->sense) & THING_SHARE) && is_about_change (text, at)
               ? "a figure as the change that is spoken of"
               : NULL;
}

/* Relative, so that it says how much it is. */
static gboolean
is_rate (const Told *told)
{
    return told->fact->figure.unit == UNIT_PERCENT && !told->fact->figure.points;
}

/* "{F2.value} against", "{F2.value} on the previous period". */
static gboolean
is_compared (const Text *text, guint at)
{
    Span clause = clause_of (text, at);

    for (guint i = clause.from; i < clause.to; i++)
        if (token_in (token_at (text, i), CLASS (WORD_BEFORE) | CLASS (WORD_USUAL)) ||
            token_shows (token_at (text, i), SLOT_BEFORE))
            return TRUE;
    return at + 1 < text->tokens->len && token_in (token_at (text, at + 1), CLASS (WORD_LEAD));
}

/* Does its clause say that it is a change? Of a relative one, which shows a sign and "%", a comparison says
 * it. */
static gboolean
is_called_change (const Text *text, guint at)
{
    guint64 moves = WAYS | JUDGES | DEGREES | CLASS (WORD_MOVE) | CLASS (WORD_LEVEL);
    const Told *told = token_at (text, at)->told;

    if (span_word (text, clause_of (text, at), moves) != NOWHERE)
        return TRUE;
    return is_rate (told) && !(sense_things (&told->sense) & THINGS_RATE) && is_compared (text, at);
}

/* "Sessions were {F2.value}" makes a level of what is a change. */
static const char *
check_said (const Text *text, guint at)
{
    const Token *token = token_at (text, at);

    if (!token_is_change (token) || token->slot != SLOT_VALUE || is_alone (text, at))
        return NULL;
    return is_called_change (text, at) ? NULL : "a change as a figure of the period";
}

/* ---- level, by little, by much ---- */

static gboolean
stayed (const Told *told, const Word *word)
{
    (void)word;
    return !fact_direction (told->fact) || !is_rate (told) || fabs (told->fact->figure.value) < LEVEL;
}

static const char *
check_level (const Text *text, guint at)
{
    return token_in (token_at (text, at), CLASS (WORD_LEVEL)) ? judge_change (text, at, stayed) : NULL;
}

static gboolean
by_degree (const Told *told, const Word *word)
{
    double size = fabs (told->fact->figure.value);

    return !is_rate (told) || (word->class == WORD_SLIGHTLY ? size <= SLIGHT : size >= SHARP);
}

static const char *
check_degree (const Text *text, guint at)
{
    return token_in (token_at (text, at), DEGREES) ? judge_change (text, at, by_degree) : NULL;
}

/* ---- better and worse ---- */

static gboolean
is_better (const Told *told, const Word *word)
{
    int way = fact_direction (told->fact);
    gboolean cost = (sense_things (&told->sense) & THINGS_PRICE) != 0;

    if (word->class == WORD_CHEAPER || word->class == WORD_DEARER)
        return cost && way == (word->class == WORD_DEARER ? 1 : -1);
    return way && way * told->sense.subject->good == (word->class == WORD_BETTER ? 1 : -1);
}

static const char *
check_better (const Text *text, guint at)
{
    if (!token_in (token_at (text, at), JUDGES))
        return NULL;
    return compares_two (text, than_after (text, at)) ? NULL : judge_change (text, at, is_better);
}

/* ---- what belongs together ---- */

static const char *
check_together (const Text *text, guint at)
{
    const Token *token = token_at (text, at);
    Span sentence = sentence_of (text, at);

    if (!token_in (token, CLASS (WORD_TOGETHER) | CLASS (WORD_APART)))
        return NULL;
    for (guint i = sentence.from; i < sentence.to; i++) {
        const Token *other = token_at (text, i);

        if (token_is_figure (other) && (sense_things (&other->told->sense) & THING_CORRELATION))
            return (other->told->fact->figure.value > 0) == (token->word.class == WORD_TOGETHER)
                       ? NULL
                       : "a correlation the other way";
    }
    return "days that go together, without a correlation";
}

/* The part went the way of the whole. */
static gboolean
drives (const Text *text, const Told *part)
{
    for (guint i = 0; i < text->wording->told->len; i++) {
        const Told *whole = told_at (text->wording, i);

        if (whole->fact->is_change && !told_has_name (whole) && !whole->sense.aspect->dated &&
            whole->sense.subject->things == (part->sense.subject->things & ~(guint)THING_SHARE))
            return part->fact->is_change ? fact_direction (part->fact) == fact_direction (whole->fact)
                                         : part->fact->figure.value > 0;
    }
    return FALSE;
}

/* Where what is said of a word ends: at a pause, or at what is set against it. */
static guint
saying_end (const Text *text, guint at)
{
    Span sentence = sentence_of (text, at);

    for (guint i = at; i < sentence.to; i++)
        if (token_at (text, i)->kind == TOKEN_PAUSE || token_says (token_at (text, i), "while") ||
            token_says (token_at (text, i), "whereas") || token_says (token_at (text, i), "but"))
            return i;
    return sentence.to;
}

/* How many parts of a change stand there; NOWHERE: one of them went the other way. */
static guint
count_drivers (const Text *text, Span span)
{
    guint n = 0;

    for (guint i = span.from; i < span.to; i++) {
        const Token *token = token_at (text, i);

        if (token->kind != TOKEN_SLOT || !token->told->sense.subject->drives)
            continue;
        if (!drives (text, token->told))
            return NOWHERE;
        n++;
    }
    return n;
}

/* The one cause that numbers can show: which part made most of a change. */
static const char *
check_drives (const Text *text, guint at)
{
    Span sentence = sentence_of (text, at);
    guint n;

    if (!token_in (token_at (text, at), CLASS (WORD_DRIVES)))
        return NULL;
    n = count_drivers (text, (Span){ sentence.from, saying_end (text, at) });
    if (!n)
        n = count_drivers (text, sentence);
    return n == NOWHERE ? "a part that went the other way as what drove it" : n ? NULL : "a cause";
}

const TextRule way_rules[8] = { check_way,    check_by,     check_said,     check_level,
                                check_degree, check_better, check_together, check_drives };
