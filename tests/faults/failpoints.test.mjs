// The process dies at every place where a job's life changes hands (src/base/failpoint.c), on both engines. After the
// restart every day is whole, the job ends, it was not tried too often, and the facts are those of an undisturbed run.
// A failpoint that is added is tested the day it appears: the program itself lists them.
import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { ask, eventually } from '../lib/http.mjs'
import {
  assertWholeDays,
  begin,
  facts,
  FaultWorld,
  FINAL,
  MAX_ATTEMPTS,
  onEachEngine,
  Seed,
  simulator,
  stopAll,
} from '../lib/faults.mjs'
import { DAYMARK, engines, run, sleep } from '../lib/programs.mjs'
import { withLog } from '../lib/world.mjs'

const listed = await run(DAYMARK, ['version'], { env: { FAIL: 'list' } })
const points = listed.out.split('\n').flatMap(line => line.match(/^([a-z-]+)\s{2,}\S/)?.[1] ?? [])
const release = points.length === 0 && 'this build has no failpoints: DAYMARK=build-asan/daymark'

// Ask for a run; the server may die while it answers. The job's id, if it was told.
const askForRun = async world => {
  const token = world.owner().token
  const answer = await ask(world.url, '/v1/sync/all/run', { method: 'POST', token }).catch(() => null)
  return answer?.json?.job_id
}

// What makes the program pass a point, where asking for a run is not enough. `first`: what has happened before.
const ways = {
  takeover: { first: { FAIL: 'claimed:kill9' } },
  rotated: { switches: { rotate: 'add' } }, // the old one lives on
  heartbeat: { switches: { slow: 400 }, env: { TEST_HEARTBEAT: '1' } },
  shutdown: {
    switches: { slow: 400 },
    env: { TEST_GRACE: '1' },
    then: async world => {
      await eventually(async () => (await world.query("SELECT 1 FROM sync_jobs WHERE status = 'running'")).length)
      world.server.child.kill('SIGTERM')
    },
  },
}
// The first time is not always the interesting one: the second page, the last window.
const times = { page: ['@1', '@2', '@9', '@14'], 'facts-before': ['@1', '@5'], 'facts-inside': ['@1', '@2', '@5'] }
times['facts-after'] = times['facts-inside']
const startsWithIt = ['tick', 'migration']

// Start with these settings, do what makes it pass the point, and see it end.
async function die(world, env, trigger) {
  await world.restart(env).catch(() => {})
  await trigger?.()
  await Promise.race([world.server.ended, sleep(20000)])
  assert.ok(!world.server.running, `the point was not passed: ${env.FAIL}`)
  return (world.killed = world.server)
}

async function strike(world, point, fail) {
  const way = ways[point] ?? {}
  if (way.first) {
    await die(world, way.first, () => askForRun(world))
    await world.leaseRunsOut()
  }
  let id
  const env = { TEST_RETRY: '1', ...way.env, FAIL: fail }
  const server = await die(
    world,
    env,
    startsWithIt.includes(point) || way.first
      ? null
      : async () => {
          id = await askForRun(world)
          await way.then?.(world)
        },
  )
  return { id, server }
}

// Start again, and let what was left come to its end; then one run more, which nothing may hold up.
async function recover(world, whole, id) {
  assertWholeDays(facts(world), whole)
  if (id) await world.job(id) // what was accepted is there
  await world.sim.set({ slow: 0 })
  await world.restart({ TEST_RETRY: '1' })
  if (world.engine === 'postgresql') await world.leaseRunsOut()
  const [left] = await world.query("SELECT id FROM sync_jobs WHERE status IN ('pending', 'running')")
  const job = await world.ended(left ?? id ?? (await begin(world)))
  assert.equal(job.status, 'success', job.message)
  assert.ok(job.attempt <= MAX_ATTEMPTS, `${job.attempt} attempts`)
  assert.deepEqual(facts(world), whole)
  await world.assertSettled()
}

onEachEngine('the process dies', { skip: release, concurrency: 5 }, engine => {
  let sim, from, whole
  before(
    async () => {
      sim = await simulator()
      from = await new Seed(engine, { sim }).make()
      whole = await from.whole()
    },
    { timeout: 480000 },
  )
  after(() => stopAll(from, sim))

  const dies = (point, action, time) =>
    it(`dies at ${point}: ${action}${time}`, { timeout: 480000 }, async context => {
      const { switches } = ways[point] ?? {}
      const own = switches && (await simulator())
      const world = await from.start(own ? { sim: own } : {}, { server: false })
      try {
        await withLog(world, async () => {
          await own?.set(switches)
          const { id, server } = await strike(world, point, `${point}:${action}${time}`)
          const how = { kill9: 'SIGKILL', segv: 'SIGSEGV', oom: 'SIGTRAP' }[action]
          assert.equal(server.signal, how, `it ended with ${server.code ?? server.signal}: was the point passed?`)
          await recover(world, whole, id)
        })(context)
      } finally {
        await stopAll(world, own)
      }
    })

  for (const point of points.filter(point => point !== 'migration'))
    for (const time of times[point] ?? ['@1']) dies(point, 'kill9', time)
  if (engine === 'sqlite') for (const action of ['segv', 'oom']) dies('facts-inside', action, '@2')

  it('a new credential that is lost with the process asks for a new connection', { timeout: 240000 }, async context => {
    const own = await simulator()
    await own.set({ rotate: 'replace' })
    const world = await from.start({ sim: own }, { server: false })
    try {
      await withLog(world, async () => {
        const { id } = await strike(world, 'rotated', 'rotated:kill9')
        const asked = async () => (await own.ask('/sim/requests')).json.requests['POST /token']
        const before = await asked()
        await world.restart({ TEST_RETRY: '1' })
        if (engine === 'postgresql') await world.leaseRunsOut()
        assert.equal((await world.ended(id)).status, 'failed', 'it cannot have worked')
        const states = await world.query("SELECT source || ' ' || status FROM connections ORDER BY source")
        assert.deepEqual(states, ['ga4 reconnect', 'instagram connected', 'meta connected'])
        assert.ok((await asked()) - before <= 2, 'a silent loop')
        const { connections } = await world.owner().get('/v1/connections')
        assert.match(connections.find(({ source }) => source === 'ga4').last_error, /onnect/)
      })(context)
    } finally {
      await stopAll(world, own)
    }
  })

  for (const number of [1, 2, 3])
    it(`in migration ${number}: the next start finds it undone`, { timeout: 240000 }, async context => {
      const world = new FaultWorld(engine, { sim })
      try {
        await world.start({ server: false })
        const server = await die(world, { FAIL: `migration:kill9@${number}` }, null)
        if (server.signal === null) return context.skip('there are not so many')
        assert.equal(server.signal, 'SIGKILL')
        await world.restart()
        assert.equal((await world.ask('/readyz')).status, 200)
      } finally {
        await world.stop()
      }
    })
})

// The call fails, and the process goes on. `lost` may pass: it is tried again. The others end the run with a sentence,
// and the next run makes up for it.
onEachEngine('a call fails', { skip: release, concurrency: 5 }, engine => {
  let sim, from, whole
  before(
    async () => {
      sim = await simulator()
      from = await new Seed(engine, { sim }).make()
      whole = await from.whole()
    },
    { timeout: 480000 },
  )
  after(() => stopAll(from, sim))
  const failing = ['claimed', 'token', 'page', 'facts-before', 'facts-inside', 'facts-after', 'end']
  for (const point of failing)
    for (const action of ['lost', 'eio', 'enospc'])
      it(`fails at ${point}: ${action}`, { timeout: 480000 }, async context => {
        const world = await from.start({ env: { TEST_RETRY: '1', FAIL: `${point}:${action}@1` } })
        try {
          await withLog(world, async () => {
            const id = await askForRun(world)
            assert.ok(id)
            let left = 0
            await eventually(
              async () => {
                // One that has left its job lets go of it; one that works on is not disturbed.
                const broken = world.server.log.match(/"event":"sync\.(broken|claim)"/g)?.length ?? 0
                if (broken > left) await world.leaseRunsOut()
                left = broken
                await world.retryNow()
                return FINAL.includes((await world.job(id)).status)
              },
              { ms: 120000, every: 500, why: 'the job did not end' },
            )
            const job = await world.job(id)
            if (action === 'lost') assert.equal(job.status, 'success', job.message)
            else if (job.status === 'failed') {
              assert.ok(job.message.length > 20, job.message)
              assert.equal((await world.owner().sync('/v1/sync/all/run')).status, 'success')
            }
            assert.deepEqual(facts(world), whole)
            await world.assertSettled()
            assert.ok(world.server.running)
          })(context)
        } finally {
          await world.stop()
        }
      })
})

it('a release knows no failpoints, or this build lists them', () => {
  if (!release) for (const point of ['claimed', 'page', 'facts-inside', 'end']) assert.ok(points.includes(point), point)
  else assert.equal(listed.code, 0, listed.tail())
})
