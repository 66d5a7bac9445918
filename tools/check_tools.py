#!/usr/bin/env python3
"""What other programs check better: clang-format, the shell, the TypeScript compiler."""
import os
import shutil
import subprocess
import sys
import tempfile

import tap
import tree


def run(*argv, cwd=tree.ROOT):
    """The lines that a program complains with; none if it is content."""
    done = subprocess.run(argv, cwd=cwd, capture_output=True, text=True, errors='replace', check=False)
    if done.returncode == 0:
        return []
    return (done.stdout + done.stderr).strip().split('\n') or [f'{argv[0]} failed']


def formatted(names):
    """One line a file that clang-format would change."""
    lines = run('clang-format', '--dry-run', '-Werror', *names) if names else []
    return sorted({line.split(':')[0] + ': run clang-format -i' for line in lines if ' error: ' in line}) or lines


def scripts():
    """Files whose first line names a shell."""
    for name in tree.files():
        with open(os.path.join(tree.ROOT, name), 'rb') as file:
            if file.readline(40).startswith((b'#!/bin/sh', b'#!/usr/bin/env sh')):
                yield name


def parses(names):
    found = [line for name in names for line in run('sh', '-n', name)]
    if shutil.which('shellcheck'):
        found += run('shellcheck', '--shell=sh', '--severity=warning', *names)
    return found


def typescript(report, folder):
    name = f'typescript: {folder}/ compiles'
    compiler = os.path.join(tree.ROOT, folder, 'node_modules/.bin/tsc')
    if not os.path.exists(os.path.join(tree.ROOT, folder, 'tsconfig.json')):
        return
    if not os.path.exists(compiler):
        report.skip(name, f'{folder}/node_modules has no tsc')
    else:
        report.check(name, run(compiler, '--noEmit', '-p', folder))


def prettier(report, folders):
    """What prettier would change, with the one that ui/ has installed."""
    name = f'format: {", ".join(folders)} are as prettier leaves them'
    tool = os.path.join(tree.ROOT, 'ui/node_modules/.bin/prettier')
    files = tree.files(*folders, ends=('.ts', '.tsx', '.css', '.mjs'))
    if not os.path.exists(tool):
        report.skip(name, 'ui/node_modules has no prettier')
    else:
        report.check(name, run(tool, '--log-level=warn', '--list-different', *files))


def node_parses(names):
    return [line for name in names for line in run('node', '--check', name)]


def self_test(report):
    with tempfile.TemporaryDirectory() as folder:
        def planted(name, text):
            path = os.path.join(folder, name)
            with open(path, 'w', encoding='utf-8') as file:
                file.write(text)
            return path
        shutil.copy(os.path.join(tree.ROOT, '.clang-format'), folder)
        report.expect('tools self-test: bad formatting', bool(formatted([planted('a.c', 'int  f(){return 1;}\n')])), True)
        report.expect('tools self-test: good formatting', formatted([planted('b.c', 'int a;\n')]), [])
        report.expect('tools self-test: a broken script', bool(parses([planted('a.sh', '#!/bin/sh\nif x; then\n')])), True)
        report.expect('tools self-test: a sound script', parses([planted('b.sh', '#!/bin/sh\necho a\n')]), [])
        report.expect('tools self-test: a broken module', bool(node_parses([planted('a.mjs', 'const = 1\n')])), True)


def main():
    report = tap.Report()
    if sys.argv[1:] == ['--self-test']:
        self_test(report)
        report.done()
    sources = tree.files('src', 'sim', 'tests', 'bench', ends=('.c', '.h'))
    report.check(f'format: {len(sources)} C files are as clang-format leaves them', formatted(sources))
    shell = list(scripts())
    report.check(f'shell: {len(shell)} scripts parse', parses(shell))
    modules = [name for name in tree.files('tests', 'bench', 'ui', ends=('.mjs',))]
    report.check(f'node: {len(modules)} modules parse', node_parses(modules))
    typescript(report, 'ui')
    prettier(report, ['ui'])
    report.done()


main()
