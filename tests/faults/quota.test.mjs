// Google's quotas, with two properties that are read through one cloud project: who is asked, counted by the simulator.
import assert from 'node:assert/strict'
import { eventually, succeeded } from '../lib/http.mjs'
import { onBothEngines } from '../lib/world.mjs'

// One after the other, so that it is known who asks when.
const env = { BACKFILL_DAYS: '60', SYNC_READERS: '1' }

onBothEngines('a quota that is used up', { sim: ['--days', '90'], env }, (world, test) => {
  const ask = sql => world.database.ask(sql)

  // Reports asked of each property since the last reset.
  async function asked() {
    const { requests } = succeeded(await world.sim.ask('/sim/requests'))
    const count = id =>
      Object.entries(requests)
        .filter(([path]) => path.includes(`/properties/${id}:`))
        .reduce((sum, [, n]) => sum + n, 0)
    return { big: count(world.simulated.property_id), small: count(world.simulated.small_property_id) }
  }

  const days = user => Number(ask(`SELECT count(*) FROM ga4_daily WHERE user_id = '${user.id}'`)[0])

  async function connectBoth(user) {
    for (const external_id of [world.simulated.property_id, world.simulated.small_property_id])
      succeeded(await user.connect({ external_id }), 201)
  }

  const waits = (user, job) =>
    eventually(async () => /again/.test((await user.get(`/v1/sync/job/${job}`)).message), {
      why: () => `it does not wait: ${world.server.tail()}`,
    })

  // A wait is over at once; until the attempt that follows has ended.
  async function hasten(user, job) {
    const claimed = () => ask(`SELECT claimed_at FROM sync_jobs WHERE id = '${job}'`)[0],
      before = claimed()
    ask(`UPDATE sync_jobs SET not_before = NULL WHERE id = '${job}'`)
    await eventually(() => claimed() !== before)
    await eventually(() => ask(`SELECT 1 FROM sync_jobs WHERE id = '${job}' AND status <> 'running'`).length)
  }

  async function sameAsTruth(user) {
    for (const id of [world.simulated.property_id, world.simulated.small_property_id]) {
      const stored = ask(
        `SELECT date, sessions, conversions FROM ga4_daily WHERE user_id = '${user.id}' AND property_id = '${id}' ORDER BY date`,
      ).map(row => row.split('|'))
      const truth = await world.sim.truth(id, stored[0][0], stored.at(-1)[0])
      const wanted = truth.days.map(day => [day.date, String(day.sessions), String(day.conversions)])
      assert.deepEqual(stored, wanted)
    }
  }

  test('of a project: its other property is not asked either, and both go on from there', async () => {
    const user = world.user()
    await connectBoth(user)
    await world.sim.ask('/sim/reset', { method: 'POST' })
    await world.sim.set({ exhausted: { value: 'project_hour', after: 12, times: 1 } })
    const { job_id: job } = succeeded(await user.call('/v1/sync/ga4/run', { method: 'POST' }), 202)
    await waits(user, job)
    const first = await asked()
    assert.deepEqual(Object.values(first).sort(), [0, 13], JSON.stringify(first))
    const kept = days(user)
    assert.ok(kept >= 30, `${kept} days are kept`)
    await hasten(user, job)
    assert.deepEqual(await asked(), first, 'a retry came too early and asked')

    await world.stopServer() // and with it what it remembers
    await world.startServer()
    await world.sim.reset()
    ask(`UPDATE sync_jobs SET not_before = NULL WHERE id = '${job}'`)
    assert.equal((await user.finished(job)).status, 'success')
    const second = await asked()
    // the first window is not read again: probe, second window, totals
    assert.equal(first.big ? second.big : second.small, 1 + (2 + 6) + 1, JSON.stringify(second))
    await sameAsTruth(user)
  })

  test('of a property: the other one is read', async () => {
    const user = world.user()
    await connectBoth(user)
    await world.sim.reset()
    await world.sim.set({ exhausted: { value: 'hour', after: 3, times: 1 } })
    const { job_id: job } = succeeded(await user.call('/v1/sync/ga4/run', { method: 'POST' }), 202)
    await waits(user, job)
    assert.equal(days(user), 60)
    assert.ok(Object.values(await asked()).includes(4))
  })

  test('of server errors: Google is let fail five times an hour by itself, over attempts and jobs', async () => {
    const user = world.user()
    succeeded(await user.connect({ external_id: world.simulated.small_property_id }), 201)
    await world.stopServer()
    await world.startServer()
    await world.sim.reset()
    await world.sim.set({ fault: '503' })
    const start = async () => succeeded(await user.call('/v1/sync/ga4/run', { method: 'POST' }), 202).job_id
    const first = await start()
    await waits(user, first)
    for (let i = 0; i < 4; i++) await hasten(user, first)
    assert.equal((await user.get(`/v1/sync/job/${first}`)).status, 'failed')
    assert.equal((await asked()).small, 5)
    const second = await start() // somebody asks: once more, and not at the retries
    await waits(user, second)
    for (let i = 0; i < 3; i++) await hasten(user, second)
    assert.equal((await asked()).small, 6)
    ask(`UPDATE sync_jobs SET status = 'failed' WHERE id = '${second}'`)
  })
})
