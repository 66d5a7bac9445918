/* A formula that somebody types: read as one, or refused with a sentence. */
#include "widgets/formula.h"

#include "fuzz.h"

static void
check_sum (const Sum *sum)
{
    FUZZ_CLAIM (sum->n <= FORMULA_TERMS);
    for (guint i = 0; i < sum->n; i++) {
        FUZZ_CLAIM (sum->terms[i].metric != NULL);
        FUZZ_CLAIM (sum->terms[i].factor != 0);
        FUZZ_CLAIM (sum->terms[i].metric->unit == sum->terms[0].metric->unit);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup ((const char *)data, size);
    g_autoptr (GError) error = NULL;
    Formula formula;

    if (!formula_parse (&formula, text, &error)) {
        FUZZ_CLAIM (error != NULL && g_utf8_validate (error->message, -1, NULL));
        return 0;
    }
    FUZZ_CLAIM (formula.num.n > 0 && formula.divisor >= 1 && formula.needs != SOURCE_NONE);
    check_sum (&formula.num);
    check_sum (&formula.den);
    return 0;
}
