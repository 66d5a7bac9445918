/* cli.h -- the commands of `daymark`, and what they share. */
#pragma once
#include "auth/seal.h"
#include "base/config.h"
#include "base/random.h"
#include "store/store.h"

typedef struct {
    const char *name, *arguments, *help;
    /* argv[0] is the command's name. Returns the exit status; errors are printed by main. */
    int (*run) (int argc, char **argv, GError **error);
} Command;

extern const Command cli_commands[];
extern const guint cli_n_commands;

/* Every command takes --config FILE. Parses argv against entries (may be NULL) and loads the
 * configuration. */
Config *cli_load (int *argc, char ***argv, const GOptionEntry *entries, const char *summary, GError **error);
/* FAULT_INVALID if anything is left on the command line of a command that takes only options. */
gboolean cli_no_more (int argc, char **argv, GError **error);
/* An SQLite file is this process's until it ends, or FAULT_CONFLICT; on PostgreSQL always TRUE. */
gboolean cli_own (const Config *config, GError **error);
/* Refuse to this process what `daymark serve` does not need, as far as SANDBOX says and the kernel can;
 * before its first thread. demo: it will make a folder and a database of its own. */
gboolean cli_confine (const Config *config, gboolean demo, GError **error);
/* One line of the log about what came of it; once the server is ready, as a start that fails has one line
 * only. */
void cli_tell_confined (const Config *config);
/* Does only this machine reach an address of LISTEN? */
gboolean cli_is_loopback (const char *listen);
/* The database, brought to the newest schema. */
Store *cli_open (const Config *config, GError **error);
/* The sealer of SECRET_KEY, or of daymark.key beside the SQLite file. */
Sealer *cli_sealer (const Config *config, GError **error);
/* The path of daymark.key; NULL if SECRET_KEY takes its place. The caller frees it. */
char *cli_key_path (const Config *config);
/* End a change of the key file that was broken off, one way or the other; nothing to do is fine.
 * Only for the owner of the database (cli_own), before cli_sealer. */
gboolean cli_settle_key (const Config *config, GError **error);
/* A line from standard input without its end; NULL at its end. The caller wipes it with secret_free. */
char *cli_read_secret (const char *prompt, GError **error);
/* A user by e-mail or id; FAULT_NOT_FOUND. */
gboolean cli_find_user (Store *store, const char *who, char id[static UUID_TEXT], GError **error);

int cli_serve (int argc, char **argv, GError **error);
int cli_sync (int argc, char **argv, GError **error);
int cli_migrate (int argc, char **argv, GError **error);
int cli_user (int argc, char **argv, GError **error);
int cli_token (int argc, char **argv, GError **error);
int cli_connect (int argc, char **argv, GError **error);
int cli_reconcile (int argc, char **argv, GError **error);
int cli_rekey (int argc, char **argv, GError **error);
int cli_backup (int argc, char **argv, GError **error);
int cli_restore (int argc, char **argv, GError **error);
int cli_doctor (int argc, char **argv, GError **error);
int cli_schedule (int argc, char **argv, GError **error);
int cli_config (int argc, char **argv, GError **error);
int cli_version (int argc, char **argv, GError **error);
/* What is still in the journal of an SQLite file is written into the file itself, so that a copy of the
 * file alone is whole. Whoever reads it from outside keeps it there, and the log says so. Once all other
 * Stores are closed. */
void cli_settle_database (const Config *config);
