// Ten switches of the simulators are thrown at random moments of a sync of all three sources. In the end, with all of
// them back and one more run, the tables are those of a run that nobody disturbed, and the sums are the true ones.
import assert from 'node:assert/strict'
import { eventually, succeeded } from '../lib/http.mjs'
import { sleep } from '../lib/programs.mjs'
import { onBothEngines } from '../lib/world.mjs'

// What goes wrong in passing, or needs somebody to mend it; not what changes the numbers themselves.
const FAULTS = [
  ...['expire', 'invalid_grant', 'shuffle', 'extra_members', 'no_row_count'].map(name => [name, 1]),
  ...['500', '503'].flatMap(value => [
    ['token_fault', value],
    ['fault', value],
  ]),
  ...['permission', 'data_api', 'admin_api'].map(value => ['denied', value]),
  ...['hour', 'project_hour', 'day', 'server_errors', 'thresholded'].map(value => ['exhausted', value]),
  ...['half', 'html', 'empty'].map(value => ['broken', value]),
  ['max_rows', 7],
  ['slow', 200],
  ['rotate', 'add'],
  ...['expired', 'password', 'removed'].map(value => ['ig_token', value]),
  ['ig_denied', 1],
  ...['unknown', 'unavailable', 'html', 'error_in_200', 'app_limit'].map(value => ['ig_fault', value]),
  ['ig_slow', 100],
  ['ig_throttle', 2],
  ...['1', '2', '4', '17', '613', '80000', '80004', '104', '190/463', '190/460', '10', '200', '100/33'].map(value => [
    'meta_fault',
    value,
  ]),
  ['meta_status_200', 1],
  ...['html', 'empty'].map(value => ['meta_broken', value]),
  ['meta_slow', 100],
  ['meta_proof', 1],
  ['meta_most_limit', 20],
  ['meta_most_rows', 40],
]

const TABLES = {
  ga4_daily:
    'date, users, new_users, users_7d, users_28d, sessions, engaged_sessions, page_views, conversions, revenue_micros',
  ga4_channel_daily: 'date, channel, users, sessions, engaged_sessions, conversions, revenue_micros',
  ga4_landing_daily: 'date, landing_page, sessions, conversions, revenue_micros',
  ga4_period_users: 'start_date, end_date, users',
  meta_daily:
    'date, campaign_id, campaign, spend_micros, impressions, reach, clicks, link_clicks, conversions, revenue_micros',
  ig_daily: 'date, reach, views, accounts_engaged, total_interactions, likes, comments, saves, shares, profile_views',
}

// The same numbers for the same seed (mulberry32).
function dice(seed) {
  return most => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), seed | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) % most
  }
}

const options = { sim: ['--days', '150', '--seed', '5'], env: { BACKFILL_DAYS: '140' } }

onBothEngines('ten switches thrown', options, (world, test) => {
  const credentials = () => {
    const sim = world.simulated
    return {
      ga4: [sim.property_id, world.credential()],
      meta: [sim.ad_account_id, { type: 'access_token', access_token: sim.meta_access_token }],
      instagram: [sim.instagram_id, { type: 'access_token', access_token: sim.instagram_token }],
    }
  }
  async function connected() {
    await world.sim.reset()
    const user = world.user()
    for (const [source, [external_id, credential]] of Object.entries(credentials()))
      succeeded(await user.connect({ source, external_id, credential }), 201)
    return user
  }
  const tables = user =>
    Object.fromEntries(
      Object.entries(TABLES).map(([name, columns]) => [
        name,
        world.database.ask(`SELECT ${columns} FROM ${name} WHERE user_id = '${user.id}' ORDER BY ${columns}`),
      ]),
    )
  const job = id =>
    world.database.ask(`SELECT status, attempt, not_before IS NULL FROM sync_jobs WHERE id = '${id}'`)[0]

  let whole
  let logs = ''
  test('a run that nobody disturbs gives the true sums', async () => {
    const user = await connected()
    assert.equal((await user.sync('/v1/sync/all/run')).status, 'success')
    whole = tables(user)
    for (const [name, rows] of Object.entries(whole)) assert.ok(rows.length > 10, `${name} has ${rows.length} rows`)
    const days = whole.ga4_daily.map(row => row.split('|'))
    const truth = await world.sim.truth(world.simulated.property_id, days[0][0], days.at(-1)[0])
    assert.deepEqual(
      days.map(([date, users, , , , sessions]) => [date, Number(users), Number(sessions)]),
      truth.days.map(day => [day.date, day.users, day.sessions]),
    )
    const spent = await world.sim.adTruth(world.simulated.ad_account_id, days[0][0], days.at(-1)[0])
    assert.equal(
      Number(world.database.ask(`SELECT sum(spend_micros) FROM meta_daily WHERE user_id = '${user.id}'`)[0]),
      spent.days.reduce((sum, day) => sum + day.spend_micros, 0),
    )
  })

  // Throws the switches while the run goes on, and hastens what waits; what was thrown, for whoever has to find out why.
  async function disturb(id, roll) {
    const thrown = []
    for (let i = 0; i < 10; i++) {
      await sleep(roll(250))
      const [name, value] = FAULTS[roll(FAULTS.length)]
      const one = { value, after: roll(6), times: roll(3) ? 1 + roll(3) : 0 }
      await world.sim.set({ [name]: one })
      thrown.push(`${name}=${JSON.stringify(one)}`)
      if (/^pending.*(0|f)$/.test(job(id)))
        world.database.ask(`UPDATE sync_jobs SET not_before = NULL, attempt = 0 WHERE id = '${id}'`)
    }
    return thrown
  }

  // Whoever looks at the page sees what is dead, and connects it again.
  async function mend(user) {
    for (const { id, source, status } of (await user.get('/v1/connections')).connections)
      if (status === 'reconnect')
        succeeded(
          await user.call(`/v1/connections/${id}`, { method: 'PATCH', body: { credential: credentials()[source][1] } }),
        )
  }

  async function settled(user, id) {
    await eventually(
      () => {
        const state = job(id)
        if (/^pending.*(0|f)$/.test(state))
          world.database.ask(`UPDATE sync_jobs SET not_before = NULL WHERE id = '${id}'`)
        return /^(success|failed)/.test(state)
      },
      { ms: 120000, every: 200, why: () => `${job(id)}: ${world.server.tail()}` },
    )
    await eventually(
      () => !world.database.ask("SELECT 1 FROM sync_jobs WHERE status IN ('pending', 'running')").length,
      { ms: 60000 },
    )
  }

  for (const seed of [1, 2, 3, 4])
    test(`at random, seed ${seed}`, async () => {
      const user = await connected()
      await world.sim.set({ slow: 60, ig_slow: 30, meta_slow: 60 }) // so that it lasts for a while
      const { job_id: id } = succeeded(await user.call('/v1/sync/all/run', { method: 'POST' }), 202)
      const thrown = await disturb(id, dice(seed))
      await world.sim.reset()
      logs += world.server.log
      await world.stopServer() // it would wait for the hour that a quota's refusal asked for
      await world.startServer()
      await settled(user, id)
      await mend(user)
      await eventually(
        () => !world.database.ask("SELECT 1 FROM sync_jobs WHERE status IN ('pending', 'running')").length,
        { ms: 60000 },
      )
      const last = await user.sync('/v1/sync/all/run')
      assert.equal(last.status, 'success', `${last.message}\n${thrown.join('\n')}`)
      assert.deepEqual(tables(user), whole, thrown.join('\n'))
    })

  test('and they were felt', () => {
    const events = logs.match(/"level":"warning","event":"sync\.(later|retry|finished)"/g) ?? []
    assert.ok(events.length >= 2, `only ${events.length} times something went wrong`)
  })
})
