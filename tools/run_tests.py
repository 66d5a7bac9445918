#!/usr/bin/env python3
"""Run every test there is, and count every one.

    run_tests.py [PART...]     check unit tsan api faults browser; none: all
    run_tests.py api/share     one program of a part, or "unit/jobs/*" some

A test is a program that speaks TAP (see tap_count.py). The last line printed is
`N passed, N failed`, with the skipped ones when there are any."""
import fnmatch
import glob
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import tap_count
from tree import ROOT

CHECKS = ['tap_count.py --self-test', 'check_floors.py', 'check_banned.py', 'check_sizes.py', 'check_text.py',
          'check_tools.py', 'check_guarantees.py', 'docs.py --check']
SANITIZERS = {
    'ASAN_OPTIONS': 'detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1',
    'G_SLICE': 'always-malloc',  # GLib's own allocator would hide what belongs to whom
    'UBSAN_OPTIONS': 'halt_on_error=1:print_stacktrace=1',
    'TSAN_OPTIONS': f'halt_on_error=0:second_deadlock_stack=1:exitcode=66:suppressions={ROOT}/tests/tsan.supp',
    'LSAN_OPTIONS': f'suppressions={ROOT}/tests/lsan.supp',
}
NODE = ['node', '--test-reporter=tap']
# These wait for minutes, for leases and clocks, and leave the cores to the others.
PATIENT = ('unit/jobs/test_life', 'tsan/jobs/test_life', 'faults/instances', 'faults/source', 'faults/stuck',
           'faults/failpoints', 'faults/remote')
# What dies or hangs on purpose needs a build that can.
FAILPOINTS = {'failpoints': 'build-asan', 'stuck': 'build-asan'}
# What measures, and what no build with sanitizers can do.
RELEASE = ('load', 'size', 'sandbox')


@dataclass
class Program:
    name: str
    argv: list
    env: dict = field(default_factory=dict)
    seconds: int = 900       # when it is ended; a busy machine may take ten times as long as an idle one
    alone: bool = False      # measures time or needs the whole machine
    browser: bool = False    # shares the machine with other browsers only
    database: bool = False   # gets a PostgreSQL database of its own


def lines_of(path):
    """The words of a list file, without its comments."""
    with open(os.path.join(ROOT, path), encoding='utf-8') as file:
        return [line.split('#')[0].strip() for line in file if line.split('#')[0].strip()]


# ---- what there is to run ------------------------------------------------------------

def checks():
    for line in CHECKS:
        script, *arguments = line.split()
        if '--self-test' not in line:
            yield Program(f'check/{script[:-3]} --self-test', ['python3', f'tools/{script}', '--self-test'])
        yield Program(f'check/{line.replace(".py", "")}', ['python3', f'tools/{script}', *arguments])


def unit_sources():
    return sorted(glob.glob('tests/unit/*/test_*.c', root_dir=ROOT))


def unit(build, prefix, sources, seconds):
    for source in sources:
        name = os.path.basename(source)[:-2]
        yield Program(f'{prefix}/{source.split("/")[2]}/{name}', [os.path.join(ROOT, build, 'tests', name)],
                      {'CMOCKA_MESSAGE_OUTPUT': 'TAP'}, seconds, database=True)


def threaded_sources():
    patterns = lines_of('tests/tsan.list')
    return [one for one in unit_sources() if any(fnmatch.fnmatch(one[len('tests/unit/'):], p) for p in patterns)]


def node(folder, build, prefix=None, only='*.test.mjs'):
    for path in sorted(glob.glob(f'tests/{folder}/{only}', root_dir=ROOT)):
        name = os.path.basename(path)[:-len('.test.mjs')]
        alone = name in ('load', 'size')
        program = 'build' if name in RELEASE and not prefix else FAILPOINTS.get(name, build)
        demo = ['tests/lib/demo.mjs'] if folder == 'browser' else []
        yield Program(f'{prefix or folder}/{name}', [*NODE, *demo, path],
                      {'DAYMARK': f'{ROOT}/{program}/daymark', 'DAYMARK_SIM': f'{ROOT}/build/daymark-sim'},
                      1200, alone, browser=folder == 'browser')


# part: (builds it needs, what it runs)
PARTS = {
    'check': ([], checks),
    'unit': (['asan unit-tests'], lambda: [
        *unit('build-asan', 'unit', unit_sources(), 900),
        Program('unit/fuzz/test_corpora', [f'{ROOT}/build-asan/tests/test_corpora'], {'CMOCKA_MESSAGE_OUTPUT': 'TAP'})]),
    'tsan': (['tsan unit-tests daymark', 'release'], lambda: [
        *unit('build-tsan', 'tsan', threaded_sources(), 1200),
        *node('api', 'build-tsan', 'tsan', 'load.test.mjs')]),
    'api': (['asan daymark', 'release'], lambda: node('api', 'build-asan')),
    'faults': (['release', 'asan daymark'], lambda: node('faults', 'build')),
    'browser': (['release'], lambda: node('browser', 'build')),
}


# ---- PostgreSQL for the time of the tests ----------------------------------------------

class Postgres:
    def __init__(self, folder):
        self.folder = os.path.join(folder, 'pg')
        self.url = None

    def start(self):
        done = subprocess.run(['tests/pg', 'start', self.folder], cwd=ROOT, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return (done.stdout + done.stderr).strip() or 'tests/pg failed'
        self.url = done.stdout.strip().split('\n')[-1]
        return None

    def database(self, name):
        """The URL of a new, empty database."""
        subprocess.run(['psql', '-X', '-q', '-d', self.url, '-c', f'CREATE DATABASE "{name}"'], check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        return urlsplit(self.url)._replace(path='/' + name).geturl()

    def stop(self):
        if self.url:
            subprocess.run(['tests/pg', 'stop', self.folder], cwd=ROOT, check=False, stdout=subprocess.DEVNULL)


# ---- running -----------------------------------------------------------------------------

class Runner:
    def __init__(self, folder, postgres):
        self.folder, self.postgres = folder, postgres
        self.lock = threading.Lock()
        self.sum = tap_count.Count()
        self.databases = 0
        self.running = set()     # process groups, ours to end

    def environment(self, program):
        extra = {}
        if self.postgres.url:
            extra['TEST_POSTGRES_URL'] = self.postgres.url
            if program.database:
                with self.lock:
                    self.databases += 1
                    name = f'unit_{self.databases}'
                extra['TEST_POSTGRES_URL'] = self.postgres.database(name)
        return {**os.environ, **SANITIZERS, 'LC_ALL': 'C.UTF-8', **extra, **program.env}

    def run(self, program):
        """Its count and the end of what it said on standard error."""
        with tempfile.TemporaryFile(dir=self.folder) as out, tempfile.TemporaryFile(dir=self.folder) as err:
            try:
                process = subprocess.Popen(program.argv, cwd=ROOT, env=self.environment(program), stdout=out,
                                           stderr=err, stdin=subprocess.DEVNULL, start_new_session=True)
            except (OSError, subprocess.CalledProcessError) as error:
                failed = tap_count.Count()
                failed.fail(str(error))
                return failed, ''
            self.running.add(process.pid)
            late = None
            try:
                code = process.wait(program.seconds)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                code, late = process.wait(), f'it was stopped after {program.seconds} s'
            self.running.discard(process.pid)
            out.seek(0)
            err.seek(0)
            counted = tap_count.count(out.read().decode('utf-8', 'replace'), code)
            if late:
                counted.details.append('    ' + late)
            return counted, err.read().decode('utf-8', 'replace')

    def report(self, name, counted, noise, seconds):
        skipped = f', {counted.skipped} skipped' if counted.skipped else ''
        state = f'FAIL {counted.failed:4} of {counted.total}' if counted.failed else f'ok   {counted.total - counted.skipped:4}'
        with self.lock:
            self.sum.passed += counted.passed
            self.sum.failed += counted.failed
            self.sum.skipped += counted.skipped
            print(f'{state}  {name} ({seconds:.1f} s{skipped})')
            if counted.failed:
                for line in counted.details[:200]:
                    print('       ' + line)
                for line in noise.split('\n')[-80:]:
                    print('     | ' + line[:400])
            sys.stdout.flush()

    def run_and_report(self, program):
        begun = time.monotonic()
        counted, noise = self.run(program)
        self.report(program.name, counted, noise, time.monotonic() - begun)

    def lanes(self, n, programs):
        """n programs at once; the threads to wait for."""
        waiting = queue.SimpleQueue()
        for program in programs:
            waiting.put(program)

        def work():
            while True:
                try:
                    program = waiting.get_nowait()
                except queue.Empty:
                    return
                self.run_and_report(program)
        threads = [threading.Thread(target=work, daemon=True) for _ in range(n)]
        for thread in threads:
            thread.start()
        return threads

    def run_all(self, programs):
        """Those that may share the machine, one more than there are cores, as they wait more than they reckon, and two
        patient ones beside them; then browsers; then what needs the machine for itself."""
        cores = max(2, os.cpu_count() or 1)
        sharing = [program for program in programs if not program.alone and not program.browser]
        browsers = [program for program in programs if not program.alone and program.browser]
        patient = [program for program in sharing if program.name in PATIENT]
        others = [program for program in sharing if program.name not in PATIENT]
        alone = [program for program in programs if program.alone]
        for at_once in [(2, patient), (cores + 1, others)], [(cores + 1, browsers)], [(1, alone)]:
            for thread in [thread for n, some in at_once for thread in self.lanes(n, some)]:
                thread.join()

    def stop(self):
        for group in self.running:
            os.killpg(group, signal.SIGKILL)

    def one(self, name, problem, seconds):
        """Something that is not a test, but without which there are none."""
        counted = tap_count.Count()
        if problem is None:
            counted.passed = 1
        else:
            counted.fail(name)
        self.report(name, counted, problem or '', seconds)
        return problem is None

    def build(self, what):
        begun = time.monotonic()
        kind, *targets = what.split()
        if targets and 'unit-tests' in targets and not unit_sources():
            targets.remove('unit-tests')
        done = subprocess.run(['./dev', 'build', kind, ' '.join(targets)], cwd=ROOT, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, errors='replace', check=False)
        problem = None if done.returncode == 0 else done.stdout + done.stderr
        return self.one(f'build/{kind}', problem, time.monotonic() - begun)


def builds_of(parts):
    """Each kind once, with all targets that the parts want of it."""
    wanted = {}
    for part in parts:
        for what in PARTS[part][0]:
            kind, *targets = what.split()
            wanted.setdefault(kind, set()).update(targets or ['daymark', 'daymark-sim'])
    return [' '.join([kind, *sorted(targets)]) for kind, targets in wanted.items()]


def chosen(parts, words):
    """The programs of these parts that a word names: "api" is a part, "api/share" one program, "api/s*" some."""
    programs = [program for part in parts for program in PARTS[part][1]()]
    patterns = [word if '/' in word else word + '/*' for word in words]
    for word, pattern in zip(words, patterns):
        if not any(fnmatch.fnmatch(program.name, pattern) for program in programs):
            sys.exit(f'there is no test "{word}"')
    return [one for one in programs if any(fnmatch.fnmatch(one.name, pattern) for pattern in patterns)]


def main():
    words = sys.argv[1:] or list(PARTS)
    parts = list(dict.fromkeys(word.split('/')[0] for word in words))
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        sys.exit(f'there is no part "{unknown[0]}"; there are {" ".join(PARTS)}')
    programs = chosen(parts, words)
    folder = tempfile.mkdtemp(prefix='daymark-test-', dir='/tmp')
    os.chmod(folder, 0o755)
    postgres = Postgres(folder)
    runner = Runner(folder, postgres)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit('stopped'))
    try:
        built = [runner.build(what) for what in builds_of(parts)]
        if parts != ['check']:
            begun = time.monotonic()
            runner.one('tests/pg', postgres.start(), time.monotonic() - begun)
        if all(built):
            runner.run_all(programs)
        else:
            runner.run_all([program for program in programs if program.name.startswith('check/')])
    finally:
        runner.stop()
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)
    total = runner.sum
    print(f'{total.passed} passed, {total.failed} failed' + (f', {total.skipped} skipped' if total.skipped else ''))
    return 1 if total.failed or not total.passed else 0


sys.exit(main())
