/* The JSON body that makes a widget: a widget whose description is JSON and makes the same one again, or a
 * refusal. */
#include "widgets/custom.h"

#include "fuzz.h"

/* What is shown of it is JSON, and its formula the same formula when it is read again. */
static void
check (const Custom *custom)
{
    g_autoptr (GString) text = g_string_new (NULL);
    Json json = JSON_INTO (text);
    json_t *shown;
    Formula formula;

    json_begin_object (&json);
    custom_describe (custom, &json);
    json_end_object (&json);
    shown = json_loadb (text->str, text->len, JSON_REJECT_DUPLICATES, NULL);
    FUZZ_CLAIM (shown &&
                formula_parse (&formula, json_string_value (json_object_get (shown, "formula")), NULL));
    FUZZ_CLAIM (formula.needs == custom_formula (custom)->needs &&
                formula.num.n == custom_formula (custom)->num.n);
    json_decref (shown);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    json_t *definition = json_loadb ((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (Custom) custom = NULL;

    if (!definition)
        return 0;
    custom = custom_new ("custom.a", definition, &error);
    json_decref (definition);
    FUZZ_CLAIM (!custom == !!error);
    if (!custom) {
        FUZZ_CLAIM (*error->message && g_utf8_validate (error->message, -1, NULL));
        return 0;
    }
    FUZZ_CLAIM (custom_widget (custom) && strcmp (custom_widget (custom)->key, "custom.a") == 0);
    check (custom);
    return 0;
}
