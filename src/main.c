/* main.c -- find the command, run it, print what went wrong. */
#include "auth/secret.h"
#include "base/failpoint.h"
#include "cli/cli.h"

#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void
print_usage (FILE *out)
{
    fprintf (out, "usage: daymark COMMAND [OPTION...]\n\n");
    for (guint i = 0; i < cli_n_commands; i++) {
        g_autofree char *call = g_strdup_printf ("%s %s", cli_commands[i].name, cli_commands[i].arguments);

        fprintf (out, "  %-44s %s\n", call, cli_commands[i].help);
    }
    fprintf (out,
             "\nEvery setting is an environment variable or a line of --config FILE: see `daymark config`.\n"
             "`daymark COMMAND --help` tells more.\n");
}

static const Command *
find_command (const char *name)
{
    for (guint i = 0; i < cli_n_commands; i++)
        if (strcmp (cli_commands[i].name, name) == 0)
            return &cli_commands[i];
    return NULL;
}

int
main (int argc, char **argv)
{
    g_autoptr (GError) error = NULL;
    const Command *command;
    int status;

    signal (SIGPIPE, SIG_IGN);
    signal (SIGXFSZ, SIG_IGN); /* a file that may not grow is an error of the write, as a full disk is */
    umask (077);               /* the database and the key are for nobody else */
    json_set_alloc_funcs (g_malloc, g_free); /* without memory the program ends, and no JSON is cut short */
    secret_setup ();
    failpoint_setup ();
    if (argc < 2 || strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "help") == 0) {
        print_usage (argc < 2 ? stderr : stdout);
        return argc < 2 ? 2 : 0;
    }
    command = find_command (strcmp (argv[1], "--version") == 0 ? "version" : argv[1]);
    if (!command) {
        fprintf (stderr, "daymark: there is no command \"%s\"\n", argv[1]);
        print_usage (stderr);
        return 2;
    }
    status = command->run (argc - 1, argv + 1, &error);
    if (error)
        fprintf (stderr, "daymark: %s\n", error->message);
    return status;
}
