// kill -9 in the middle of a run, and start again: no half day, nothing stuck in "running", and in the end the same
// tables as after a run that nobody disturbed. On SQLite a restart finds the run at once; what PostgreSQL's leases do
// is in instances.test.mjs.
import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { assertWithin, eventually } from '../lib/http.mjs'
import { assertWholeDays, begin, facts, onEachEngine, Seed, simulator, stopAll } from '../lib/faults.mjs'
import { sleep } from '../lib/programs.mjs'
import { withLog } from '../lib/world.mjs'

const FOUND_MS = 2000

const days = async world => Number((await world.query('SELECT count(*) FROM ga4_daily'))[0])
const stored = least => world =>
  eventually(async () => (await days(world)) >= least, { every: 5, why: 'no days are stored' })

// When to strike.
const moments = [
  ['as soon as it is accepted', async () => {}],
  ['before the first answer of the source', () => sleep(60)],
  ['when the first days are written', stored(1)],
  ['when half of the days are written', stored(31)],
  ['when all days are written', stored(60)],
]

onEachEngine('kill -9', { concurrency: true }, engine => {
  let sim, from
  before(
    async () => {
      sim = await simulator()
      await sim.set({ slow: 150, meta_slow: 150, ig_slow: 150 })
      from = await new Seed(engine, { sim }).make()
    },
    { timeout: 240000 },
  )
  after(() => stopAll(from, sim))

  for (const [name, moment] of moments)
    it(name, { timeout: 480000 }, async t => {
      const whole = await from.whole()
      const world = await from.start()
      try {
        await withLog(world, async () => {
          const id = await begin(world)
          await moment(world)
          await world.crash()
          assertWholeDays(facts(world), whole)

          const { status } = await world.job(id)
          await world.restart()
          const ready = Date.now()
          if (engine === 'postgresql') await world.leaseRunsOut()
          else if (status === 'running') {
            await world.server.says(new RegExp(`"sync.started".*${id}`), { from: 'log' })
            assertWithin(ready, FOUND_MS)
          }
          const job = await world.ended(id)
          assert.equal(job.status, 'success', job.message)
          assert.ok(job.attempt <= 2)
          assert.deepEqual(facts(world), whole)
          assert.equal((await world.owner().sync('/v1/sync/all/run')).status, 'success', 'the next run is blocked')
          await world.assertSettled()
        })(t)
      } finally {
        await stopAll(world)
      }
    })
})
