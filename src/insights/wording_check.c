#include "insights/wording_private.h"

static gboolean
is_figure (const Token *token)
{
    return token->kind == TOKEN_SLOT &&
           (token->slot == SLOT_VALUE || token->slot == SLOT_CHANGE || token->slot == SLOT_ROSE);
}

const char *
text_check (const Wording *wording, const GArray *tokens, GPtrArray *cited)
{
    gboolean figure = FALSE;

    (void)wording;
    for (guint i = 0; i < tokens->len; i++) {
        const Token *token = &g_array_index (tokens, Token, i);

        figure |= is_figure (token);
        if (token->kind == TOKEN_SLOT && !g_ptr_array_find (cited, token->told, NULL))
            g_ptr_array_add (cited, (gpointer)token->told);
    }
    return figure ? NULL : "it has no figure";
}
