/* widget.h -- the catalogue of widgets, and the one way to answer them.
 *
 * A widget is a row: a question (SQL), a shape (render function), and words.
 * Adding one is a row, an SQL file and a golden test. */
#pragma once
#include "base/json.h"
#include "model/period.h"
#include "model/source.h"
#include "render/render.h"
#include "store/store.h"

typedef struct Custom Custom;

typedef struct {
    const char *key, *title, *description;
    Source needs; /* all of these must be on and connected */
    Unit unit;
    Total total;         /* how stats.value comes from the days */
    const Field *fields; /* of shapes with several numbers; else NULL */
    Good good;           /* which way its number should go */
    const char *chart;   /* "line", "bar", "stacked", "table", "pair", "funnel" */
    const char *group;   /* where a picker lists it: "Traffic", "Ads", "Content", "Cross-channel" */
    const char *size;    /* of its card at first: "sm", "md", "lg", "xl" */
    const Sql *sql;      /* NULL: custom */
    Render render;
    const Custom *custom; /* of a user: what its rows are made of, see custom.h; NULL: of us all */
} Widget;

/* What is asked of a widget, already checked. */
typedef struct {
    Period period;
    Comparison comparison;
    Source sources;
    /* For whoever has a link to it: without the user's targets and notes, and no account by its name. */
    gboolean shared;
} WidgetRequest;

const Widget *widget_find (const char *key); /* NULL if unknown */
const Widget *widget_at (guint i);           /* NULL past the end */
/* The members of one of them as GET /v1/widgets shows it, into an open object. */
void widget_describe (const Widget *widget, Json *json);

/* Read from the query's parameters; get returns NULL for one that is absent. FAULT_INVALID. */
gboolean
widget_request_read (WidgetRequest *request, const char *(*get) (gconstpointer from, const char *name),
                     gconstpointer from, GError **error);
/* The same question has the same text: "ga4.users|2026-01-01|2026-01-31|0|…"; appended to key. */
void widget_request_key (const WidgetRequest *request, const Widget *widget, GString *key);

/* Several widgets of one user and period. */
typedef struct {
    const char *user_id;
    const Widget *const *widgets;
    guint n;
    const WidgetRequest *request;
    GString **answers; /* n; filled in */
    const Sql *beside; /* one more question about the user (:user), seen in the same snapshot; NULL: none */
    Rows *beside_rows; /* its answer; filled in, the caller owns it */
} WidgetQuestion;

/* All of them in one round trip and from one snapshot; as JSON texts, which the caller owns. On error
 * none is filled in. */
gboolean widgets_answer_all (Store *store, WidgetQuestion *questions, guint n, GError **error);
/* The answers of n widgets for one user as JSON texts, in one round trip and from one
 * snapshot of the data. The caller owns the strings. */
gboolean widgets_answer (Store *store, const char *user_id, const Widget *const *widgets, guint n,
                         const WidgetRequest *request, GString **answers, GError **error);
