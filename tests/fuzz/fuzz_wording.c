/* A model's answer: whatever it is, it is refused with a sentence, or what is shown is made of known words,
 * of the facts' own figures and of names in quotes. */
#include "../unit/insights/worded.h"

#include "fuzz.h"

static World world;
static Wording *wording;

static void
set_up (void)
{
    static const char *const names[] = { "{F1.value}", "” said “", "a\nb",    "![x](y)", "900 %",
                                         "\xff",       "",         "</data>", "“",       "{}" };

    if (wording)
        return;
    world_make (&world, 1, names, G_N_ELEMENTS (names));
    wording = wording_new (world.facts, world.bullets, world.connected);
}

/* No character that could be markup, a slot or a trick stands outside of the quotes of a name. */
static gboolean
is_plain (const Bullet *bullet)
{
    const char *text = bullet->text->str;
    gboolean quoted = FALSE;

    for (const char *at = text; *at; at = g_utf8_next_char (at)) {
        gunichar c = g_utf8_get_char (at);

        quoted = c == 0x201c || (quoted && c != 0x201d);
        if (g_unichar_iscntrl (c) || g_unichar_type (c) == G_UNICODE_FORMAT)
            return FALSE;
        if (!quoted && strchr ("{}<>[]*`|\\", (int)MIN (c, 127)) && c < 127)
            return FALSE;
    }
    return TRUE;
}

static void
check_bullet (const Bullet *bullet)
{
    FUZZ_CLAIM (g_utf8_validate (bullet->text->str, (gssize)bullet->text->len, NULL));
    FUZZ_CLAIM (bullet->group < N_GROUPS && bullet->text->len < 4000);
    if (bullet->weight <= 90 && bullet->facts->len && !g_str_has_prefix (bullet->text->str, "By the rules"))
        FUZZ_CLAIM (is_plain (bullet));
    for (guint i = 0; i < bullet->facts->len; i++)
        FUZZ_CLAIM (g_ptr_array_find (world.facts, bullet->facts->pdata[i], NULL));
}

/* The input as a whole answer, and as the text of one. */
static void
check_answer (const char *content, gsize size)
{
    g_autoptr (GError) error = NULL;
    WordingTally tally;
    g_autoptr (GPtrArray) bullets = wording_read (wording, content, size, &tally, &error);

    FUZZ_CLAIM ((bullets == NULL) == (error != NULL));
    for (guint i = 0; bullets && i < bullets->len; i++)
        check_bullet (bullets->pdata[i]);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup ((const char *)data, size);

    set_up ();
    check_answer ((const char *)data, size);
    for (Group group = 0; group < N_GROUPS; group++) {
        g_autoptr (GString) one = answer_of (group, text, NULL);

        check_answer (one->str, one->len);
    }
    return 0;
}
