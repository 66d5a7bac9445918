#!/usr/bin/env python3
"""fuzz.py [SECONDS] [NAME...]: run each fuzz target of tests/fuzz for so long, from its corpus.

New inputs go to build-fuzz/corpus/, what broke to build-fuzz/NAME-crash-*; a finding
becomes a file in tests/fuzz/corpus/NAME/ with its mend."""
import glob
import os
import subprocess
import sys

from tree import ROOT


def run(name, seconds):
    found = os.path.join(ROOT, 'build-fuzz/corpus', name)
    os.makedirs(found, exist_ok=True)
    command = [os.path.join(ROOT, 'build-fuzz/tests/fuzz_' + name), f'-max_total_time={seconds}', '-max_len=4096',
               '-timeout=' + ('120' if name == 'simulation' else '5'), '-rss_limit_mb=2048', '-print_final_stats=1', '-verbosity=0', f'-artifact_prefix={ROOT}/build-fuzz/{name}-',
               found, os.path.join(ROOT, 'tests/fuzz/corpus', name)]
    words = os.path.join(ROOT, 'tests/fuzz', name + '.dict')
    if os.path.exists(words):
        command.insert(1, '-dict=' + words)
    environment = {**os.environ, 'UBSAN_OPTIONS': 'halt_on_error=1:print_stacktrace=1', 'LC_ALL': 'C.UTF-8'}
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors='replace', check=False)
    stats = dict(line[len('stat::'):].split(':') for line in done.stderr.splitlines() if line.startswith('stat::'))
    runs = stats.get('number_of_executed_units', '?').strip()
    print(f'{"ok  " if done.returncode == 0 else "FAIL"}  {name:10} {runs:>10} inputs in {seconds} s', flush=True)
    if done.returncode != 0:
        print('\n'.join('      ' + line for line in done.stderr.splitlines()[-60:]))
    return done.returncode == 0


def main():
    arguments = sys.argv[1:]
    seconds = int(arguments.pop(0)) if arguments and arguments[0].isdigit() else 20
    names = sorted(os.path.basename(path)[len('fuzz_'):-len('.c')] for path in glob.glob(os.path.join(ROOT, 'tests/fuzz/fuzz_*.c')))
    unknown = [name for name in arguments if name not in names]
    if unknown:
        sys.exit(f'there is no target "{unknown[0]}"; there are {" ".join(names)}')
    results = [run(name, seconds) for name in arguments or names]
    print(f'{results.count(True)} passed, {results.count(False)} failed')
    return 0 if all(results) else 1


sys.exit(main())
