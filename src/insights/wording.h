/* wording.h -- what a language model is asked about facts, and what of its answer is believed.
 *
 * The model gets the facts by id, with a slot in the place of every name that others have
 * chosen, so that no such name is ever part of what it is told. It answers with sentences
 * that hold slots where figures and names belong. Each sentence is read word by word: every
 * word must be one that is known here, and what it claims (a direction, a rank, a
 * comparison, a thing, a name beside a figure) must hold for the facts it stands with. Only
 * then the slots are filled in, by us. A group that loses a sentence gets those of the rules.
 *
 * Pure: no clock, no chance, no network; one request, one thread. docs/insights.md says
 * what is refused, and how well that works. */
#pragma once
#include "insights/bullets.h"

typedef struct Wording Wording;

/* Borrows the facts, and the rules' bullets about them; both must outlive it. Only facts of the sources
 * in connected are told and believed. */
Wording *wording_new (const GPtrArray *facts, const GPtrArray *bullets, Source connected);
void wording_free (Wording *wording);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Wording, wording_free)

/* The system message; the same for all. */
const char *wording_rules (void);
/* The user message: the facts as compact JSON. The same facts give the same bytes. */
const char *wording_question (const Wording *wording);
/* The JSON schema of an answer, as text: every key required, none beside them. */
const char *wording_schema (void);

/* kept: sentences of the model that are shown; dropped: those refused; groups_fallen_back: groups that are
 * the rules' own because a sentence of the model was refused. */
typedef struct {
    guint kept, dropped, groups_fallen_back;
} WordingTally;

/* The bullets to show, of the model where each was proven and of the rules otherwise, as bullets.h has them;
 * the caller owns the array. They cite the facts given to wording_new. content need not end in NUL. NULL and
 * FAULT_REMOTE only if content is no answer at all. */
GPtrArray *
wording_read (const Wording *wording, const char *content, gsize size, WordingTally *tally, GError **error);
