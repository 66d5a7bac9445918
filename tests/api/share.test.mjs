// A link shows what was on the dashboard when it was made, in the days that it names, until it ends; and nothing else.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { everythingKept, noSecret } from '../lib/canary.mjs'
import { ask, daysAgo, INSTANT, problem, succeeded, UUID } from '../lib/http.mjs'
import { DAYMARK, freePort, Program } from '../lib/programs.mjs'
import { onBothEngines } from '../lib/world.mjs'

const [start, end] = [daysAgo(30), daysAgo(3)]
const fixed = { startDate: start, endDate: end }
const month = { name: 'For Acme', expires_in_days: 30, ...fixed, compare: 'previous_period' }
const EMAIL = 'sharer-canary@example.org'
const ROUTES = ['/v1/shared', '/v1/shared/data', '/v1/shared/insights']

onBothEngines('links to a dashboard', {}, (world, test) => {
  let user
  const secrets = []
  const through = (secret, path = '/v1/shared', options = {}) =>
    world.ask(path, { ...options, headers: { authorization: `Share ${secret}`, ...options.headers } })
  const share = async (changes = {}, who = user) => {
    const made = succeeded(await who.post('/v1/shares', { ...month, ...changes }), 201)
    secrets.push(made.secret)
    return made
  }
  const save = (widgets, who = user) => who.post('/v1/dashboard/layout', { version: 1, widgets })
  const later = (id, when) => world.database.ask(`UPDATE shares SET expires_at = '${when}' WHERE id = '${id}'`)
  const board = [
    { id: 'a', key: 'ga4.sessions', size: 'sm', x: 0, y: 0, w: 3, h: 2, note_to_self: 'private-canary' },
    { id: 'b', key: 'ga4.traffic_channels', size: 'lg', view: 'table', places: { 1: { x: 0, y: 2, w: 1, h: 4 } } },
    { id: 'c', key: 'custom.mine' },
  ]

  test('there is nothing to share before a dashboard is saved', async () => {
    user = world.user(randomUUID(), { email: EMAIL })
    succeeded(await user.connect(), 201)
    assert.equal((await user.sync()).status, 'success')
    problem(await user.post('/v1/shares', month), 422, 'nothing-to-share')
    const formula = { title: 'Mine', formula: 'ga4.conversions / ga4.sessions' }
    succeeded(await user.call('/v1/widgets/custom.mine', { method: 'PUT', body: formula }))
    succeeded(await save(board))
  })

  test('what is wrong with a wish is said', async () => {
    for (const [changes, says] of [
      [{ name: undefined }, /name/],
      [{ name: 'x'.repeat(101) }, /name/],
      [{ expires_in_days: undefined }, /expires/],
      [{ expires_in_days: 0 }, /1 to 366/],
      [{ expires_in_days: 367 }, /1 to 366/],
      [{ expires_in_days: 1.5 }, /whole/],
      [{ expires_at: daysAgo(-3) + 'T00:00:00Z' }, /or/],
      [{ expires_in_days: undefined, expires_at: daysAgo(1) + 'T00:00:00Z' }, /instant/],
      [{ expires_in_days: undefined, expires_at: daysAgo(-400) + 'T00:00:00Z' }, /instant/],
      [{ expires_in_days: undefined, expires_at: 'soon' }, /instant/],
      [{ period: 'last_28_days' }, /period, or/],
      [{ startDate: undefined, endDate: undefined, period: 'last_29_days' }, /last_28_days/],
      [{ startDate: undefined, endDate: undefined, period: 7 }, /last_28_days/],
      [{ startDate: undefined }, /startDate/],
      [{ endDate: '2026-02-30' }, /endDate/],
      [{ compare: 'custom' }, /compare/],
      [{ compare: 'never' }, /compare/],
      [{ sources: 'ga4,tv' }, /sources/],
      [{ sources: ['ga4'] }, /sources/],
      [{ insights: 'yes' }, /insights/],
      [{ owner: 'x' }, /owner/],
    ])
      assert.match(problem(await user.post('/v1/shares', { ...month, ...changes }), 422).detail, says)
    assert.deepEqual((await user.get('/v1/shares')).shares, [])
  })

  test('a link is made, shown once, listed without its secret, and counted', async () => {
    const made = await share()
    assert.match(made.id, UUID)
    assert.match(made.secret, /^sh_[\w-]{43}$/) // 256 bits
    assert.equal(made.url, `${world.url}/s#${made.secret}`)
    const [listed, ...others] = (await user.get('/v1/shares')).shares
    assert.deepEqual(others, [])
    const { secret, url, ...rest } = made
    assert.deepEqual(listed, rest)
    assert.ok(secret && url)
    assert.equal(listed.uses, 0)
    assert.equal(listed.last_used_at, null)
    assert.match(listed.expires_at, INSTANT)
    succeeded(await through(made.secret))
    succeeded(await through(made.secret))
    const [used] = (await user.get('/v1/shares')).shares
    assert.equal(used.uses, 2)
    assert.match(used.last_used_at, INSTANT)
  })

  test('it tells its name, end, days and freshness, the layout and its widgets, and nothing of who made it', async () => {
    const { secret, id, expires_at } = await share()
    const answer = await through(secret),
      about = succeeded(answer)
    assert.deepEqual(Object.keys(about).sort(), [
      'compare',
      'connected_sources',
      'endDate',
      'expires_at',
      'insights',
      'last_sync_at',
      'layout',
      'name',
      'period',
      'sources',
      'startDate',
      'widgets',
    ])
    assert.equal(about.name, 'For Acme')
    assert.equal(about.expires_at, expires_at)
    assert.deepEqual([about.startDate, about.endDate, about.compare], [start, end, 'previous_period'])
    assert.deepEqual(about.connected_sources, { ga4: true, meta: false, instagram: false })
    assert.deepEqual(Object.keys(about.sources), ['ga4'])
    assert.deepEqual(Object.keys(about.sources.ga4), ['complete_through', 'provisional_from'])
    assert.deepEqual(
      about.layout.widgets,
      board.map(({ note_to_self, ...entry }) => (assert.ok(note_to_self !== ''), entry)),
    )
    assert.deepEqual(about.widgets.map(kind => kind.key).sort(), [
      'custom.mine',
      'ga4.sessions',
      'ga4.traffic_channels',
    ])
    for (const kind of about.widgets)
      assert.deepEqual([kind.explain, kind.target, kind.formula], [[], false, undefined])
    const data = await through(secret, '/v1/shared/data')
    const [{ id: connection, name, external_id }] = (await user.get('/v1/connections')).connections
    for (const text of [answer.text, data.text])
      for (const hidden of [user.id, EMAIL, id, connection, name, external_id, 'private-canary'].filter(Boolean))
        assert.ok(!text.includes(hidden), `it tells ${hidden}`)
    assert.equal(answer.headers.get('set-cookie'), null)
  })

  test('its numbers are those of the dashboard, without notes and targets, and 304 says that they stand', async () => {
    const { secret } = await share()
    succeeded(await user.post('/v1/annotations', { date: end, text: 'note-canary' }), 201)
    const target = { widget: 'ga4.sessions', period: 'range', start, end, value: 4711 }
    succeeded(await user.post('/v1/targets', target), 201)
    const query = `startDate=${start}&endDate=${end}&compare=previous_period`
    const { widgets: own } = await user.get(`/v1/dashboard/data?${query}`)
    assert.equal(own.a.annotations.length, 1)
    assert.equal(own.a.target.value, 4711)
    const answer = await through(secret, '/v1/shared/data'),
      { widgets } = succeeded(answer)
    assert.deepEqual(Object.keys(widgets), ['a', 'b', 'c'])
    for (const id of ['a', 'b', 'c']) {
      const { annotations, target, quality, ...numbers } = own[id]
      assert.ok(annotations && (id !== 'a' || target) && quality)
      const { quality: told, ...shown } = widgets[id]
      assert.deepEqual(shown, numbers)
      assert.deepEqual({ ...told, notices: [] }, { ...quality, notices: [] })
    }
    const headers = { 'if-none-match': answer.headers.get('etag') }
    assert.equal((await through(secret, '/v1/shared/data', { headers })).status, 304)
  })

  test('nothing that is asked beside it changes what it shows', async () => {
    const { secret } = await share()
    const plain = (await through(secret, '/v1/shared/data')).text
    const wide = 'startDate=2020-01-01&endDate=2026-01-01&widgets=meta.spend,ga4.revenue&sources=meta&compare=off'
    assert.equal((await through(secret, `/v1/shared/data?${wide}`)).text, plain)
    for (const path of [
      '/v1/dashboard/data?' + wide,
      '/v1/dashboard/meta',
      '/v1/dashboard/layout',
      `/v1/widgets/ga4.sessions?startDate=${start}&endDate=${end}`,
      `/v1/widgets/ga4.sessions/explain?startDate=${start}&endDate=${end}`,
      `/v1/widgets/ga4.sessions/export?startDate=${start}&endDate=${end}`,
      `/v1/insights?startDate=${start}&endDate=${end}`,
      '/v1/shares',
      '/v1/connections',
      '/v1/auth/me',
      '/v1/settings',
      '/v1/shared/other',
    ])
      problem(await through(secret, path), 401)
    for (const path of ROUTES) problem(await through(secret, path, { method: 'POST', body: {} }), 401)
    problem(await through(secret, '/metrics', { headers: { 'x-forwarded-for': '203.0.113.1' } }), 401)
  })

  test('what is added, changed or taken away later neither leaks nor breaks it', async () => {
    const { secret } = await share()
    const before = [(await through(secret)).text, (await through(secret, '/v1/shared/data')).text]
    succeeded(await save([...board, { id: 'd', key: 'ga4.revenue' }]))
    const other = { title: 'Other', formula: 'ga4.revenue / ga4.users' }
    succeeded(await user.call('/v1/widgets/custom.mine', { method: 'PUT', body: other }))
    assert.deepEqual([(await through(secret)).text, (await through(secret, '/v1/shared/data')).text], before)
    // Two links with two formulas under one key: neither gets what was kept for the other.
    const { secret: next } = await share()
    const { widgets } = succeeded(await through(next, '/v1/shared/data'))
    assert.deepEqual(Object.keys(widgets), ['a', 'b', 'c', 'd'])
    const query = `startDate=${start}&endDate=${end}&compare=previous_period`
    const { stats } = await user.get(`/v1/widgets/custom.mine?${query}`)
    assert.deepEqual(widgets.c.stats, stats)
    assert.notEqual(stats.value, JSON.parse(before[1]).widgets.c.stats.value)
    succeeded(await save([{ id: 'd', key: 'ga4.revenue' }]))
    succeeded(await user.call('/v1/widgets/custom.mine', { method: 'DELETE' }))
    assert.deepEqual([(await through(secret)).text, (await through(secret, '/v1/shared/data')).text], before)
    const formula = { title: 'Mine', formula: 'ga4.conversions / ga4.sessions' }
    succeeded(await user.call('/v1/widgets/custom.mine', { method: 'PUT', body: formula }))
    succeeded(await save(board))
  })

  test('a source that it leaves out is not there', async () => {
    const { secret } = await share({ sources: 'meta' })
    const about = succeeded(await through(secret))
    assert.deepEqual([about.sources, about.last_sync_at], [{}, null])
    const { widgets } = succeeded(await through(secret, '/v1/shared/data'))
    for (const one of Object.values(widgets)) {
      assert.deepEqual([one.stats.value, one.quality.notices[0].code], [null, 'source_off'])
      assert.equal(one.quality.complete_through, null)
    }
  })

  test('what is wrong with an account is said without its name, and a platform is not quoted', async () => {
    const { database } = world
    const [{ external_id }] = (await user.get('/v1/connections')).connections
    const of = `user_id = '${user.id}' AND source = 'ga4'`
    database.ask(`UPDATE connections SET status = 'reconnect', name = 'name-canary' WHERE ${of}`)
    database.ask(
      `INSERT INTO source_notices (user_id, source, external_id, code, first_date, last_date, text, seen_at)
       VALUES ('${user.id}', 'ga4', '${external_id}', 'sampled', '${end}', '${end}', 'words-canary', '2026-01-01T00:00:00Z')`,
    )
    const days = { startDate: daysAgo(12), endDate: end, compare: 'off' } // asked for the first time
    const { secret } = await share(days)
    const own = await user.call(`/v1/dashboard/data?startDate=${days.startDate}&endDate=${end}`)
    assert.match(own.text, /name-canary.*words-canary/s)
    for (const path of ['/v1/shared', '/v1/shared/data'])
      assert.doesNotMatch((await through(secret, path)).text, /canary/)
    const { notices } = succeeded(await through(secret, '/v1/shared/data')).widgets.a.quality
    assert.deepEqual(
      notices.map(notice => notice.code),
      ['reconnect', 'sampled'],
    )
    database.ask(`UPDATE connections SET status = 'connected' WHERE ${of}`)
  })

  test('a period that moves on ends with the last complete day', async () => {
    const { sources } = await user.get('/v1/dashboard/meta')
    const last = sources.ga4.complete_through
    for (const [period, days] of [
      ['last_7_days', 7],
      ['last_28_days', 28],
    ]) {
      const { secret } = await share({ startDate: undefined, endDate: undefined, period })
      const about = succeeded(await through(secret))
      assert.deepEqual([about.period, about.endDate], [period, last])
      assert.equal((Date.parse(about.endDate) - Date.parse(about.startDate)) / 86400e3 + 1, days)
    }
  })

  test('insights come only where they are shared, as sentences alone', async () => {
    const [without, having] = [await share(), await share({ insights: true })]
    problem(await through(without.secret, '/v1/shared/insights'), 404, 'not-shared')
    const told = succeeded(await through(having.secret, '/v1/shared/insights'))
    assert.deepEqual([told.facts, told.engine], [[], 'rules'])
    assert.ok(told.items.length > 0)
    for (const { group, bullets, evidence } of told.items) {
      assert.notEqual(group, 'Data quality')
      assert.ok(bullets.length > 0)
      assert.deepEqual(evidence, [])
    }
  })

  test('none, unknown, ended and revoked are answered alike', async () => {
    const [ended, revoked] = [await share(), await share()]
    for (const one of [ended, revoked]) succeeded(await through(one.secret))
    later(ended.id, '2026-01-01T00:00:00Z')
    succeeded(await user.call(`/v1/shares/${revoked.id}`, { method: 'DELETE' }))
    const bare = ({ request_id, ...told }) => (assert.ok(request_id), told)
    for (const path of ROUTES) {
      const seen = []
      for (const headers of [
        {},
        { authorization: `Bearer ${user.token}` },
        { authorization: `Bearer ${ended.secret}` },
        { authorization: 'Share ' },
        { authorization: `Share ${'sh_' + 'A'.repeat(43)}` },
        { authorization: `Share ${ended.secret}` },
        { authorization: `Share ${revoked.secret}` },
        { authorization: `Share ${revoked.secret.slice(3)}` },
      ])
        seen.push(bare(problem(await world.ask(path, { headers }), 404, 'unknown-share')))
      for (const one of seen) assert.deepEqual(one, seen[0])
    }
    const listed = (await user.get('/v1/shares')).shares.map(one => one.id)
    assert.ok(listed.includes(ended.id) && !listed.includes(revoked.id))
    problem(await user.call(`/v1/shares/${revoked.id}`, { method: 'DELETE' }), 404)
  })

  test('a revocation holds on another server, too', async t => {
    if (world.engine === 'sqlite') return t.skip('one process owns the file')
    const port = await freePort()
    const second = new Program(DAYMARK, ['serve'], {
      env: { ...world.environment(), LISTEN: `127.0.0.1:${port}` },
      cwd: world.folder,
    })
    await second.says(/Daymark is ready/)
    const there = secret =>
      ask(`http://127.0.0.1:${port}`, '/v1/shared/data', { headers: { authorization: `Share ${secret}` } })
    const made = await share()
    succeeded(await there(made.secret))
    succeeded(await user.call(`/v1/shares/${made.id}`, { method: 'DELETE' }))
    problem(await there(made.secret), 404, 'unknown-share')
    await second.stop()
  })

  test('the page of a link is for nobody to index, to frame or to come from, and sets no cookie', async () => {
    const answer = await world.ask('/s')
    assert.equal(answer.status, 200)
    assert.match(answer.headers.get('content-type'), /^text\/html/)
    assert.equal(answer.headers.get('referrer-policy'), 'no-referrer')
    assert.match(answer.headers.get('x-robots-tag'), /noindex/)
    const policy = answer.headers.get('content-security-policy')
    for (const part of ["default-src 'none'", "form-action 'none'", "frame-ancestors 'none'", "script-src 'self'"])
      assert.ok(policy.includes(part), part)
    assert.doesNotMatch(policy, /unsafe|\*/)
    assert.equal(answer.headers.get('set-cookie'), null)
    assert.equal((await world.ask('/')).headers.get('referrer-policy'), 'same-origin')
  })

  test('at most fifty of a user, and those that ended long ago make room', async () => {
    const many = world.user()
    succeeded(await save([{ id: 'ga4.users' }], many))
    for (let n = 0; n < 50; n++) succeeded(await many.post('/v1/shares', month), 201)
    problem(await many.post('/v1/shares', month), 422, 'too-many-shares')
    later((await many.get('/v1/shares')).shares[0].id, '2026-01-01T00:00:00Z')
    succeeded(await many.post('/v1/shares', month), 201)
  })

  test('an address that asks too often is told to wait, whatever it has; others are not', async () => {
    const { secret } = await share()
    const from = (address, one = secret) => through(one, '/v1/shared/data', { headers: { 'x-forwarded-for': address } })
    const first = await from('198.51.100.20')
    const [, quota] = first.headers.get('ratelimit-policy').match(/^"share";q=(\d+);w=60$/)
    assert.match(first.headers.get('ratelimit'), new RegExp(`^"share";r=${quota - 1};t=\\d+$`))
    let answer = first
    for (let n = 0; answer.status !== 429; n++) {
      assert.ok(n < 1000, 'never refused')
      answer = await from('198.51.100.20', n % 2 ? 'sh_guessed' : secret)
    }
    problem(answer, 429, 'too-often')
    assert.match(answer.headers.get('retry-after'), /^\d+$/)
    succeeded(await from('198.51.100.21'))
  })

  test('no secret is in a log, a table or a file', async () => {
    const { secret } = await share()
    // Also where it does not belong: somebody may put it anywhere.
    for (const path of [
      `/s?x=${secret}`,
      `/s/${secret}`,
      `/s%23${secret}`,
      `/v1/shared/${secret}`,
      `/v1/shares/${secret}`,
    ])
      await user.call(path)
    for (const path of ['/v1/shared', '/v1/shared/data', '/v1/nothing']) {
      await world.ask(`${path}?share=${secret}`)
      await through(secret, path, { method: 'POST', body: secret })
      await world.ask(path, { token: secret })
    }
    await world.ask('/healthz', { headers: { 'x-request-id': 'after-the-canaries' } })
    await world.server.says(/after-the-canaries/, { from: 'log' })
    for (const [name, text] of everythingKept(world)) noSecret(secrets, name, text)
    assert.ok(secrets.length > 10)
  })
})
