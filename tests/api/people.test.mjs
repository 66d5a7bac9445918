// The accounts of an installation, one's own password, sessions and settings.
import assert from 'node:assert/strict'
import { eventually, INSTANT, mint, problem, succeeded, UUID } from '../lib/http.mjs'
import { onBothEngines } from '../lib/world.mjs'

const password = 'correct horse battery staple'
const ours = { 'sec-fetch-site': 'same-origin' }

const mail = { SMTP_URL: 'smtp://127.0.0.1:9', MAIL_FROM: 'daymark@example.org' } // nobody is there

onBothEngines('people', { sim: null, env: mail }, (world, test) => {
  const as = (cookie, method, path, body) => world.ask(path, { method, body, cookie, headers: ours })
  const cookieOf = answer => answer.headers.get('set-cookie').split(';')[0]
  const login = async (email, secret) =>
    cookieOf(await as(undefined, 'POST', '/v1/auth/login', { email, password: secret }))
  let owner

  test('the first account is an administrator and sees itself', async () => {
    const [, code] = await world.server.says(/#setup=(\S+)/)
    const answer = await as(undefined, 'POST', '/v1/auth/setup', { code, email: 'owner@example.org', password })
    owner = cookieOf(answer)
    const { users } = succeeded(await as(owner, 'GET', '/v1/users'))
    assert.equal(users.length, 1)
    assert.match(users[0].id, UUID)
    assert.match(users[0].last_seen_at, INSTANT)
    assert.deepEqual(
      { email: users[0].email, role: users[0].role, connections: users[0].connections },
      { email: 'owner@example.org', role: 'admin', connections: 0 },
    )
  })

  test('an account is added with a password that is shown once, and signs in with it', async () => {
    const made = succeeded(await as(owner, 'POST', '/v1/users', { email: 'Ben@Example.org' }), 201)
    assert.equal(made.email, 'ben@example.org')
    assert.equal(made.role, 'user')
    const ben = await login('ben@example.org', made.password)
    assert.equal(succeeded(await as(ben, 'GET', '/v1/auth/me')).user.id, made.id)
    assert.ok(!(await as(owner, 'GET', '/v1/users')).text.includes(made.password))
    problem(await as(ben, 'GET', '/v1/users'), 403, 'not-admin')
    problem(await as(owner, 'POST', '/v1/users', { email: 'ben@example.org' }), 409, 'user-exists')
  })

  test('nonsense is refused', async () => {
    for (const body of [
      {},
      { email: 'x' },
      { email: 'a@b.c', role: 'root' },
      { email: 'a@b.c', password: 'mine' },
      { email: 7 },
    ])
      problem(await as(owner, 'POST', '/v1/users', body), 422)
    for (const id of ['00000000-0000-4000-8000-000000000000', 'me'])
      problem(await as(owner, 'PATCH', `/v1/users/${id}`, { role: 'user' }), 404, 'unknown-user')
  })

  test('a role holds at once, and the last administrator stays one', async () => {
    const { users } = succeeded(await as(owner, 'GET', '/v1/users'))
    const [ben, self] = users
    const session = await login('owner@example.org', password)
    problem(await as(owner, 'PATCH', `/v1/users/${self.id}`, { role: 'user' }), 409, 'last-admin')
    problem(await as(owner, 'DELETE', `/v1/users/${self.id}`), 409, 'own-account')
    const fresh = succeeded(await as(owner, 'POST', `/v1/users/${ben.id}/reset`)).password
    const his = await login('ben@example.org', fresh)
    problem(await as(his, 'GET', '/v1/users'), 403)
    succeeded(await as(owner, 'PATCH', `/v1/users/${ben.id}`, { role: 'admin' }))
    succeeded(await as(his, 'GET', '/v1/users'))
    succeeded(await as(owner, 'PATCH', `/v1/users/${ben.id}`, { role: 'user' }))
    problem(await as(his, 'GET', '/v1/users'), 403)
    succeeded(await as(session, 'GET', '/v1/auth/me'))
  })

  test('a new password ends what was signed in with the old one, tokens too', async () => {
    const { users } = succeeded(await as(owner, 'GET', '/v1/users'))
    const ben = users.find(one => one.email === 'ben@example.org')
    const first = succeeded(await as(owner, 'POST', `/v1/users/${ben.id}/reset`)).password
    const session = await login(ben.email, first)
    const { token } = succeeded(await as(session, 'POST', '/v1/auth/tokens', { name: 'x' }), 201)
    const second = succeeded(await as(owner, 'POST', `/v1/users/${ben.id}/reset`)).password
    assert.notEqual(first, second)
    problem(await as(session, 'GET', '/v1/auth/me'), 401)
    problem(await world.ask('/v1/auth/me', { token }), 401)
    problem(await as(undefined, 'POST', '/v1/auth/login', { email: ben.email, password: first }), 401)
    await login(ben.email, second)
  })

  test('whoever is disabled is out at once, keeps what is his own, and comes back', async () => {
    const made = succeeded(await as(owner, 'POST', '/v1/users', { email: 'rest@example.org' }), 201)
    const path = `/v1/users/${made.id}`
    const session = await login(made.email, made.password)
    const { token } = succeeded(await as(session, 'POST', '/v1/auth/tokens', { name: 'x' }), 201)
    succeeded(await as(session, 'POST', '/v1/annotations', { date: '2026-01-01', text: 'Mine' }), 201)
    const connection = { source: 'ga4', external_id: '556', verify: false }
    const credential = { type: 'refresh_token', refresh_token: 'x' }
    succeeded(await as(session, 'POST', '/v1/connections', { ...connection, credential }), 201)
    succeeded(await as(session, 'POST', '/v1/dashboard/layout', { widgets: [{ id: 'ga4.users' }], version: 1 }))
    const link = { name: 'Mine', expires_in_days: 1, period: 'last_28_days' }
    const { secret } = succeeded(await as(session, 'POST', '/v1/shares', link), 201)
    const shared = () => world.ask('/v1/shared', { headers: { authorization: `Share ${secret}` } })
    succeeded(await as(session, 'GET', '/v1/auth/me'))
    succeeded(await world.ask('/v1/auth/me', { token }))
    const elsewhere = mint({ sub: made.id }) // as an identity provider would say who he is
    succeeded(await world.ask('/v1/auth/me', { token: elsewhere }))
    succeeded(await shared())

    succeeded(await as(owner, 'PATCH', path, { active: false }))
    problem(await as(session, 'GET', '/v1/auth/me'), 401)
    problem(await world.ask('/v1/auth/me', { token }), 401)
    problem(await world.ask('/v1/auth/me', { token: elsewhere }), 401)
    problem(await shared(), 404, 'unknown-share')
    const signIn = word => as(undefined, 'POST', '/v1/auth/login', { email: made.email, password: word })
    problem(await signIn(made.password), 403, 'account-disabled')
    problem(await signIn('wrong'), 401, 'wrong-login')
    const listed = async () => succeeded(await as(owner, 'GET', '/v1/users')).users.find(one => one.id === made.id)
    assert.deepEqual([(await listed()).active, (await listed()).connections], [false, 1])
    // A run of all accounts leaves the account alone.
    const { job_id } = succeeded(await as(owner, 'POST', '/v1/sync/ga4/run', {}), 202)
    const job = async () => succeeded(await as(owner, 'GET', `/v1/sync/job/${job_id}`))
    await eventually(async () => /success|failed/.test((await job()).status), { why: 'the sync goes on' })
    assert.deepEqual(world.database.ask(`SELECT connection_id FROM sync_steps WHERE job_id = '${job_id}'`), [])

    succeeded(await as(owner, 'PATCH', path, { active: true }))
    assert.equal((await listed()).active, true)
    const again = await login(made.email, made.password)
    assert.equal(succeeded(await as(again, 'GET', '/v1/annotations')).annotations[0].text, 'Mine')
    problem(await world.ask('/v1/auth/me', { token }), 401)
    succeeded(await world.ask('/v1/auth/me', { token: elsewhere }))
    succeeded(await as(owner, 'DELETE', path))
  })

  test('nobody disables himself or the last administrator, and nothing but yes or no is taken', async () => {
    const { users } = succeeded(await as(owner, 'GET', '/v1/users'))
    const self = users.find(one => one.email === 'owner@example.org')
    const ben = users.find(one => one.email === 'ben@example.org')
    problem(await as(owner, 'PATCH', `/v1/users/${self.id}`, { active: false }), 409, 'own-account')
    problem(await as(owner, 'PATCH', `/v1/users/${ben.id}`, { active: 'no' }), 422)
    // A disabled administrator is none: the other one stays the last.
    succeeded(await as(owner, 'PATCH', `/v1/users/${ben.id}`, { role: 'admin', active: false }))
    problem(await as(owner, 'PATCH', `/v1/users/${self.id}`, { role: 'user' }), 409, 'last-admin')
    succeeded(await as(owner, 'PATCH', `/v1/users/${ben.id}`, { role: 'user', active: true }))
  })

  test('whoever is removed is gone with all that was his own', async () => {
    const made = succeeded(await as(owner, 'POST', '/v1/users', { email: 'gone@example.org' }), 201)
    const gone = await login('gone@example.org', made.password)
    succeeded(
      await as(gone, 'POST', '/v1/connections', {
        source: 'ga4',
        external_id: '555',
        verify: false,
        credential: { type: 'refresh_token', refresh_token: 'x' },
      }),
      201,
    )
    succeeded(await as(gone, 'POST', '/v1/dashboard/layout', { widgets: [{ id: 'ga4.users' }], version: 1 }))
    succeeded(await as(gone, 'POST', '/v1/targets', { widget: 'ga4.sessions', period: 'month', value: 100 }), 201)
    succeeded(await as(gone, 'POST', '/v1/annotations', { date: '2026-01-01', text: 'Mine' }), 201)
    const link = { name: 'Mine', expires_in_days: 1, period: 'last_28_days' }
    const { secret } = succeeded(await as(gone, 'POST', '/v1/shares', link), 201)
    const through = () => world.ask('/v1/shared', { headers: { authorization: `Share ${secret}` } })
    succeeded(await through())
    const told = { name: 'Mine', recipients: ['a@example.org'] }
    const report = succeeded(await as(gone, 'POST', '/v1/reports', told), 201)
    succeeded(await as(gone, 'POST', `/v1/reports/${report.id}/send`), 202)
    const left = `'${made.id}', '${report.id}', 'a@example.org', '2026-01-01T00:00:00.000000Z'`
    world.database.load(`INSERT INTO mail_leavers (user_id, origin, recipient, left_at) VALUES (${left});`)
    succeeded(await as(gone, 'POST', '/v1/alerts', { ...told, kind: 'unusual_day' }), 201)
    succeeded(await as(gone, 'PUT', '/v1/settings', { zone: 'Europe/Berlin' }))
    const { token } = succeeded(await as(gone, 'POST', '/v1/auth/tokens', { name: 'x' }), 201)
    world.database.ask(
      [
        'INSERT INTO ga4_daily (user_id, property_id, date, users, new_users, users_7d, users_28d, sessions,',
        ' engaged_sessions, page_views, conversions, revenue_micros)',
        ` VALUES ('${made.id}', '555', '2026-01-01', 1, 1, 1, 1, 1, 1, 1, 1, 1)`,
      ].join(''),
    )
    succeeded(await as(owner, 'DELETE', `/v1/users/${made.id}`))
    problem(await as(gone, 'GET', '/v1/auth/me'), 401)
    problem(await world.ask('/v1/auth/me', { token }), 401)
    problem(await through(), 404, 'unknown-share')
    const tables = [
      'connections',
      'user_dashboard_layouts',
      'targets',
      'annotations',
      'user_settings',
      'shares',
      'reports',
      'alerts',
      'mails',
      'mail_leavers',
      'sessions',
      'api_tokens',
      'ga4_daily',
    ]
    for (const table of tables)
      assert.deepEqual(world.database.ask(`SELECT user_id FROM ${table} WHERE user_id = '${made.id}'`), [], table)
    problem(await as(owner, 'DELETE', `/v1/users/${made.id}`), 404)
  })

  test('one changes his own password with the current one; other browsers are out', async () => {
    const [here, there] = [await login('owner@example.org', password), await login('owner@example.org', password)]
    const change = (current, next) => as(here, 'POST', '/v1/auth/password', { current, password: next })
    problem(await change('wrong', 'another long one'), 403, 'wrong-password')
    problem(await change(password, 'short'), 422)
    succeeded(await change(password, 'another long one'))
    succeeded(await as(here, 'GET', '/v1/auth/me'))
    problem(await as(there, 'GET', '/v1/auth/me'), 401)
    owner = here
    succeeded(await change('another long one', password))
    problem(
      await world.ask('/v1/auth/password', { method: 'POST', body: { current: 'x', password }, token: mint() }),
      409,
      'no-password',
    )
  })

  test('sessions are listed without anything to steal, and ended but for this one', async () => {
    const there = await login('owner@example.org', password)
    const listed = await as(owner, 'GET', '/v1/auth/sessions')
    const { sessions } = succeeded(listed)
    assert.ok(sessions.length >= 2)
    assert.equal(sessions.filter(one => one.current).length, 1)
    assert.deepEqual(Object.keys(sessions[0]).sort(), ['created_at', 'current', 'expires_at', 'last_used_at'])
    succeeded(await as(owner, 'DELETE', '/v1/auth/sessions'))
    problem(await as(there, 'GET', '/v1/auth/me'), 401)
    assert.equal(succeeded(await as(owner, 'GET', '/v1/auth/sessions')).sessions.length, 1)
  })

  test('settings are kept for each user, and come with who is signed in', async () => {
    const [alice, bob] = [world.user(), world.user()]
    assert.deepEqual(await alice.get('/v1/settings'), {})
    const mine = { zone: 'Europe/Berlin', week_start: '1', numbers: 'de-DE', money: 'code' }
    succeeded(await alice.call('/v1/settings', { method: 'PUT', body: mine }))
    assert.deepEqual(await alice.get('/v1/settings'), mine)
    assert.deepEqual((await alice.get('/v1/auth/me')).settings, mine)
    assert.deepEqual(await bob.get('/v1/settings'), {})
    succeeded(await alice.call('/v1/settings', { method: 'PUT', body: { zone: null } }))
    assert.deepEqual(await alice.get('/v1/settings'), { zone: null })
    for (const body of [{ colour: 'red' }, { zone: 7 }, { zone: 'x'.repeat(65) }, { zone: ['UTC'] }])
      problem(await alice.call('/v1/settings', { method: 'PUT', body }), 422)
  })
})
