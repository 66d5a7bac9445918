#!/usr/bin/env python3
"""schedule_table.py: write tests/unit/model/schedule.tsv, when daily runs are due by another method.

Not by arithmetic with offsets, as src/model/schedule.c does it, but by looking: every minute of UTC
is shown on a clock of the zone, and a date's run is the first minute at which that clock shows the
date's HH:MM or later. A date that the clock never shows has none.

A line begins a stretch: zone, HH:MM, date, its instant, and from there on 24 hours a date until the
next line of the same schedule; "-" is a date without a run, "end" the first date that was not
looked at. Takes some minutes. To be run again when the rules of a zone in it change."""
import datetime
import multiprocessing
import os
import sys
import zoneinfo

from tree import ROOT

UTC = datetime.timezone.utc
SCHEDULES = [
    # zone, times, first and last year
    ('America/Los_Angeles', ['00:15', '02:30'], 2026, 2040),
    ('America/Havana', ['00:15'], 2026, 2040),
    ('America/Santiago', ['00:15'], 2026, 2040),
    ('America/Nuuk', ['23:15'], 2026, 2040),
    ('Asia/Beirut', ['00:15'], 2026, 2040),
    ('Africa/Cairo', ['00:15'], 2026, 2040),
    ('Africa/Casablanca', ['00:15', '02:30'], 2026, 2040),
    ('Atlantic/Azores', ['00:15'], 2026, 2040),
    ('Australia/Lord_Howe', ['00:15', '01:45', '02:15'], 2026, 2040),
    # Its summer time is the standard one, which GLib 2.74 misreads where the table of its file ends.
    ('Europe/Dublin', ['00:15', '01:30'], 2026, 2037),
    ('Antarctica/Troll', ['00:15', '02:00'], 2026, 2040),
    ('Asia/Kolkata', ['00:15'], 2026, 2027),
    ('America/Sao_Paulo', ['00:15'], 2016, 2019),
    ('Pacific/Apia', ['00:15', '12:00'], 2010, 2013),
    ('Pacific/Kwajalein', ['00:15'], 1993, 1993),
]


def dues(zone, times, first, last):
    """{time: {date: due in seconds}} by looking at each minute; None for a date that never was."""
    clock = zoneinfo.ZoneInfo(zone)
    start = datetime.datetime(first, 1, 1, tzinfo=UTC)
    wanted = {}
    for text in times:
        hour, minute = map(int, text.split(':'))
        wanted[text] = [datetime.datetime(first, 1, 3, hour, minute), {}]
    shown = set()
    day = datetime.timedelta(days=1)
    end = int(datetime.datetime(last + 1, 1, 3, tzinfo=UTC).timestamp())
    for second in range(int(start.timestamp()), end, 60):
        local = datetime.datetime.fromtimestamp(second, clock).replace(tzinfo=None, fold=0)
        shown.add(local.toordinal())
        for entry in wanted.values():
            while local >= entry[0]:
                entry[1][entry[0].date()] = second
                entry[0] += day
    return {text: {date: due if date.toordinal() in shown else None for date, due in entry[1].items() if date.year <= last}
            for text, entry in wanted.items()}


def stretches(due):
    previous = None
    for date, second in sorted(due.items()):
        if previous is None or second is None or second - previous != 86400:
            instant = '-' if second is None else datetime.datetime.fromtimestamp(second, UTC).strftime('%Y-%m-%dT%H:%M:%SZ')
            yield date.isoformat(), instant
        previous = second
    yield (max(due) + datetime.timedelta(days=1)).isoformat(), 'end'


def lines(schedule):
    zone, times, first, last = schedule
    return [f'{zone}\t{at}\t{date}\t{instant}' for at, due in dues(zone, times, first, last).items() for date, instant in stretches(due)]


def edition():
    for folder in zoneinfo.TZPATH:
        path = os.path.join(folder, 'tzdata.zi')
        if os.path.exists(path):
            with open(path, encoding='ascii') as file:
                return file.readline().split()[-1]
    return 'unknown'


def main():
    with multiprocessing.Pool() as pool:
        parts = pool.map(lines, SCHEDULES, chunksize=1)
    with open(os.path.join(ROOT, 'tests/unit/model/schedule.tsv'), 'w', encoding='ascii') as out:
        print(f'# Written by tools/schedule_table.py, by the rules of tzdata {edition()}.', file=out)
        for part in parts:
            print('\n'.join(part), file=out)
    return 0


sys.exit(main())
