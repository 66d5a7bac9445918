#!/usr/bin/env python3
"""Words that must not be in the tree, and comments that must."""
import re
import sys

import tap
import tree

# Written in pieces, so that this file passes its own check.
WORDS = [
    ('an absolute path of somebody\'s home', r'(?<![\w.])/(?:ho' r'me|Us' r'ers)/[a-z]\w+|(?<![\w.])/ro' r'ot/'),
    ('a path of one machine', r'(?<![\w.}/])/wo' r'rk/|/var/fol' r'ders/'),
    ('the host of a package registry', r'registry\.(?:npm' r'js|yarn' r'pkg)|py' r'pi\.(?:org|python)|proxy\.gol' r'ang'
     r'|de' r'b\.debian\.org|cra' r'tes\.io'),
    ('a to-do without an issue number', r'\b(?:TO' r'DO|FIX' r'ME)\b(?!\s*\(?#\d+)'),
    ('a conflict that was not settled', r'^(?:<{7}|>{7}) '),
]
BINARY = ('.png', '.ico', '.woff2', '.gz', '.webp', '.jpg')
LONG_LINES = ('package-lock.json', '.json', '.md', '.svg', '.css', 'LICENSE', '.sql')
LINE_LIMIT = 200


def words(path, text):
    for what, pattern in WORDS:
        if 'to-do' in what and path.endswith('package-lock.json'):
            continue
        for match in re.finditer(pattern, text, re.M):
            yield f'{path}:{text.count(chr(10), 0, match.start()) + 1}: {what}: {match[0]}'


def layout(path, text):
    """Tabs, trailing blanks, endless lines, a missing last newline."""
    if text and not text.endswith('\n'):
        yield f'{path}: the last line does not end'
    for number, line in enumerate(text.split('\n'), 1):
        if line != line.rstrip():
            yield f'{path}:{number}: blanks at the end of the line'
        if len(line) > LINE_LIMIT and not path.endswith(LONG_LINES):
            yield f'{path}:{number}: {len(line)} columns, over {LINE_LIMIT}'


def headless(path, text):
    """A query or a header begins with what it is for."""
    first = text.lstrip().split('\n')[0]
    if path.endswith('.sql') and not re.match(r'--\s*\w', first):
        yield f'{path}: does not begin with a comment that says what it answers'
    if path.endswith('.h') and not re.match(r'/\*\s*' + re.escape(path.split('/')[-1]) + r' -- \S', first):
        yield f'{path}: does not begin with "/* {path.split("/")[-1]} -- what it is"'


def self_test(report):
    home = '/ho' + 'me/alice/x'
    planted = [
        (words, 'a.md', f'see {home}', 1), (words, 'a.md', 'see /ro' + 'ot/x', 1),
        (words, 'a.md', 'in /wo' + 'rk/tree', 1), (words, 'a.md', 'https://registry.npm' + 'js.org/x', 1),
        (words, 'a.c', '/* TO' + 'DO: later */', 1), (words, 'a.c', '/* TO' + 'DO (#12): later */', 0),
        (words, 'a.c', '<' * 7 + ' HEAD\n', 1),
        (words, 'a.md', 'the home page, https://example.org/home/, a root/ folder, net' + 'work/x', 0),
        (layout, 'a.c', 'int x; \n', 1), (layout, 'a.c', 'int x;', 1), (layout, 'a.c', 'x' * 201 + '\n', 1),
        (layout, 'a.md', 'x' * 201 + '\n', 0), (layout, 'a.c', 'int x;\n', 0),
        (headless, 'sql/a.sql', 'SELECT 1;\n', 1), (headless, 'sql/a.sql', '-- All of them.\nSELECT 1;\n', 0),
        (headless, 'src/a/b.h', '#pragma once\n', 1), (headless, 'src/a/b.h', '/* b.h -- a thing. */\n', 0),
    ]
    for rule, path, text, count in planted:
        report.expect(f'text self-test: {rule.__name__}: {text.strip()[:30]!r}', len(list(rule(path, text))), count)


def text_of(name):
    try:
        return tree.read(name)
    except UnicodeDecodeError:
        return ''


def main():
    report = tap.Report()
    if sys.argv[1:] == ['--self-test']:
        self_test(report)
        report.done()
    texts = {name: text_of(name) for name in tree.files() if not name.endswith(BINARY)}
    report.check(f'words: none of {len(texts)} files names a home, a machine or a registry',
                 [line for name, text in texts.items() for line in words(name, text)])
    ours = {name: text for name, text in texts.items() if 'corpus/' not in name and 'golden' not in name}
    report.check('layout: lines end, and are not endless',
                 [line for name, text in ours.items() for line in layout(name, text)])
    report.check('heads: every query and every header says what it is for',
                 [line for name, text in texts.items() if name.startswith(('sql/', 'src/', 'sim/'))
                  for line in headless(name, text)])
    report.done()


main()
