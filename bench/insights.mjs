// Runs build/tests/insights on planted series, and on real ones: flights a day in early 2001, whole and by the hours of the day, from
// the npm package vega-datasets, which this project neither holds nor installs:
//
//   npm install --prefix /tmp/real vega-datasets && VEGA_DATASETS=/tmp/real/node_modules/vega-datasets ./dev bench insights
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const PROGRAM = 'build/tests/insights'
const HOURS = [
  ['from_6_to_10', 6, 10],
  ['from_10_to_14', 10, 14],
  ['from_14_to_18', 14, 18],
  ['from_18_to_22', 18, 22],
]

function flightsByDay(file) {
  const flights = JSON.parse(readFileSync(file, 'utf8')).map(one => ({
    day: one.date.slice(0, 10),
    hour: Number(one.date.slice(11, 13)),
  }))
  const days = [...new Set(flights.map(one => one.day))].sort()
  const count = keep => {
    const by = new Map(days.map(day => [day, 0]))
    for (const one of flights) if (keep(one)) by.set(one.day, by.get(one.day) + 1)
    return [...by.values()].join(' ')
  }
  const lines = HOURS.map(([name, from, to]) => `flights_${name} ${count(one => one.hour >= from && one.hour < to)}`)
  return [`flights ${count(() => true)}`, ...lines].join('\n') + '\n'
}

process.stdout.write(execFileSync(PROGRAM))
const file = join(process.env.VEGA_DATASETS ?? 'node_modules/vega-datasets', 'data/flights-20k.json')
if (!existsSync(file)) {
  console.log('\nReal series: skipped, as there is no npm package vega-datasets (VEGA_DATASETS says where it is).')
} else {
  const folder = mkdtempSync(join(tmpdir(), 'daymark-real-'))
  try {
    writeFileSync(join(folder, 'series'), flightsByDay(file))
    process.stdout.write(execFileSync(PROGRAM, [join(folder, 'series')]))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
