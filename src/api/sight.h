/* sight.h -- what there is to tell of jobs at one moment: each job of each
 * user once, read in one round trip, and the events made of it. One thread. */
#pragma once
#include "http/http.h"
#include "query/job_view.h"

#define SIGHT_TAG 33 /* a state's name: half the hash of its text, and a NUL */

typedef struct Sight Sight;

Sight *sight_new (void);
void sight_free (Sight *sight);
void sight_add (Sight *sight, const char *user, const char *job);
gboolean sight_read (Sight *sight, Store *store, GError **error);

typedef struct {
    const char *tag; /* NULL: there is no such job any more that he may see */
    HttpPiece *news; /* the state as an event, and the end if it is final; NULL without a tag */
    gboolean final;
} Seen;
/* Of what was added and read; borrowed. */
Seen sight_find (const Sight *sight, const char *user, const char *job);

void sight_tag (const JobView *view, char tag[static SIGHT_TAG]);
/* The state as an event, unless the client knows it; and, if it is final, the end. */
void sight_write (GString *out, const JobView *view, const char *tag, gboolean is_known);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sight, sight_free)
