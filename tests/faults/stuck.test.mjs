// What is alive and gets nowhere, and what kills whoever touches it: both end, and the server serves on.
import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { ask, eventually } from '../lib/http.mjs'
import { begin, facts, FINAL, MAX_ATTEMPTS, Mock, onEachEngine, Seed, simulator, stopAll } from '../lib/faults.mjs'
import { DAYMARK, run, sleep } from '../lib/programs.mjs'
import { withLog } from '../lib/world.mjs'

const listed = await run(DAYMARK, ['version'], { env: { FAIL: 'list' } })
const release = !/facts-inside/.test(listed.out) && 'this build has no failpoints: DAYMARK=build-asan/daymark'
const MAX_RUN = '10' // seconds: more than a whole run takes on a slow machine
const short = { TEST_LEASE: '6', TEST_HEARTBEAT: '1', TEST_RETRY: '1' }

onEachEngine('alive, but stuck,', { skip: release, concurrency: true }, engine => {
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

  const story = (title, env, body) =>
    it(title, { timeout: 600000 }, async t => {
      const world = await from.start({ env }, { server: false })
      try {
        await withLog(world, () => body(world, t))(t)
      } finally {
        await world.stop()
      }
    })

  const kills = { segv: 'SIGSEGV', kill9: 'SIGKILL', oom: 'SIGTRAP' }
  for (const [action, signal] of Object.entries(kills))
    story(
      `a job that kills its process (${action}) is given up after ${MAX_ATTEMPTS} attempts`,
      { ...short },
      async world => {
        const poison = { FAIL: `facts-inside:${action}` }
        await world.restart(poison)
        const id = await begin(world)
        let deaths = 0
        // What a supervisor does: start again, at once.
        await eventually(
          async () => {
            if (world.server.running) return FINAL.includes((await world.job(id)).status)
            assert.equal(world.server.signal, signal, world.server.tail())
            assert.ok(++deaths <= MAX_ATTEMPTS, 'it dies on and on')
            await world.leaseRunsOut() // of the dead; the next one's own lease stays
            await world.restart(poison).catch(() => {})
            return false
          },
          { ms: 240000, every: 100, why: 'the job did not end' },
        )
        const job = await world.job(id)
        assert.equal(job.status, 'failed')
        assert.equal(job.attempt, MAX_ATTEMPTS)
        assert.equal(deaths, MAX_ATTEMPTS)
        assert.match(job.message, /given up|several times/)
        await sleep(3000)
        assert.ok(world.server.running, 'it died once more')
        assert.equal((await world.owner().call('/v1/connections')).status, 200)
        await world.stopServer()
        await world.restart()
        assert.equal((await world.owner().sync('/v1/sync/all/run')).status, 'success', 'the next run is blocked')
        assert.deepEqual(facts(world), whole)
        await world.assertSettled()
      },
    )

  story(
    'a worker that hangs while its heart beats is stopped by max_run',
    { ...short, TEST_MAX_RUN: MAX_RUN },
    async world => {
      await world.restart({ FAIL: 'page:pause@2' })
      const id = await begin(world)
      const begun = Date.now()
      await eventually(async () => (await world.job(id)).attempt > 1, {
        ms: 120000,
        every: 200,
        why: 'nobody takes it over',
      })
      assert.ok(Date.now() - begun >= MAX_RUN * 1000 - 500, 'too early')
      assert.equal((await world.ended(id)).status, 'success')
      assert.deepEqual(facts(world), whole)
      world.server.child.kill('SIGCONT') // the hanging one wakes up, and must find that it has lost
      await sleep(2000)
      assert.deepEqual(facts(world), whole)
      assert.equal((await world.job(id)).status, 'success')
      assert.equal((await world.owner().sync('/v1/sync/ga4/run')).status, 'success')
      await world.assertSettled()
    },
  )

  story(
    'an answer that drips is not waited for beyond max_run, and costs attempts',
    { ...short, TEST_MAX_RUN: MAX_RUN },
    async world => {
      const mock = await new Mock().start(sim.url)
      try {
        mock.answer(/runReport|batchRunReports/, mock.drip(10000))
        await world.restart({ GA4_DATA_URL: mock.url })
        const id = await begin(world, '/v1/sync/ga4/run')
        const job = await world.ended(id, { ms: 240000 })
        assert.equal(job.status, 'failed', job.message)
        assert.ok(job.attempt <= MAX_ATTEMPTS)
        assert.ok(job.message.length > 20, job.message)
        mock.answer()
        assert.equal((await world.owner().sync('/v1/sync/all/run')).status, 'success')
        assert.deepEqual(facts(world), whole)
        await world.assertSettled()
      } finally {
        await world.stopServer()
        await mock.stop()
      }
    },
  )

  // The two threads that nobody would miss at once: readiness does.
  for (const [thread, point] of engine === 'postgresql'
    ? []
    : [
        ['scheduler', 'tick'],
        ['heartbeat', 'heartbeat'],
      ])
    story(`the ${thread}'s thread ends without a word: /readyz turns red within two minutes`, {}, async (world, t) => {
      await world.restart({ FAIL: `${point}:end@2`, TEST_HEARTBEAT: '1' })
      const user = world.owner()
      let job
      if (point === 'heartbeat') {
        world.slowed = await simulator()
        await world.slowed.set({ slow: 1500 })
        await world.stopServer()
        await world.restart({
          FAIL: `${point}:end@2`,
          TEST_HEARTBEAT: '1',
          TEST_LEASE: '6',
          GA4_DATA_URL: (await world.slowed.demo()).data_url,
        })
        job = await begin(world, '/v1/sync/ga4/run')
      }
      try {
        const begun = Date.now()
        await eventually(async () => (await world.ask('/readyz')).status === 503, {
          ms: 150000,
          every: 1000,
          why: 'it stays green',
        })
        const seconds = (Date.now() - begun) / 1000
        t.diagnostic(`red after ${seconds.toFixed(0)} s`)
        assert.ok(seconds <= 135, `it took ${seconds} s`)
        assert.equal((await world.ask('/healthz')).status, 200)
        assert.equal((await user.call('/v1/connections')).status, 200)
        if (job) {
          const { attempt } = await world.job(job)
          assert.ok(attempt <= MAX_ATTEMPTS, `${attempt} attempts`)
        }
      } finally {
        await world.stopServer('SIGKILL')
        world.killed = world.server
        await world.slowed?.stop()
      }
    })
})
