#include "insights/insights_private.h"
void
rules_days (Insights *insights)
{
    (void)insights;
}
void
rules_targets (Insights *insights)
{
    (void)insights;
}
