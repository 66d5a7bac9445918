#!/usr/bin/env python3
"""Long functions and long files. Watch the longest, not the average."""
import re
import sys

import tap
import tree

FUNCTION_LIMIT = 80
FILE_LIMIT = 500
TEST_FILE_LIMIT = 750  # a list of cases is read from any place
# Known to be longer, with the reason. Keep it empty.
EXCEPTIONS = {}


def functions(path, text):
    """(lines, path:line, name) of every function; its head stands at the margin, as do its braces."""
    lines = tree.code(text).split('\n')
    start = None
    for number, line in enumerate(lines):
        if line.rstrip() == '{':
            start = number
        elif line.startswith('}') and start is not None:
            head = start
            while head > 0 and not re.match(r'\w[\w ]*\(', lines[head]):
                head -= 1
            name = re.match(r'\w+', lines[head])
            if line.rstrip() == '}' and name:
                yield number - head + 1, f'{path}:{head + 1}', name[0]
            start = None


def too_long(names, read=tree.read):
    sizes, found = [], []
    for name in names:
        text = read(name)
        count, limit = text.count('\n'), TEST_FILE_LIMIT if name.startswith('tests/') else FILE_LIMIT
        if count > limit and name not in EXCEPTIONS:
            found.append(f'{name} has {count} lines, over {limit}')
        if not name.endswith(('.c', '.h')):
            continue
        for length, where, function in functions(name, text):
            sizes.append((length, where, function))
            if length > FUNCTION_LIMIT and f'{name}:{function}' not in EXCEPTIONS:
                found.append(f'{where}: {function} has {length} lines, over {FUNCTION_LIMIT}')
    return sizes, found


def self_test(report):
    def body(n):
        return 'static int\nlong_one (int a,\n          int b)\n{\n' + '    x ();\n' * n + '}\n'
    short = 'int\nf (void)\n{\n    return "}"[0]; /*\n}\n*/\n}\n'
    report.expect('sizes self-test: a function is measured',
                  [(size, name) for size, _, name in functions('a.c', short + body(3))], [(6, 'f'), (7, 'long_one')])
    report.expect('sizes self-test: a struct is not a function', list(functions('a.c', 'struct a\n{\n    int x;\n};\n')), [])
    for name, file, text, count in [
            ('a function at the limit', 'a.c', body(FUNCTION_LIMIT - 4), 0),
            ('a function over the limit', 'a.c', body(FUNCTION_LIMIT - 3), 1),
            ('a file at the limit', 'a.h', '\n' * FILE_LIMIT, 0),
            ('a file over the limit', 'a.ts', '\n' * (FILE_LIMIT + 1), 1),
            ('a test may be longer', 'tests/a.c', '\n' * TEST_FILE_LIMIT, 0),
            ('but not for ever', 'tests/a.c', '\n' * (TEST_FILE_LIMIT + 1), 1)]:
        report.expect(f'sizes self-test: {name}', len(too_long([file], lambda _, text=text: text)[1]), count)


def main():
    report = tap.Report()
    if sys.argv[1:] == ['--self-test']:
        self_test(report)
        report.done()
    names = tree.files('src', 'sim', 'tests', 'bench', 'tools', 'ui/src', 'dev',
                       ends=('.c', '.h', '.py', '.ts', '.tsx', '.mjs', 'dev'))
    sizes, found = too_long(names)
    sizes.sort()
    report.check(f'sizes: no function over {FUNCTION_LIMIT} lines, no file over {FILE_LIMIT} ({TEST_FILE_LIMIT} in tests/)', found)
    if sizes:
        report.note(f'{len(sizes)} functions, median {sizes[len(sizes) // 2][0]} lines, '
                    f'p90 {sizes[len(sizes) * 9 // 10][0]}, longest: '
                    + ', '.join(f'{name} {size}' for size, _, name in sizes[:-6:-1]))
    report.done()


main()
