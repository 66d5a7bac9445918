// Credentials that die: nobody is asked in vain, what was read stays, every number that suffers says so, and a new
// credential mends it at once.
import assert from 'node:assert/strict'
import { eventually, lastDays, succeeded } from '../lib/http.mjs'
import { CRON_TOKEN, onBothEngines } from '../lib/world.mjs'

const DAY = 86400e3
const titles = { ga4: 'Google Analytics', meta: 'Meta Ads', instagram: 'Instagram' }

onBothEngines('a dead credential', { sim: ['--days', '25'], env: { BACKFILL_DAYS: '20' } }, (world, test) => {
  const sources = ['ga4', 'meta', 'instagram']
  const credentials = () => {
    const sim = world.simulated
    return {
      ga4: [sim.property_id, world.credential()],
      meta: [sim.ad_account_id, { type: 'access_token', access_token: sim.meta_access_token }],
      instagram: [sim.instagram_id, { type: 'access_token', access_token: sim.instagram_token }],
    }
  }
  const dead = { ga4: { invalid_grant: 1 }, meta: { meta_fault: '190/463' }, instagram: { ig_token: 'expired' } }

  async function connected() {
    const user = world.user()
    for (const [source, [external_id, credential]] of Object.entries(credentials()))
      succeeded(await user.connect({ source, external_id, credential }), 201)
    return user
  }
  const asked = async () => succeeded(await world.sim.ask('/sim/requests')).total
  const states = async user =>
    Object.fromEntries((await user.get('/v1/connections')).connections.map(one => [one.source, one.status]))
  const facts = user =>
    ['ga4_daily', 'meta_daily', 'ig_daily', 'ga4_period_users'].map(table =>
      world.database.ask(`SELECT * FROM ${table} WHERE user_id = '${user.id}' ORDER BY 2, 3, 4`),
    )
  const widgets = async user => (await user.get('/v1/widgets')).widgets
  const notices = async (user, key) => {
    const answer = await user.get(`/v1/widgets/${key}?${lastDays(7)}`)
    return answer.quality.notices.filter(one => one.code === 'reconnect').map(one => one.text)
  }
  const runDone = async () =>
    eventually(() => !world.database.ask("SELECT 1 FROM sync_jobs WHERE status IN ('pending', 'running')").length, {
      ms: 20000,
      why: () => world.server.tail(),
    })

  for (const source of sources) {
    test(`${source}: is asked once, keeps its data, and everything that needs it says so`, async () => {
      await world.sim.reset()
      const user = await connected()
      assert.equal((await user.sync('/v1/sync/all/run')).status, 'success')
      const before = facts(user)

      await world.sim.set(dead[source])
      const job = await user.sync(`/v1/sync/${source}/run`)
      assert.equal(job.status, 'failed')
      assert.deepEqual(await states(user), {
        ga4: 'connected',
        meta: 'connected',
        instagram: 'connected',
        [source]: 'reconnect',
      })
      assert.deepEqual(facts(user), before)

      for (const { key, sources: needs } of await widgets(user)) {
        const texts = await notices(user, key)
        assert.equal(texts.length, needs.includes(source) ? 1 : 0, `${key}: ${texts}`)
        for (const text of texts) {
          assert.ok(text.startsWith(titles[source]), text)
          assert.match(text, /Connect it again/)
        }
      }
      const keys = (await widgets(user)).map(({ key }) => ({ id: key, key }))
      succeeded(await user.post('/v1/dashboard/layout', { widgets: keys, version: 1 }))
      const board = await user.get(`/v1/dashboard/data?${lastDays(7)}`)
      const told = JSON.stringify(board).match(/"code":"reconnect"/g) ?? []
      assert.equal(told.length, (await widgets(user)).filter(one => one.sources.includes(source)).length)

      const { sources: all } = await user.get('/v1/dashboard/meta')
      for (const one of sources) assert.equal(all[one].status, one === source ? 'reconnect' : 'connected')
      const [warning] = all[source].warnings
      assert.equal(warning.code, 'reconnect')
      assert.ok(warning.text.length > 30, warning.text)

      // Neither by hand, nor in the nightly run, nor after a restart.
      const n = await asked()
      await user.sync(`/v1/sync/${source}/run`)
      assert.equal(await asked(), n)
      await world.stopServer()
      await world.startServer()
      world.database.ask(`DELETE FROM connections WHERE user_id <> '${user.id}' OR source <> '${source}'`)
      world.database.ask('DELETE FROM sync_ledger')
      const night = await world.ask(`/v1/sync/${source}/daily`, { headers: { 'x-cron-token': CRON_TOKEN } })
      assert.ok([200, 202].includes(night.status), night.text)
      await runDone()
      assert.equal(await asked(), n)
      assert.equal((await states(user))[source], 'reconnect')

      // A new credential is tried, mends it, and is used at once.
      await world.sim.reset()
      const [{ id }] = (await user.get('/v1/connections')).connections
      const path = `/v1/connections/${id}`
      const mended = succeeded(
        await user.call(path, { method: 'PATCH', body: { credential: credentials()[source][1] } }),
      )
      assert.equal(mended.status, 'connected')
      assert.equal(mended.last_error, null)
      const since = new Date().toISOString()
      await eventually(async () => (await user.get(path)).last_success_at > since, {
        ms: 20000,
        why: () => world.server.tail(),
      })
      for (const { key } of await widgets(user)) assert.deepEqual(await notices(user, key), [])
    })
  }

  test('mended in the browser it is read at once, too', async () => {
    await world.sim.reset()
    const user = world.user()
    const { id } = succeeded(await user.connect(), 201)
    world.database.ask(`UPDATE connections SET status = 'reconnect', last_error = 'dead' WHERE id = '${id}'`)
    const page = (await user.call('/v1/connect/ga4/start')).headers.get('location')
    const back = new URL((await fetch(page, { redirect: 'manual' })).headers.get('location'))
    const parked = (await world.ask(back.pathname + back.search)).headers.get('location').replace('/#connect=', '')
    succeeded(await user.post(`/v1/connect/${parked}/accounts`, { external_ids: [world.simulated.property_id] }), 201)
    await eventually(async () => (await user.get(`/v1/connections/${id}`)).last_success_at, { ms: 20000 })
  })

  test('its end is told 14, 7 and 1 days ahead', async () => {
    await world.sim.reset()
    const user = world.user()
    const { id } = succeeded(await user.connect(), 201)
    const soon = 5000 // the time that asking takes
    const cases = [
      [14 * DAY + 60000, null, null],
      [14 * DAY - soon, 14, /ends in 14 days: connect it again before then/],
      [7 * DAY + 60000, 8, /ends in 8 days: connect it again before then/],
      [7 * DAY - soon, 7, /ends in 7 days: connect it again this week/],
      [DAY + 60000, 2, /ends in 2 days: connect it again this week/],
      [DAY - soon, 1, /ends in 1 day: connect it again today/],
      [60000, 1, /ends in 1 day: connect it again today/],
      [-soon, 0, /has ended: connect it again/],
    ]
    for (const [left, days, text] of cases) {
      const expires = new Date(Date.now() + left).toISOString().replace('Z', '000Z')
      world.database.ask(`UPDATE connections SET expires_at = '${expires}' WHERE id = '${id}'`)
      const warnings = (await user.get('/v1/dashboard/meta')).sources.ga4.warnings
      if (days === null) assert.deepEqual(warnings, [])
      else {
        assert.equal(warnings.length, 1)
        assert.equal(warnings[0].days_left, days)
        assert.match(warnings[0].text, text)
        if (days) assert.match(warnings[0].text, /because its OAuth app is in "Testing": publish the app/)
      }
    }
  })

  test('an app in testing mode is recognised by the 7 days of its sign-in', async () => {
    await world.sim.reset()
    await world.sim.set({ testing: 1 })
    const user = world.user()
    const made = succeeded(await user.connect(), 201)
    assert.ok(Math.abs(Date.parse(made.expires_at) - Date.now() - 7 * DAY) < 60000, made.expires_at)
    const [warning] = (await user.get('/v1/dashboard/meta')).sources.ga4.warnings
    assert.match(warning.text, /^the sign-in ends in 7 days.*"Testing"/)
    assert.equal((await user.sync()).status, 'success')
    assert.equal((await user.get('/v1/dashboard/meta')).sources.ga4.warnings.length, 1)
    await world.sim.set({ invalid_grant: 1 })
    assert.equal((await user.sync()).status, 'failed')
    const [dead] = (await user.get('/v1/dashboard/meta')).sources.ga4.warnings
    assert.equal(dead.code, 'reconnect')
    assert.match(dead.text, /"Testing" mode it ends after 7 days, so publish the app/)
  })
})
