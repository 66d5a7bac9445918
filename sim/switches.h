/* switches.h -- what can be made to go wrong, in one table.
 *
 * A switch has a whole number or one of a list of words as its value. Every switch may also
 * wait ("after" requests that would have felt it) and end ("times" it was felt; then it falls
 * back to its default). Texts: "fault=503", "fault=503:after=3:times=2". JSON:
 * {"fault":"503","expire":{"value":1,"after":5,"times":1}}. */
#pragma once
#include "base/json.h"

#include <jansson.h>

typedef enum {
    SWITCH_EXPIRE,
    SWITCH_INVALID_GRANT,
    SWITCH_TOKEN_FAULT,
    SWITCH_TOKEN_SECONDS,
    SWITCH_ROTATE,
    SWITCH_CONSENT,
    SWITCH_CONSENT_SCOPE,
    SWITCH_TESTING,
    SWITCH_DENIED,
    SWITCH_EXHAUSTED,
    SWITCH_QUOTA_DAY,
    SWITCH_QUOTA_HOUR,
    SWITCH_QUOTA_PROJECT_HOUR,
    SWITCH_QUOTA_CONCURRENT,
    SWITCH_QUOTA_ERRORS,
    SWITCH_QUOTA_THRESHOLDED,
    SWITCH_FAULT,
    SWITCH_SLOW,
    SWITCH_BROKEN,
    SWITCH_MAX_ROWS,
    SWITCH_EMPTY,
    SWITCH_NO_ROW_COUNT,
    SWITCH_SHUFFLE,
    SWITCH_OTHER_ROW,
    SWITCH_OTHER_DATE,
    SWITCH_ODD_PATHS,
    SWITCH_GROWING,
    SWITCH_THRESHOLD,
    SWITCH_SAMPLED,
    SWITCH_NO_REVENUE,
    SWITCH_EXTRA_MEMBERS,
    SWITCH_EXTRA_ACCOUNTS,
    SWITCH_IG_TOKEN,
    SWITCH_IG_DENIED,
    SWITCH_IG_FAULT,
    SWITCH_IG_SLOW,
    SWITCH_IG_THROTTLE,
    SWITCH_IG_USAGE,
    SWITCH_IG_EMPTY,
    SWITCH_IG_LATE,
    SWITCH_IG_POISON,
    SWITCH_IG_DELETED,
    SWITCH_IG_CONVERSION,
    SWITCH_IG_FEW_VIEWERS,
    SWITCH_IG_OLD_VIEWS,
    SWITCH_IG_HIDDEN_LIKES,
    SWITCH_IG_REFUSED,
    SWITCH_IG_STORY_GONE,
    SWITCH_IG_EXTRA_PAGES,
    SWITCH_META_FAULT,
    SWITCH_META_STATUS_200,
    SWITCH_META_BROKEN,
    SWITCH_META_SLOW,
    SWITCH_META_OLD_VERSION,
    SWITCH_META_PROOF,
    SWITCH_META_NO_SCOPE,
    SWITCH_META_TOKEN_DAYS,
    SWITCH_META_USAGE,
    SWITCH_META_STEP,
    SWITCH_META_REGAIN,
    SWITCH_META_HEADER,
    SWITCH_META_MOST_ROWS,
    SWITCH_META_MOST_LIMIT,
    SWITCH_META_RUN,
    SWITCH_META_RUN_LOOKS,
    SWITCH_META_RUN_RACE,
    SWITCH_META_ACTIONS,
    SWITCH_META_DRIFT,
    SWITCH_META_ALL_METRICS,
    SWITCH_META_NUMBERS,
    SWITCH_META_CIRCLE,
    SWITCH_META_EXTRA_ACCOUNTS,
    SWITCH_CHAT,
    SWITCH_CHAT_WORDS,
    SWITCH_CHAT_JSON,
    SWITCH_CHAT_CAP,
    SWITCH_CHAT_STORE,
    SWITCH_CHAT_SLOW,
    SWITCH_CHAT_RETRY_AFTER,
    N_SWITCHES
} SwitchId;

typedef struct {
    const char *name;
    const char *choices; /* "none|500|503": the value is the word's place; NULL for a number */
    gint64 standard;
    gint64 least, most; /* of a number */
    guint times;        /* how often it is felt if nobody says; 0 is for ever */
    const char *help;
} SwitchInfo;

typedef struct {
    gint64 value;
    guint after, times;
} SwitchState;

typedef struct {
    SwitchState now[N_SWITCHES];
    SwitchState start[N_SWITCHES]; /* as the command line set them: what a reset goes back to */
    guint set[N_SWITCHES];         /* how often each was set */
} Switches;

extern const SwitchInfo switch_infos[N_SWITCHES];

void switches_init (Switches *switches);
/* "name=value[:after=N][:times=N]", for the start. FAULT_INVALID with a sentence. */
gboolean switches_start (Switches *switches, const char *text, GError **error);
/* A JSON object of values; nothing is changed if one of them is wrong. */
gboolean switches_set (Switches *switches, const json_t *values, GError **error);
void switches_reset (Switches *switches);
/* The array of all switches: name, value, default, help, after, times. */
void switches_write (const Switches *switches, Json *json);

/* The value now, for switches that describe the data. */
gint64 switch_value (const Switches *switches, SwitchId id);
/* The value for this request, 0 if it is not felt; counts "after" and "times" down. */
gint64 switch_feel (Switches *switches, SwitchId id);
