/* follow.h -- streams of jobs: who follows which, and the thread that tells them.
 *
 * One thread, with a Store of its own, reads all followed jobs once a second
 * in one round trip, however many follow; it sleeps while nobody does. What it
 * sends goes through the loops (see http.h), so a slow reader holds up nobody.
 * A stream ends with its job, or when the token or session that opened it is
 * no longer good: at once if it was revoked here, within RECHECK_SECONDS if it
 * was elsewhere. */
#pragma once
#include "api/identity.h"
#include "api/sight.h"
#include "base/config.h"

#define FOLLOW_PER_USER  32
#define FOLLOW_MOST      2048
#define FOLLOW_RETRY_MS  2000
#define FOLLOW_BEAT_US   (15 * SECOND_US)
#define FOLLOW_PERIOD_US SECOND_US

typedef struct Follow Follow;

Follow *follow_new (const Config *config, Clock *clock, Identities *identities);
/* The server has stopped, so all streams are over. */
void follow_free (Follow *follow);

/* May this user open one more? 429 or 503. It holds the place until follow_add or follow_give_up. */
gboolean follow_reserve (Follow *follow, const char *user_id, GError **error);
void follow_give_up (Follow *follow, const char *user_id);
/* Takes over the stream, which has been sent the state of that tag. */
void follow_add (Follow *follow, const Identity *who, const char *job, const char *tag, HttpStream *stream);
/* Something has happened to a job: look now. */
void follow_nudge (Follow *follow);
guint follow_count (Follow *follow);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Follow, follow_free)
