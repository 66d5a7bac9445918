// Widgets that a user makes of formulas: against sums made here, from the rows of the tables.
import assert from 'node:assert/strict'
import { daysAgo, problem, succeeded } from '../lib/http.mjs'
import { onBothEngines } from '../lib/world.mjs'

const [start, end] = [daysAgo(16), daysAgo(3)],
  range = `startDate=${start}&endDate=${end}`,
  before = [daysAgo(30), daysAgo(17)]
const near = (got, want, what) =>
  got === want ||
  assert.ok(Math.abs(got - want) <= 1e-9 * Math.max(1, Math.abs(want)), `${what}: ${got} is not ${want}`)

// Rows by day of a table, straight from the database: { '2026-01-01': { sessions: 12, … } }
const read = (world, table, columns, from, to) =>
  Object.fromEntries(
    world.database
      .ask(
        `SELECT date, ${columns.map(name => `CAST(SUM(${name}) AS bigint)`)} FROM ${table}
         WHERE date BETWEEN '${from}' AND '${to}' GROUP BY date ORDER BY date`,
      )
      .map(line => line.split('|'))
      .map(([date, ...values]) => [date, Object.fromEntries(columns.map((name, i) => [name, Number(values[i])]))]),
  )

onBothEngines('custom widgets', {}, (world, test) => {
  let user, other
  const put = (name, definition, who = user) =>
    who.call(`/v1/widgets/custom.${name}`, { method: 'PUT', body: { title: name, ...definition } })
  const widget = (name, query = `${range}&compare=previous_period`) => user.get(`/v1/widgets/custom.${name}?${query}`)
  const ga4 = (from, to) => read(world, 'ga4_daily', ['sessions', 'conversions', 'revenue_micros', 'users'], from, to)
  const meta = (from, to) => read(world, 'meta_daily', ['spend_micros', 'impressions', 'conversions'], from, to)

  test('three sources are connected and read', async () => {
    user = world.user()
    other = world.user()
    await user.connectAll()
    const job = await user.sync('/v1/sync/all/run')
    assert.equal(job.status, 'success', job.message)
  })

  test('the base metrics are listed with what they can be told apart by', async () => {
    const { metrics } = await user.get('/v1/metrics')
    const spend = metrics.find(one => one.key === 'meta.spend')
    assert.deepEqual(spend, {
      key: 'meta.spend',
      title: 'Ad spend',
      source: 'meta',
      unit: 'money',
      additivity: 'sum',
      dimensions: ['day', 'campaign'],
    })
    assert.deepEqual(metrics.find(one => one.key === 'ga4.users').dimensions, ['day'])
  })

  test('a quotient of two sources is sum over sum, on days that both have', async () => {
    succeeded(await put('cac', { formula: 'meta.spend / ga4.conversions' }))
    const answer = await widget('cac')
    const periods = [
      [ga4(start, end), meta(start, end)],
      [ga4(...before), meta(...before)],
    ].map(([sessions, spend]) => {
      const days = Object.keys(sessions).filter(date => spend[date])
      const sum = (rows, name) => days.reduce((n, date) => n + rows[date][name], 0)
      return { days, sessions, spend, value: sum(spend, 'spend_micros') / 1e6 / sum(sessions, 'conversions') }
    })
    const [now, then] = periods
    assert.equal(answer.series[0].points.length, now.days.length)
    answer.series[0].points.forEach(({ t, v }, i) => {
      assert.equal(t, now.days[i])
      const conversions = now.sessions[t].conversions
      if (conversions) near(v, now.spend[t].spend_micros / 1e6 / conversions, t)
      else assert.equal(v, null)
    })
    near(answer.stats.value, now.value, 'value')
    near(answer.stats.delta, (now.value - then.value) / then.value, 'delta')
    assert.equal(answer.quality.basis, 'ratio')
    // The same number as the built-in widget of that name.
    const built_in = await user.get(`/v1/widgets/corr.blended_cac?${range}&compare=previous_period`)
    near(answer.stats.value, built_in.stats.value, 'the built-in widget')
  })

  test('sums add up, exactly, also in money with a factor', async () => {
    succeeded(await put('profit', { formula: '0.4 * ga4.revenue - meta.spend' }))
    const { series, stats, currency } = await widget('profit')
    const [sessions, spend] = [ga4(start, end), meta(start, end)]
    let total = 0
    for (const { t, v } of series[0].points) {
      const micros = Math.round(0.4 * sessions[t].revenue_micros) - spend[t].spend_micros
      assert.equal(Math.round(v * 1e6), micros)
      total += micros
    }
    assert.equal(Math.round(stats.value * 1e6), total)
    assert.match(currency, /^[A-Z]{3}$/)
  })

  test('people of several days are added up, and the answer says so', async () => {
    succeeded(await put('people', { formula: 'ga4.users' }))
    const { stats, quality } = await widget('people')
    assert.equal(
      stats.value,
      Object.values(ga4(start, end)).reduce((n, day) => n + day.users, 0),
    )
    assert.equal(quality.basis, 'sum_of_days')
  })

  test('parts add up to the whole: channels', async () => {
    succeeded(await put('by_channel', { formula: 'ga4.sessions', dimension: 'channel' }))
    const { breakdown, stats } = await widget('by_channel')
    const total = Object.values(read(world, 'ga4_channel_daily', ['sessions'], start, end)).reduce(
      (n, day) => n + day.sessions,
      0,
    )
    assert.equal(stats.value, total)
    assert.equal(
      breakdown.reduce((n, part) => n + part.value, 0),
      total,
    )
  })

  test('a rate by campaign is a table, whose totals are sum over sum', async () => {
    succeeded(await put('cpm', { formula: '1000 * meta.spend / meta.impressions', dimension: 'campaign' }))
    const { items, totals, stats, columns } = await widget('cpm')
    const sums = Object.values(meta(start, end)).reduce(
      (sum, day) => ({ spend: sum.spend + day.spend_micros / 1e6, impressions: sum.impressions + day.impressions }),
      { spend: 0, impressions: 0 },
    )
    near(stats.value, (1000 * sums.spend) / sums.impressions, 'value')
    near(totals['meta.spend'], sums.spend, 'spend')
    near(
      items.reduce((n, item) => n + item['meta.spend'], 0),
      sums.spend,
      'spend of the items',
    )
    for (const item of items)
      if (item['meta.impressions']) near(item.value, (1000 * item['meta.spend']) / item['meta.impressions'], item.name)
    assert.deepEqual(
      columns.map(column => column.key),
      ['name', 'value', 'meta.spend', 'meta.impressions'],
    )
  })

  test('it is one of the widgets: in the registry, a layout, the whole dashboard', async () => {
    const { widgets } = await user.get('/v1/widgets')
    const mine = widgets.find(one => one.key === 'custom.cac')
    assert.equal(mine.formula, 'meta.spend / ga4.conversions')
    assert.deepEqual(mine.sources, ['ga4', 'meta'])
    succeeded(
      await user.post('/v1/dashboard/layout', { widgets: [{ id: 'a', key: 'custom.cac' }, { id: 'ga4.users' }] }),
    )
    const { widgets: board } = await user.get(`/v1/dashboard/data?${range}&compare=previous_period`)
    assert.deepEqual(board.a, await widget('cac'))
  })

  test('a change shows at once, also where the old answer was kept', async () => {
    succeeded(await put('turn', { formula: 'ga4.sessions' }))
    const first = await widget('turn')
    assert.deepEqual(await widget('turn'), first)
    succeeded(await put('turn', { formula: '2 * ga4.sessions' }))
    assert.equal((await widget('turn')).stats.value, 2 * first.stats.value)
  })

  test("nobody else's", async () => {
    problem(await other.call(`/v1/widgets/custom.cac?${range}`), 404, 'unknown-widget')
    problem(await other.call('/v1/widgets/custom.cac', { method: 'DELETE' }), 404)
    problem(await other.post('/v1/dashboard/layout', { widgets: [{ id: 'custom.cac' }] }), 422)
    assert.ok(!(await other.get('/v1/widgets')).widgets.some(one => one.key.startsWith('custom.')))
    // Of the same name, but his own.
    succeeded(await put('cac', { formula: 'ga4.sessions' }, other))
    assert.equal((await user.get('/v1/widgets')).widgets.find(one => one.key === 'custom.cac').unit, 'money')
  })

  test('what makes no sense is refused with the place and the reason', async () => {
    const refused = [
      [{ formula: 'ga4.sessions + meta.spend' }, /character 26.*money/],
      [{ formula: 'ga4.sessions * ga4.users' }, /multiplied/],
      [{ formula: "ga4.sessions'; DROP TABLE users; --" }, /character 13/],
      [{ formula: 'meta.spend / ga4.conversions', dimension: 'campaign' }, /ga4\.conversions is not known by campaign/],
      [{ formula: 'ga4.sessions', chart: 'pie' }, /line or bar/],
      [{ formula: 'ga4.sessions', unit: 'percent' }, /the unit of this formula is count/],
      [{ formula: 'ga4.sessions', sql: 'SELECT 1' }, /"sql"/],
      [{ formula: 5 }, /formula must be a text/],
      [{}, /formula is missing/],
      [{ formula: 'ga4.sessions', title: '' }, /title/],
      [{ formula: 'ga4.sessions', title: 'x'.repeat(81) }, /title/],
    ]
    for (const [definition, why] of refused) assert.match(problem(await put('bad', definition), 422).detail, why)
    for (const name of ['BAD', 'a-b', '', 'x'.repeat(41), 'é'])
      assert.ok([404, 422].includes((await put(name, { formula: 'ga4.sessions' })).status), name)
    problem(await user.call('/v1/widgets/ga4.users', { method: 'PUT', body: {} }), 409)
    assert.ok(!(await user.get('/v1/widgets')).widgets.some(one => one.key === 'custom.bad'))
  })

  test('a preview keeps nothing', async () => {
    const answer = await user.post(`/v1/widgets/preview?${range}`, { title: 'Try', formula: 'ga4.sessions' })
    assert.equal(succeeded(answer).series[0].name, 'Try')
    problem(await user.post(`/v1/widgets/preview?${range}`, { title: 'Try', formula: 'ga4.' }), 422)
    problem(await user.call(`/v1/widgets/custom.preview?${range}`), 404)
  })

  test('fifty of them, and not one more; one taken away makes room', async () => {
    const third = world.user()
    for (let i = 0; i < 50; i++) succeeded(await put(`w${i}`, { formula: 'ga4.sessions' }, third))
    problem(await put('w50', { formula: 'ga4.sessions' }, third), 422, 'too-many-widgets')
    succeeded(await put('w49', { formula: 'ga4.users' }, third))
    succeeded(await third.call('/v1/widgets/custom.w0', { method: 'DELETE' }))
    succeeded(await put('w50', { formula: 'ga4.sessions' }, third))
  })

  test('two currencies are not put into one number', async () => {
    const rows = world.database.ask("SELECT id FROM connections WHERE source = 'meta'")
    world.database.ask(`UPDATE meta_daily SET currency = 'JPY' WHERE date = '${end}'`)
    succeeded(await put('fresh', { formula: 'ga4.revenue - meta.spend' }))
    const { series, stats, quality } = await widget('fresh')
    assert.ok(rows.length)
    assert.equal(stats.value, null)
    assert.ok(series.every(one => one.points.length === 0))
    assert.ok(quality.notices.some(notice => notice.code === 'currency_mixed'))
    succeeded(await put('spend', { formula: 'meta.spend' }))
    const apart = await widget('spend')
    assert.equal(apart.stats.value, null)
    assert.equal(apart.series.length, 2)
  })
})
