/* The parameters of a question: a period and its comparison, or a sentence. */
#include "model/period.h"

#include "fuzz.h"
#include "model/source.h"

static void
try_comparison (char **lines, Period period)
{
    g_autoptr (GError) error = NULL;
    Comparison comparison;

    if (!comparison_read (lines[2], lines[3], lines[4], period, &comparison, &error)) {
        FUZZ_CLAIM (error != NULL);
        return;
    }
    FUZZ_CLAIM (comparison_name (comparison.kind) != NULL);
    if (comparison.kind == COMPARE_PREVIOUS_PERIOD)
        FUZZ_CLAIM (period_days (comparison.period) == period_days (period) &&
                    comparison.period.to == period.from - 1);
    if (comparison.kind == COMPARE_CUSTOM)
        FUZZ_CLAIM (period_days (comparison.period) >= 1 &&
                    period_days (comparison.period) <= PERIOD_MAX_DAYS);
}

static void
try_sources (const char *list)
{
    g_autofree char *bad = NULL;
    Source set = SOURCE_NONE;

    if (list && source_parse_list (list, &set, &bad))
        FUZZ_CLAIM (set != SOURCE_NONE && (set & ~SOURCE_ALL) == 0 && !bad);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
    g_autoptr (GError) error = NULL;
    char *lines[6];
    Period period;

    fuzz_lines (data, size, lines, G_N_ELEMENTS (lines));
    if (period_read (lines[0], lines[1], &period, &error)) {
        FUZZ_CLAIM (period_days (period) >= 1 && period_days (period) <= PERIOD_MAX_DAYS);
        try_comparison (lines, period);
    } else {
        FUZZ_CLAIM (error != NULL);
    }
    try_sources (lines[5]);
    for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
        g_free (lines[i]);
    return 0;
}
