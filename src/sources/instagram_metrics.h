/* instagram_metrics.h -- ask for several metrics at once, without those that are refused.
 *
 * One metric that an account or a post does not have fails the whole call. The
 * refusal may name it, or say "An unknown error has occurred": then halves are
 * asked until it is found. It is not asked again with this InstagramMetrics, nor, where
 * that is noted, in the same sync; the next one tries anew, for accounts change. */
#pragma once
#include "sources/instagram_call.h"

#define INSTAGRAM_MAX_METRICS 12

typedef struct {
    const char *const *names; /* borrowed */
    guint n;
    guint live; /* bits: what is still asked */
} InstagramMetrics;

#define INSTAGRAM_METRICS(list) \
    ((InstagramMetrics){ .names = (list), .n = G_N_ELEMENTS (list), .live = (1u << G_N_ELEMENTS (list)) - 1 })

/* Leave out what was refused under that name, and say what is refused by now. */
void instagram_metrics_recall (InstagramMetrics *metrics, const SourceContext *context, const char *name);
void instagram_metrics_note (const InstagramMetrics *metrics, const SourceContext *context, const char *name);
/* GET path?metric=…&rest for the live ones; values[i] becomes what it says of names[i], VALUE_NULL
 * for what it does not. Both shapes are read, total_value and values. */
gboolean instagram_metrics_ask (InstagramCalls *calls, InstagramMetrics *metrics, const char *path,
                                const char *rest, Value values[static INSTAGRAM_MAX_METRICS], GError **error);
/* Does the last refusal blame some of these? Their bits. */
guint instagram_metrics_blamed (const GraphEcho *echo, const InstagramMetrics *metrics, guint asked);
/* One call for the metrics of these bits, without reading or dropping anything. */
json_t *instagram_metrics_call (InstagramCalls *calls, const InstagramMetrics *metrics, guint asked,
                                const char *path, const char *rest, GError **error);
