/* mishap.h -- what goes wrong below one request, at the Nth time, in a test build.
 *
 * Where a failpoint is a place in the life of a job, a mishap is a number: a request that
 * carries the header
 *
 *     X-Test-Mishap: LAYER[=HOW]@N[+]     statement=40001@3   file@1+   memory@17
 *
 * has its Nth statement (file operation, allocation, …) fail, with "+" that one and all that
 * follow until the request has been answered. The answer carries the same header, "PASSED
 * STRUCK": how many there were, and how many of them failed. So a test raises N until nothing
 * strikes any more, and then it has been everywhere. "job/" before the layer means the next
 * sync job; the header "told" asks what became of that.
 *
 * It is counted on the thread that works, so what others do meanwhile changes nothing. Only in
 * builds with -Dfailpoints=true; in a release all of this is FALSE at compile time. */
#pragma once
#include <glib.h>

typedef enum {
    MISHAP_STATEMENT, /* of the database: =interrupt (SQLite); =SQLSTATE, =lost before it is sent, =gone
                         when it has been carried out (PostgreSQL) */
    MISHAP_FILE,      /* an operation on SQLite's files: input/output error */
    MISHAP_WRITE,     /* only those that write: =full, or =torn: half of it is written */
    MISHAP_LOCK,      /* of SQLite's files: somebody else has it */
    MISHAP_MEMORY,    /* an allocation of SQLite */
    MISHAP_FETCH,     /* an allocation of libcurl */
    MISHAPS,
} Mishap;

#define MISHAP_TEXT 32

#ifdef DAYMARK_FAILPOINTS

#define MISHAP_HEADER "X-Test-Mishap"

/* For this thread, instead of what was planned before; NULL: nothing. FALSE: not a plan. */
gboolean mishap_plan (const char *text);
/* Does this one fail? How, if a way was named: mishap_how. */
gboolean mishap (Mishap layer);
const char *mishap_how (void);
/* What became of this thread's plan; FALSE if it has none. */
gboolean mishap_tell (char text[MISHAP_TEXT]);
/* Around a job: take over what was planned for the next one, and keep what became of it. */
void mishap_begin_job (void);
void mishap_end_job (void);

#else

static inline gboolean
mishap (Mishap layer)
{
    return FALSE;
}

static inline const char *
mishap_how (void)
{
    return "";
}

static inline void
mishap_begin_job (void)
{
}

static inline void
mishap_end_job (void)
{
}

#endif
