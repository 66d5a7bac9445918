#!/usr/bin/env python3
"""Functions that nobody may call, and libraries that only one folder may touch."""
import re
import sys

import tap
import tree

BANNED = {
    'strcpy': 'g_strlcpy or a GString', 'strcat': 'a GString', 'strncpy': 'g_strlcpy', 'strncat': 'a GString',
    'sprintf': 'g_snprintf or g_string_printf', 'vsprintf': 'g_vsnprintf', 'gets': 'g_io_channel_read_line',
    'strtok': 'g_strsplit', 'strtok_r': 'g_strsplit',
    'atoi': 'g_ascii_string_to_signed', 'atol': 'g_ascii_string_to_signed', 'atof': 'g_ascii_strtod',
    'gmtime': 'base/date.h', 'gmtime_r': 'base/date.h', 'localtime': 'base/date.h', 'localtime_r': 'base/date.h',
    'mktime': 'base/date.h', 'timegm': 'base/date.h', 'setenv': 'a parameter', 'putenv': 'a parameter',
    'g_setenv': 'a parameter', 'g_mutex_lock': 'pthread (ThreadSanitizer sees it)',
    'g_thread_new': 'pthread (ThreadSanitizer sees it)', 'g_async_queue_new': 'pthread (ThreadSanitizer sees it)',
}
# (what, pattern of its names or headers, where it may be used)
LIBRARIES = [
    ('SQLite', r'\bsqlite3_\w+|<sqlite3\.h>', ('src/store/', 'bench/')),
    ('libpq', r'\bPQ[a-z]\w*|<libpq-fe\.h>|<libpq/', ('src/store/', 'bench/')),
    ('libcurl', r'\bcurl_\w+|\bCURL\w*|<curl/', ('src/fetch/',)),
    ('libmicrohttpd', r'\bMHD_\w+|<microhttpd\.h>', ('src/http/', 'bench/')),
    ('libsodium', r'\b(?:crypto|sodium|randombytes)_\w+|<sodium\.h>', ('src/auth/',)),
    ('rhonabwy', r'\br_(?:jw[a-z]*|global|library)_\w+|<rhonabwy\.h>', ('src/auth/', 'sim/', 'tests/unit/auth/')),
    ('libseccomp', r'\bseccomp_(?:init|load|rule|release|attr)\w*|<seccomp\.h>', ('src/sandbox/',)),
    ('GnuTLS', r'\bgnutls_\w+|<gnutls/', ('src/http/', 'sim/')),
    ('hiredis', r'\bredis(?:Command|Append|Connect|Get|Free|Set|Enable)\w*|<hiredis/', ('src/cache/',)),
]
CALL = re.compile(r'(?<![\w.])(?:' + '|'.join(BANNED) + r')(?=\s*\()')


def line_of(text, at):
    return text.count('\n', 0, at) + 1


def problems(path, text):
    text = tree.code(text)
    for match in CALL.finditer(text):
        yield f'{path}:{line_of(text, match.start())}: {match[0]} is banned; use {BANNED[match[0]]}'
    for match in re.finditer(r'\bgoto\s+out\b', text):
        yield f'{path}:{line_of(text, match.start())}: goto out: some type lacks a cleanup function'
    for library, pattern, homes in LIBRARIES:
        if path.startswith(homes):
            continue
        match = re.search(pattern, text)
        if match:
            yield f'{path}:{line_of(text, match.start())}: {match[0]}: {library} is used only in {", ".join(homes)}'


def self_test(report):
    for name in BANNED:
        report.expect(f'banned self-test: {name}', len(list(problems('src/base/a.c', f'x = {name} (a, b);'))), 1)
    planted = [
        ('no space before the parenthesis', 'src/base/a.c', 'strcpy(a, b);', 1),
        ('goto out', 'src/base/a.c', 'if (x)\n    goto out;', 1),
        ('in a comment', 'src/base/a.c', '/* strcpy (a, b) */ // atoi (x)', 0),
        ('in a string', 'src/base/a.c', 'say ("sqlite3_open (\\"strcpy (a)\\")");', 0),
        ('part of a longer name', 'src/base/a.c', 'g_strcpy_safe (a); my_atoi (b); snprintf (c);', 0),
        ('a member of that name', 'src/base/a.c', 'call->mktime_x (a); seam.setenv (b);', 0),
        ('SQLite outside of store/', 'src/query/a.c', 'sqlite3_step (s);', 1),
        ('SQLite in store/', 'src/store/a.c', '#include <sqlite3.h>\nsqlite3_step (s);', 0),
        ('libpq outside of store/', 'src/jobs/a.c', 'PQexec (c, "x");', 1),
        ('curl outside of fetch/', 'src/sources/a.c', '#include <curl/curl.h>', 1),
        ('microhttpd outside of http/', 'src/api/a.c', 'MHD_queue_response (c);', 1),
        ('sodium outside of auth/', 'src/api/a.c', 'sodium_memzero (p, n);', 1),
        ('rhonabwy outside of auth/', 'src/api/a.c', 'r_jwt_init (&jwt);', 1),
        ('libseccomp outside of sandbox/', 'src/cli/a.c', '#include <seccomp.h>', 1),
        ('GnuTLS outside of http/', 'src/fetch/a.c', 'gnutls_global_init ();', 1),
        ('hiredis outside of cache/', 'src/api/a.c', '#include <hiredis/hiredis.h>', 1),
        ('hiredis in cache/', 'src/cache/a.c', 'redisCommand (c, "PING");', 0),
        ('rhonabwy in sim/', 'sim/a.c', 'r_jwt_init (&jwt);', 0),
    ]
    for name, path, text, count in planted:
        report.expect(f'banned self-test: {name}', len(list(problems(path, text))), count)


def main():
    report = tap.Report()
    if sys.argv[1:] == ['--self-test']:
        self_test(report)
    else:
        names = tree.files('src', 'sim', 'bench', ends=('.c', '.h'))
        report.check(f'banned: {len(names)} files call no banned function, and each library from its folder',
                     [line for name in names for line in problems(name, tree.read(name))])
    report.done()


main()
