/* wording_text.c -- a sentence of a model as words, slots and pauses. Whatever else it holds,
 * a digit, a symbol, an invisible character, a letter that only looks like one, a word that
 * is not in the vocabulary, ends the reading. */
#include "insights/wording_private.h"

#include <string.h>

#define TEXT_MOST 600 /* bytes, before names are filled in */

typedef struct {
    const Wording *wording;
    const char *text, *at;
    char *small; /* the text in small letters */
    GArray *tokens;
    guint clause, sentence;
    const char *why;
} Parser;

static gboolean
refuse (Parser *parser, const char *why)
{
    parser->why = why;
    return FALSE;
}

static void
add_token (Parser *parser, Token token, gsize length)
{
    token.start = parser->at;
    token.length = length;
    token.clause = parser->clause;
    token.sentence = parser->sentence;
    g_array_append_val (parser->tokens, token);
    parser->at += length;
}

/* ---- slots ---- */

static const struct {
    const char *name;
    Slot slot;
} slots[] = {
    { "value", SLOT_VALUE }, { "name", SLOT_NAME },     { "change", SLOT_CHANGE }, { "rose", SLOT_ROSE },
    { "day", SLOT_WINDOW },  { "window", SLOT_WINDOW }, { "before", SLOT_BEFORE },
};

/* The change of a total has a fact of its own. */
static const Told *
change_of (const Wording *wording, const Told *told)
{
    g_autofree char *metric = g_strconcat (told->fact->metric, ".change", NULL);

    if (told->fact->is_change)
        return told;
    for (guint i = 0; i < wording->told->len; i++) {
        const Told *other = told_at (wording, i);

        if (g_str_equal (other->fact->metric, metric) && !other->fact->entity && !told->fact->entity)
            return other;
    }
    return NULL;
}

/* The fact that the slot shows; NULL: it has nothing for such a slot. */
static const Told *
slot_fact (const Wording *wording, Slot slot, const Told *told)
{
    switch (slot) {
    case SLOT_NAME:
        return told_has_name (told) ? told : NULL;
    case SLOT_WINDOW:
        return period_days (told->fact->window) > 0 ? told : NULL;
    case SLOT_CHANGE:
    case SLOT_ROSE:
        return change_of (wording, told);
    case SLOT_BEFORE:
        told = period_days (told->fact->before) > 0 ? told : change_of (wording, told);
        return told && period_days (told->fact->before) > 0 ? told : NULL;
    default:
        return told;
    }
}

static gboolean
read_slot_kind (const char *name, gsize length, Slot *slot)
{
    for (guint i = 0; i < G_N_ELEMENTS (slots); i++)
        if (strlen (slots[i].name) == length && strncmp (slots[i].name, name, length) == 0) {
            *slot = slots[i].slot;
            return TRUE;
        }
    return FALSE;
}

/* "{F3.value}" */
static gboolean
read_slot (Parser *parser)
{
    const char *id = parser->at + 1, *dot = strpbrk (id, ".{}"), *end = dot ? strpbrk (dot + 1, ".{}") : NULL;
    Token token = { .kind = TOKEN_SLOT };

    if (!end || *dot != '.' || *end != '}')
        return refuse (parser, "a broken slot");
    if (!read_slot_kind (dot + 1, (gsize)(end - dot - 1), &token.slot))
        return refuse (parser, "a slot of no known kind");
    token.told = wording_told (parser->wording, id, (gsize)(dot - id));
    if (!token.told)
        return refuse (parser, "a slot of no known fact");
    token.told = slot_fact (parser->wording, token.slot, token.told);
    if (!token.told)
        return refuse (parser, "a slot that its fact can't fill");
    add_token (parser, token, (gsize)(end + 1 - parser->at));
    return TRUE;
}

/* Nothing may touch a slot that would make another figure of it: "-{F1.value}", "{F1.value}k". */
static gboolean
is_apart (const char *text, const char *from, const char *end)
{
    gboolean before = from == text || from[-1] == ' ' || from[-1] == '(';

    return before && (!*end || strchr (" .,;:!?)", *end));
}

static gsize
possessive (const char *at)
{
    if (g_str_has_prefix (at, "'s") || g_str_has_prefix (at, "’s"))
        return *at == '\'' ? 2 : strlen ("’s");
    return 0;
}

static gboolean
read_apart (Parser *parser, const char *from)
{
    Token *token = &g_array_index (parser->tokens, Token, parser->tokens->len - 1);
    gsize owned = token->slot == SLOT_NAME ? possessive (parser->at) : 0;

    if (!is_apart (parser->text, from, parser->at + owned))
        return refuse (parser, "something touches a slot");
    parser->at += owned;
    return TRUE;
}

/* Quotes are allowed around a name only, and go: the name brings its own. */
static gboolean
read_quoted (Parser *parser)
{
    static const struct {
        const char *open, *close;
    } quotes[] = { { "\"", "\"" }, { "“", "”" }, { "'", "'" }, { "‘", "’" } };
    const char *from = parser->at;

    for (guint i = 0; i < G_N_ELEMENTS (quotes); i++) {
        Token *token;

        if (!g_str_has_prefix (from, quotes[i].open))
            continue;
        parser->at += strlen (quotes[i].open);
        if (*parser->at != '{' || !read_slot (parser))
            return refuse (parser, "a quotation");
        token = &g_array_index (parser->tokens, Token, parser->tokens->len - 1);
        if (token->slot != SLOT_NAME || !g_str_has_prefix (parser->at, quotes[i].close))
            return refuse (parser, "a quotation");
        parser->at += strlen (quotes[i].close);
        token->start = from;
        token->length = (gsize)(parser->at - from);
        return read_apart (parser, from);
    }
    return refuse (parser, "a character that no sentence needs");
}

/* ---- words and pauses ---- */

static gboolean
read_word (Parser *parser)
{
    gsize length = 0;
    const Word *word = word_find (parser->small + (parser->at - parser->text), &length);

    if (!word)
        return refuse (parser, "a word that is not in the vocabulary");
    if (word->class == WORD_BREAK || word->class == WORD_LEAD)
        parser->clause++;
    add_token (parser, (Token){ .kind = TOKEN_WORD, .word = *word }, length);
    parser->at += possessive (parser->at);
    if (g_str_has_prefix (parser->at, ". ") && length == 2 &&
        g_ascii_strncasecmp (parser->at - 2, "vs", 2) == 0)
        parser->at++; /* not the end of a sentence */
    if (*parser->at && !strchr (" .,;:!?)", *parser->at))
        return refuse (parser, "something touches a word");
    return TRUE;
}

static gboolean
ends_sentence (const char *at)
{
    at += strspn (at, ".!?) ");
    return !*at || g_ascii_isupper (*at) || *at == '{';
}

static gboolean
read_pause (Parser *parser)
{
    gboolean stop = strchr (".!?", *parser->at) && ends_sentence (parser->at);

    if (*parser->at != '(' && parser->at[1] && !strchr (" .,;:)", parser->at[1]))
        return refuse (parser, "something touches a pause");
    add_token (parser, (Token){ .kind = stop ? TOKEN_STOP : TOKEN_PAUSE }, 1);
    parser->clause++;
    if (stop)
        parser->sentence++;
    return TRUE;
}

/* With a space on both sides; before a figure it would be a sign. */
static gboolean
read_dash (Parser *parser)
{
    gsize length = *parser->at == '-' ? 1 : strlen ("–");

    if (parser->at == parser->text || parser->at[-1] != ' ' || parser->at[length] != ' ')
        return refuse (parser, "a dash that is none");
    if (parser->at[length + 1] == '{')
        return refuse (parser, "a dash before a slot");
    add_token (parser, (Token){ .kind = TOKEN_PAUSE }, length);
    parser->clause++;
    return TRUE;
}

static gboolean
read_token (Parser *parser)
{
    const char *from = parser->at;

    if (*from == '{')
        return read_slot (parser) && read_apart (parser, from);
    if (g_ascii_isalpha (*from))
        return read_word (parser);
    if (strchr (".,;:!?()", *from))
        return read_pause (parser);
    if (*from == '-' || g_str_has_prefix (from, "–") || g_str_has_prefix (from, "—"))
        return read_dash (parser);
    return read_quoted (parser);
}

GArray *
text_parse (const Wording *wording, const char *text, const char **why)
{
    g_autofree char *small = g_ascii_strdown (text, -1);
    g_autoptr (GArray) tokens = g_array_new (FALSE, FALSE, sizeof (Token));
    Parser parser = { .wording = wording, .text = text, .at = text, .small = small, .tokens = tokens };

    if (strlen (text) > TEXT_MOST) {
        *why = "it is too long";
        return NULL;
    }
    while (*(parser.at += strspn (parser.at, " ")))
        if (!read_token (&parser)) {
            *why = parser.why;
            return NULL;
        }
    return g_steal_pointer (&tokens);
}
