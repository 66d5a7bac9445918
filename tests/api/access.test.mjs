// Nobody gets nothing; a token counts only if every part of it is right; two users never meet.
import assert from 'node:assert/strict'
import { createHmac, createSign, generateKeyPairSync, randomUUID } from 'node:crypto'
import { JWT_SECRET, lastDays, mint, problem, succeeded } from '../lib/http.mjs'
import { CRON_TOKEN, onBothEngines, onEngine } from '../lib/world.mjs'
import { routes } from '../lib/routes.mjs'

const range = lastDays(30)
const filled = path =>
  path
    .replace('{key}', 'ga4.sessions')
    .replace('{source}', 'ga4')
    .replace('{id}', '00000000-0000-4000-8000-000000000000')

const mail = { SMTP_URL: 'smtp://127.0.0.1:9', MAIL_FROM: 'daymark@example.org' } // nobody is there

onBothEngines('access', { sim: null, env: mail }, (world, test) => {
  test('every route that is not public refuses nobody, with the way to get in', async () => {
    const guarded = routes().filter(route => ['user', 'admin'].includes(route.policy))
    assert.ok(guarded.length >= 10, `only ${guarded.length} guarded routes were found`)
    const good = mint()
    for (const { method, path } of guarded) {
      for (const token of [undefined, 'nonsense', good.slice(0, -2) + 'xx', 'dm_' + 'A'.repeat(43)]) {
        const answer = await world.ask(filled(path), {
          method,
          token,
          body: method === 'GET' || method === 'DELETE' ? undefined : {},
        })
        problem(answer, 401)
        assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/, `${method} ${path}`)
      }
    }
  })

  test('a plain user is not an admin', async () => {
    const user = world.user()
    for (const { method, path } of routes().filter(route => route.policy === 'admin'))
      problem(await user.call(filled(path), { method, body: method === 'GET' ? undefined : {} }), 403)
  })

  test('the cron token opens the cron door only', async () => {
    problem(await world.ask('/v1/dashboard/meta', { token: CRON_TOKEN }), 401)
    problem(await world.ask('/v1/dashboard/meta', { headers: { 'x-cron-token': CRON_TOKEN } }), 401)
  })

  test('a link opens the routes for links only, and nothing else opens them', async () => {
    const alice = world.user()
    const { secret } = succeeded(await things['/v1/shares'].make(alice), 201)
    const headers = { authorization: `Share ${secret}` }
    let opened = 0
    for (const { method, path, policy } of routes()) {
      if (['public', 'operator', 'mail'].includes(policy)) continue
      const body = method === 'GET' || method === 'DELETE' ? undefined : {}
      const answer = await world.ask(filled(path), { method, headers, body })
      if (policy !== 'share') problem(answer, policy === 'cron' ? 403 : 401)
      else if (path.endsWith('/insights')) problem(answer, 404, 'not-shared')
      else succeeded(answer)
      if (policy !== 'share') continue
      opened++
      for (const token of [undefined, alice.token, secret, CRON_TOKEN])
        problem(await world.ask(filled(path), { method, token }), 404, 'unknown-share')
    }
    assert.ok(opened >= 3, `only ${opened} routes for links were found`)
  })

  test('the way out of a mail opens for its link alone, whoever asks', async () => {
    const alice = world.user()
    const { id, recipients } = succeeded(await things['/v1/reports'].make(alice), 201)
    const { secret } = succeeded(await things['/v1/shares'].make(alice), 201)
    const doors = routes().filter(({ policy }) => policy === 'mail')
    assert.ok(doors.length >= 2, `only ${doors.length} were found`)
    for (const { method, path } of doors)
      for (const link of [id, secret, Buffer.from(`${alice.id} ${id} ${recipients[0]}`).toString('base64url')])
        for (const token of [undefined, alice.token, world.user().token, CRON_TOKEN]) {
          const raw = method === 'POST' ? 'List-Unsubscribe=One-Click' : undefined
          assert.equal((await world.ask(path.replace('{link}', link), { method, token, raw })).status, 404)
        }
    assert.deepEqual((await alice.get(`/v1/reports/${id}`)).left, [])
  })

  // How to make a thing that has an id, and how its owner sees all of them; a new kind must be added here.
  const things = {
    '/v1/connections': {
      make: user =>
        user.connect({ verify: false, external_id: '778', credential: { type: 'refresh_token', refresh_token: 'x' } }),
      all: user => user.get('/v1/connections'),
    },
    '/v1/targets': {
      make: user => user.post('/v1/targets', { widget: 'ga4.sessions', period: 'month', value: 100 }),
      all: user => user.get('/v1/targets'),
    },
    '/v1/annotations': {
      make: user => user.post('/v1/annotations', { date: '2026-01-01', text: 'Mine' }),
      all: user => user.get('/v1/annotations'),
    },
    '/v1/reports': {
      make: user => user.post('/v1/reports', { name: 'Mine', recipients: ['a@example.org'] }),
      all: user => user.get('/v1/reports'),
    },
    '/v1/alerts': {
      make: user => user.post('/v1/alerts', { name: 'Mine', recipients: ['a@example.org'], kind: 'unusual_day' }),
      all: user => user.get('/v1/alerts'),
    },
    '/v1/auth/tokens': {
      make: user => user.post('/v1/auth/tokens', { name: 'Mine' }),
      all: user => user.get('/v1/auth/tokens'),
    },
    '/v1/shares': {
      make: async user => {
        succeeded(await user.post('/v1/dashboard/layout', { widgets: [{ id: 'ga4.users' }], version: 1 }))
        return user.post('/v1/shares', { name: 'Mine', expires_in_days: 1, period: 'last_28_days' })
      },
      all: user => user.get('/v1/shares'),
    },
  }
  const elsewhere = ['/v1/sync/job', '/v1/sync/{source}/job', '/v1/connect'] // sync.test.mjs, connect.test.mjs

  test("another user's thing is not found, whatever is done with its id", async () => {
    const [alice, bob] = [world.user(), world.user()]
    const withId = routes().filter(({ policy, path }) => policy === 'user' && path.includes('/{id}'))
    assert.ok(withId.length >= 10, `only ${withId.length} routes with an id were found`)
    const ids = {}
    for (const { method, path } of withId) {
      const kind = path.split('/{id}')[0]
      if (elsewhere.includes(kind)) continue
      assert.ok(things[kind], `nobody knows how to make one of ${kind}`)
      ids[kind] ??= succeeded(await things[kind].make(alice), 201).id
      const before = await things[kind].all(alice)
      const body = method === 'GET' || method === 'DELETE' ? undefined : { value: 7, text: 'Yours', status: 'paused' }
      problem(await bob.call(`${path.replace('{id}', ids[kind])}?${range}`, { method, body }), 404)
      assert.deepEqual(await things[kind].all(alice), before, `${method} ${path} changed it`)
      assert.ok(!JSON.stringify(await things[kind].all(bob)).includes(ids[kind]))
    }
  })

  test("what is one user's is not there for another", async () => {
    const [alice, bob] = [world.user(), world.user()]
    const made = succeeded(
      await alice.connect({
        verify: false,
        external_id: '777',
        credential: { type: 'refresh_token', refresh_token: 'x' },
      }),
      201,
    )
    assert.deepEqual((await bob.get('/v1/connections')).connections, [])
    assert.equal((await alice.get('/v1/connections')).connections.length, 1)
    problem(await bob.call(`/v1/connections/${made.id}`, { method: 'DELETE' }), 404)
    assert.equal((await alice.get('/v1/connections')).connections.length, 1)
    succeeded(await alice.post('/v1/dashboard/layout', { widgets: [{ id: 'ga4.users' }], version: 1 }))
    assert.deepEqual((await bob.get('/v1/dashboard/layout')).widgets, [])
    assert.equal((await bob.get('/v1/dashboard/meta')).connected_sources.ga4, false)
    assert.equal((await alice.get('/v1/dashboard/meta')).connected_sources.ga4, true)
  })
})

onEngine('sqlite', 'bearer tokens', { sim: null }, (world, test) => {
  const seconds = () => Math.floor(Date.now() / 1000)
  const refused = async token => problem(await world.ask('/v1/dashboard/meta', { token }), 401)
  const accepted = async token => succeeded(await world.ask('/v1/dashboard/meta', { token }))

  test('a good token is accepted, twice', async () => {
    const token = mint()
    await accepted(token)
    await accepted(token)
  })

  test('the scheme is Bearer, in any case, with one token', async () => {
    const token = mint()
    for (const [authorization, status] of [
      [`bearer ${token}`, 200],
      [`BEARER ${token}`, 200],
      [`Basic ${token}`, 401],
      [`Bearer${token}`, 401],
      ['Bearer', 401],
      ['Bearer ', 401],
      [`Bearer ${token} ${token}`, 401],
    ])
      assert.equal(
        (await world.ask('/v1/dashboard/meta', { headers: { authorization } })).status,
        status,
        authorization.slice(0, 10),
      )
  })

  test('none is not an algorithm', async () => {
    for (const alg of [
      'none',
      'None',
      'nOnE',
      '',
      undefined,
      'HS384',
      'HS512',
      'RS256',
      'ES256',
      'hs256',
      ['HS256'],
      null,
    ]) {
      const token = mint({}, { header: { alg, typ: 'JWT' } })
      await refused(token)
      await refused(token.replace(/[^.]*$/, ''))
    }
  })

  test('another secret, an empty one or another hash does not sign', async () => {
    await refused(mint({}, { secret: 'another secret' }))
    await refused(mint({}, { secret: '' }))
    await refused(mint({}, { hash: 'sha512' }))
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    await refused(mint({}, { secret: publicKey.export({ type: 'spki', format: 'pem' }) }))
  })

  test('times are checked, with a minute of tolerance', async () => {
    await refused(mint({ exp: seconds() - 120 }))
    await refused(mint({ exp: undefined }))
    await refused(mint({ exp: 'tomorrow' }))
    await refused(mint({ exp: -1 }))
    await refused(mint({ nbf: seconds() + 600 }))
    await refused(mint({ iat: seconds() + 600 }))
    await accepted(mint({ exp: seconds() - 20 }))
    await accepted(mint({ nbf: seconds() + 20 }))
  })

  test('the subject must be a UUID', async () => {
    for (const sub of [undefined, '', 'alice', 42, null, randomUUID() + 'x', `${randomUUID()}' OR 1=1 --`, '../../etc'])
      await refused(mint({ sub }))
    await accepted(mint({ sub: randomUUID().toUpperCase() }))
  })

  test('a token that was tampered with, cut, stuffed or huge is refused', async () => {
    const token = mint(),
      [head, body, signature] = token.split('.')
    const other = Buffer.from(JSON.stringify({ sub: randomUUID(), exp: seconds() + 3600 })).toString('base64url')
    for (const bad of [
      `${head}.${other}.${signature}`,
      `${head}.${body}`,
      `${head}.${body}.`,
      `..${signature}`,
      `${token}.`,
      `${token}.x`,
      `.${token}`,
      `${token}=`,
      token.replace('.', '..'),
      `${head}.${body}.${signature.slice(0, 10)}`,
      `${head}.${body}.AAAA`,
      mint({ pad: 'x'.repeat(9000) }),
    ])
      await refused(bad)
  })

  test('what a header may ask for is not obeyed', async () => {
    const base = { alg: 'HS256', typ: 'JWT' }
    for (const extra of [{ crit: ['exp'] }, { crit: ['b64'], b64: false }])
      await refused(mint({}, { header: { ...base, ...extra } }))
    await refused(mint({}, { header: '{"alg":"none","alg":"HS256"}', secret: 'wrong' }))
    for (const extra of [{ kid: '../../dev/null' }, { jku: 'http://127.0.0.1:1/' }, { jwk: { kty: 'oct', k: 'AA' } }])
      await refused(mint({}, { header: { ...base, ...extra }, secret: '' }))
  })

  test('what jwt_tool tries is refused', async () => {
    const base = { alg: 'HS256', typ: 'JWT' },
      claims = { sub: randomUUID(), exp: seconds() + 3600 },
      part = value => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const jwk = publicKey.export({ format: 'jwk' })
    const signed = header => {
      const text = `${part({ alg: 'RS256', typ: 'JWT', ...header })}.${part(claims)}`
      return `${text}.${createSign('sha256').update(text).sign(privateKey, 'base64url')}`
    }
    const good = mint(claims)
    for (const bad of [
      `${part(base)}.${part(claims)}.`, // CVE-2020-28042: no signature at all
      ...[
        '../../../../dev/null',
        '/proc/sys/kernel/randomize_va_space',
        "x' UNION SELECT 'k';--",
        '|/bin/true',
        '',
        0,
        ['a'],
      ]
        .map(kid => ({ ...base, kid }))
        .flatMap(header => ['', 'k', '2', '\0'].map(secret => mint(claims, { header, secret }))),
      signed({ jwk: { ...jwk, use: 'sig' } }), // CVE-2018-0114: it brings its own key
      signed({ jwk, kid: 'mine' }),
      signed({ jku: `${world.url}/keys.json`, kid: 'mine' }),
      signed({ x5u: `${world.url}/key.pem` }),
      signed({ x5c: [publicKey.export({ type: 'spki', format: 'der' }).toString('base64')] }),
      ...['pem', 'der'].flatMap(format =>
        ['spki', 'pkcs1'].map(type => mint(claims, { secret: publicKey.export({ type, format }) })),
      ),
      mint(claims, { secret: JSON.stringify(jwk) }),
      `${part({ alg: 'ES256' })}.${part(claims)}.${Buffer.alloc(64).toString('base64url')}`, // CVE-2022-21449
      `${part({ alg: 'dir', enc: 'A128GCM' })}..${part('iv')}.${part(claims)}.${part('tag')}`, // an encrypted one
      mint({}, { header: { ...base, cty: 'JWT', zip: 'DEF', crit: ['zip'] } }),
      `${part({ ...base, cty: 'JWT' })}.${part(good)}.${good.split('.')[2]}`, // one within another
      `${part({ alg: 'HS256 ' })}.${good.split('.').slice(1).join('.')}`,
      `${part('{"alg":"HS256","alg":"none"}')}.${part(claims)}.`,
    ])
      await refused(bad)
    // Of claims that come twice there is no right one.
    const twice = `{"sub":"${randomUUID()}","exp":${seconds() + 3600},"sub":"${claims.sub}"}`
    const text = `${part(base)}.${part(twice)}`
    await refused(`${text}.${createHmac('sha256', JWT_SECRET).update(text).digest('base64url')}`)
  })

  test('the refusal does not repeat the token', async () => {
    const token = mint({ canary: 'canary-7f3a' }, { secret: 'wrong' })
    const answer = await world.ask('/v1/dashboard/meta', { token, headers: { 'x-request-id': 'with-a-canary' } })
    await world.server.says(/with-a-canary/, { from: 'log', ms: 5000 })
    assert.ok(!answer.text.includes(token.slice(20, 60)))
    assert.ok(!world.server.log.includes(token.slice(20, 60)), 'the token is in the log')
  })
})

onEngine(
  'sqlite',
  'issuer and audience',
  { sim: null, env: { JWT_ISSUER: 'https://issuer.example.org', JWT_AUDIENCE: 'daymark' } },
  (world, test) => {
    test('both are exact', async () => {
      const good = { iss: 'https://issuer.example.org', aud: 'daymark' }
      succeeded(await world.ask('/v1/dashboard/meta', { token: mint(good) }))
      succeeded(await world.ask('/v1/dashboard/meta', { token: mint({ ...good, aud: ['other', 'daymark'] }) }))
      for (const bad of [
        { iss: undefined },
        { iss: good.iss + '/' },
        { iss: 'https://evil.example' },
        { aud: undefined },
        { aud: 'Daymark' },
        { aud: ['other'] },
        { aud: 'daymark2' },
      ])
        problem(await world.ask('/v1/dashboard/meta', { token: mint({ ...good, ...bad }) }), 401)
    })
  },
)

onEngine('sqlite', 'without a secret', { sim: null, env: { JWT_SECRET: '' } }, (world, test) => {
  test('no bearer token of anybody is accepted', async () => {
    for (const secret of ['', 'x'])
      problem(await world.ask(`/v1/widgets/ga4.sessions?${range}`, { token: mint({}, { secret }) }), 401)
  })
})
