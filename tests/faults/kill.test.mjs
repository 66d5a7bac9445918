// kill -9 in the middle of a sync, and start again: no half day, nothing stuck in "running", and in the end the same
// tables as a run that nobody disturbed.
import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { before, describe, it } from 'node:test'
import { eventually, succeeded } from '../lib/http.mjs'
import { engines, sleep, whyNot } from '../lib/programs.mjs'
import { withLog, World } from '../lib/world.mjs'

const TABLES = ['ga4_daily', 'ga4_channel_daily', 'ga4_landing_daily']
const options = { sim: ['--days', '200', '--seed', '11'], env: { BACKFILL_DAYS: '180' } }
const user_id = randomUUID()
const active = "SELECT count(*) FROM sync_jobs WHERE status IN ('pending', 'running')"

// What each table holds of each settled day, as "rows:digest"; today still grows.
function dump(world) {
  const today = new Date(Date.now() - 86400e3).toISOString().slice(0, 10)
  const digest = lines => `${lines.length}:${createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16)}`
  return Object.fromEntries(
    TABLES.map(table => {
      const days = {}
      for (const line of world.database.ask(`SELECT * FROM ${table} ORDER BY 1, 2, 3, 4`)) {
        const date = line.match(/\d{4}-\d\d-\d\d/)[0]
        if (date < today) (days[date] ??= []).push(line)
      }
      return [table, Object.fromEntries(Object.entries(days).map(([date, lines]) => [date, digest(lines)]))]
    }),
  )
}

async function begin(engine) {
  const world = await new World(engine, options).start(),
    user = world.user(user_id)
  succeeded(await user.connect(), 201)
  return { world, user }
}

// When to strike: how many requests the source has answered since the run began, or milliseconds.
const moments = [
  ['as soon as it is accepted', async () => {}],
  ['before the first answer of the source', async () => sleep(150)],
  [
    'when the first days are written',
    async world => eventually(() => Number(world.database.ask('SELECT count(*) FROM ga4_daily')[0]) > 0, { every: 5 }),
  ],
  [
    'half-way',
    async world => eventually(() => Number(world.database.ask('SELECT count(*) FROM ga4_daily')[0]) > 90, { every: 5 }),
  ],
  [
    'when all days are written',
    async world =>
      eventually(() => Number(world.database.ask('SELECT count(*) FROM ga4_daily')[0]) >= 180, { every: 2 }),
  ],
]

for (const engine of engines) {
  describe(`kill -9 on ${engine}`, { skip: whyNot(engine), concurrency: true }, () => {
    let whole
    const undisturbed = (async () => {
      if (whyNot(engine)) return
      const { world, user } = await begin(engine)
      try {
        assert.equal((await user.sync()).status, 'success')
        whole = dump(world)
        assert.ok(Object.keys(whole.ga4_daily).length >= 178, 'there is nothing to compare with')
      } finally {
        await world.stop()
      }
    })()
    undisturbed.catch(() => {})
    before(() => undisturbed, { timeout: 120000 })

    for (const [name, moment] of moments) {
      it(name, { timeout: 400000 }, async context => {
        const { world, user } = await begin(engine)
        try {
          await withLog(world, async () => {
            await world.sim.set({ slow: 120 })
            const { job_id: id } = succeeded(await user.call('/v1/sync/ga4/run', { method: 'POST' }), 202)
            await moment(world)
            await world.server.stop('SIGKILL')

            const left = dump(world)
            for (const date of Object.keys(left.ga4_daily))
              for (const table of TABLES)
                assert.deepEqual(left[table][date], whole[table][date], `half a day: ${table} of ${date}`)

            await world.sim.set({ slow: 0 })
            await world.startServer()
            const job = await user.finished(id, 200000)
            assert.equal(job.status, 'success', job.message)
            assert.deepEqual(dump(world), whole)
            assert.equal(world.database.ask(active)[0], '0', 'a job is stuck')
            assert.equal((await user.sync()).status, 'success', 'the next run is blocked')
          })(context)
        } finally {
          await world.stop()
        }
      })
    }

    it('again and again, at any time', { timeout: 400000 }, async context => {
      const { world, user } = await begin(engine)
      try {
        await withLog(world, async () => {
          await world.sim.set({ slow: 60 })
          const { job_id: id } = succeeded(await user.call('/v1/sync/ga4/run', { method: 'POST' }), 202)
          for (const ms of engine === 'sqlite' ? [300, 50, 500] : [400]) {
            await sleep(ms)
            await world.server.stop('SIGKILL')
            await world.startServer()
          }
          await world.sim.set({ slow: 0 })
          const job = await user.finished(id, 300000)
          assert.ok(['success', 'failed'].includes(job.status))
          if (job.status === 'failed') assert.equal((await user.sync()).status, 'success')
          assert.deepEqual(dump(world), whole)
          assert.equal(world.database.ask(active)[0], '0', 'a job is stuck')
        })(context)
      } finally {
        await world.stop()
      }
    })

    it('SIGTERM hands the job back, and the next start ends it', { timeout: 400000 }, async context => {
      const { world, user } = await begin(engine)
      try {
        await withLog(world, async () => {
          await world.sim.set({ slow: 120 })
          const { job_id: id } = succeeded(await user.call('/v1/sync/ga4/run', { method: 'POST' }), 202)
          await eventually(async () => (await user.get(`/v1/sync/job/${id}`)).status === 'running')
          await world.stopServer()
          assert.equal(
            world.database.ask("SELECT count(*) FROM sync_jobs WHERE status = 'running'")[0],
            '0',
            'it was not handed back',
          )
          await world.sim.set({ slow: 0 })
          await world.startServer()
          assert.equal((await user.finished(id, 60000)).status, 'success')
          assert.deepEqual(dump(world), whole)
        })(context)
      } finally {
        await world.stop()
      }
    })
  })
}
