// Below each of these requests the database fails at the first statement, then at the second, and so on until the
// request goes through untouched (src/base/mishap.h); so do SQLite's files and memory, and libcurl's memory. Whatever
// fails, the answer is a problem or the right answer, nothing is half written, and the next request works.
import assert from 'node:assert/strict'
import { dayOf, dense, invent, store } from '../lib/explained.mjs'
import { succeeded } from '../lib/http.mjs'
import { onBothEngines, CRON_TOKEN } from '../lib/world.mjs'

const ALLOWED = [500, 502, 503, 504, 507]
const range = `startDate=${dayOf(60)}&endDate=${dayOf(89)}`
const patient = () => ({ signal: AbortSignal.timeout(30000) })

// What fails, on which engine, and whether it may have been carried out all the same.
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
      Object.entries(SQLSTATES).map(([name, state]) => [`${name} (${state})`, { plan: `statement=${state}` }]),
    ),
    'the connection is lost': { plan: 'statement=lost', ambiguous: true },
    'and lost again': { plan: 'statement=lost', onwards: true, ambiguous: true },
    'the answer is lost': { plan: 'statement=gone', ambiguous: true },
  },
}

// Every one up to here, then ever more are passed over: a request has hundreds of allocations.
const EVERY = 12
const next = n => (n < EVERY ? n + 1 : n + Math.ceil(n / 4))

onBothEngines('mishaps', { together: true, env: { WORKERS: '1', CACHE_TTL: '0' } }, (world, test) => {
  let user, admin
  const own = () => `'${user.id}'`
  const count = (table, where = `user_id = ${own()}`) => `SELECT count(*) FROM ${table} WHERE ${where}`

  test('there is something to ask for', async () => {
    user = world.user()
    admin = world.user(undefined, { role: 'admin' })
    store(world.database, user.id, dense(invent(7, { days: 100 })))
    succeeded(await user.post('/v1/dashboard/layout', { version: 1, widgets: [{ id: 'ga4.users' }] }))
    succeeded(await user.post('/v1/annotations', { date: dayOf(80), text: 'a note' }), 201)
  })

  // ---- the requests ----
  // look: lines that tell whether it was carried out; undo: what makes it as before.

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
    `/v1/insights?${range}`,
    '/v1/annotations',
    '/v1/targets',
    '/v1/settings',
    '/v1/connections',
    '/v1/sync/jobs',
    '/v1/sync/ga4/meta',
    '/v1/auth/tokens',
  ]
  const period = { startDate: dayOf(60), endDate: dayOf(89) }
  const tools = { get_widget: { key: 'meta.roas', ...period }, get_insights: period, list_widgets: {} }
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
  const remove = (sql = '') => async () => world.database.ask(sql)
  const writes = [
    {
      path: '/v1/annotations',
      body: { date: dayOf(70), text: 'made' },
      look: () => count('annotations', `user_id = ${own()} AND text = 'made'`),
      undo: () => remove(`DELETE FROM annotations WHERE text = 'made'`)(),
    },
    {
      path: '/v1/targets',
      body: { widget: 'ga4.sessions', period: 'month', value: 1000 },
      look: () => count('targets'),
      ambiguous: true, // it is there, but how far it is cannot be said: asked again, it exists already
      undo: () => remove(`DELETE FROM targets WHERE user_id = ${own()}`)(),
    },
    {
      path: '/v1/widgets/custom.made',
      method: 'PUT',
      body: { title: 'Made', formula: 'meta.spend / ga4.conversions' },
      look: () => count('user_widgets'),
      undo: () => remove(`DELETE FROM user_widgets WHERE user_id = ${own()}`)(),
    },
    {
      path: `/v1/widgets/preview?${range}`,
      body: { title: 'Seen', formula: 'meta.spend / ga4.conversions' },
    },
    {
      path: '/v1/dashboard/layout',
      body: { version: 9, widgets: [{ id: 'ga4.users' }, { id: 'meta.roas' }] },
      look: () => `SELECT count(*) FROM user_dashboard_layouts WHERE user_id = ${own()} AND CAST(layout AS text) LIKE '%meta.roas%'`,
      undo: () => user.post('/v1/dashboard/layout', { version: 1, widgets: [{ id: 'ga4.users' }] }),
    },
    {
      path: '/v1/dashboard/layout/import',
      body: { version: 9, widgets: [{ id: 'ga4.users' }, { id: 'meta.roas' }] },
      look: () => `SELECT count(*) FROM user_dashboard_layouts WHERE user_id = ${own()} AND CAST(layout AS text) LIKE '%meta.roas%'`,
      undo: () => user.post('/v1/dashboard/layout', { version: 1, widgets: [{ id: 'ga4.users' }] }),
    },
  ]

  // ---- walking ----

  const ask = (one, plan) =>
    (one.as?.() ?? user).call(one.path, {
      method: one.method ?? (one.body ? 'POST' : 'GET'),
      body: one.body,
      headers: { ...one.headers, 'x-request-id': 'walker', ...(plan && { 'x-test-mishap': plan }) },
      ...patient(),
    })
  const told = answer => (answer.headers.get('x-test-mishap') ?? '0 0').split(' ').map(Number)
  const failed = (one, answer) => (one.fails ? one.fails(answer) : false) || answer.status >= 500

  function check(one, what, answer, right) {
    assert.ok(answer.status < 500 || ALLOWED.includes(answer.status), `${what}: ${answer.status} ${answer.text}`)
    if (failed(one, answer)) {
      if (answer.status < 500) return
      if (one.path === '/readyz') return
      assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/, what)
      assert.ok(answer.json?.code && answer.json.detail && answer.headers.get('x-request-id'), `${what}: ${answer.text}`)
      assert.doesNotMatch(answer.text, /SELECT|INSERT|sqlite|SQLSTATE|mishap|malloc/i, what)
    } else {
      assert.equal(answer.status, right.status, `${what}: ${answer.text}`)
      if (!one.look) assert.equal(plain(answer.text), plain(right.text), `${what}: another answer`)
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
      assert.match(world.database.ask('PRAGMA wal_checkpoint(TRUNCATE)')[0], /^0\|/, `after ${what} somebody still reads`)
    }
  }

  const lines = one => (one.look ? world.database.ask(one.look()).join() : '')

  // Of one kind, from the first to the last; how many struck.
  async function walk(one, name, { plan, onwards, ambiguous = one.ambiguous }) {
    let times = 0
    const before = lines(one)
    let clean = true
    for (let n = 1; ; n = next(n)) {
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
      const after = lines(one)
      assert.ok([before, one.after].includes(after), `${what}: half of it is there: ${after}`)
      if (!failed(one, answer)) assert.equal(after, one.after, `${what}: it was said to be done`)
      if (after !== before) await one.undo()
    }
    if (one.look) {
      assert.equal(lines(one), one.after, `${name}: what failed has left something`)
      await one.undo()
    }
    return times
  }

  async function everywhere(one, t) {
    const before = lines(one)
    one.right = await ask(one)
    assert.ok(!failed(one, one.right), one.right.text)
    one.after = lines(one)
    if (one.look) {
      assert.notEqual(one.after, before)
      await one.undo()
      assert.equal(lines(one), before, 'it is not undone')
    }
    const struck = []
    for (const [name, how] of Object.entries(mishaps[world.engine])) struck.push(await walk(one, name, how))
    settled(one.path)
    t.diagnostic(`struck ${struck.join(' ')} times`)
    assert.ok(struck.some(Boolean) || one.untouched, 'nothing has struck')
  }

  for (const path of reads) test(`GET ${path}`, t => everywhere({ path }, t))
  for (const name of Object.keys(tools)) test(tool(name).name, t => everywhere(tool(name), t))
  for (const one of writes) test(`${one.method ?? 'POST'} ${one.path}`, t => everywhere(one, t))
})
