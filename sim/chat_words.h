/* chat_words.h -- what a simulated model makes of the facts that it is given.
 *
 * Truthful, it words up to three facts of each group with the slots it was told to use. Each lie changes
 * every sentence that it can be told in, so that a gate which lets one through is seen to do so. */
#pragma once
#include <jansson.h>

typedef enum {
    WORDS_TRUE,
    WORDS_DIGIT,       /* a figure of its own, one digit off */
    WORDS_DIGITS,      /* the right figures, but written by itself */
    WORDS_SIGN,        /* the other direction */
    WORDS_NAME,        /* another one's name */
    WORDS_INVENT,      /* a name that nobody has */
    WORDS_UNCONNECTED, /* facts and sources that it was not given */
    WORDS_INJECTED,    /* does what a name in the prompt tells it to, and says that ROAS is 900 % */
    WORDS_RANK,        /* the largest, of whatever is not */
    WORDS_DATES,       /* days of other facts, and of its own */
    WORDS_NUMBERS,     /* "doubled", "half", "two thirds" */
    WORDS_CAUSE,       /* knows why */
    WORDS_UNIT,        /* another unit beside the slot */
    WORDS_GROUP,       /* true, where it does not belong */
    WORDS_EVIDENCE,    /* true, and cites what it does not say */
    N_WORDS,
} ChatWords;

#define CHAT_WORDS \
    "true|digit|digits|sign|name|invent|unconnected|injected|rank|dates|numbers|cause|unit|group|evidence"

/* The answer as JSON text, which the caller frees; prompt is all that was sent, question its user message. */
char *chat_words (ChatWords words, const char *prompt, const char *question);
