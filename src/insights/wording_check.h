/* wording_check.h -- short words for looking around in a sentence, for the rules of
 * wording_check*.c. A rule looks at one token and says why it is not believed, or NULL. */
#pragma once
#include "insights/wording_private.h"

typedef struct {
    const Wording *wording;
    const GArray *tokens;
    GPtrArray *cited; /* of Told */
} Text;

/* Tokens from .. to - 1. */
typedef struct {
    guint from, to;
} Span;

#define NOWHERE  G_MAXUINT
#define CLASS(c) (G_GUINT64_CONSTANT (1) << (c))
/* Words that say that something changed or did not, each proven by a rule of its own. */
#define CHANGES  (WAYS | JUDGES | CLASS (WORD_LEVEL))
#define JUDGES   (CLASS (WORD_BETTER) | CLASS (WORD_WORSE) | CLASS (WORD_CHEAPER) | CLASS (WORD_DEARER))
#define WAYS     (CLASS (WORD_UP) | CLASS (WORD_DOWN))

typedef const char *(*TextRule) (const Text *text, guint at);

extern const TextRule whose_rules[8]; /* wording_check_whose.c */
extern const TextRule thing_rules[3]; /* wording_check_things.c */
extern const TextRule way_rules[8];   /* wording_check_ways.c */
extern const TextRule rank_rules[3];  /* wording_check_rank.c */

static inline const Token *
token_at (const Text *text, guint i)
{
    return &g_array_index (text->tokens, Token, i);
}

static inline gboolean
token_in (const Token *token, guint64 classes)
{
    return token->kind == TOKEN_WORD && (classes & CLASS (token->word.class));
}

static inline gboolean
token_shows (const Token *token, Slot slot)
{
    return token->kind == TOKEN_SLOT && token->slot == slot;
}

static inline gboolean
token_is_figure (const Token *token)
{
    return token_shows (token, SLOT_VALUE) || token_shows (token, SLOT_CHANGE) ||
           token_shows (token, SLOT_ROSE);
}

static inline gboolean
token_is_change (const Token *token)
{
    return token_is_figure (token) && token->told->fact->is_change;
}

/* "of": for the few plain words whose place matters. */
gboolean token_says (const Token *token, const char *word);

Span clause_of (const Text *text, guint at);
Span sentence_of (const Text *text, guint at);
/* "by", "of", "about": words between a change and its figure. */
gboolean is_by (const Token *token);
/* A figure with no word beside it but "by": "({F2.value})". It belongs to what was just said. */
gboolean is_alone (const Text *text, guint at);
/* What is said of a figure: its clause, or its sentence if it is alone. */
Span scope_of (const Text *text, guint at);
/* The first token of the span with one of the classes; NOWHERE: none. */
guint span_word (const Text *text, Span span, guint64 classes);
/* The name nearest to a place of the span; NOWHERE: none. */
guint name_within (const Text *text, Span span, guint at);
/* The last name before a place. */
guint name_before (const Text *text, guint at);
/* Do two facts speak of the same: both of nothing in particular, or of one name? */
gboolean told_same_name (const Told *a, const Told *b);
gboolean told_same_window (const Told *a, const Told *b);
/* The word for the thing that the figure (or another word) at a place speaks of; NOWHERE: none says it. */
guint thing_for (const Text *text, guint at);
/* Is what follows a "than" there: a figure or a name, or neither but another time? */
gboolean compares_two (const Text *text, guint than);
/* The "than" that belongs to a word; NOWHERE: none. */
guint than_after (const Text *text, guint at);
/* It rests on that fact too. */
void text_cite (const Text *text, const Told *told);
