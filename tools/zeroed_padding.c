/* zeroed_padding.c -- does this compiler clear the padding of a local, and only that?
 *
 * GCC 12 with -ftrivial-auto-var-init=zero looks for the padding of a structure
 * that holds an array of structures at the wrong place, and clears half of a
 * pointer there. Ends with 0 if all is well. */
typedef struct {
    const char *text;
    long num, den;
} Part;

typedef struct {
    long num, den;
    Part parts[4];
    unsigned n;
} Side;

typedef struct {
    Side above, below;
} Quotient;

__attribute__ ((noinline)) static const char *
first (const Quotient *value)
{
    return value->above.parts[0].text;
}

__attribute__ ((noinline)) static const char *
turn (const Quotient *value)
{
    Quotient turned = { .above = value->below, .below = value->above };

    return first (&turned);
}

int
main (void)
{
    static const char text[] = "here";
    Quotient value;

    __builtin_memset (&value, 0, sizeof value);
    value.below.parts[0].text = text;
    return turn (&value) != text;
}
