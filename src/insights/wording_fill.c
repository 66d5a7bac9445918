/* wording_fill.c -- the figures and names into a sentence that was proven. What is filled in is
 * never read again, so a name that looks like a slot stays what it is. */
#include "insights/wording_private.h"

#include <math.h>
#include <string.h>

static const Token *
token_at (const GArray *tokens, guint i)
{
    return &g_array_index (tokens, Token, i);
}

static gboolean
is_way (const Token *token)
{
    return token->kind == TOKEN_WORD &&
           (token->word.class == WORD_UP || token->word.class == WORD_DOWN ||
            token->word.class == WORD_DEARER || token->word.class == WORD_CHEAPER ||
            token->word.class == WORD_BETTER || token->word.class == WORD_WORSE);
}

/* Does a word of its clause say which way? Then the figure has no sign. */
static gboolean
has_way (const GArray *tokens, const Token *slot)
{
    for (guint i = 0; i < tokens->len; i++)
        if (token_at (tokens, i)->clause == slot->clause && is_way (token_at (tokens, i)))
            return TRUE;
    return FALSE;
}

static void
add_value (GString *text, const Fact *fact, gboolean way)
{
    if (fact->is_change && way) {
        prose_size (text, &fact->figure);
        return;
    }
    if (fact_direction (fact) > 0)
        g_string_append_c (text, '+');
    prose_figure (text, &fact->figure);
}

static void
add_moved (GString *text, const Fact *fact, gboolean way, const char *up, const char *down, const char *level)
{
    int direction = fact_direction (fact);

    if (!direction) {
        g_string_append (text, level);
        return;
    }
    if (!way)
        g_string_append (text, direction > 0 ? up : down);
    prose_size (text, &fact->figure);
}

/* Kinds of posts and weekdays are words of ours; all else is what others have named. */
static const char *
own_word (const Told *told)
{
    static const char *const types[][2] = { { "VIDEO", "videos" },
                                            { "IMAGE", "single images" },
                                            { "CAROUSEL_ALBUM", "carousels" } };

    if (told->sense.subject->kind == KIND_WEEKDAY)
        return told->fact->entity;
    for (guint i = 0; i < G_N_ELEMENTS (types) && told->sense.subject->kind == KIND_POST_TYPE; i++)
        if (g_str_equal (told->fact->entity, types[i][0]))
            return types[i][1];
    return NULL;
}

static void
add_name (GString *text, const Told *told)
{
    const char *word = own_word (told);

    if (word)
        g_string_append (text, word);
    else
        prose_name (text, told->fact->entity);
}

static void
add_slot (GString *text, const Token *token, gboolean way)
{
    const Fact *fact = token->told->fact;

    switch (token->slot) {
    case SLOT_NAME:
        add_name (text, token->told);
        break;
    case SLOT_CHANGE:
        add_moved (text, fact, way, "up ", "down ", "unchanged");
        break;
    case SLOT_ROSE:
        add_moved (text, fact, way, "rose ", "fell ", "did not change");
        break;
    case SLOT_WINDOW:
        prose_window (text, fact->window);
        break;
    case SLOT_BEFORE:
        prose_window (text, fact->before);
        break;
    default:
        add_value (text, fact, way);
    }
}

static gboolean
is_after_one (const GString *text, const Token *token)
{
    return token->kind == TOKEN_WORD && token->word.class == WORD_THING && token->length > 1 &&
           token->start[token->length - 1] == 's' &&
           (g_str_has_suffix (text->str, " 1 ") || g_str_equal (text->str, "1 "));
}

/* "1 sessions": the word loses its ending. */
static void
add_word (GString *text, const Token *token)
{
    g_string_append_len (text, token->start, (gssize)(token->length - (is_after_one (text, token) ? 1 : 0)));
}

GString *
text_fill (const char *text, const GArray *tokens)
{
    GString *filled = g_string_new (NULL);
    const char *at = text;

    for (guint i = 0; i < tokens->len; i++) {
        const Token *token = token_at (tokens, i);

        g_string_append_len (filled, at, token->start - at);
        if (token->kind == TOKEN_SLOT)
            add_slot (filled, token, has_way (tokens, token));
        else
            add_word (filled, token);
        at = token->start + token->length;
    }
    g_string_append (filled, at);
    return filled;
}
