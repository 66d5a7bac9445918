// Meta Ads from the connection to the database, through the simulator: what is stored is what is true.
import assert from 'node:assert/strict'
import { daysAgo, problem, succeeded } from '../lib/http.mjs'
import { onBothEngines } from '../lib/world.mjs'

const COLUMNS = ['spend_micros', 'impressions', 'reach', 'clicks', 'link_clicks', 'conversions', 'revenue_micros']

onBothEngines('meta', { together: true, sim: ['--days', '120'] }, (world, test) => {
  const credential = () => ({ type: 'access_token', access_token: world.simulated.meta_access_token })
  const connect = (user, changes = {}) =>
    user.connect({ source: 'meta', external_id: world.simulated.ad_account_id, credential: credential(), ...changes })
  const sync = user => user.sync('/v1/sync/meta/run')

  // Rows as "date|campaign|numbers…", the simulator's and ours alike.
  const stored = user =>
    world.database.ask(
      `SELECT date, campaign_id, ${COLUMNS.join(', ')} FROM meta_daily WHERE user_id = '${user.id}' ORDER BY 1, 2`,
    )
  const trueRows = truth =>
    truth.days.flatMap(day =>
      day.campaigns.length
        ? day.campaigns.map(one => [day.date, one.campaign_id, ...COLUMNS.map(column => one[column])].join('|')).sort()
        : [[day.date, '', ...COLUMNS.map(() => 0)].join('|')],
    )
  const truth = (account = world.simulated.ad_account_id) => world.sim.adTruth(account, daysAgo(95), daysAgo(0))

  // What was stored for the days that both know: the first run reads 90 days.
  async function assertTrue(user, account) {
    const rows = stored(user),
      all = trueRows(await truth(account))
    assert.ok(rows.length > 0)
    assert.deepEqual(
      rows,
      all.filter(row => row >= rows[0].slice(0, 10)),
    )
    assert.equal(new Set(rows.map(row => row.slice(0, 10))).size, 90)
  }

  test('a first sync stores the truth, campaign by campaign, with its idle days', async () => {
    const user = world.user()
    const connection = succeeded(await connect(user), 201)
    assert.equal(connection.name, 'Alpenglow Outdoor')
    assert.equal(connection.currency, 'EUR')
    assert.equal(connection.time_zone, 'Europe/Berlin')
    assert.equal((await sync(user)).status, 'success')
    await assertTrue(user)
    assert.ok(
      stored(user).some(row => row.split('|')[1] === ''),
      'no day without ads in 90 days',
    )
    const currencies = world.database.ask(`SELECT DISTINCT currency FROM meta_daily WHERE user_id = '${user.id}'`)
    assert.deepEqual(currencies, ['EUR'])
  })

  test('the ad funnel adds up what is true', async () => {
    const user = world.user()
    succeeded(await connect(user), 201)
    assert.equal((await sync(user)).status, 'success')
    const [from, to] = [daysAgo(40), daysAgo(3)]
    const ads = (await truth()).days.filter(day => day.date >= from && day.date <= to).flatMap(day => day.campaigns)
    const sums = ['impressions', 'clicks', 'link_clicks', 'conversions'].map(name =>
      ads.reduce((n, one) => n + one[name], 0),
    )
    const { steps, stats } = await user.get(`/v1/widgets/meta.funnel?startDate=${from}&endDate=${to}`)
    assert.deepEqual(
      steps.map(step => [step.value, step.share_of_previous, step.share_of_first]),
      sums.map((n, i) => [n, i ? n / sums[i - 1] : null, i ? n / sums[0] : null]),
    )
    assert.equal(stats.value, sums[3])
  })

  test('the digits alone will do, and another account is another zone and currency', async () => {
    const user = world.user(),
      digits = world.simulated.small_ad_account_id.slice(4)
    const connection = succeeded(await connect(user, { external_id: digits }), 201)
    assert.equal(connection.external_id, `act_${digits}`)
    assert.equal(connection.currency, 'USD')
    assert.equal((await sync(user)).status, 'success')
    await assertTrue(user, connection.external_id)
  })

  test('an account that never advertised has days of nothing, not gaps', async () => {
    const user = world.user()
    succeeded(await connect(user, { external_id: world.simulated.empty_ad_account_id }), 201)
    assert.equal((await sync(user)).status, 'success')
    const rows = stored(user)
    assert.equal(rows.length, 90)
    assert.ok(rows.every(row => row.endsWith('||0|0|0|0|0|0|0')))
  })

  test('running it again changes nothing', async () => {
    const user = world.user()
    succeeded(await connect(user), 201)
    await sync(user)
    const before = stored(user)
    await sync(user)
    assert.deepEqual(stored(user), before)
  })

  for (const [name, switches] of [
    ['in small pages', { meta_most_limit: 60 }],
    ['in half windows', { meta_most_rows: 25 }],
    ['as report runs', { meta_most_limit: 10, meta_run_looks: 0, meta_run_race: { value: 1, times: 1 } }],
    ['with purchases of an older type', { meta_actions: 'pixel' }],
    ['with zeros and numbers as numbers', { meta_all_metrics: 1, meta_numbers: 1 }],
    ['at 80 % of the limit', { meta_usage: 76, meta_header: 'app' }],
  ])
    test(`the truth also comes ${name}`, async () => {
      const user = world.user()
      succeeded(await connect(user), 201)
      await world.sim.set(switches)
      try {
        const job = await sync(user)
        assert.equal(job.status, 'success', job.message)
        await assertTrue(user)
      } finally {
        await world.sim.reset()
      }
    })

  test('a day that changed later is read again, and the change is noted', async () => {
    const user = world.user()
    await world.sim.set({ meta_drift: 1 })
    succeeded(await connect(user), 201)
    await sync(user)
    const before = stored(user)
    await world.sim.set({ meta_drift: 0 }) // as if 28 days had passed: all purchases are in
    try {
      await sync(user)
      await assertTrue(user)
      const after = stored(user)
      const changed = after.filter((row, i) => row !== before[i]).map(row => row.slice(0, 10))
      assert.ok(changed.length > 0)
      assert.ok(changed.every(day => day >= daysAgo(30)))
      const notes = world.database.ask(
        `SELECT date, metric, old, new FROM restatements WHERE user_id = '${user.id}' AND source = 'meta' ORDER BY 1, 2`,
      )
      assert.deepEqual([...new Set(notes.map(note => note.split('|')[0]))], [...new Set(changed)])
      const sum = (rows, day, column) =>
        rows
          .map(row => row.split('|'))
          .filter(cells => cells[0] === day)
          .reduce((all, cells) => all + Number(cells[2 + COLUMNS.indexOf(column)]), 0)
      for (const note of notes) {
        const [day, metric, old, now] = note.split('|')
        assert.ok(['conversions', 'revenue_micros'].includes(metric), note)
        assert.equal(Number(old), sum(before, day, metric), note)
        assert.equal(Number(now), sum(after, day, metric), note)
      }
    } finally {
      await world.sim.reset()
    }
  })

  test('what was still moving before a gap is read again after it', async () => {
    const user = world.user()
    const { id } = succeeded(await connect(user), 201)
    await sync(user)
    // as if the last run had been 40 days ago, when the purchases of the 28 days before were not all in
    world.database.ask(
      `UPDATE connections SET complete_through = '${daysAgo(41)}', last_success_at = '${daysAgo(40)}T12:00:00.000000Z' WHERE id = '${id}'`,
    )
    world.database.ask(`UPDATE meta_daily SET conversions = 0 WHERE user_id = '${user.id}' AND date > '${daysAgo(68)}'`)
    assert.equal((await sync(user)).status, 'success')
    await assertTrue(user)
  })

  test('accounts of other zones and currencies are said to differ', async () => {
    const user = world.user()
    succeeded(await connect(user), 201)
    succeeded(await connect(user, { external_id: world.simulated.small_ad_account_id }), 201)
    await sync(user)
    const ask = async key => user.get(`/v1/widgets/${key}?startDate=${daysAgo(30)}&endDate=${daysAgo(3)}`)
    for (const key of ['meta.spend', 'meta.roas', 'meta.cost_metrics', 'meta.campaigns']) {
      const { quality, stats } = await ask(key)
      const codes = quality.notices.map(notice => notice.code)
      assert.ok(codes.includes('zone_differs') && codes.includes('currency_mixed'), `${key}: ${codes}`)
      const zones = quality.notices.find(notice => notice.code === 'zone_differs').text
      assert.match(zones, /Europe\/Berlin/)
      assert.match(zones, /America\/Los_Angeles/)
      assert.equal(stats.value, null, key)
    }
    const conversions = (await ask('meta.conversions')).quality.notices.map(notice => notice.code)
    assert.ok(conversions.includes('zone_differs'), conversions.join())
  })

  test('the accounts to choose from come over many pages, and never in part', async () => {
    const user = world.user()
    await world.sim.set({ meta_extra_accounts: 250 })
    try {
      const list = succeeded(await world.accountsToChoose(user, 'meta')).accounts
      assert.equal(list.length, 253)
      assert.equal(list.at(-1).external_id, world.simulated.empty_ad_account_id)
      await world.sim.set({ meta_circle: 1 })
      assert.match((await world.accountsToChoose(user, 'meta')).json.detail, /lead nowhere/)
    } finally {
      await world.sim.reset()
    }
  })

  test('much goes wrong at once, and the numbers are true', async () => {
    const user = world.user()
    succeeded(await connect(user), 201)
    const throws = [
      {
        meta_fault: { value: '2', after: 1, times: 1 },
        meta_numbers: 1,
        meta_all_metrics: 1,
        meta_actions: 'purchase',
      },
      {
        meta_fault: { value: '1', after: 1, times: 1 },
        meta_status_200: 1,
        meta_most_limit: 100,
        meta_actions: 'pixel',
      },
      { meta_most_limit: 10, meta_run: { value: 'skipped', times: 1 }, meta_run_looks: 0 },
      {
        meta_most_limit: 10,
        meta_run: { value: 'failed_why', times: 1 },
        meta_run_looks: 0,
        meta_run_race: { value: 1, times: 1 },
      },
      { meta_most_rows: 25, meta_slow: { value: 300, times: 2 } },
    ]
    try {
      for (const switches of throws) {
        await world.sim.reset()
        await world.sim.set(switches)
        const job = await sync(user)
        assert.equal(job.status, 'success', `${JSON.stringify(switches)}: ${job.message}`)
      }
      await assertTrue(user)
    } finally {
      await world.sim.reset()
    }
  })

  test('a dead token stops the sync, keeps the numbers, and says what to do', async () => {
    const user = world.user()
    const { id } = succeeded(await connect(user), 201)
    await sync(user)
    const before = stored(user)
    await world.sim.set({ meta_fault: '190/463' })
    try {
      const job = await sync(user)
      assert.equal(job.status, 'failed')
      const connection = await user.get(`/v1/connections/${id}`)
      assert.equal(connection.status, 'reconnect')
      assert.match(connection.last_error, /expired/)
      assert.deepEqual(stored(user), before)
    } finally {
      await world.sim.reset()
    }
  })

  test('the end of a token is known ahead', async () => {
    const user = world.user()
    const { id } = succeeded(await connect(user), 201)
    await world.sim.set({ meta_token_days: 10 })
    try {
      await sync(user)
      const { expires_at: end } = await user.get(`/v1/connections/${id}`)
      assert.ok(Math.abs(new Date(end) - Date.now() - 10 * 86400e3) < 3600e3, end)
    } finally {
      await world.sim.reset()
    }
  })

  test('what is wrong is said when it is connected', async () => {
    const user = world.user()
    const said = async (changes, switches = {}) => {
      await world.sim.set(switches)
      try {
        return problem(await connect(user, changes), 422).detail
      } finally {
        await world.sim.reset()
      }
    }
    assert.match(await said({ external_id: 'my account' }), /act_1234567890/)
    assert.match(await said({ external_id: 'act_999' }), /no such account/)
    assert.match(await said({ credential: { type: 'access_token', access_token: 'dead' } }), /no longer valid/)
    assert.match(await said({ credential: { type: 'refresh_token', refresh_token: 'x' } }), /Meta credential/)
    assert.match(await said({}, { meta_fault: '200' }), /ads_read/)
    assert.match(await said({}, { meta_no_scope: 1 }), /ads_read/)
    assert.match(await said({}, { meta_old_version: 1 }), /META_API_VERSION/)
    assert.match(await said({}, { meta_fault: '80004' }), /too many calls/)
  })

  test('no token is ever logged or answered', async () => {
    const user = world.user()
    succeeded(await connect(user), 201)
    await world.sim.set({ meta_fault: { value: '100/33', after: 1, times: 1 } })
    try {
      await sync(user)
      const everything = [
        world.server.out + world.server.log,
        JSON.stringify(await user.get('/v1/connections')),
        world.database.ask('SELECT credential, last_error FROM connections').join(),
        world.database.ask('SELECT message FROM sync_jobs').join(),
        world.database.ask('SELECT message FROM sync_steps').join(),
      ].join('\n')
      for (const secret of [world.simulated.meta_access_token, world.simulated.meta_app_secret])
        assert.ok(!everything.includes(secret))
    } finally {
      await world.sim.reset()
    }
  })

  test('what one source has read stands, also in the settings, when another is refused', async () => {
    const user = world.user()
    const setting = name => world.database.ask(`SELECT value FROM app_settings WHERE key = '${name}_last_success'`)[0]
    succeeded(
      await user.connect({ source: 'ga4', external_id: world.simulated.property_id, credential: world.credential() }),
      201,
    )
    succeeded(await connect(user), 201)
    const [ga4, meta] = ['ga4', 'meta'].map(setting)
    await world.sim.set({ meta_fault: '200' })
    try {
      assert.equal((await user.sync('/v1/sync/all/run')).status, 'failed')
      assert.notEqual(setting('ga4'), ga4)
      assert.equal(setting('meta'), meta)
    } finally {
      await world.sim.reset()
    }
  })
})
