/* wording_check_whose.c -- does a figure stand with the name and the source that it is of, and is nobody said
 * to have brought what is not known to be his? */
#include "insights/wording_check.h"

/* ---- whose figure it is ---- */

static gboolean
names_differ (const Text *text, Span span)
{
    guint first = name_within (text, span, span.from);

    for (guint i = span.from; i < span.to; i++)
        if (token_shows (token_at (text, i), SLOT_NAME) &&
            token_at (text, i)->told->entity != token_at (text, first)->told->entity)
            return TRUE;
    return FALSE;
}

/* The name that a reader takes the figure to belong to: of its clause, or the last one before it, or that
 * which the sentence goes on to say. */
static guint
name_for (const Text *text, guint at)
{
    guint name = name_within (text, clause_of (text, at), at);

    if (name == NOWHERE)
        name = name_before (text, at);
    return name == NOWHERE ? name_within (text, sentence_of (text, at), at) : name;
}

static const char *
check_part (const Text *text, guint at)
{
    guint name = name_for (text, at);
    Span clause = clause_of (text, at);

    if (name == NOWHERE)
        return "a part's figure without its name";
    if (!told_same_name (token_at (text, name)->told, token_at (text, at)->told))
        return "a figure beside the name of another";
    if (names_differ (text, clause))
        return "a figure between two names";
    if (at > clause.from && token_in (token_at (text, at - 1), CLASS (WORD_WHOLE)))
        return "a part's figure as that of the whole";
    return name_within (text, clause, at) == NOWHERE &&
                   span_word (text, clause, CLASS (WORD_WHOLE)) != NOWHERE
               ? "a part's figure where all are spoken of"
               : NULL;
}

/* "{F5.value} of the {F1.value}": the part before it is of that name. */
static gboolean
is_of_the (const Text *text, guint at)
{
    Span clause = clause_of (text, at);
    guint i = at;

    while (i > clause.from && (token_says (token_at (text, i - 1), "the") ||
                               token_in (token_at (text, i - 1), CLASS (WORD_WHOLE))))
        i--;
    return i >= clause.from + 2 && token_says (token_at (text, i - 1), "of") &&
           token_is_figure (token_at (text, i - 2)) && told_has_name (token_at (text, i - 2)->told);
}

/* Words that hang what follows on what was said before: "at a cost of". */
static gboolean
hangs_on (const Token *token)
{
    static const char *const free[] = { "and",      "but",    "while", "whereas",
                                        "although", "though", "where", "however" };

    if (!token_in (token, CLASS (WORD_BREAK)))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS (free); i++)
        if (token_says (token, free[i]))
            return FALSE;
    return TRUE;
}

/* Of these words for things, some are what somebody does: "and paid {F9.value}" is still of who was named. */
static gboolean
is_done (const Token *token)
{
    static const char *const verbs[] = { "paid",     "pay",       "pays",    "paying",    "spent",
                                         "spends",   "spending",  "cost",    "costs",     "costing",
                                         "converts", "converted", "convert", "converting" };

    for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
        if (token_says (token, verbs[i]))
            return TRUE;
    return FALSE;
}

/* Does the clause speak of all: "while sessions rose", "against a total of", and not "at a cost of"? */
static gboolean
is_of_all (const Text *text, guint at)
{
    Span clause = clause_of (text, at);
    guint i = clause.from;

    if (hangs_on (token_at (text, i)) || span_word (text, clause, CLASS (WORD_IT)) != NOWHERE)
        return FALSE;
    if (span_word (text, clause, CLASS (WORD_WHOLE)) != NOWHERE)
        return TRUE;
    i += token_in (token_at (text, i), CLASS (WORD_BREAK)) ? 1 : 0;
    return i + 1 < clause.to && token_in (token_at (text, i), CLASS (WORD_THING)) &&
           !is_done (token_at (text, i)) && !token_says (token_at (text, i + 1), "of");
}

static const char *
check_whole (const Text *text, guint at)
{
    Span clause = clause_of (text, at), sentence = sentence_of (text, at);

    if (name_within (text, clause, at) != NOWHERE)
        return is_of_the (text, at) ? NULL : "the whole's figure beside a name";
    if (name_before (text, at) != NOWHERE || name_within (text, sentence, at) != NOWHERE)
        return is_of_all (text, at) ? NULL : "the whole's figure after a name";
    return NULL;
}

static const char *
check_whose (const Text *text, guint at)
{
    const Token *token = token_at (text, at);

    if (!token_is_figure (token))
        return NULL;
    return told_has_name (token->told) ? check_part (text, at) : check_whole (text, at);
}

static gboolean
has_slot (const Text *text, Span span)
{
    for (guint i = span.from; i < span.to; i++)
        if (token_at (text, i)->kind == TOKEN_SLOT)
            return TRUE;
    return FALSE;
}

/* "campaign" before a name, and anywhere, only of what is one. */
static const char *
check_kind (const Text *text, guint at)
{
    const Token *token = token_at (text, at);
    guint kinds = token->word.detail;
    Span span = clause_of (text, at);

    if (!token_in (token, CLASS (WORD_KIND)))
        return NULL;
    if (at + 1 < text->tokens->len && token_shows (token_at (text, at + 1), SLOT_NAME))
        return token_at (text, at + 1)->told->sense.subject->kind & kinds ? NULL : "a name of another kind";
    if (!has_slot (text, span))
        span = sentence_of (text, at);
    for (guint i = span.from; i < span.to; i++)
        if (token_at (text, i)->kind == TOKEN_SLOT && ((token_at (text, i)->told->sense.subject->kind |
                                                        token_at (text, i)->told->sense.subject->about) &
                                                       kinds))
            return NULL;
    return "a word for what no fact is of";
}

static const char *
check_source (const Text *text, guint at)
{
    const Token *token = token_at (text, at);
    Span span = clause_of (text, at);
    gboolean any = FALSE;

    if (!token_in (token, CLASS (WORD_SOURCE)))
        return NULL;
    for (guint round = 0; round < 2 && !any; round++, span = sentence_of (text, at))
        for (guint i = span.from; i < span.to; i++)
            if (token_is_figure (token_at (text, i))) {
                any = TRUE;
                if (!(token_at (text, i)->told->needs & token->word.detail))
                    return "a figure of another source";
            }
    return any ? NULL : "a source without a figure";
}

/* ---- names ---- */

static gboolean
has_figure_of (const Text *text, Span span, const Told *named)
{
    for (guint i = span.from; i < span.to; i++)
        if (token_is_figure (token_at (text, i)) && told_same_name (token_at (text, i)->told, named))
            return TRUE;
    return FALSE;
}

/* "Sessions came to {F1.value}, from {F5.name}": a name has a figure of its own, or is what a proven word
 * says. */
static const char *
check_named (const Text *text, guint at)
{
    guint64 proven = CLASS (WORD_DRIVES) | CLASS (WORD_LEAD) | CLASS (WORD_MOST) | CLASS (WORD_LEAST) |
                     CLASS (WORD_BEST) | CLASS (WORD_WORST) | CLASS (WORD_CHEAPEST) | CLASS (WORD_DEAREST) |
                     CLASS (WORD_ABOVE) | CLASS (WORD_BELOW);
    const Token *token = token_at (text, at);

    if (!token_shows (token, SLOT_NAME) || has_figure_of (text, sentence_of (text, at), token->told))
        return NULL;
    return span_word (text, clause_of (text, at), proven) != NOWHERE ? NULL : "a name without a figure of it";
}

/* "all from {F5.name}": all of it is more than a part has. */
static const char *
check_all_of_name (const Text *text, guint at)
{
    Span clause = clause_of (text, at);

    if (!token_in (token_at (text, at), CLASS (WORD_WHOLE)) || name_within (text, clause, at) == NOWHERE)
        return NULL;
    for (guint i = clause.from; i + 1 < at; i++)
        if (token_is_figure (token_at (text, i)) && told_has_name (token_at (text, i)->told) &&
            token_says (token_at (text, i + 1), "of"))
            return NULL;
    return "all of it, beside a name";
}

/* ---- who brought it ---- */

static gboolean
is_subject (const Token *token)
{
    return token_shows (token, SLOT_NAME) || token_in (token, CLASS (WORD_SOURCE) | CLASS (WORD_KIND) |
                                                                  CLASS (WORD_WHOLE) | CLASS (WORD_THING));
}

/* Who does it: what its clause speaks of, else what the sentence began with, else, if it is "it", what was
 * spoken of last. A thing, or somebody; NOWHERE: neither. */
static guint
subject_before (const Text *text, guint at)
{
    Span clause = clause_of (text, at), sentence = sentence_of (text, at);

    for (guint i = at; i-- > clause.from;)
        if (is_subject (token_at (text, i)))
            return i;
    for (guint i = sentence.from; i < at; i++)
        if (is_subject (token_at (text, i)))
            return i;
    for (guint i = at; i-- > 0 && span_word (text, clause, CLASS (WORD_IT)) != NOWHERE;)
        if (is_subject (token_at (text, i)))
            return i;
    return NOWHERE;
}

static gboolean
brings (const Text *text, guint at)
{
    const Token *token = token_at (text, at),
                *next = at + 1 < text->tokens->len ? token_at (text, at + 1) : token;

    return token_in (token, CLASS (WORD_BRINGS)) ||
           (token_in (token, CLASS (WORD_REACHED)) && token_is_figure (next) &&
            (sense_things (&next->told->sense) & THING_REACH));
}

/* "Ad spend of {F9.value} brought {F1.value} sessions" is a cause that nobody knows: channels, campaigns and
 * sources bring things, and things bring nothing. */
static const char *
check_brings (const Text *text, guint at)
{
    guint subject = brings (text, at) ? subject_before (text, at) : NOWHERE;

    return subject != NOWHERE && token_in (token_at (text, subject), CLASS (WORD_THING))
               ? "a thing that brings another"
               : NULL;
}

/* "sessions cost {F9.value}": what was spent on ads is not what visits cost. */
static const char *
check_costs (const Text *text, guint at)
{
    guint free = THING_SESSIONS | THING_REACH | THING_INTERACTIONS | THING_ENGAGEMENT | THING_REVENUE;
    Span clause = clause_of (text, at);

    if (!token_says (token_at (text, at), "cost") && !token_says (token_at (text, at), "costs") &&
        !token_says (token_at (text, at), "costing"))
        return NULL;
    for (guint i = clause.from; i < at; i++)
        if (token_in (token_at (text, i), CLASS (WORD_THING)) && (token_at (text, i)->word.detail & free))
            return "a price of what nobody pays for";
    return NULL;
}

/* Two figures side by side could be read as one. */
static const char *
check_apart (const Text *text, guint at)
{
    return at && token_is_figure (token_at (text, at)) && token_is_figure (token_at (text, at - 1))
               ? "two figures side by side"
               : NULL;
}

const TextRule whose_rules[8] = { check_whose,       check_kind,   check_source, check_named,
                                  check_all_of_name, check_brings, check_costs,  check_apart };
