#!/usr/bin/env python3
"""bench.py [--write] [NAME...]: run the benches and print one table.

A bench is a row of BENCHES: a C program bench/NAME.c (built into build/tests/)
or a script bench/NAME.mjs. It prints rows of six fields between tabs: what, our
figure, the yardstick's, their ratio by rate, by processor time, and the aim (of
the ratio, or of our figure where there is none). Yardsticks are measured in the
same run. The benches get a PostgreSQL of their own unless TEST_POSTGRES_URL
names one. --write puts the table into docs/performance.md; "others" has a place of its own there.

`bench.py insights` prints the tables of docs/insights.md instead: how well what was planted is found."""
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time

from tree import ROOT

# name: (command, seconds after which it is stopped)
BENCHES = {
    'server': (['node', 'bench/server.mjs'], 60),
    'http_bench': (['build/tests/http_bench'], 60),
    'widgets': (['node', 'bench/widgets.mjs'], 90),
    'dashboard': (['node', 'bench/dashboard.mjs'], 60),
    'ingest': (['build/tests/ingest'], 60),
    'growth': (['node', 'bench/growth.mjs'], 150),
    'others': (['node', 'bench/others.mjs'], 300),
}
ASKED = {'others'}  # only if they are named: they want packages of their own
PAGE = os.path.join(ROOT, 'docs/performance.md')
HEADINGS = ['what', 'ours', 'yardstick', 'ratio by rate', 'by processor time', 'aim', 'met']


def number(text):
    found = re.search(r'-?\d+(\.\d+)?', text)
    return float(found[0]) if found else None


def met(row):
    """yes, no, or nothing where there is no aim."""
    _, ours, _, rate, _, aim = row
    parts = re.match(r'(<=|>=|<) ([\d.]+)', aim)
    value = number(rate or ours)
    if not parts or value is None:
        return ''
    limit = float(parts[2])
    holds = {'<=': value <= limit, '>=': value >= limit, '<': value < limit}[parts[1]]
    return 'yes' if holds else 'no'


def run(name, environment):
    """Its rows; what else it says goes to standard error."""
    command, seconds = BENCHES[name]
    try:
        done = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return [[f'{name}: stopped after {seconds} s', '', '', '', '', '']], 1
    rows = [line.split('\t') for line in done.stdout.splitlines() if line.count('\t') == 5]
    return rows or [[f'{name}: nothing was measured', '', '', '', '', '']], done.returncode


def table(rows):
    lines = [HEADINGS] + [[*row, met(row)] for row in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADINGS))]
    lines.insert(1, ['-' * width for width in widths])
    return '\n'.join('| ' + ' | '.join(cell.ljust(width) for cell, width in zip(line, widths)) + ' |' for line in lines)


def machine():
    with open('/proc/cpuinfo', encoding='utf-8') as file:
        model = re.search(r'model name\s*: (.*)', file.read())
    return f'{model[1] if model else platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}'


def write_page(text, place):
    with open(PAGE, encoding='utf-8') as file:
        page = file.read()
    page = re.sub(rf'(<!-- {place} -->\n).*?(<!-- end -->)', lambda m: f'{m[1]}{text}\n{m[2]}', page, flags=re.S)
    with open(PAGE, 'w', encoding='utf-8') as file:
        file.write(page)


def measure(names, environment):
    rows, worst, loads = [], 0, []
    for name in names:
        print(f'bench: {name}', file=sys.stderr, flush=True)
        loads.append(os.getloadavg()[0])
        found, code = run(name, environment)
        rows += found
        worst = max(worst, code)
    head = (f'{machine()}; {time.strftime("%Y-%m-%d")}; '
            f'load before the benches {min(loads):.1f} to {max(loads):.1f}.')
    return f'{head}\n\n{table(rows)}', worst


def with_postgres(work):
    """work (environment) with a PostgreSQL; what it gives back."""
    given = os.environ.get('TEST_POSTGRES_URL')
    folder = tempfile.mkdtemp(prefix='daymark-bench-', dir='/tmp')
    os.chmod(folder, 0o755)
    cluster = os.path.join(folder, 'pg')
    try:
        url = given or subprocess.run(['tests/pg', 'start', cluster], cwd=ROOT, stdin=subprocess.DEVNULL, check=True,
                                      stdout=subprocess.PIPE, text=True).stdout.strip()
        name = f'ingest_{os.getpid()}'
        subprocess.run(['psql', '-X', '-q', '-d', url, '-c', f'CREATE DATABASE {name}'], check=True)
        try:
            return work({**os.environ, 'TEST_POSTGRES_URL': url,
                         'BENCH_DATABASE_URL': re.sub(r'/[^/]*$', f'/{name}', url)})
        finally:
            subprocess.run(['psql', '-X', '-q', '-d', url, '-c', f'DROP DATABASE {name}'], check=False)
    finally:
        if not given:
            subprocess.run(['tests/pg', 'stop', cluster], cwd=ROOT, check=False, stdout=subprocess.DEVNULL)
        shutil.rmtree(folder, ignore_errors=True)


def main():
    write = '--write' in sys.argv
    names = [name for name in sys.argv[1:] if name != '--write']
    if names == ['insights']:  # its tables are of another kind, and need no database
        return subprocess.run(['node', 'bench/insights.mjs'], cwd=ROOT, check=False).returncode
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        sys.exit(f'there is no bench "{unknown[0]}"; there are {" ".join(BENCHES)}')
    text, worst = with_postgres(lambda environment: measure(names or [name for name in BENCHES if name not in ASKED], environment))
    print(text)
    if write:
        write_page(text, 'others' if set(names) == ASKED else 'bench')
    return worst


sys.exit(main())
