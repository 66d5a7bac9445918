// The daily run under a clock that steps, stands still or differs from the database's, and after times without a server.
// The process believes in a clock of the test's (faketime); waiting times, which are monotonic, are real.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { eventually } from '../lib/http.mjs'
import { FakeClock, noFaketime, only, Seed, simulator, wallTime, stopAll } from '../lib/faults.mjs'
import { sleep, whyNot } from '../lib/programs.mjs'
import { withLog } from '../lib/world.mjs'

const TICK_MS = 10000
const DAY = 86400e3
const ANY_TIME = { iat: 1e9, exp: 4e9 } // a token for whatever the clock shows
const iso = instant => new Date(instant).toISOString().slice(0, 10)
const day = n => iso(Date.parse(iso(Date.now())) - 20 * DAY + n * DAY) // day (0) is a while ago: the simulator knows it
const at = (n, time, zone) => wallTime(day(n), time, zone)

// The lines of one event, of all lives of the server.
const lines = (world, event) =>
  [...(world.lives ?? []), world.server.log]
    .join('\n')
    .split('\n')
    .filter(line => line.includes(`"event":"${event}"`))
    .map(line => JSON.parse(line))

async function stop(world) {
  await world.stopServer()
  ;(world.lives ??= []).push(world.server.log)
}
async function start(world, instant, env = {}) {
  world.clock.set(instant)
  await world.restart(env)
}
// A look at the clock, and what it brings.
const looks = () => sleep(TICK_MS + 1500)

const runs = async world =>
  (
    await world.query(
      "SELECT run_key || ' ' || status FROM sync_jobs WHERE run_key IS NOT NULL ORDER BY created_at, run_key",
    )
  ).map(line => line.replace('all_daily:', ''))
const ran = (world, n) =>
  eventually(async () => (await runs(world)).includes(`${day(n)} success`), {
    ms: 2 * TICK_MS + 10000,
    every: 250,
    why: () => `no run of ${day(n)}`,
  })
const missed = world =>
  world.query("SELECT run_date, coalesce(CAST(caught_up_by AS text), '-') FROM sync_missed ORDER BY 1")

describe('the daily run on a clock of its own', { skip: noFaketime, concurrency: true }, () => {
  let sim, from
  before(
    async () => {
      sim = await simulator()
      from = await new Seed('sqlite', { sim, connections: [only.ga4(await sim.demo())] }).make()
    },
    { timeout: 240000 },
  )
  after(() => stopAll(from, sim))

  const story = (title, instant, body, env = {}) =>
    it(title, { timeout: 180000 }, async context => {
      const world = await from.start({ env: { BACKFILL_DAYS: '5', ...env } }, { server: false })
      world.clock = new FakeClock(world.folder, instant)
      Object.assign(world.env, world.clock.env)
      // The seed's own start has noted its date, which is a date to come by this clock.
      await world.query('DELETE FROM app_settings')
      try {
        await withLog(world, async () => {
          await start(world, instant)
          await body(world)
        })(context)
      } finally {
        await world.stop()
      }
    })

  story(
    'starts at 00:15, exactly once, and the log says when, why and how it ended',
    at(0, '00:14:50'),
    async world => {
      await ran(world, 0)
      await sleep(2 * TICK_MS)
      assert.deepEqual(await runs(world), [`${day(0)} success`])

      const [begun, ...more] = lines(world, 'sync.daily')
      assert.deepEqual(more, [])
      assert.equal(begun.date, day(0))
      assert.equal(new Date(begun.due).getTime(), at(0, '00:15'))
      const late = new Date(begun.time) - at(0, '00:15')
      assert.ok(late >= 0 && late <= 20000, `it started ${late} ms after 00:15`)
      assert.match(begun.why, /due/)
      const [ended] = lines(world, 'sync.finished')
      assert.equal(ended.job, begun.job)
      assert.equal(ended.trigger, 'daily')
      assert.ok(ended.message.length > 10)
      const [schedule] = lines(world, 'sync.schedule')
      assert.match(`${schedule.at} ${schedule.zone} ${schedule.tzdata}`, /^00:15 America\/Los_Angeles \d{4}\w/)
    },
  )

  story('an hour back at 00:16 does not run it again', at(0, '00:14:50'), async world => {
    await ran(world, 0)
    world.clock.set(at(0, '00:16') - 3600e3)
    await looks()
    world.clock.set(at(0, '00:14:58')) // and it becomes 00:15 once more
    await sleep(2 * TICK_MS)
    assert.deepEqual(await runs(world), [`${day(0)} success`])
    assert.ok(lines(world, 'sync.clock_step').length >= 1, 'the log does not tell of the jump')
    world.clock.set(at(1, '00:14:58'))
    await ran(world, 1)
    assert.equal((await runs(world)).length, 2)
  })

  story('four years ahead and back: the next real night has its run', at(0, '12:00'), async world => {
    const user = world.owner(ANY_TIME)
    world.clock.set(at(0, '12:00') + 4 * 365.25 * DAY)
    await looks()
    await sleep(3000)
    const ahead = (await runs(world)).length
    assert.ok(ahead <= 1, 'more than one run for a jump')
    world.clock.set(at(0, '12:01'))
    await looks()
    const next = new Date((await user.get('/v1/sync/all/meta')).next_scheduled_at).getTime()
    assert.equal(next, at(1, '00:15'))
    assert.equal((await runs(world)).length, ahead)
    world.clock.set(at(1, '00:14:58'))
    await ran(world, 1)
    world.clock.set(at(2, '00:14:58'))
    await ran(world, 2)
    assert.equal((await runs(world)).length, ahead + 2)
    assert.equal((await world.ask('/readyz')).status, 200)
    const [through] = await world.query('SELECT complete_through FROM connections')
    assert.equal(through, day(1), 'days that have not been are said to be complete')
  })

  story('a clock that stands still holds up nothing but the schedule', at(0, '00:14:30'), async world => {
    const user = world.owner(ANY_TIME)
    world.clock.freeze(at(0, '00:14:40'))
    assert.equal((await user.sync('/v1/sync/ga4/run')).status, 'success')
    const before = world.server.log.split('\n').filter(line => !line.includes('"event":"request"')).length
    await looks()
    assert.equal((await world.ask('/readyz')).status, 200)
    const said = world.server.log.split('\n').filter(line => !line.includes('"event":"request"')).length - before
    assert.ok(said < 5, `${said} lines while the clock stood still`)
    assert.deepEqual(await runs(world), [])
    world.clock.set(at(0, '00:14:58'))
    await ran(world, 0)
  })

  story('a restart at another time of the day runs nothing', at(0, '00:14:50'), async world => {
    await ran(world, 0)
    for (const time of ['01:24', '17:12', '23:59']) {
      await stop(world)
      await start(world, at(0, time))
      await sleep(4000)
    }
    await sleep(TICK_MS)
    assert.deepEqual(await runs(world), [`${day(0)} success`])
    assert.equal(lines(world, 'sync.daily').length, 1)
  })

  for (const [title, back, catchUp, noted] of [
    ['from 00:10 to 00:20', [0, '00:20'], 0, []],
    ['from 00:10 to 14:00', [0, '14:00'], 0, []],
    ['for three days', [3, '09:30'], 3, [`${day(0)}|${day(3)}`, `${day(1)}|${day(3)}`, `${day(2)}|${day(3)}`]],
    [
      'for ten days',
      [10, '09:30'],
      10,
      [...[0, 1, 2].map(n => `${day(n)}|-`), ...[3, 4, 5, 6, 7, 8, 9].map(n => `${day(n)}|${day(10)}`)],
    ],
  ])
    story(`after being down ${title} one run catches up`, at(-1, '00:14:50'), async world => {
      await ran(world, -1)
      world.clock.set(at(0, '00:10'))
      await sleep(500)
      await stop(world)
      await start(world, at(...back))
      await ran(world, catchUp)
      await sleep(TICK_MS + 1500)
      assert.deepEqual(await runs(world), [`${day(-1)} success`, `${day(catchUp)} success`])
      assert.deepEqual(await missed(world), noted)
      // No day is missing: the window reaches back to the last success.
      const [first, last, count] = (await world.query('SELECT min(date), max(date), count(*) FROM ga4_daily'))[0].split(
        '|',
      )
      assert.equal(last, day(catchUp - 1))
      assert.equal(Number(count), (Date.parse(last) - Date.parse(first)) / DAY + 1, 'a day is missing')
      const [, begun] = lines(world, 'sync.daily')
      assert.match(begun.why, back[1] === '00:20' ? /due|time/ : /not started in time/)
    })

  story('a new installation at 00:16 runs nothing for the past', at(0, '00:16'), async world => {
    await looks()
    assert.deepEqual(await runs(world), [])
    world.clock.set(at(1, '00:14:58'))
    await ran(world, 1)
  })

  for (const [title, env, moment] of [
    ['time', { SYNC_TIME: '11:00' }, '12:00'],
    ['time, to a later one that is over too', { SYNC_TIME: '09:00' }, '12:00'],
    ['zone', { SYNC_ZONE: 'Europe/Berlin' }, '12:00'],
    ['zone, to one where the next date has begun', { SYNC_ZONE: 'Pacific/Kiritimati' }, '23:50'],
  ])
    story(`a changed ${title} runs nothing for the past`, at(0, '00:14:50'), async world => {
      await ran(world, 0)
      await stop(world)
      await start(world, at(0, moment), env)
      await looks()
      assert.deepEqual(await runs(world), [`${day(0)} success`])
      assert.deepEqual(await missed(world), [])
    })
})

// The host's clock and the database's, apart.
describe(
  'a clock that differs from the database',
  { skip: noFaketime || whyNot('postgresql'), concurrency: true },
  () => {
    let sim, from
    before(
      async () => {
        sim = await simulator()
        from = await new Seed('postgresql', { sim, connections: [only.ga4(await sim.demo())] }).make()
      },
      { timeout: 240000 },
    )
    after(() => stopAll(from, sim))

    for (const seconds of [90, -90])
      it(
        `by ${seconds} s: no daily run starts, it says so, and it starts when they agree`,
        { timeout: 480000 },
        async context => {
          const world = await from.start({ env: { BACKFILL_DAYS: '5' } }, { server: false })
          world.clock = new FakeClock(world.folder, Date.now() + seconds * 1000)
          Object.assign(world.env, world.clock.env)
          // As if it had been installed a week ago, and down since: a run is due.
          await world.query(
            "UPDATE app_settings SET value = regexp_replace(value, '\\d{4}-\\d\\d-\\d\\d$', CAST(CAST(now() AS date) - 7 AS text)) WHERE key = 'schedule_since'",
          )
          try {
            await withLog(world, async () => {
              await world.startServer()
              await looks()
              assert.deepEqual(await runs(world), [])
              const [said, ...more] = lines(world, 'sync.clocks')
              assert.equal(said.level, 'error')
              assert.ok(Math.abs(parseFloat(said.database_ahead) + seconds) <= 3, said.database_ahead)
              assert.deepEqual(more, [], 'it says so at every tick')
              const ready = await world.ask('/readyz')
              assert.equal(ready.status, 503)
              assert.match(ready.text, /clock/)
              assert.equal(
                (await world.owner(ANY_TIME).sync('/v1/sync/ga4/run')).status,
                'success',
                'what is asked for runs',
              )

              world.clock.ahead(0)
              await eventually(async () => (await runs(world)).length === 1, { ms: 25000, every: 250 })
              assert.equal((await world.ask('/readyz')).status, 200)
            })(context)
          } finally {
            await world.stop()
          }
        },
      )
  },
)
