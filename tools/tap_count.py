#!/usr/bin/env python3
"""Count what a program said in TAP, and what it failed to say.

Every leaf counts: of node's nested results only those without children. A
program that ends in the middle, prints fewer results than its plan, says
nothing, or exits badly without a failed result, has one failure more."""
import re
import sys
from dataclasses import dataclass, field

import tap

RESULT = re.compile(r'^(\s*)(not )?ok\b(?:\s+\d+)?\s*(?:-\s*)?(.*)$')
PLAN = re.compile(r'^(\s*)1\.\.(\d+)')
SKIP = re.compile(r'#\s*skip\b', re.I)


@dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    details: list = field(default_factory=list)

    @property
    def total(self):
        return self.passed + self.failed + self.skipped

    def fail(self, reason):
        self.failed += 1
        self.details.append('not ok: ' + reason)


def depth_of(indent):
    return len(indent.expandtabs(4)) // 4


class Reader:
    def __init__(self):
        self.count = Count()
        self.children = {}       # depth -> [results, failures] since the last result above it
        self.planned = None      # results announced at the margin
        self.seen = 0            # results at the margin
        self.failing = False     # the lines that follow explain a failure
        self.yaml = False

    def result(self, depth, bad, text):
        inner = self.children.pop(depth + 1, None)
        outer = self.children.setdefault(depth, [0, 0])
        outer[0] += 1
        outer[1] += bad
        if depth == 0:
            self.seen += 1
        self.failing = False
        if SKIP.search(text):
            self.count.skipped += 1
        elif inner and not (bad and inner[1] == 0):
            self.failing = bad   # a parent: its leaves have been counted, but it may know why they failed
            if bad:
                self.count.details.append('in: ' + text)
        elif bad:
            self.failing = True
            self.count.fail(text)
        else:
            self.count.passed += 1

    def line(self, line):
        if self.yaml:
            self.yaml = line.strip() != '...'
        elif line.strip() == '---':
            self.yaml = True
        elif match := PLAN.match(line):
            if depth_of(match[1]) == 0:
                self.planned = (self.planned or 0) + int(match[2])
            return
        elif match := RESULT.match(line):
            self.result(depth_of(match[1]), bool(match[2]) and not SKIP.search(line), match[3].strip())
            return
        if self.failing and not re.match(r'\s*(# Subtest|duration_ms|---|\.\.\.|type:)', line):
            self.count.details.append('    ' + line)

    def end(self, exit_code):
        if self.planned is None:
            self.count.fail('it ended without a plan')
        elif self.planned != self.seen:
            self.count.fail(f'it planned {self.planned} results and gave {self.seen}')
        if exit_code != 0 and self.count.failed == 0:
            how = f'signal {-exit_code}' if exit_code < 0 else f'exit code {exit_code}'
            self.count.fail(f'all results are fine, but it ended with {how}')
        return self.count


def count(text, exit_code):
    reader = Reader()
    for line in text.split('\n'):
        reader.line(line)
    return reader.end(exit_code)


CMOCKA = '1..3\nok 1 - a\nnot ok 2 - b\n# 0x1 != 0x2\nnot ok 3 # SKIP c\n# not ok - group\n'
NODE = '''TAP version 13
# Subtest: d
    # Subtest: x
    ok 1 - x
      ---
      duration_ms: 1
      error: |-
        not ok 7 - this is text
      ...
    # Subtest: y
    not ok 2 - y
      ---
      error: 'no'
      ...
    1..2
not ok 1 - d
# Subtest: hook
    # Subtest: z
    ok 1 - z
    1..1
not ok 2 - hook
ok 3 - s # SKIP why
1..3
'''


def self_test():
    report = tap.Report()
    for name, text, code, want in [
            ('cmocka', CMOCKA, 1, (1, 1, 1)),
            ('two groups in one program', CMOCKA + CMOCKA, 2, (2, 2, 2)),
            ('node counts leaves, and a broken hook', NODE, 1, (2, 2, 1)),
            ('a crash in the middle', '1..3\nok 1 - a\n', -11, (1, 1, 0)),
            ('a crash before anything', '', -6, (0, 1, 0)),
            ('fewer results than planned', '1..3\nok 1 - a\nok 2 - b\n', 0, (2, 1, 0)),
            ('more results than planned', '1..1\nok 1 - a\nok 2 - b\n', 0, (2, 1, 0)),
            ('no plan', 'ok 1 - a\n', 0, (1, 1, 0)),
            ('a bad exit after good results', '1..1\nok 1 - a\n', 1, (1, 1, 0)),
            ('all is well', '1..2\nok 1 - a\nok 2 - b\n', 0, (2, 0, 0))]:
        got = count(text, code)
        report.expect(f'counting self-test: {name}', (got.passed, got.failed, got.skipped), want)
    report.done()


if __name__ == '__main__':
    if sys.argv[1:] != ['--self-test']:
        sys.exit(__doc__)
    self_test()
