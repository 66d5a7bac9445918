#!/usr/bin/env python3
"""The tables of the docs are made from the tables of the code.

    docs.py --write       fill them in, between <!-- table: NAME --> and <!-- end -->
    docs.py --check       fail if they differ, in TAP
    docs.py --self-test   prove that the check notices
"""
import re
import os
import sys

import tap
import tree

OPEN = '<!-- table: {} -->'
CLOSE = '<!-- end -->'


# ---- reading C's tables ----------------------------------------------------------

def strings(text):
    """Every C string literal of a piece of code, neighbours joined."""
    joined = re.findall(r'"(?:\\.|[^"\\])*"(?:\s*"(?:\\.|[^"\\])*")*', text)
    return [''.join(re.findall(r'"((?:\\.|[^"\\])*)"', one)).replace('\\"', '"').replace('\\\\', '\\') for one in joined]


def arguments(text, at):
    """From the opening bracket at text[at]: its arguments, split at commas of the first level."""
    depth, found, start, i = 0, [], at + 1, at
    while i < len(text):
        if text[i] in '"\'':
            i = re.compile(r'''"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*\'''').match(text, i).end()
            continue
        if text[i] in '({[':
            depth += 1
        elif text[i] in ')}]':
            depth -= 1
        if depth == 0 or (depth == 1 and text[i] == ','):
            found.append(text[start:i].strip())
            start = i + 1
        if depth == 0:
            return found
        i += 1
    return found


def literal(text):
    """The text of an argument: "a" "b" is ab, NULL is nothing."""
    return ''.join(strings(text))


def table_body(text, name):
    """What stands between the braces of `... name[] = { ... };`"""
    match = re.search(re.escape(name) + r'\s*\[[^\]]*\]\s*=\s*(\{.*?\n\};)', tree.code(text, strings=True), re.S)
    return match[1] if match else ''


def fields(row):
    return {name: value for name, value in
            (match.groups() for match in (re.match(r'\.(\w+)\s*=\s*(.*)', part, re.S) for part in row) if match)}


def options(text):
    """[(name, default, limits, secret, help)] of src/base/config.c."""
    body = table_body(text, 'config_options')
    found = []
    for match in re.finditer(r'\b(TEXT|SECRET|NUMBER|CHOICE)\s*\(|\{(?=\s*\.name\b)', body):
        row = arguments(body, match.end() - 1)
        kind = match[1]
        if kind == 'TEXT':
            found.append((literal(row[0]), literal(row[2]), '', False, literal(row[3])))
        elif kind == 'SECRET':
            found.append((literal(row[0]), '', '', True, literal(row[2])))
        elif kind == 'NUMBER':
            found.append((literal(row[0]), literal(row[2]), f'{row[3]} to {row[4]}', False, literal(row[5])))
        elif kind == 'CHOICE':
            found.append((literal(row[0]), literal(row[2]), literal(row[3]).replace('|', ', '), False, literal(row[4])))
        else:
            row = fields(row)
            found.append((literal(row['name']), literal(row.get('standard', '')), '', 'secret' in row, literal(row['help'])))
    return found


def routes(text):
    """[(method, path, who, help)] of src/api/routes.c: rows { "GET", "/v1/…", POLICY_USER, … }."""
    text = tree.code(text, strings=True)
    found = []
    for match in re.finditer(r'\{(?=\s*(?:\.method\s*=\s*)?"[A-Z]+"\s*,)', text):
        row = arguments(text, match.start())
        policy = re.search(r'POLICY_(\w+)', ' '.join(row))
        texts = [literal(re.sub(r'^\.\w+\s*=', '', one)) for one in row]
        path = next((one for one in texts if one.startswith('/')), None)
        if path and policy:
            words = [one for one in texts if ' ' in one]
            found.append((texts[0], path, policy[1].lower(), words[0] if words else ''))
    return found


def widgets(texts):
    """[(key, title, number, description)] of src/widgets/*.c; number: its unit, how it adds up, which way is better."""
    def word(row, name, zero):  # what the enum's zero value stands for may be left out
        return row.get(name, zero).split('_', 1)[-1].lower().replace('_', ' ')
    found = []
    for text in texts:
        text = tree.code(text, strings=True)
        for match in re.finditer(r'\{(?=\s*\.key\s*=\s*")', text):
            row = fields(arguments(text, match.start()))
            if 'needs' not in row:  # a field of a widget, not a widget
                continue
            number = ', '.join((word(row, 'unit', 'count'), word(row, 'total', 'sum'), word(row, 'good', 'up')))
            found.append((literal(row['key']), literal(row.get('title', '')), number, literal(row.get('description', ''))))
    return found


# ---- writing Markdown --------------------------------------------------------------

def markdown(head, rows):
    lines = ['| ' + ' | '.join(head) + ' |', '|' + '---|' * len(head)]
    for row in rows:
        lines.append('| ' + ' | '.join(cell.replace('|', '\\|').replace('\n', ' ') for cell in row) + ' |')
    return '\n'.join(lines)


def quoted(text):
    return f'`{text}`' if text else ''


def tables():
    """{(document, table name): Markdown} of what the code holds now."""
    def source(name):
        return tree.read(name) if os.path.exists(os.path.join(tree.ROOT, name)) else ''
    rows = [(quoted(name) + (', ' + quoted(name + '_FILE') if secret else ''), quoted(standard), limits, text)
            for name, standard, limits, secret, text in options(source('src/base/config.c'))]
    made = {('docs/configuration.md', 'options'): (('name', 'default', 'limits', 'meaning'), rows)}
    rows = [(quoted(method + ' ' + path), who, text)
            for name in tree.files('src/api', ends=('.c',)) for method, path, who, text in routes(tree.read(name))]
    made['docs/api.md', 'routes'] = (('route', 'who', 'what'), rows)
    rows = [(quoted(key), title, number, text) for key, title, number, text in
            widgets([tree.read(name) for name in tree.files('src/widgets', ends=('.c',))])]
    made['docs/widgets.md', 'widgets'] = (('key', 'title', 'number', 'what it says'), rows)
    return {where: markdown(head, rows) for where, (head, rows) in made.items() if rows}


def filled(document, name, table):
    """The document with this table in its place; at its end if it has no place yet."""
    opening = OPEN.format(name)
    block = f'{opening}\n{table}\n{CLOSE}'
    pattern = re.escape(opening) + r'.*?' + re.escape(CLOSE)
    if re.search(pattern, document, re.S):
        return re.sub(pattern, lambda _: block, document, count=1, flags=re.S)
    return document.rstrip('\n') + ('\n\n' if document.strip() else '') + block + '\n'


def document(name):
    path = os.path.join(tree.ROOT, name)
    if os.path.exists(path):
        return tree.read(name)
    return '# ' + os.path.basename(name)[:-len('.md')].capitalize() + '\n'


def write():
    texts = {}
    for (name, table), text in tables().items():
        texts[name] = filled(texts.get(name) or document(name), table, text)
    os.makedirs(os.path.join(tree.ROOT, 'docs'), exist_ok=True)
    for name, text in texts.items():
        with open(os.path.join(tree.ROOT, name), 'w', encoding='utf-8') as file:
            file.write(text)


def check(report):
    for (name, table), text in tables().items():
        same = os.path.exists(os.path.join(tree.ROOT, name)) and OPEN.format(table) + '\n' + text + '\n' + CLOSE in tree.read(name)
        report.check(f'docs: {name} has every row of its table ({text.count(chr(10)) - 1})',
                     [] if same else [f'{name} is behind the code: run tools/docs.py --write'])


# ---- itself ------------------------------------------------------------------------

CONFIG = '''
const Option config_options[] = {
    TEXT ("A_URL", a_url, "http://x,y", "where, if " "anywhere"),
    SECRET ("KEY", key, "its \\"key\\""), /* TEXT ("NOT_ME", x, "y", "z"), */
    NUMBER ("N", n, "2", 1, 90, "how many"),
    { .name = "AT", .type = OPTION_TIME, .standard = "00:15",
      .help = "when" },
};
'''


def self_test(report):
    report.expect('docs self-test: options', options(CONFIG), [
        ('A_URL', 'http://x,y', '', False, 'where, if anywhere'), ('KEY', '', '', True, 'its "key"'),
        ('N', '2', '1 to 90', False, 'how many'), ('AT', '00:15', '', False, 'when')])
    report.expect('docs self-test: routes', routes(
        '{ "GET", "/v1/a/{key}", POLICY_USER, get_a },\n{ .method = "POST", .path = "/b", .policy = POLICY_CRON, '
        '.handler = b, .summary = "Start it" },\n/* { "GET", "/c", POLICY_USER, c }, */'),
        [('GET', '/v1/a/{key}', 'user', ''), ('POST', '/b', 'cron', 'Start it')])
    report.expect('docs self-test: widgets', widgets(['{ .key = "rate", .title = "Rate" },\n{ .key = "ga4.users", .title = "Users", .needs = X,\n .total = TOTAL_UNIQUE, .description = "a, b" },']),
                  [('ga4.users', 'Users', 'count, unique, up', 'a, b')])
    old = filled('# Doc\n\nBefore.\n\n<!-- table: t -->\nold\n<!-- end -->\n\nAfter.\n', 't', 'new')
    report.expect('docs self-test: a table is replaced', old, '# Doc\n\nBefore.\n\n<!-- table: t -->\nnew\n<!-- end -->\n\nAfter.\n')
    report.expect('docs self-test: a table is added', filled('# Doc\n', 't', 'x'), '# Doc\n\n<!-- table: t -->\nx\n<!-- end -->\n')
    report.expect('docs self-test: it changes nothing twice', filled(old, 't', 'new'), old)
    report.check('docs self-test: the real tables are found', [f'no rows for {name}' for name, file in [
        ('docs/configuration.md', 'src/base/config.c'), ('docs/api.md', 'src/api/routes.c'), ('docs/widgets.md', 'src/widgets/ga4.c')]
        if os.path.exists(os.path.join(tree.ROOT, file)) and not any(where[0] == name for where in tables())])


def main():
    if sys.argv[1:] == ['--write']:
        write()
        return
    report = tap.Report()
    if sys.argv[1:] == ['--self-test']:
        self_test(report)
    elif sys.argv[1:] == ['--check']:
        check(report)
    else:
        sys.exit(__doc__)
    report.done()


main()
