// How a run ends early: cancelled, in each phase and within two seconds; handed back by a server that stops, without
// costing an attempt; and by a credential that dies on the way, which is said and not tried for ever.
import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { assertWithin, eventually, succeeded } from '../lib/http.mjs'
import { begin, facts, FINAL, Mock, onEachEngine, only, Seed, simulator, stopAll } from '../lib/faults.mjs'
import { sleep } from '../lib/programs.mjs'
import { withLog } from '../lib/world.mjs'

const CANCEL_MS = 2000,
  GRACE_MS = 20000
const REPORT = /:(batchR|r)unReports?$/
const hang = () => {} // an answer that never comes
const holdBack = ms => async (request, response, pass) => {
  await sleep(ms)
  await pass()
}

onEachEngine('a run that ends early', { concurrency: 3 }, engine => {
  let sim, from, whole
  before(
    async () => {
      sim = await simulator()
      from = await new Seed(engine, {
        sim,
        connections: [only.ga4(await sim.demo())],
        env: { BACKFILL_DAYS: '60' },
      }).make()
      whole = await from.whole()
    },
    { timeout: 240000 },
  )
  after(() => stopAll(from, sim))

  // Google behind a mock that can hold back its answers: its reports, its properties and its tokens.
  const story = (title, body, options = {}) =>
    it(title, { timeout: 480000 }, async t => {
      const own = options.switches && (await simulator())
      const mock = await new Mock().start((own ?? sim).url)
      const world = await from.start(own ? { sim: own } : {}, { server: false })
      const demo = await sim.demo()
      Object.assign(world.env, {
        GA4_DATA_URL: mock.url,
        GA4_ADMIN_URL: mock.url,
        GOOGLE_TOKEN_URL: mock.url + new URL(demo.token_url).pathname,
      })
      try {
        await withLog(world, async () => {
          await world.startServer()
          await own?.set(options.switches)
          await body(world, mock, own)
        })(t)
      } finally {
        await stopAll(world, mock, own)
      }
    })

  async function cancel(world, id) {
    const asked = Date.now()
    succeeded(await world.owner().call(`/v1/sync/job/${id}/cancel`, { method: 'POST' }), 202)
    let ended
    await eventually(
      async () => FINAL.includes((ended = await world.owner().get(`/v1/sync/job/${id}`)).status) && ended,
      { ms: 20000, every: 20, why: 'it does not end' },
    )
    const took = new Date(ended.finished_at) - asked
    assert.ok(took <= CANCEL_MS, `it took ${took} ms`)
    const job = await world.job(id)
    assert.equal(job.status, 'failed')
    assert.match(job.message, /ancel/)
    return job
  }

  async function goesOn(world, mock) {
    mock.answer()
    assert.equal((await world.query('SELECT status FROM connections'))[0], 'connected', 'the connection is blamed')
    assert.equal((await world.owner().sync('/v1/sync/ga4/run')).status, 'success')
    assert.deepEqual(facts(world), whole)
    await world.assertSettled()
  }

  // In the hands of a platform: while it is asked for a token, for the property, for the first report, for a later one.
  for (const [phase, pattern, first] of [
    ['a token is asked for', /token/, 1],
    ['the property is asked about', /properties\/\d+(\?|$)/, 1],
    ['the first numbers are asked for', REPORT, 1],
    ['later numbers are asked for', REPORT, 5],
  ])
    story(`cancelled while ${phase}`, async (world, mock) => {
      mock.answer(pattern, (request, response, pass) => (mock.count >= first ? hang() : pass()))
      const id = await begin(world, '/v1/sync/ga4/run')
      await eventually(() => mock.count >= first, { why: 'it was not asked' })
      await cancel(world, id)
      await goesOn(world, mock)
    })

  story('cancelled while an answer drips in', async (world, mock) => {
    mock.answer(REPORT, mock.drip(500))
    const id = await begin(world, '/v1/sync/ga4/run')
    await eventually(() => mock.count >= 1)
    await sleep(700)
    await cancel(world, id)
    await goesOn(world, mock)
  })

  story('cancelled while it waits to try again', async (world, mock) => {
    mock.answer(REPORT, (request, response) => response.socket.resetAndDestroy())
    const id = await begin(world, '/v1/sync/ga4/run')
    await eventually(() => /"sync.(retry|later)"/.test(world.server.log), { every: 10 })
    await cancel(world, id)
    mock.answer()
    assert.equal((await world.owner().sync('/v1/sync/ga4/run')).status, 'success')
    assert.deepEqual(facts(world), whole)
  })

  story('cancelled while it waits in the queue', async (world, mock) => {
    mock.answer(REPORT, (_, response) => response.writeHead(429, { 'retry-after': '600' }).end())
    const id = await begin(world, '/v1/sync/ga4/run')
    await eventually(async () => (await world.job(id)).status === 'pending' && mock.count > 0, { every: 30 })
    await cancel(world, id)
    mock.answer()
    assert.equal((await world.owner().sync('/v1/sync/ga4/run')).status, 'success')
    assert.deepEqual(facts(world), whole)
  })

  story('cancelled while another run has the account', async (world, mock) => {
    mock.answer(REPORT, hang)
    const first = await begin(world, '/v1/sync/ga4/run')
    await eventually(() => mock.count >= 1)
    const second = await begin(world, '/v1/sync/all/run')
    await eventually(async () => (await world.job(second)).status === 'running')
    await cancel(world, second)
    assert.equal((await world.job(first)).status, 'running', 'the other one was ended too')
    await cancel(world, first)
    await goesOn(world, mock)
  })

  // ---- SIGTERM --------------------------------------------------------------------

  const stopped = async (world, id) => {
    const { status, attempt } = await world.job(id)
    assert.deepEqual(
      { status, attempt },
      { status: 'pending', attempt: 0 },
      'it was not handed back, or cost an attempt',
    )
  }
  async function resumes(world, mock, id) {
    mock.answer()
    await world.restart()
    const job = await world.ended(id)
    assert.deepEqual({ status: job.status, attempt: job.attempt }, { status: 'success', attempt: 1 })
    assert.deepEqual(facts(world), whole)
    await world.assertSettled()
  }

  story(
    'SIGTERM during a page: it may come in, and the run is handed back without costing an attempt',
    async (world, mock) => {
      mock.answer(REPORT, holdBack(1500))
      const id = await begin(world, '/v1/sync/ga4/run')
      await eventually(() => mock.count >= 2)
      const asked = Date.now()
      await world.stopServer()
      assertWithin(asked, GRACE_MS + 3000, 'the stop')
      await stopped(world, id)
      await resumes(world, mock, id)
    },
  )

  story('SIGTERM during a page that never comes: the grace is the limit', async (world, mock) => {
    mock.answer(REPORT, hang)
    const id = await begin(world, '/v1/sync/ga4/run')
    await eventually(() => mock.count >= 1)
    const asked = Date.now()
    await world.stopServer()
    const took = Date.now() - asked
    assert.ok(took <= GRACE_MS + 3000, `it took ${took} ms`)
    await stopped(world, id)
    await resumes(world, mock, id)
  })

  story('a second SIGTERM ends the process at once', async (world, mock) => {
    mock.answer(REPORT, hang)
    const id = await begin(world, '/v1/sync/ga4/run')
    await eventually(() => mock.count >= 1)
    world.server.child.kill('SIGTERM')
    await world.server.says(/serve.stopping/, { from: 'log' })
    const asked = Date.now()
    world.server.child.kill('SIGTERM')
    await world.server.ended
    assertWithin(asked, 1000)
    world.killed = world.server
    mock.answer()
    await world.restart()
    if (engine === 'postgresql') await world.leaseRunsOut()
    assert.equal((await world.ended(id)).status, 'success')
    assert.deepEqual(facts(world), whole)
    await world.assertSettled()
  })

  // ---- credentials ------------------------------------------------------------------

  const tokens = async own => (await own.ask('/sim/requests')).json.requests['POST /token'] ?? 0

  for (const n of [1, 3, 6])
    story(
      `an access token that expires before report ${n + 1} is renewed once`,
      async (world, mock, own) => {
        const before = await tokens(own)
        await own.set({ expire: { value: 1, after: n, times: 1 } })
        const job = await world.ended(await begin(world, '/v1/sync/ga4/run'), { hurry: false })
        assert.deepEqual({ status: job.status, attempt: job.attempt }, { status: 'success', attempt: 1 })
        assert.equal((await tokens(own)) - before, 2)
        assert.deepEqual(facts(world), whole)
      },
      { switches: {} },
    )

  story(
    'a credential that is refused asks for a new connection, and is not tried for ever',
    async (world, mock, own) => {
      await own.set({ invalid_grant: 1 })
      const before = await tokens(own)
      const job = await world.ended(await begin(world, '/v1/sync/ga4/run'))
      assert.equal(job.status, 'failed')
      assert.equal((await world.query('SELECT status FROM connections'))[0], 'reconnect')
      for (let n = 0; n < 3; n++) assert.equal((await world.owner().sync('/v1/sync/ga4/run')).status, 'failed')
      assert.ok((await tokens(own)) - before <= 2, 'it is tried again and again')
    },
    { switches: {} },
  )

  story(
    'two runs at once renew a rotating credential one after the other',
    async (world, mock, own) => {
      const ids = [await begin(world, '/v1/sync/ga4/run'), await begin(world, '/v1/sync/all/run')]
      for (const id of ids) assert.equal((await world.ended(id)).status, 'success')
      assert.equal((await world.query('SELECT status FROM connections'))[0], 'connected')
      assert.equal((await world.owner().sync('/v1/sync/ga4/run')).status, 'success')
      assert.deepEqual(facts(world), whole)
    },
    { switches: { rotate: 'replace', slow: 50 } },
  )
})
