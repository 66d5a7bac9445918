// `daymark schedule` against all instants of tests/unit/model/schedule.tsv, which were found by
// looking at each minute (tools/schedule_table.py), and what it says to bad arguments.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { DAYMARK, run } from '../lib/programs.mjs'

const DAY = 86400000
const LINE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d) {2}(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)$/

// Zone and time -> the instants of all its dates.
function table() {
  const schedules = new Map()
  const text = readFileSync(new URL('../unit/model/schedule.tsv', import.meta.url), 'utf8')
  const lines = text
    .trim()
    .split('\n')
    .slice(1)
    .map(line => line.split('\t'))
  lines.forEach(([zone, at, date, instant], i) => {
    const name = `${zone} ${at}`
    if (!schedules.has(name)) schedules.set(name, { zone, at, first: date, runs: [] })
    if (instant === 'end' || instant === '-') return
    const dates = (Date.parse(lines[i + 1][2]) - Date.parse(date)) / DAY
    for (let n = 0; n < dates; n++) schedules.get(name).runs.push(Date.parse(instant) + n * DAY)
  })
  return [...schedules.values()]
}

const schedule = (args, env = {}) => run(DAYMARK, ['schedule', ...args], { env, ms: 20000 })

describe('the schedule that is printed', () => {
  for (const { zone, at, first, runs } of table())
    it(`is that of ${zone} at ${at}`, async () => {
      const done = await schedule(['--zone', zone, '--at', at, '--from', first, '--count', String(runs.length)])
      assert.equal(done.code, 0, done.tail())
      const lines = done.out.trimEnd().split('\n')
      assert.equal(lines.length, runs.length)
      lines.forEach((line, i) => {
        const [, local, utc] = line.match(LINE) ?? assert.fail(line)
        assert.equal(Date.parse(utc), runs[i], line)
        assert.equal(Date.parse(local), runs[i], line)
      })
    })

  it('begins after an instant, and with a date', async () => {
    const first = async from => (await schedule(['--zone', 'UTC', '--at', '00:00', '--from', from, '--count', '1'])).out
    assert.match(await first('2026-03-01T00:00:00Z'), /2026-03-02T00:00:00Z/)
    assert.match(await first('2026-02-28T23:59:59Z'), /2026-03-01T00:00:00Z/)
    assert.match(await first('2026-03-01T01:00:00+02:00'), /2026-03-01T00:00:00Z/)
    assert.match(await first('2026-03-01'), /2026-03-01T00:00:00Z/)
  })

  it('is that of the settings, from now on, a week of it', async () => {
    const done = await schedule([], { SYNC_TIME: '07:30', SYNC_ZONE: 'Asia/Kolkata' })
    const lines = done.out.trimEnd().split('\n')
    assert.equal(lines.length, 7)
    for (const line of lines) assert.match(line, /T07:30:00\+05:30 {2}.*T02:00:00Z$/)
    const ahead = Date.parse(lines[0].split('  ')[1]) - Date.now()
    assert.ok(ahead > 0 && ahead <= DAY, lines[0])
  })
})

describe('a schedule that cannot be', () => {
  for (const [args, says] of [
    [['--at', '24:00'], /--at is "24:00": write it as HH:MM/],
    [['--at', '00:60'], /--at is "00:60"/],
    [['--at', '0:15'], /--at is "0:15"/],
    [['--at', '+1:15'], /--at is "\+1:15"/],
    [['--zone', 'Mars/Base'], /there is no time zone "Mars\/Base"/],
    [['--zone', '+02:00'], /there is no time zone/],
    [['--zone', ''], /there is no time zone ""/],
    [['--count', '0'], /--count is 0: it must be 1 to 10000/],
    [['--count', '10001'], /--count is 10001/],
    [['--from', 'yesterday'], /--from is "yesterday": write it as/],
    [['--from', '2026-02-30'], /--from is "2026-02-30"/],
    [['--from', '9999-12-31'], /the years 1900 to 2999/],
    [['soon'], /schedule does not take "soon"/],
  ])
    it(`is refused: ${args.join(' ')}`, async () => {
      const done = await schedule(args)
      assert.notEqual(done.code, 0)
      assert.equal(done.out, '')
      assert.match(done.log, says)
    })

  it('keeps the server from starting', async () => {
    for (const [env, says] of [
      [{ SYNC_ZONE: 'Mars/Base' }, /SYNC_ZONE is "Mars\/Base": there is no such time zone/],
      [{ SYNC_TIME: '25:00' }, /SYNC_TIME is "25:00": write it as HH:MM/],
    ]) {
      const done = await run(DAYMARK, ['serve'], { env, ms: 20000 })
      assert.notEqual(done.code, 0)
      assert.match(done.log, says)
    }
  })
})
