// Below each of these requests the database fails at the first statement, then at the second, and so on until the
// request goes through untouched (src/base/mishap.h); so do SQLite's files and memory, and libcurl's memory. Whatever
// fails, the answer is a problem or the right answer, nothing is half written, and the next request works.
import assert from 'node:assert/strict'
import { dayOf, dense, invent, store } from '../lib/explained.mjs'
import { lastDays, succeeded } from '../lib/http.mjs'
import { onBothEngines } from '../lib/world.mjs'

const ALLOWED = [500, 502, 503, 504, 507]
const range = `startDate=${dayOf(60)}&endDate=${dayOf(89)}`
const patient = () => ({ signal: AbortSignal.timeout(30000) })

// What fails, on which engine; whether it may have been carried out all the same; writes: only below those.
const SQLSTATES = { deadlock: '40P01', serialization: '40001', timeout: '57014', full: '53100', shutdown: '57P01' }
const mishaps = {
  sqlite: {
    'a statement is interrupted': { plan: 'statement=interrupt' },
    'a file operation fails': { plan: 'file' },
    'and all that follow': { plan: 'file', onwards: true },
    'the disk is full': { plan: 'write=full', onwards: true },
    'a write is torn': { plan: 'write=torn' },
    'a lock is taken': { plan: 'lock' },
    'memory is out for a moment': { plan: 'memory' },
    'memory is out': { plan: 'memory', onwards: true },
  },
  postgresql: {
    ...Object.fromEntries(
      Object.entries(SQLSTATES).map(([name, state]) => [
        `${name} (${state})`,
        { plan: `statement=${state}`, writes: name !== 'serialization' },
      ]),
    ),
    'the connection is lost': { plan: 'statement=lost', ambiguous: true },
    'and lost again': { plan: 'statement=lost', onwards: true, ambiguous: true, writes: true },
    'the answer is lost': { plan: 'statement=gone', ambiguous: true, writes: true },
  },
}

// A job whose worker could not even give it back is taken over after this time.
const LEASE = { TEST_LEASE: '3', TEST_HEARTBEAT: '1' }

// Every one up to here, then ever more are passed over: a request has hundreds of allocations.
const EVERY = 8
const next = (n, every = EVERY) => (n < every ? n + 1 : n + Math.ceil(n / 2))

onBothEngines(
  'mishaps',
  { together: true, env: { WORKERS: '1', CACHE_TTL: '0', BACKFILL_DAYS: '30', TEST_RETRY: '1', ...LEASE } },
  (world, test) => {
    let user

    test('there is something to ask for', async () => {
      user = world.user()
      store(world.database, user.id, dense(invent(7, { days: 100 })))
      succeeded(await user.post('/v1/dashboard/layout', { version: 1, widgets: [{ id: 'ga4.users' }] }))
      succeeded(await user.post('/v1/annotations', { date: dayOf(80), text: 'a note' }), 201)
    })

    // ---- the requests ----

    const reads = [
      '/readyz',
      '/v1/dashboard/meta',
      '/v1/dashboard/layout',
      '/v1/dashboard/layout/export',
      `/v1/dashboard/data?${range}&compare=previous_period`,
      '/v1/widgets',
      `/v1/widgets/ga4.sessions?${range}&compare=previous_period`,
      `/v1/widgets/meta.roas/explain?${range}`,
      `/v1/widgets/ig.content_perf/export?${range}`,
      '/v1/annotations',
      '/v1/targets',
      '/v1/settings',
      '/v1/connections',
      '/v1/sync/jobs',
      '/v1/sync/ga4/meta',
      '/v1/auth/tokens',
    ]
    const period = { startDate: dayOf(60), endDate: dayOf(89) }
    const tools = { get_widget: { key: 'meta.roas', ...period }, list_widgets: {} }
    const tool = name => ({
      name: `POST /mcp: ${name}`,
      path: '/mcp',
      method: 'POST',
      headers: { accept: 'application/json, text/event-stream' },
      body: {
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name, arguments: tools[name] },
      },
      // A tool's failure is a result that says so.
      fails: ({ json }) => json?.result?.isError === true || json?.error,
    })
    // Each is looked at and undone through the API. look: what tells whether it was carried out; undo: from after to before.
    const list = async (path, name) => (await user.get(path))[name]
    const removeAll = async (path, name, which = () => true) => {
      for (const one of (await list(path, name)).filter(which))
        succeeded(await user.call(`${path}/${one.id}`, { method: 'DELETE' }))
    }
    const isMade = one => one.text === 'made'
    const layout = {
      body: { version: 9, widgets: [{ id: 'ga4.users' }, { id: 'meta.roas' }] },
      look: () => list('/v1/dashboard/layout', 'widgets'),
      undo: () => user.post('/v1/dashboard/layout', { version: 1, widgets: [{ id: 'ga4.users' }] }),
    }
    const connection = () => ({
      source: 'ga4',
      external_id: world.simulated.property_id,
      credential: world.credential(),
    })
    const connected = async () =>
      (await list('/v1/connections', 'connections')).find(one => one.external_id === world.simulated.property_id)
    const formula = { title: 'Made', formula: 'meta.spend / ga4.conversions' }
    const writes = [
      {
        path: '/v1/annotations',
        body: { date: dayOf(70), text: 'made' },
        look: async () => (await list('/v1/annotations', 'annotations')).filter(isMade).length,
        undo: () => removeAll('/v1/annotations', 'annotations', isMade),
      },
      {
        path: '/v1/targets',
        body: { widget: 'ga4.sessions', period: 'month', value: 1000 },
        look: async () => (await list('/v1/targets', 'targets')).length,
        undo: () => removeAll('/v1/targets', 'targets'),
        ambiguous: true, // it is there, but how far it is cannot be said: asked again, it exists already
      },
      {
        path: '/v1/widgets/custom.made',
        method: 'PUT',
        body: formula,
        look: async () => (await list('/v1/widgets', 'widgets')).length,
        undo: () => user.call('/v1/widgets/custom.made', { method: 'DELETE' }),
      },
      { path: `/v1/widgets/preview?${range}`, body: formula },
      { path: '/v1/dashboard/layout', ...layout },
      { path: '/v1/dashboard/layout/import', ...layout },
      {
        path: '/v1/settings',
        method: 'PUT',
        body: { zone: 'Europe/Berlin' },
        look: () => user.get('/v1/settings'),
        undo: () => user.call('/v1/settings', { method: 'PUT', body: {} }),
      },
      {
        path: '/v1/auth/tokens',
        body: { name: 'made' },
        look: async () => (await list('/v1/auth/tokens', 'tokens')).length,
        undo: () => removeAll('/v1/auth/tokens', 'tokens'),
      },
      {
        path: '/v1/connections',
        body: connection,
        refuses: true, // what a platform can't be asked for is the caller's to mend
        look: async () => !!(await connected()),
        undo: async () => user.call(`/v1/connections/${(await connected()).id}`, { method: 'DELETE' }),
        also: { 'libcurl has no memory for a moment': { plan: 'fetch' } },
      },
      { path: '/v1/sync/meta/run', method: 'POST', loose: true }, // the job that runs already is an answer, too
    ]

    // ---- walking ----

    const ask = (one, plan) =>
      user.call(one.path, {
        method: one.method ?? (one.look || one.body ? 'POST' : 'GET'),
        body: typeof one.body === 'function' ? one.body() : one.body,
        headers: { ...one.headers, 'x-request-id': 'walker', ...(plan && { 'x-test-mishap': plan }) },
        ...patient(),
      })
    const told = answer => (answer.headers.get('x-test-mishap') ?? '0 0').split(' ').map(Number)
    const failed = (one, answer) =>
      one.fails?.(answer) || answer.status >= 500 || (one.refuses && answer.status === 422)

    function check(one, what, answer, right) {
      assert.ok(answer.status < 500 || ALLOWED.includes(answer.status), `${what}: ${answer.status} ${answer.text}`)
      if (failed(one, answer)) {
        if (one.fails || one.path === '/readyz') return // they say so in their own way
        assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/, what)
        assert.ok(
          answer.json?.code && answer.json.detail && answer.headers.get('x-request-id'),
          `${what}: ${answer.text}`,
        )
        assert.doesNotMatch(answer.text, /SELECT|INSERT|sqlite|SQLSTATE|mishap|malloc/i, what)
      } else {
        assert.equal(answer.status, right.status, `${what}: ${answer.text}`)
        if (!one.look && !one.loose) assert.equal(plain(answer.text), plain(right.text), `${what}: another answer`)
      }
    }
    // What differs from one answer to the next although nothing has changed.
    const plain = text => text.replace(/"(generated_at|now|age_seconds|seconds)":[^,}]*/g, '')

    async function healthy(what) {
      const answer = await user.call('/v1/annotations', patient())
      assert.equal(answer.status, 200, `after ${what} the next request fails: ${answer.text}`)
    }

    // Nobody holds a transaction open, and the file is whole.
    function settled(what) {
      if (world.engine === 'postgresql') {
        const open = world.database.ask(
          "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%' AND state_change < now() - interval '1 second'",
        )
        assert.deepEqual(open, ['0'], `after ${what} a transaction is open`)
      } else {
        assert.match(
          world.database.ask('PRAGMA wal_checkpoint(TRUNCATE)')[0],
          /^0\|/,
          `after ${what} somebody still reads`,
        )
      }
    }

    const lines = async one => (one.look ? JSON.stringify(await one.look()) : '')

    // Of one kind, from the first to the last; how many struck.
    async function walk(one, name, { plan, onwards, ambiguous = one.ambiguous }) {
      let times = 0
      const before = await lines(one)
      let clean = true
      for (let n = 1; ; n = next(n, one.few && 2)) {
        const what = `${one.name ?? one.path}, ${name} (${plan}@${n})`
        const answer = await ask(one, `${plan}@${n}${onwards ? '+' : ''}`)
        const [, struck] = told(answer)
        check(one, what, answer, one.right)
        if (struck === 0) {
          assert.ok(!failed(one, answer), `${what}: untouched, and failed: ${answer.text}`)
          break
        }
        times++
        clean &&= failed(one, answer)
        await healthy(what)
        if (!one.look || (failed(one, answer) && !ambiguous)) continue
        const after = await lines(one)
        assert.ok([before, one.after].includes(after), `${what}: half of it is there: ${after}`)
        if (!failed(one, answer)) assert.equal(after, one.after, `${what}: it was said to be done`)
        if (after !== before) await one.undo()
      }
      if (one.look) {
        assert.equal(await lines(one), one.after, `${name}: what failed has left something`)
        await one.undo()
      }
      return times
    }

    async function everywhere(one, t) {
      const before = await lines(one)
      one.right = await ask(one)
      assert.ok(!failed(one, one.right), one.right.text)
      one.after = await lines(one)
      if (one.look) {
        assert.notEqual(one.after, before)
        await one.undo()
        assert.equal(await lines(one), before, 'it is not undone')
      }
      const struck = []
      const kinds = Object.entries({ ...mishaps[world.engine], ...one.also })
      const chosen = kinds.filter(([, how]) => one.look || !how.writes)
      for (const [name, how] of one.few ? chosen.slice(-1) : chosen) struck.push(await walk(one, name, how))
      settled(one.path)
      t.diagnostic(`struck ${struck.join(' ')} times`)
      assert.ok(struck.some(Boolean) || one.untouched, 'nothing has struck')
    }

    for (const path of reads) test(`GET ${path}`, t => everywhere({ path }, t))
    test('GET /v1/insights', t => everywhere({ path: `/v1/insights?${range}`, few: true }, t))
    for (const name of Object.keys(tools)) test(tool(name).name, t => everywhere(tool(name), t))
    for (const one of writes) test(`${one.method ?? 'POST'} ${one.path}`, t => everywhere(one, t))

    // ---- a sync ----

    // All days of this account, as the API gives them.
    async function numbers() {
      const { series } = await user.get(`/v1/widgets/ga4.sessions?${lastDays(25)}&sources=ga4`)
      return JSON.stringify(series)
    }
    const run = plan => user.post('/v1/sync/ga4/run', undefined, { headers: { 'x-test-mishap': `job/${plan}` } })
    const toldOfJob = async () =>
      told(await user.call('/v1/annotations', { headers: { 'x-test-mishap': 'told', 'x-request-id': 'walker' } }))

    test('a sync that loses its database in the middle writes whole windows, and all of them in the end', async t => {
      user = world.user()
      succeeded(await user.connect(), 201)
      const kinds = world.engine === 'sqlite' ? ['write=full', 'file', 'memory'] : ['statement=40001', 'statement=gone']
      assert.equal((await user.sync()).status, 'success')
      const whole = await numbers()
      for (const kind of kinds) {
        const untouched = succeeded(await run(`${kind}@1000000`), 202)
        assert.equal((await user.finished(untouched.job_id)).status, 'success')
        const [passed] = await toldOfJob()
        assert.ok(passed > 10, `${passed} of ${kind}`)
        for (const part of world.engine === 'sqlite' ? [0.5] : [0.3, 0.7]) {
          const plan = `${kind}@${Math.ceil(passed * part)}`
          const { job_id: id } = succeeded(await run(plan), 202)
          const job = await user.finished(id)
          t.diagnostic(`${plan}: ${job.status} after ${job.attempt} attempts: ${job.message}`)
          assert.equal((await toldOfJob())[1], 1, `${plan} did not strike`)
          assert.equal(await numbers(), whole, plan)
        }
      }
      assert.equal((await user.sync()).status, 'success')
      assert.equal(await numbers(), whole)
    })

    // ---- the file ----

    if (world.engine === 'sqlite')
      test('a write that was torn by the end of the process leaves a whole file', async () => {
        const before = await user.get('/v1/annotations')
        for (const n of [1, 2, 3]) {
          const note = { path: '/v1/annotations', body: { date: dayOf(70), text: 'torn' } }
          assert.equal((await ask(note, `write=torn@${n}+`)).status, 500)
          await world.stopServer('SIGKILL')
          assert.deepEqual(world.database.ask('PRAGMA integrity_check; PRAGMA foreign_key_check'), ['ok'])
          await world.startServer()
          assert.deepEqual(await user.get('/v1/annotations'), before)
        }
      })
  },
)
