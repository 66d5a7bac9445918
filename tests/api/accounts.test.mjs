// Built-in accounts: set-up with the one-time code, sign-in, sessions, cross-site requests, API tokens.
import assert from 'node:assert/strict'
import { problem, succeeded, UUID } from '../lib/http.mjs'
import { onBothEngines, ORIGIN } from '../lib/world.mjs'

const password = 'correct horse battery staple',
  email = 'Owner@Example.org'

// name=value of the session cookie that an answer sets, after looking at how it is set.
function sessionOf(answer) {
  const [cookie] = answer.headers.getSetCookie?.() ?? [answer.headers.get('set-cookie')]
  assert.match(cookie ?? '', /;\s*HttpOnly/i)
  assert.match(cookie, /;\s*SameSite=Lax/i)
  assert.match(cookie, /;\s*Path=\//i)
  assert.doesNotMatch(cookie, /;\s*Domain=/i)
  return cookie.split(';')[0]
}

onBothEngines('accounts', { sim: null }, (world, test) => {
  const post = (path, body, options) => world.ask(path, { method: 'POST', body, ...options })
  const login = (changes, options) => post('/v1/auth/login', { email, password, ...changes }, options)
  const me = options => world.ask('/v1/auth/me', options)

  test('a wrong set-up code makes no account', async () => {
    for (const code of ['', 'wrong', 'A'.repeat(43)]) {
      const answer = await post('/v1/auth/setup', { code, email, password })
      assert.ok([403, 422].includes(answer.status), answer.text)
      problem(answer, answer.status)
    }
    problem(await login(), 401)
  })

  test('the code that the start printed makes the first account, an admin, signed in', async () => {
    const [, code] = await world.server.says(/#setup=(\S+)/)
    for (const bad of [{ email: 'nobody' }, { password: 'short' }, { email: undefined }, { role: 'admin' }])
      problem(await post('/v1/auth/setup', { code, email, password, ...bad }), 422)
    const answer = await post('/v1/auth/setup', { code, email, password })
    const { user } = succeeded(answer)
    assert.match(user.id, UUID)
    assert.equal(user.role, 'admin')
    assert.equal(user.email, email.toLowerCase())
    assert.equal(succeeded(await me({ cookie: sessionOf(answer) })).user.id, user.id)
    assert.doesNotMatch(world.server.log, new RegExp(password), 'the password is in the log')
  })

  test('the code works once', async () => {
    const [, code] = await world.server.says(/#setup=(\S+)/)
    const answer = await post('/v1/auth/setup', { code, email: 'second@example.org', password })
    assert.ok([403, 409].includes(answer.status), answer.text)
    assert.equal(succeeded(await world.ask('/v1/auth/setup')).needed, false)
  })

  test('a wrong password, an unknown account and nonsense are refused alike', async () => {
    const wrong = problem(await login({ password: password + ' ' }), 401)
    const unknown = problem(await login({ email: 'nobody@example.org' }), 401)
    assert.equal(wrong.detail, unknown.detail)
    problem(await login({ password: 7 }), 422)
    problem(await post('/v1/auth/login', { email }), 422)
    problem(await login({ password: 'x'.repeat(5000) }), 422)
  })

  test('signing in gives a new session each time, in any case of the address', async () => {
    const sessions = []
    for (const address of [email, email.toUpperCase(), email.toLowerCase()]) {
      const answer = await login({ email: address })
      succeeded(answer)
      sessions.push(sessionOf(answer))
    }
    assert.equal(new Set(sessions).size, 3)
    for (const cookie of sessions) succeeded(await me({ cookie }))
  })

  test('signing out ends that session and no other', async () => {
    const [one, two] = [sessionOf(await login()), sessionOf(await login())]
    succeeded(await me({ cookie: one }))
    succeeded(await post('/v1/auth/logout', {}, { cookie: one, headers: { 'sec-fetch-site': 'same-origin' } }))
    problem(await me({ cookie: one }), 401)
    succeeded(await me({ cookie: two }))
  })

  test('a session that nobody gave is nobody', async () => {
    const [name] = sessionOf(await login()).split('=')
    for (const value of ['', 'x', 'ds_' + 'A'.repeat(43)]) problem(await me({ cookie: `${name}=${value}` }), 401)
  })

  test('a change by cookie must come from this site', async () => {
    const cookie = sessionOf(await login()),
      path = '/v1/dashboard/layout',
      body = { widgets: [], version: 1 }
    const attempt = headers => post(path, body, { cookie, headers })
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site', origin: world.url },
      {},
    ])
      problem(await attempt(headers), 403)
    for (const headers of [
      { 'sec-fetch-site': 'same-origin' },
      { origin: world.url },
      { 'sec-fetch-site': 'same-origin', origin: world.url },
    ])
      succeeded(await attempt(headers))
    succeeded(await world.ask(path, { cookie, headers: { 'sec-fetch-site': 'cross-site' } }))
  })

  test('signing in from another site is refused', async () => {
    problem(await login({}, { headers: { 'sec-fetch-site': 'cross-site' } }), 403)
    problem(await login({}, { headers: { origin: 'https://evil.example' } }), 403)
  })

  test('another origin may read, but never with our cookies', async () => {
    const answer = await me({ cookie: sessionOf(await login()), headers: { origin: ORIGIN } })
    assert.equal(answer.headers.get('access-control-allow-credentials'), null)
  })

  test('an API token works until it is revoked, and is shown once', async () => {
    const cookie = sessionOf(await login()),
      headers = { 'sec-fetch-site': 'same-origin' }
    const { id, token } = succeeded(await post('/v1/auth/tokens', { name: 'reports' }, { cookie, headers }), 201)
    assert.match(token, /^dm_[\w-]{40,}$/)
    succeeded(await world.ask('/v1/dashboard/meta', { token }))
    const listed = await world.ask('/v1/auth/tokens', { cookie })
    assert.equal(succeeded(listed).tokens.find(one => one.id === id).name, 'reports')
    assert.ok(!listed.text.includes(token))
    assert.ok(
      world.database.ask('SELECT token_hash FROM api_tokens').every(hash => !token.includes(hash)),
      'stored as it is',
    )
    succeeded(await world.ask(`/v1/auth/tokens/${id}`, { method: 'DELETE', cookie, headers }))
    problem(await world.ask('/v1/dashboard/meta', { token }), 401)
    problem(await world.ask(`/v1/auth/tokens/${id}`, { method: 'DELETE', cookie, headers }), 404)
  })

  test('a token is refused where it is wrong', async () => {
    const cookie = sessionOf(await login()),
      headers = { 'sec-fetch-site': 'same-origin' }
    for (const body of [
      {},
      { name: '' },
      { name: 7 },
      { name: 'x'.repeat(300) },
      { name: 'x', expires_in_days: 0 },
      { name: 'x', expires_in_days: 1.5 },
      { name: 'x', role: 'admin' },
    ])
      problem(await post('/v1/auth/tokens', body, { cookie, headers }), 422)
  })

  test('the commands make users and tokens that work', async () => {
    const added = await world.command(['user', 'add', 'second@example.org', '--password-stdin'], {
      input: 'another long password\n',
    })
    assert.equal(added.code, 0, added.tail())
    succeeded(await login({ email: 'second@example.org', password: 'another long password' }))
    const made = await world.command(['token', 'create', '--user', 'second@example.org', '--name', 'shell'])
    assert.equal(made.code, 0, made.tail())
    const { user } = succeeded(await me({ token: made.out.match(/dm_[\w-]+/)[0] }))
    assert.equal(user.email, 'second@example.org')
    assert.equal(user.role, 'user')
    assert.notEqual(
      (
        await world.command(['user', 'add', 'second@example.org', '--password-stdin'], {
          input: 'another long password\n',
        })
      ).code,
      0,
    )
    assert.notEqual((await world.command(['token', 'create', '--user', 'nobody@example.org', '--name', 'x'])).code, 0)
  })
})
