// Connecting in the browser: to the consent page, back, and the choice of accounts.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { lastDays, problem, succeeded } from '../lib/http.mjs'
import { onBothEngines } from '../lib/world.mjs'

onBothEngines('connecting in the browser', { sim: ['--days', '20'] }, (world, test) => {
  const sources = {
    ga4: () => world.simulated.property_id,
    meta: () => world.simulated.ad_account_id,
    instagram: () => world.simulated.instagram_id,
  }
  const location = answer => {
    assert.equal(answer.status, 302, answer.text)
    return answer.headers.get('location')
  }
  const start = async (user, source) => new URL(location(await user.call(`/v1/connect/${source}/start`)))
  // What the consent page sends the browser back to, as a path of ours.
  const consent = async address => {
    const back = new URL(location(await fetch(address, { redirect: 'manual' })))
    assert.equal(back.origin, world.url)
    return back.pathname + back.search
  }
  const idOf = answer => /^\/#connect=([0-9a-f-]{36})$/.exec(location(answer))[1]
  const dance = async (user, source) => idOf(await world.ask(await consent(await start(user, source))))
  const accounts = (user, id) => user.call(`/v1/connect/${id}/accounts`)
  const choose = (user, id, ...external_ids) => user.post(`/v1/connect/${id}/accounts`, { external_ids })
  const withSwitches = async (switches, body) => {
    await world.sim.set(switches)
    try {
      return await body()
    } finally {
      await world.sim.reset()
    }
  }

  for (const [source, external_id] of Object.entries(sources)) {
    test(`${source}: there, back, chosen, synced`, async () => {
      const user = world.user()
      const id = await dance(user, source)
      const list = succeeded(await accounts(user, id))
      assert.equal(list.source, source)
      const mine = list.accounts.find(one => one.external_id === external_id())
      assert.ok(mine?.name, JSON.stringify(list))
      assert.equal(mine.connected, false)
      const [made] = succeeded(await choose(user, id, mine.external_id, mine.external_id), 201).connections
      assert.equal(made.source, source)
      assert.equal(made.status, 'connected')
      assert.ok(made.name)
      assert.equal((await user.get('/v1/connections')).connections.length, 1)
      problem(await accounts(user, id), 404) // a sign-in is chosen from once
      assert.equal((await user.sync(`/v1/sync/${source}/run`)).status, 'success')
    })

    test(`${source}: connecting again mends a dead one`, async () => {
      const user = world.user()
      const first = succeeded(await choose(user, await dance(user, source), external_id()), 201).connections[0]
      world.database.ask(`UPDATE connections SET status = 'reconnect', last_error = 'dead' WHERE id = '${first.id}'`)
      const id = await dance(user, source)
      assert.equal(
        succeeded(await accounts(user, id)).accounts.find(one => one.external_id === external_id()).connected,
        true,
      )
      const again = succeeded(await choose(user, id, external_id()), 201).connections[0]
      assert.equal(again.id, first.id)
      assert.equal(again.status, 'connected')
      assert.equal(again.last_error, null)
    })

    test(`${source}: who says no is told so, and nothing is connected`, async () => {
      const user = world.user()
      await withSwitches({ consent: 'deny' }, async () => {
        const id = await dance(user, source)
        assert.match(problem(await accounts(user, id), 422, 'consent-failed').detail, /not allowed/)
        problem(await choose(user, id, external_id()), 422)
      })
      assert.deepEqual((await user.get('/v1/connections')).connections, [])
    })

    test(`${source}: a state works once, here, for its own user, and for ten minutes`, async () => {
      const user = world.user(),
        back = await consent(await start(user, source))
      const other = source === 'ga4' ? 'meta' : 'ga4'
      problem(await world.ask(back.replace(`/${source}/`, `/${other}/`)), 400, 'bad-state')
      problem(await world.user().call(back), 403, 'foreign-state')
      problem(await world.ask(back.replace(/state=[^&]*/, 'state=wrong')), 400, 'bad-state')
      problem(await world.ask(back.replace(/state=[^&]*/, '')), 400, 'bad-state')
      const id = idOf(await user.call(back))
      problem(await world.ask(back), 400, 'bad-state')
      problem(await accounts(world.user(), id), 404)
      problem(await choose(world.user(), id, external_id()), 404)

      const late = await consent(await start(user, source))
      world.database.ask(`UPDATE connect_states SET expires_at = '2020-01-01 00:00:00+00'`)
      problem(await world.ask(late), 400, 'bad-state')
    })

    test(`${source}: the consent is asked with exactly our address`, async () => {
      const asked = (await start(world.user(), source)).searchParams
      assert.equal(asked.get('redirect_uri'), `${world.url}/v1/connect/${source}/callback`)
      assert.ok(asked.get('state').length >= 43)
      assert.notEqual((await start(world.user(), source)).searchParams.get('state'), asked.get('state'))
    })

    test(`${source}: another way back than was asked for is refused`, async () => {
      const user = world.user(),
        address = await start(user, source)
      address.searchParams.set('redirect_uri', `${world.url}/v1/connect/${source}/callback?x=1`)
      const answer = await fetch(address, { redirect: 'manual' })
      const back = new URL(answer.headers.get('location').replace('?x=1?', '?x=1&'))
      const id = idOf(await world.ask(back.pathname + back.search))
      assert.match(problem(await accounts(user, id), 422).detail, source === 'ga4' ? /PUBLIC_URL/ : /redirect_uri/)
    })

    test(`${source}: an account that the sign-in can't read connects nothing`, async () => {
      const user = world.user(),
        id = await dance(user, source)
      const wrong = { ga4: '999999999', meta: 'act_999', instagram: '17849999999999999' }[source]
      assert.match(problem(await choose(user, id, external_id(), wrong), 422).detail, new RegExp(wrong))
      assert.deepEqual((await user.get('/v1/connections')).connections, [])
      for (const body of [
        {},
        { external_ids: [] },
        { external_ids: [1] },
        { external_ids: 'x' },
        { external_ids: [external_id()], more: 1 },
      ])
        problem(await user.post(`/v1/connect/${id}/accounts`, body), 422)
      succeeded(await choose(user, id, external_id()), 201)
    })

    test(`${source}: a missing permission is named`, async () => {
      const user = world.user()
      const said = await withSwitches(
        { consent_scope: 'none', meta_no_scope: 1 },
        async () => problem(await accounts(user, await dance(user, source)), 422).detail,
      )
      assert.match(said, { ga4: /tick the box/, meta: /ads_read/, instagram: /instagram_basic/ }[source])
    })
  }

  test('Google is asked with PKCE, offline and with consent, and the verifier is checked', async () => {
    const user = world.user(),
      address = await start(user, 'ga4'),
      asked = address.searchParams
    assert.equal(asked.get('access_type'), 'offline')
    assert.equal(asked.get('prompt'), 'consent')
    assert.equal(asked.get('code_challenge_method'), 'S256')
    assert.match(asked.get('code_challenge'), /^[\w-]{43}$/)
    asked.set('code_challenge', createHash('sha256').update('of somebody else').digest('base64url'))
    const id = idOf(await world.ask(await consent(address)))
    assert.match(problem(await accounts(user, id), 422).detail, /connect again/)
  })

  test('all pages of properties are listed', async () => {
    const user = world.user()
    await withSwitches({ extra_accounts: 450 }, async () => {
      const list = succeeded(await accounts(user, await dance(user, 'ga4'))).accounts
      assert.ok(list.some(one => one.external_id === world.simulated.property_id))
      assert.equal(new Set(list.map(one => one.external_id)).size, list.length)
    })
  })

  const daysLeft = end => Math.round((new Date(end) - Date.now()) / 86400e3)

  test('the end of a sign-in is known from the first moment, and warned of', async () => {
    const user = world.user()
    await withSwitches({ testing: 1, meta_token_days: 10 }, async () => {
      for (const [source, left] of [
        ['ga4', 7],
        ['meta', 10],
        ['instagram', 10],
      ]) {
        const made = succeeded(await choose(user, await dance(user, source), sources[source]()), 201).connections[0]
        assert.equal(daysLeft(made.expires_at), left)
        const { warnings } = (await user.get('/v1/dashboard/meta')).sources[source]
        const [warning] = warnings.filter(one => one.code === 'expires')
        assert.equal(warning.days_left, left)
        assert.equal(warning.expires_at, made.expires_at)
        assert.equal(warning.connection_id, made.id)
      }
      await user.sync()
      assert.equal(
        daysLeft((await user.get('/v1/connections')).connections.find(one => one.source === 'ga4').expires_at),
        7,
      )
    })
  })

  for (const [source, dead] of Object.entries({
    ga4: { invalid_grant: 1 },
    meta: { meta_fault: '190/460' },
    instagram: { ig_token: 'password' },
  }))
    test(`${source}: when the sign-in is dead, every widget it feeds says so`, async () => {
      const user = world.user()
      succeeded(await choose(user, await dance(user, source), sources[source]()), 201)
      await withSwitches(dead, async () => assert.equal((await user.sync(`/v1/sync/${source}/run`)).status, 'failed'))
      assert.equal((await user.get('/v1/connections')).connections[0].status, 'reconnect')
      const fed = (await user.get('/v1/widgets')).widgets.filter(
        one => one.sources.length === 1 && one.sources[0] === source,
      )
      assert.ok(fed.length > 0)
      for (const { key } of fed) {
        const { quality } = await user.get(`/v1/widgets/${key}?${lastDays(7)}`)
        assert.ok(
          quality.notices.some(one => one.code === 'reconnect'),
          `${key}: ${JSON.stringify(quality)}`,
        )
      }
      const { warnings } = (await user.get('/v1/dashboard/meta')).sources[source]
      assert.deepEqual(
        warnings.map(one => one.code),
        ['reconnect'],
      )
    })

  test('a pasted token has its end too, and a far one is no warning', async () => {
    const user = world.user()
    const credential = { type: 'access_token', access_token: world.simulated.meta_access_token }
    const paste = () => user.connect({ source: 'meta', external_id: sources.meta(), credential })
    await withSwitches({ meta_token_days: 40 }, async () => {
      const made = succeeded(await paste(), 201)
      assert.equal(daysLeft(made.expires_at), 40)
      const warn = async days => {
        const at = new Date(Date.now() + days * 86400e3).toISOString().replace('Z', '000Z')
        world.database.ask(`UPDATE connections SET expires_at = '${at}' WHERE id = '${made.id}'`)
        return (await user.get('/v1/dashboard/meta')).sources.meta.warnings.map(one => one.days_left)
      }
      assert.deepEqual(await warn(14.5), [])
      for (const days of [14, 7, 1]) assert.deepEqual(await warn(days - 0.1), [days])
    })
  })

  test('no code, token or verifier is stored in the clear, logged or answered', async () => {
    const user = world.user()
    const shown = []
    for (const source of Object.keys(sources)) {
      const id = await dance(user, source)
      shown.push((await accounts(user, id)).text)
    }
    const everything = [
      ...shown,
      world.server.out + world.server.log,
      world.database.ask('SELECT credential, failure FROM connect_grants').join(),
    ].join('\n')
    for (const secret of [
      world.simulated.meta_access_token,
      world.simulated.instagram_token,
      world.simulated.client_secret,
      world.simulated.meta_app_secret,
      '"refresh_token"',
    ])
      assert.ok(!everything.includes(secret))
  })

  test('sources that do not exist, and a server without an app', async () => {
    const user = world.user()
    problem(await user.call('/v1/connect/tiktok/start'), 404, 'unknown-source')
    problem(await world.ask('/v1/connect/tiktok/callback?state=x'), 404, 'unknown-source')
    problem(await world.ask('/v1/connect/ga4/start'), 401)
    problem(await user.call('/v1/connect/zzz/accounts'), 404)
  })

  test('on the command line a token comes from standard input', async () => {
    const user = world.user()
    world.database.ask(
      `INSERT INTO users (id, email, role, created_at) VALUES ('${user.id}', '${user.id}@example.org', 'user', '2026-01-01 00:00:00+00')`,
    )
    const made = await world.command(['connect', 'meta', sources.meta(), '--user', user.id, '--token'], {
      input: `${world.simulated.meta_access_token}\n`,
    })
    assert.match(JSON.stringify(made), /connected Alpenglow/)
    assert.equal((await user.get('/v1/connections')).connections[0].external_id, sources.meta())
    // "Connect it again", says a dead sign-in: the same command does that.
    world.database.ask(`UPDATE connections SET status = 'reconnect' WHERE user_id = '${user.id}'`)
    const again = await world.command(['connect', 'meta', sources.meta(), '--user', user.id, '--token'], {
      input: `${world.simulated.meta_access_token}\n`,
    })
    assert.equal(again.code, 0, again.log)
    assert.match(again.out, /gave Alpenglow.* the new credential/)
    const { connections } = await user.get('/v1/connections')
    assert.deepEqual(
      connections.map(one => one.status),
      ['connected'],
    )
  })
})
