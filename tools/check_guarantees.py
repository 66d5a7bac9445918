#!/usr/bin/env python3
"""Every promise of docs/sync.md and docs/security.md names tests that prove it, and those tests exist.

A row is `| G4 | tests/faults/kill.test.mjs | half of a title … |`: a guarantee, a file, and the title of a test in it
(of a C file: the test's function, which must also be run). A test that is deleted, renamed, skipped or commented out is
missed here."""
import re
import sys

import tap
import tree

PAGES = {'docs/sync.md': [f'G{n}' for n in range(1, 21)],
         'docs/security.md': [f'S{n}' for n in range(1, 16)]}
ROW = re.compile(r'^\|\s*([GS]\d+)\s*\|\s*`([^`|]+)`\s*\|\s*(.+?)\s*\|$', re.M)
# Strings of JavaScript, and comments, in which quotes mean nothing.
TOKEN = re.compile(r'''(?P<comment>//[^\n]*|/\*.*?\*/)
    | (?P<string>'(?:\\.|[^'\\\n])*' | "(?:\\.|[^"\\\n])*" | `(?:\\.|\$\{(?:[^{}`]|`[^`]*`)*\}|[^`\\])*`)''', re.S | re.X)
OUT_OF_USE = re.compile(r'\b(?:\w+\.(?:skip|todo)|xit|xdescribe)\s*\(\s*$')


def pattern(literal):
    """What a literal can become: a template's ${…} is anything."""
    parts = re.split(r'\$\{(?:[^{}`]|`[^`]*`)*\}', literal[1:-1]) if literal[0] == '`' else [literal[1:-1]]
    return '.+'.join(re.escape(re.sub(r'\\(.)', r'\1', part)) for part in parts)


def titles(text):
    """Patterns of all that could be a title in a JavaScript file: of its strings, those with a word in them."""
    for match in TOKEN.finditer(text):
        literal = match['string']
        if literal and re.search(r'[a-z]{2}', re.sub(r'\$\{.*?\}', '', literal)) and \
                not OUT_OF_USE.search(text[:match.start()]):
            yield pattern(literal)


def runs_c(text, title):
    """The function is there, and its name is said once more, where the tests are listed."""
    code = tree.code(text)
    return re.search(rf'^{re.escape(title)} \(', code, re.M) is not None and \
        len(re.findall(rf'\b{re.escape(title)}\b', code)) >= 2


def runs(path, text, title):
    if path.endswith('.c'):
        return runs_c(text, title)
    return any(re.fullmatch(one, title) for one in titles(text))


def problems(name, page, read):
    """name: the page's, of PAGES. read (path): a file's text, or None if there is no such file."""
    rows = ROW.findall(page)
    named = {guarantee for guarantee, _, _ in rows}
    for guarantee in PAGES[name]:
        if guarantee not in named:
            yield f'{name}: no test proves {guarantee}'
    for guarantee, path, title in rows:
        text = read(path)
        if guarantee not in PAGES[name]:
            yield f'{name}: there is no guarantee {guarantee}'
        elif text is None:
            yield f'{name}: {guarantee} is proven by {path}, which is not there'
        elif not runs(path, text, title):
            yield f'{name}: {guarantee}: {path} has no test "{title}"'


def self_test(report):
    script = '''
      it('is red', () => {})            // it('is green', () => {})
      test(`is ${colour} at ${1 + 1}`, {}, body)
      it.skip('is gone', () => {})
      /* it('was here') */ it("has a ' in it", x)
    '''
    program = 'static void\ntest_a (void **state)\n{\n}\nstatic void\ntest_b (void **state)\n{\n}\n' \
              'int main (void) { unit_test (test_a), /* unit_test (test_b) */ }\n'
    files = {'a.test.mjs': script, 'a.c': program}
    planted = [('a.test.mjs', 'is red', 1), ('a.test.mjs', 'is green', 0), ('a.test.mjs', 'is blue at 2', 1),
               ('a.test.mjs', 'is gone', 0), ('a.test.mjs', 'was here', 0), ('a.test.mjs', "has a ' in it", 1),
               ('a.test.mjs', 'is', 0), ('a.c', 'test_a', 1), ('a.c', 'test_b', 0), ('a.c', 'test_c', 0)]
    for path, title, there in planted:
        report.expect(f'guarantees self-test: {title!r} in {path}', runs(path, files[path], title), bool(there))

    name, guarantees = next(iter(PAGES.items()))

    def page(*rows):
        return '\n'.join(f'| {one} | `a.test.mjs` | is red |' for one in guarantees[:-1]) + '\n' + '\n'.join(rows)
    for what, row, count in [('all is well', '| G20 | `a.test.mjs` | is red |', 0), ('a guarantee without a test', '', 1),
                             ('a test that is gone', '| G20 | `a.test.mjs` | is gone |', 1),
                             ('a file that is gone', '| G20 | `b.test.mjs` | is red |', 1),
                             ('a guarantee that nobody gave', '| G21 | `a.c` | test_a |', 2)]:
        report.expect(f'guarantees self-test: {what}', len(list(problems(name, page(row), files.get))), count)


def read(path):
    try:
        return tree.read(path)
    except OSError:
        return None


def main():
    report = tap.Report()
    if sys.argv[1:] == ['--self-test']:
        self_test(report)
        report.done()
    for name, guarantees in PAGES.items():
        page = tree.read(name)
        report.check(f'guarantees: {len(ROW.findall(page))} tests prove {len(guarantees)} promises of {name}',
                     list(problems(name, page, read)))
    report.done()


main()
