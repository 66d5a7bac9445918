// Looking around with demo data on a server that is no demo; and a key given without a consent page.
import assert from 'node:assert/strict'
import { lastDays, problem, succeeded } from '../lib/http.mjs'
import { onBothEngines } from '../lib/world.mjs'

const range = lastDays(28)

// Nothing here may ask the configured platforms: the simulator of the world stands in for them, and counts.
onBothEngines('demo data', { sim: ['--days', '20'] }, (world, test) => {
  const add = user => user.call('/v1/demo', { method: 'POST', body: {} })
  const remove = user => user.call('/v1/demo', { method: 'DELETE' })

  test('one call fills an empty account, and says everywhere that it is made up', async () => {
    const user = world.user()
    const { job_id: job } = succeeded(await add(user), 202)
    const done = await user.finished(job)
    assert.equal(done.status, 'success', done.message)
    assert.equal(done.steps.length, 3)
    const { connections } = await user.get('/v1/connections')
    assert.deepEqual(
      connections.map(one => one.demo),
      [true, true, true],
    )
    const meta = await user.get('/v1/dashboard/meta')
    assert.equal(meta.demo_data, true)
    assert.ok(Object.values(meta.connected_sources).every(Boolean))
    assert.ok((await user.get(`/v1/widgets/ga4.sessions?${range}`)).stats.value > 0)
    assert.ok((await user.get(`/v1/insights?${range}`)).items.length > 0)
    // A later sync of it reads the same simulators.
    assert.equal((await user.sync('/v1/sync/all/run')).status, 'success')
  })

  test('beside anything connected there is none of it, and nothing real beside it', async () => {
    const real = world.user()
    succeeded(await real.connect({ verify: false }), 201)
    problem(await add(real), 409, 'not-empty')
    assert.equal((await real.get('/v1/dashboard/meta')).demo_data, false)
    const user = world.user()
    succeeded(await add(user), 202)
    problem(await add(user), 409, 'not-empty')
    problem(await user.connect({ verify: false, external_id: '999' }), 409, 'demo-data')
    problem(
      await user.post('/v1/connect/ga4/credential', { credential: { type: 'refresh_token', refresh_token: 'x' } }),
      409,
      'demo-data',
    )
    assert.equal((await user.get('/v1/connections')).connections.length, 3)
  })

  test('its accounts ask no platform', async () => {
    const user = world.user()
    await user.finished(succeeded(await add(user), 202).job_id)
    const [one] = (await user.get('/v1/connections')).connections
    problem(await user.post(`/v1/connections/${one.id}/test`), 409, 'demo-data')
    problem(await user.call(`/v1/connections/${one.id}/reconcile?${range}`), 409, 'demo-data')
    const credential = { type: 'refresh_token', refresh_token: 'x' }
    problem(await user.call(`/v1/connections/${one.id}`, { method: 'PATCH', body: { credential } }), 409, 'demo-data')
  })

  test('one call takes all of it away, and only that of its user', async () => {
    const [user, other] = [world.user(), world.user()]
    for (const each of [user, other]) await each.finished(succeeded(await add(each), 202).job_id)
    succeeded(await remove(user))
    assert.deepEqual((await user.get('/v1/connections')).connections, [])
    for (const table of [
      'ga4_daily',
      'ga4_channel_daily',
      'ga4_landing_daily',
      'ga4_period_users',
      'meta_daily',
      'ig_daily',
      'ig_media',
      'source_notices',
    ])
      assert.deepEqual(world.database.ask(`SELECT user_id FROM ${table} WHERE user_id = '${user.id}'`), [], table)
    assert.equal((await user.get(`/v1/widgets/ga4.sessions?${range}`)).stats.value, null)
    assert.ok((await other.get(`/v1/widgets/ga4.sessions?${range}`)).stats.value > 0)
    problem(await remove(user), 404, 'no-demo')
    problem(await remove(world.user()), 404, 'no-demo')
    succeeded(await user.connect(), 201)
  })
})

onBothEngines('a key without a consent page', { sim: ['--days', '20'] }, (world, test) => {
  const park = (user, source, credential) => user.post(`/v1/connect/${source}/credential`, { credential })

  test('a service account: given, listed, chosen, synced', async () => {
    const user = world.user()
    const key = await world.sim.serviceAccount()
    const answer = await park(user, 'ga4', { type: 'service_account', key })
    const { id } = succeeded(answer, 201)
    assert.equal(answer.headers.get('location'), `/v1/connect/${id}/accounts`)
    assert.ok(!answer.text.includes('PRIVATE'))
    const { accounts } = await user.get(`/v1/connect/${id}/accounts`)
    const mine = accounts.find(one => one.external_id === world.simulated.property_id)
    assert.ok(mine?.name, JSON.stringify(accounts))
    problem(await world.user().call(`/v1/connect/${id}/accounts`), 404)
    const made = succeeded(await user.post(`/v1/connect/${id}/accounts`, { external_ids: [mine.external_id] }), 201)
    assert.equal(made.connections[0].demo, false)
    assert.equal((await user.sync()).status, 'success')
    assert.ok(world.database.ask('SELECT credential FROM connect_grants').every(text => !text.includes('PRIVATE')))
  })

  test('tokens of Meta and Instagram', async () => {
    for (const [source, name, account] of [
      ['meta', 'meta_access_token', 'ad_account_id'],
      ['instagram', 'instagram_token', 'instagram_id'],
    ]) {
      const user = world.user()
      const credential = { type: 'access_token', access_token: world.simulated[name] }
      const { id } = succeeded(await park(user, source, credential), 201)
      const { accounts } = await user.get(`/v1/connect/${id}/accounts`)
      assert.ok(
        accounts.some(one => one.external_id === world.simulated[account]),
        source,
      )
    }
  })

  test('a wrong one is refused in words: its form at once, itself when it is tried', async () => {
    const user = world.user()
    for (const credential of [undefined, 'x', { type: 'service_account' }, { type: 'magic' }])
      problem(await park(user, 'ga4', credential), 422)
    problem(await park(user, 'tiktok', { type: 'access_token', access_token: 'x' }), 404, 'unknown-source')
    const { id } = succeeded(await park(user, 'meta', { type: 'access_token', access_token: 'wrong' }), 201)
    assert.ok(problem(await user.call(`/v1/connect/${id}/accounts`), 422).detail.length > 20)
  })

  test('what an operator needs for the consent pages is told to the letter', async () => {
    const { apps, demo } = await world.user().get('/v1/connect')
    assert.equal(demo, true)
    assert.deepEqual(
      apps.map(app => [app.source, app.ready, app.redirect_uri, app.settings.join()]),
      [
        ['ga4', true, `${world.url}/v1/connect/ga4/callback`, 'GOOGLE_CLIENT_ID,GOOGLE_CLIENT_SECRET'],
        ['meta', true, `${world.url}/v1/connect/meta/callback`, 'META_APP_ID,META_APP_SECRET'],
        ['instagram', true, `${world.url}/v1/connect/instagram/callback`, 'META_APP_ID,META_APP_SECRET'],
      ],
    )
  })
})

onBothEngines(
  'apps that are not there',
  { sim: null, env: { PUBLIC_URL: 'https://numbers.example.org/' } },
  (world, test) => {
    test('are said to be missing, with the public address', async () => {
      const { apps } = await world.user().get('/v1/connect')
      assert.deepEqual(
        apps.map(app => [app.ready, app.redirect_uri]),
        ['ga4', 'meta', 'instagram'].map(source => [
          false,
          `https://numbers.example.org/v1/connect/${source}/callback`,
        ]),
      )
    })
  },
)
