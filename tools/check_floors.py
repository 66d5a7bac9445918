#!/usr/bin/env python3
"""Floors: a folder under src/ includes only folders on lower floors, never up, never sideways."""
import re
import sys

import tap
import tree

FLOOR = {
    'base': 0, 'model': 0,
    'store': 1, 'http': 1, 'fetch': 1, 'cache': 1, 'auth': 1, 'sandbox': 1,
    'query': 2, 'render': 2,
    'widgets': 3, 'sources': 3,
    'insights': 4,
    'api': 5, 'jobs': 5,
    'cli': 6, 'main.c': 6,
}
# Neighbours on one floor that may nevertheless be used, one way.
ALLOWED = {('model', 'base'), ('main.c', 'cli')}
# Headers that the build makes, and the folder they count as.
GENERATED = {'sql.h': 'store', 'ui.h': 'render', 'assets.h': 'render'}
# The simulators stand beside the floors: they may use the devices and nothing above.
SIM_CEILING = 1
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.M)


def folder_of(path):
    """src/store/x.c -> store, src/main.c -> main.c, sim/ga4.c -> sim"""
    parts = path.split('/')
    return parts[1] if parts[0] == 'src' else parts[0]


def wrong(path, header):
    """Why this file may not include this header; None if it may."""
    here = folder_of(path)
    there = GENERATED.get(header) or (header.split('/')[0] if '/' in header else here)
    if there == here:
        return None
    if there == 'sim':
        return None if here in ('main.c', 'cli') else 'only main.c and cli/ may use the simulators'
    if there not in FLOOR:
        return f'there is no floor for {there}/'
    if here == 'sim':
        return None if FLOOR[there] <= SIM_CEILING else f'sim/ may include floors 0 to {SIM_CEILING} only'
    if here not in FLOOR:
        return f'there is no floor for {here}/'
    if FLOOR[there] > FLOOR[here]:
        return f'{here} (floor {FLOOR[here]}) reaches up to {there} (floor {FLOOR[there]})'
    if FLOOR[there] == FLOOR[here] and (here, there) not in ALLOWED:
        return f'{here} reaches sideways to {there} (both on floor {FLOOR[here]})'
    return None


def problems(path, text):
    text = tree.code(text, strings=True)
    for match in INCLUDE.finditer(text):
        why = wrong(path, match[1])
        if why:
            yield f'{path}:{text.count(chr(10), 0, match.start()) + 1}: "{match[1]}": {why}'


def self_test(report):
    planted = [
        ('up', 'src/store/a.c', '#include "api/api.h"\n', True),
        ('up by one', 'src/store/a.c', '#  include "query/q.h"', True),
        ('sideways', 'src/http/a.c', '#include "cache/cache.h"\n', True),
        ('base to model', 'src/base/a.h', '#include "model/fact.h"\n', True),
        ('base to the generated SQL', 'src/base/a.c', '#include "sql.h"\n', True),
        ('a folder without a floor', 'src/store/a.c', '#include "misc/a.h"\n', True),
        ('from a folder without a floor', 'src/misc/a.c', '#include "base/a.h"\n', True),
        ('sim to widgets', 'sim/a.c', '#include "widgets/widget.h"\n', True),
        ('api to sim', 'src/api/a.c', '#include "sim/sim.h"\n', True),
        ('cli to main', 'src/cli/a.c', '#include "main.c/x.h"\n', True),
        ('down', 'src/api/a.c', '#include "store/store.h"\n#include "base/json.h"\n', False),
        ('its own folder', 'src/api/a.c', '#include "api/b.h"\n#include "c.h"\n', False),
        ('model to base', 'src/model/a.c', '#include "base/date.h"\n', False),
        ('sim to http', 'sim/a.c', '#include "http/http.h"\n#include "sim/b.h"\n', False),
        ('main to everything', 'src/main.c', '#include "cli/cli.h"\n#include "jobs/jobs.h"\n#include "sim/sim.h"\n', False),
        ('in a comment', 'src/base/a.c', '/*\n#include "api/api.h"\n*/\n', False),
    ]
    for name, path, text, bad in planted:
        report.expect(f'floors self-test: {name}', bool(list(problems(path, text))), bad)


def main():
    report = tap.Report()
    if sys.argv[1:] == ['--self-test']:
        self_test(report)
    else:
        names = tree.files('src', 'sim', ends=('.c', '.h'))
        report.check(f'floors: {len(names)} files include nothing above or beside them',
                     [line for name in names for line in problems(name, tree.read(name))])
    report.done()


main()
