#!/usr/bin/env python3
"""bench.py [NAME...]: run the benches and print what they print.

A bench is a C program bench/NAME.c (built into build/tests/) or a script
bench/NAME.mjs; it measures and prints its own rows, always ratios against
something measured in the same run."""
import glob
import os
import subprocess
import sys

from tree import ROOT


def benches():
    """{name: command}"""
    found = {}
    for path in sorted(glob.glob(os.path.join(ROOT, 'bench/*.c'))):
        name = os.path.basename(path)[:-len('.c')]
        found[name] = [os.path.join(ROOT, 'build/tests', name)]
    for path in sorted(glob.glob(os.path.join(ROOT, 'bench/*.mjs'))):
        found[os.path.basename(path)[:-len('.mjs')]] = ['node', path]
    return found


def main():
    found = benches()
    unknown = [name for name in sys.argv[1:] if name not in found]
    if unknown:
        sys.exit(f'there is no bench "{unknown[0]}"; there are {" ".join(found) or "none"}')
    worst = 0
    for name in sys.argv[1:] or found:
        print(f'== {name}', flush=True)
        worst = max(worst, subprocess.run(found[name], cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode)
    return worst


sys.exit(main())
