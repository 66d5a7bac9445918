/* wording_check.c -- is a sentence true of the facts that it stands with? Here: whose figure it is,
 * and of which days. */
#include "insights/wording_check.h"

#include <string.h>

/* ---- looking around ------------------------------------------------------------------------------ */

gboolean
token_says (const Token *token, const char *word)
{
    return token->kind == TOKEN_WORD && strlen (word) == token->length &&
           g_ascii_strncasecmp (token->start, word, token->length) == 0;
}

Span
clause_of (const Text *text, guint at)
{
    Span span = { at, at };

    while (span.from && token_at (text, span.from - 1)->clause == token_at (text, at)->clause)
        span.from--;
    while (span.to < text->tokens->len && token_at (text, span.to)->clause == token_at (text, at)->clause)
        span.to++;
    return span;
}

Span
sentence_of (const Text *text, guint at)
{
    Span span = { at, at };

    while (span.from && token_at (text, span.from - 1)->sentence == token_at (text, at)->sentence)
        span.from--;
    while (span.to < text->tokens->len && token_at (text, span.to)->sentence == token_at (text, at)->sentence)
        span.to++;
    return span;
}

gboolean
is_alone (const Text *text, guint at)
{
    Span clause = clause_of (text, at);

    for (guint i = clause.from; i < clause.to; i++)
        if (i != at && token_at (text, i)->kind == TOKEN_WORD && !token_says (token_at (text, i), "by"))
            return FALSE;
    return TRUE;
}

Span
scope_of (const Text *text, guint at)
{
    return is_alone (text, at) ? sentence_of (text, at) : clause_of (text, at);
}

guint
span_word (const Text *text, Span span, guint64 classes)
{
    for (guint i = span.from; i < span.to; i++)
        if (token_in (token_at (text, i), classes))
            return i;
    return NOWHERE;
}

guint
name_within (const Text *text, Span span, guint at)
{
    guint best = NOWHERE;

    for (guint i = span.from; i < span.to; i++)
        if (token_shows (token_at (text, i), SLOT_NAME) &&
            (best == NOWHERE || MAX (i, at) - MIN (i, at) < MAX (best, at) - MIN (best, at)))
            best = i;
    return best;
}

guint
name_before (const Text *text, guint at)
{
    while (at-- > 0)
        if (token_shows (token_at (text, at), SLOT_NAME))
            return at;
    return NOWHERE;
}

gboolean
told_same_name (const Told *a, const Told *b)
{
    return told_has_name (a) == told_has_name (b) && (!told_has_name (a) || a->entity == b->entity);
}

static gboolean
same_period (Period a, Period b)
{
    return a.from == b.from && a.to == b.to;
}

/* A change may be of fewer days than were asked for, but it is still of the asked ones. */
gboolean
told_same_window (const Told *a, const Told *b)
{
    return same_period (a->fact->window, b->fact->window) ||
           same_period (a->fact->window, b->fact->evidence.period) ||
           same_period (a->fact->evidence.period, b->fact->window);
}

void
text_cite (const Text *text, const Told *told)
{
    if (!g_ptr_array_find (text->cited, told, NULL))
        g_ptr_array_add (text->cited, (gpointer)told);
}

/* ---- whose figure it is -------------------------------------------------------------------------- */

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
    return name_within (text, clause, at) == NOWHERE && span_word (text, clause, CLASS (WORD_WHOLE)) != NOWHERE
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

/* "campaign" before a name, and anywhere, only of what is one. */
static const char *
check_kind (const Text *text, guint at)
{
    const Token *token = token_at (text, at);
    guint kinds = token->word.detail;

    if (!token_in (token, CLASS (WORD_KIND)))
        return NULL;
    if (at + 1 < text->tokens->len && token_shows (token_at (text, at + 1), SLOT_NAME))
        return token_at (text, at + 1)->told->sense.subject->kind & kinds ? NULL : "a name of another kind";
    for (guint i = 0; i < text->cited->len; i++) {
        const Subject *subject = ((const Told *)text->cited->pdata[i])->sense.subject;

        if ((subject->kind | subject->about) & kinds)
            return NULL;
    }
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

/* ---- of which days ------------------------------------------------------------------------------------ */

/* What is of days of its own must tell them, at least once before. */
static const char *
check_dated (const Text *text, guint at)
{
    const Token *token = token_at (text, at);
    Span sentence = sentence_of (text, at);

    if (!token_is_figure (token) || !token->told->sense.aspect->dated)
        return NULL;
    for (guint i = 0; i < sentence.to; i++)
        if (token_shows (token_at (text, i), SLOT_WINDOW) &&
            same_period (token_at (text, i)->told->fact->window, token->told->fact->window))
            return NULL;
    return "unusual days without their date";
}

static const char *
check_window (const Text *text, guint at)
{
    const Token *token = token_at (text, at);
    Span span = clause_of (text, at);
    gboolean any = FALSE;

    if (!token_shows (token, SLOT_WINDOW))
        return NULL;
    for (guint round = 0; round < 2 && !any; round++, span = sentence_of (text, at))
        for (guint i = span.from; i < span.to; i++)
            if (token_is_figure (token_at (text, i))) {
                any = TRUE;
                if (!told_same_window (token->told, token_at (text, i)->told))
                    return "a figure of other days";
            }
    return any ? NULL : "days without a figure";
}

static gboolean
is_other_time (const Token *token)
{
    return token_in (token, CLASS (WORD_BEFORE)) || token_shows (token, SLOT_BEFORE);
}

static gboolean
is_mark (const Token *token, Mark mark)
{
    return token_is_figure (token) && token->told->sense.aspect->mark == mark;
}

/* "against", "than", "from", "over", not far before: then what follows is what is compared with. */
static gboolean
is_led (const Text *text, guint at)
{
    for (guint back = 1; back <= 5 && back <= at; back++) {
        const Token *token = token_at (text, at - back);

        if (token_in (token, CLASS (WORD_LEAD) | CLASS (WORD_FROM) | CLASS (WORD_OVER)) ||
            token_says (token, "on"))
            return TRUE;
        if (token->kind != TOKEN_WORD && !is_mark (token, MARK_BEFORE))
            return FALSE;
    }
    return FALSE;
}

static gboolean
has_past (const Text *text, Span span)
{
    for (guint i = span.from; i < span.to; i++)
        if (is_mark (token_at (text, i), MARK_BEFORE))
            return TRUE;
    return FALSE;
}

static gboolean
has_change (const Text *text, Span span)
{
    for (guint i = span.from; i < span.to; i++)
        if (token_is_change (token_at (text, i)))
            return TRUE;
    return FALSE;
}

static gboolean
has_figure (const Text *text, Span span)
{
    for (guint i = span.from; i < span.to; i++)
        if (token_is_figure (token_at (text, i)))
            return TRUE;
    return FALSE;
}

/* "before" is said of what was, or of what is compared with it. */
static const char *
check_before (const Text *text, guint at)
{
    Span clause = clause_of (text, at);

    if (!is_other_time (token_at (text, at)))
        return NULL;
    if (has_past (text, has_figure (text, clause) ? clause : sentence_of (text, at)))
        return NULL;
    if (!is_led (text, at))
        return "another time without a comparison";
    return has_change (text, sentence_of (text, at)) ||
                   span_word (text, sentence_of (text, at), CHANGES) != NOWHERE
               ? NULL
               : "a comparison without a change";
}

static gboolean
has_before (const Text *text, Span span)
{
    for (guint i = span.from; i < span.to; i++)
        if (is_other_time (token_at (text, i)))
            return TRUE;
    return FALSE;
}

/* What was is not what is: "from {F7.value}", "{F7.value} before". */
static const char *
check_past (const Text *text, guint at)
{
    const Token *token = token_at (text, at);
    gboolean from = at && token_in (token_at (text, at - 1), CLASS (WORD_FROM));
    gboolean to = at && token_in (token_at (text, at - 1), CLASS (WORD_TO));

    if (!token_is_figure (token))
        return NULL;
    if (is_mark (token, MARK_BEFORE))
        return !to && (from || has_before (text, scope_of (text, at))) ? NULL : "what was, as if it were now";
    if (from)
        return "what is, as if it were before";
    return to && token->told->fact->is_change ? "a change as what it came to" : NULL;
}

static const char *
check_past_alone (const Text *text, guint at)
{
    const Token *token = token_at (text, at);
    Span clause = clause_of (text, at);

    if (!token_is_figure (token) || is_mark (token, MARK_BEFORE) || token_is_change (token))
        return NULL;
    return has_before (text, clause) && !is_led (text, at) && has_past (text, clause)
               ? "two times in one clause"
               : NULL;
}

static const char *
check_usual (const Text *text, guint at)
{
    const Token *token = token_at (text, at);
    gboolean marked = is_mark (token, MARK_USUAL) && !token_is_change (token);
    Span sentence = sentence_of (text, at);

    if (marked)
        return span_word (text, sentence, CLASS (WORD_USUAL)) != NOWHERE ? NULL
                                                                         : "what is usual, as if it was";
    if (!token_in (token, CLASS (WORD_USUAL) | CLASS (WORD_UNUSUAL)))
        return NULL;
    for (guint i = sentence.from; i < sentence.to; i++)
        if (token_is_figure (token_at (text, i)) && token_at (text, i)->told->sense.aspect->dated)
            return NULL;
    return "usual, without a fact that knows it";
}

/* ---- all rules -------------------------------------------------------------------------------------------
 */

static const TextRule own_rules[] = { check_whose,  check_kind, check_source,     check_dated, check_window,
                                      check_before, check_past, check_past_alone, check_usual };

static const char *
apply (const Text *text, const TextRule *rules, gsize n)
{
    for (gsize rule = 0; rule < n; rule++)
        for (guint i = 0; i < text->tokens->len; i++) {
            const char *why = rules[rule](text, i);

            if (why)
                return why;
        }
    return NULL;
}

static gboolean
cite_slots (const Text *text)
{
    gboolean any = FALSE;

    for (guint i = 0; i < text->tokens->len; i++) {
        if (token_at (text, i)->kind == TOKEN_SLOT)
            text_cite (text, token_at (text, i)->told);
        any |= token_is_figure (token_at (text, i));
    }
    return any;
}

const char *
text_check (const Wording *wording, const GArray *tokens, GPtrArray *cited)
{
    const Text text = { wording, tokens, cited };
    const char *why = NULL;

    if (!cite_slots (&text))
        return "it has no figure";
    why = apply (&text, own_rules, G_N_ELEMENTS (own_rules));
    if (!why)
        why = apply (&text, thing_rules, G_N_ELEMENTS (thing_rules));
    if (!why)
        why = apply (&text, way_rules, G_N_ELEMENTS (way_rules));
    return why ? why : apply (&text, rank_rules, G_N_ELEMENTS (rank_rules));
}
