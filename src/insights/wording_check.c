/* wording_check.c -- is a sentence true of the facts that it stands with? Here: of which days its
 * figures are; the other rules have files of their own. */
#include "insights/wording_check.h"

#include <string.h>

/* ---- looking around ---- */

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
is_by (const Token *token)
{
    static const char *const words[] = { "by",   "of", "about", "around", "roughly", "approximately",
                                         "some", "a",  "it" };

    for (guint i = 0; i < G_N_ELEMENTS (words); i++)
        if (token_says (token, words[i]))
            return TRUE;
    return FALSE;
}

gboolean
is_alone (const Text *text, guint at)
{
    Span clause = clause_of (text, at);

    for (guint i = clause.from; i < clause.to; i++)
        if (i != at && token_at (text, i)->kind == TOKEN_WORD && !is_by (token_at (text, i)) &&
            !token_in (token_at (text, i), CLASS (WORD_BREAK)))
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

/* ---- of which days ---- */

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

/* Is something said to have changed, in the same clause before it, or in the brackets before that? */
static gboolean
changed_before (const Text *text, guint at)
{
    if (at >= 2 && *token_at (text, at - 1)->start == ')' && token_is_change (token_at (text, at - 2)))
        return TRUE;
    for (guint i = clause_of (text, at).from; i < at; i++)
        if (token_is_change (token_at (text, i)) || token_in (token_at (text, i), CHANGES))
            return TRUE;
    return FALSE;
}

/* "against", "than", and after a change "from", "over" or "on", stand not far before: then what follows is
 * what is compared with. */
static gboolean
is_led (const Text *text, guint at)
{
    for (guint back = 1; back <= 5 && back <= at; back++) {
        const Token *token = token_at (text, at - back);

        if (token_in (token, CLASS (WORD_LEAD)))
            return TRUE;
        if (token_in (token, CLASS (WORD_FROM) | CLASS (WORD_OVER)) || token_says (token, "on"))
            return changed_before (text, at - back);
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

/* "against the previous period of {F1.value}" makes a past of what is now. */
static const char *
check_after (const Text *text, guint at)
{
    const Token *token = token_at (text, at);

    if (!token_is_figure (token) || is_mark (token, MARK_BEFORE) || token_is_change (token))
        return NULL;
    if (at && token_in (token_at (text, at - 1), CLASS (WORD_TO)) && changed_before (text, at))
        return NULL;
    return has_before (text, (Span){ clause_of (text, at).from, at }) ? "what is, as if it were before"
                                                                      : NULL;
}

/* "the usual {F15.value}": before what is usual, and not before what was. */
static const char *
check_usual_figure (const Text *text, guint at)
{
    const Token *token = token_at (text, at);
    Span said = { scope_of (text, at).from, at };

    if (token_is_change (token) || !token->told->sense.aspect->dated)
        return NULL;
    if (is_mark (token, MARK_USUAL))
        return span_word (text, said, CLASS (WORD_USUAL)) != NOWHERE ? NULL : "what is usual, as if it was";
    said.from = clause_of (text, at).from;
    return span_word (text, said, CLASS (WORD_USUAL)) != NOWHERE ? "what was, as if it were usual" : NULL;
}

static const char *
check_usual (const Text *text, guint at)
{
    const Token *token = token_at (text, at);
    Span sentence = sentence_of (text, at);

    if (token_is_figure (token))
        return check_usual_figure (text, at);
    if (!token_in (token, CLASS (WORD_USUAL) | CLASS (WORD_UNUSUAL)))
        return NULL;
    for (guint i = sentence.from; i < sentence.to; i++)
        if (token_is_figure (token_at (text, i)) && token_at (text, i)->told->sense.aspect->dated)
            return NULL;
    return "usual, without a fact that knows it";
}

/* ---- all rules ---- */

static const TextRule time_rules[] = { check_dated, check_window, check_before,
                                       check_past,  check_after,  check_usual };

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

static const struct {
    const TextRule *rules;
    gsize n;
} books[] = {
    { whose_rules, G_N_ELEMENTS (whose_rules) }, { time_rules, G_N_ELEMENTS (time_rules) },
    { thing_rules, G_N_ELEMENTS (thing_rules) }, { way_rules, G_N_ELEMENTS (way_rules) },
    { rank_rules, G_N_ELEMENTS (rank_rules) },
};

const char *
text_check (const Wording *wording, const GArray *tokens, GPtrArray *cited)
{
    const Text text = { wording, tokens, cited };
    const char *why = cite_slots (&text) ? NULL : "it has no figure";

    for (guint i = 0; i < G_N_ELEMENTS (books) && !why; i++)
        why = apply (&text, books[i].rules, books[i].n);
    return why;
}
