// Targets: kept for each user, paced by the widget's own answers, and drawn where they hold.
import assert from 'node:assert/strict'
import { problem, succeeded, UUID } from '../lib/http.mjs'
import { daysOf, plus, sqlOf, userData } from '../lib/rows.mjs'
import { onBothEngines } from '../lib/world.mjs'

const path = '/v1/targets'
const near = (got, want) =>
  assert.ok(Math.abs(got - want) <= 1e-9 * Math.max(1, Math.abs(want)), `${got} is not ${want}`)
const weekday = day => new Date(day).getUTCDay()

onBothEngines('targets', { sim: null }, (world, test) => {
  let user
  const through = '2026-01-18' // a Sunday
  const data = { ...userData(1), connections: [] }
  for (const name of Object.keys(data)) data[name] = []
  const connection = { currency: 'EUR', time_zone: 'Europe/Berlin', status: 'connected', complete_through: through }
  data.connections.push({ source: 'ga4', external_id: '101', ...connection })
  data.connections.push({ source: 'meta', external_id: 'act_1', ...connection, complete_through: '2026-01-17' })
  data.connections.push({ source: 'instagram', external_id: '171', ...connection })
  for (const date of daysOf({ from: '2025-12-01', to: '2026-01-19' })) {
    const sessions = [10, 100, 110, 120, 130, 140, 20][weekday(date)] + (date > '2026-01-10' ? 5 : 0)
    data.ga4_daily.push({
      account: '101',
      date,
      users: 50,
      users_7d: 200,
      users_28d: 600,
      sessions,
      engaged_sessions: 1,
      conversions: 3,
      revenue_micros: 1e6,
    })
    if (date <= '2026-01-17' && date !== '2026-01-02')
      data.meta_daily.push({
        account: 'act_1',
        date,
        campaign_id: 'c',
        campaign: 'C',
        currency: 'EUR',
        spend_micros: 10500000,
        impressions: 1,
        clicks: 1,
        conversions: 1,
        revenue_micros: 31500000,
      })
    data.ig_daily.push({ account: '171', date, reach: 10, total_interactions: 1, followers: 800 })
  }
  const sessionsOf = (from, to) =>
    data.ga4_daily.filter(row => row.date >= from && row.date <= to).reduce((n, row) => n + row.sessions, 0)
  const make = async body => succeeded(await user.post(path, body), 201)
  const progressOf = async (id, date) => (await user.get(`${path}/${id}?date=${date}`)).progress

  test('rows go in', () => {
    user = world.user()
    world.database.load(sqlOf(user.id, data))
  })

  test('a target is made, read, changed and given up', async () => {
    assert.deepEqual((await user.get(path)).targets, [])
    const answer = await user.post(path, { widget: 'meta.spend', period: 'quarter', value: 1234.56, currency: 'EUR' })
    const made = succeeded(answer, 201)
    assert.match(made.id, UUID)
    assert.equal(answer.headers.get('location'), `${path}/${made.id}`)
    assert.deepEqual(
      [made.widget, made.period, made.value, made.currency, made.start, made.end, made.unit, made.good],
      ['meta.spend', 'quarter', 1234.56, 'EUR', null, null, 'money', 'none'],
    )
    const changed = succeeded(await user.call(`${path}/${made.id}`, { method: 'PATCH', body: { value: 2000 } }))
    assert.deepEqual([changed.value, changed.period, changed.currency], [2000, 'quarter', 'EUR'])
    const dated = { period: 'range', start: '2026-01-01', end: '2026-01-31' }
    const moved = succeeded(await user.call(`${path}/${made.id}`, { method: 'PATCH', body: dated }))
    assert.deepEqual([moved.period, moved.start, moved.end, moved.value], ['range', '2026-01-01', '2026-01-31', 2000])
    assert.equal((await user.get(path)).targets.length, 1)
    succeeded(await user.call(`${path}/${made.id}`, { method: 'DELETE' }))
    assert.deepEqual((await user.get(path)).targets, [])
    for (const method of ['GET', 'DELETE', 'PATCH'])
      problem(await user.call(`${path}/${made.id}`, { method, ...(method === 'PATCH' && { body: {} }) }), 404)
  })

  const good = { widget: 'ga4.sessions', period: 'month', value: 3000 }
  const refusals = [
    ['an unknown widget', { ...good, widget: 'ga4.nothing' }, /ga4\.nothing/],
    ['a widget whose number is a correlation', { ...good, widget: 'corr.spend_vs_sessions' }, /no number/],
    ['no widget', { ...good, widget: undefined }],
    ['an unknown period', { ...good, period: 'year' }, /week, month, quarter or range/],
    ['a range without dates', { ...good, period: 'range' }, /start/],
    ['a range that ends before it starts', { ...good, period: 'range', start: '2026-02-01', end: '2026-01-01' }],
    ['an impossible date', { ...good, period: 'range', start: '2026-02-30', end: '2026-03-01' }],
    ['a range of years', { ...good, period: 'range', start: '2020-01-01', end: '2026-01-01' }],
    ['dates for a month', { ...good, start: '2026-01-01', end: '2026-01-31' }, /range alone/],
    ['no value', { ...good, value: undefined }],
    ['a value of nothing', { ...good, value: 0 }],
    ['a value below nothing', { ...good, value: -5 }],
    ['a text', { ...good, value: '3000' }],
    ['too large a value', { ...good, value: 1e10 }],
    ['a currency for sessions', { ...good, currency: 'EUR' }],
    ['money without a currency', { ...good, widget: 'meta.spend' }, /EUR/],
    ['a currency that is none', { ...good, widget: 'meta.spend', currency: 'euro' }],
    ['a member that nobody knows', { ...good, user_id: 'x' }, /user_id/],
  ]
  for (const [name, body, says] of refusals)
    test(`refuses ${name}`, async () => {
      const answer = await user.post(path, body)
      problem(answer, 422)
      if (says) assert.match(answer.json.detail, says)
      assert.deepEqual((await user.get(path)).targets, [])
    })

  test('one target a widget and period', async () => {
    const first = await make(good)
    problem(await user.post(path, { ...good, value: 5 }), 409, 'target-exists')
    const second = await make({ ...good, period: 'week' })
    const clash = { method: 'PATCH', body: { period: 'month' } }
    problem(await user.call(`${path}/${second.id}`, clash), 409, 'target-exists')
    for (const { id } of [first, second]) succeeded(await user.call(`${path}/${id}`, { method: 'DELETE' }))
  })

  test('a sum is paced by the weekdays of the last four weeks', async () => {
    const { id } = await make(good)
    const progress = await progressOf(id, '2026-01-20')
    const [from, to] = ['2026-01-01', '2026-01-31']
    const pattern = [0, 1, 2, 3, 4, 5, 6].map(day => {
      const days = data.ga4_daily.filter(
        row => row.date > plus(through, -28) && row.date <= through && weekday(row.date) === day,
      )
      assert.equal(days.length, 4)
      return days.reduce((n, row) => n + row.sessions, 0) / 4
    })
    const weight = (first, last) => daysOf({ from: first, to: last }).reduce((n, day) => n + pattern[weekday(day)], 0)
    const value = sessionsOf(from, through)
    assert.deepEqual(
      [progress.start, progress.end, progress.through, progress.value, progress.value_basis, progress.basis],
      [from, to, through, value, 'sum', 'weekday'],
    )
    assert.deepEqual([progress.days, progress.days_complete, progress.days_left], [31, 18, 13])
    near(progress.expected, (3000 * weight(from, through)) / weight(from, to))
    near(progress.projected, value + weight(plus(through, 1), to))
    assert.equal(progress.on_track, progress.projected >= 3000)
    const widget = await user.get(`/v1/widgets/ga4.sessions?startDate=${from}&endDate=${through}`)
    assert.equal(progress.value, widget.stats.value)
    succeeded(await user.call(`${path}/${id}`, { method: 'DELETE' }))
  })

  test('linear where a day of the four weeks is missing; a budget is a plan', async () => {
    const { id } = await make({ widget: 'meta.spend', period: 'month', value: 310, currency: 'EUR' })
    const progress = await progressOf(id, '2026-01-20')
    assert.deepEqual([progress.basis, progress.through, progress.value], ['linear', '2026-01-17', 168])
    near(progress.expected, (310 * 17) / 31)
    near(progress.projected, (168 / 17) * 31)
    assert.equal(progress.on_track, true) // 306 is within a tenth of 310
    await user.call(`${path}/${id}`, { method: 'PATCH', body: { value: 250 } })
    assert.equal((await progressOf(id, '2026-01-20')).on_track, false)
    succeeded(await user.call(`${path}/${id}`, { method: 'DELETE' }))
  })

  test('ratios and levels are compared as they are, people not before the end', async () => {
    const dated = { period: 'range', start: '2026-01-01', end: '2026-01-31' }
    const cases = [
      [{ widget: 'meta.roas', value: 2.9 }, 3, true],
      [{ widget: 'meta.roas', value: 3.1 }, 3, false],
      [{ widget: 'ig.followers', value: 800 }, 800, true],
      [{ widget: 'corr.blended_cac', value: 4, currency: 'EUR' }, 10.5 / 3, true],
      [{ widget: 'corr.blended_cac', value: 3, currency: 'EUR' }, 10.5 / 3, false],
      [{ widget: 'ga4.users', value: 5000 }, 18 * 50, null],
      [{ widget: 'ga4.users', value: 900 }, 18 * 50, true],
    ]
    for (const [wanted, value, onTrack] of cases) {
      const { id } = await make({ ...dated, ...wanted })
      const progress = await progressOf(id, '2020-01-01')
      near(progress.value, value)
      assert.deepEqual(
        [progress.on_track, progress.expected, progress.projected, progress.basis],
        [onTrack, null, null, 'as_is'],
        wanted.widget,
      )
      succeeded(await user.call(`${path}/${id}`, { method: 'DELETE' }))
    }
  })

  test('before the first complete day there is a projection and no value; long before, neither', async () => {
    const { id } = await make({ ...good, period: 'week' })
    const soon = await progressOf(id, '2026-01-19')
    assert.deepEqual([soon.start, soon.through, soon.value, soon.expected], ['2026-01-19', null, null, 0])
    assert.ok(soon.projected > 0)
    const late = await progressOf(id, '2026-03-19')
    assert.deepEqual([late.value, late.projected, late.on_track], [null, null, null])
    const over = await progressOf(id, '2026-01-08')
    assert.deepEqual([over.days_left, over.value], [0, sessionsOf('2026-01-05', '2026-01-11')])
    near(over.projected, over.value)
    problem(await user.call(`${path}/${id}?date=yesterday`), 422)
    succeeded(await user.call(`${path}/${id}`, { method: 'DELETE' }))
  })

  test('money of another currency is not counted', async () => {
    const { id } = await make({ widget: 'meta.spend', period: 'month', value: 310, currency: 'USD' })
    const progress = await progressOf(id, '2026-01-20')
    assert.deepEqual([progress.value, progress.on_track, progress.problem], [null, null, 'currency_differs'])
    succeeded(await user.call(`${path}/${id}`, { method: 'DELETE' }))
  })

  test('a kept answer moves with the target', async () => {
    const widget = '/v1/widgets/ga4.sessions?startDate=2026-01-05&endDate=2026-01-08'
    const ask = async () => {
      const answer = await user.call(widget)
      return { ...succeeded(answer), tag: answer.headers.get('etag') }
    }
    const before = await ask()
    assert.equal(before.target, undefined)
    const { id } = await make(good)
    const drawn = await ask()
    near(drawn.target.per_day, 3000 / 31)
    assert.deepEqual(
      [drawn.target.id, drawn.target.value, drawn.target.start, drawn.target.end],
      [id, 3000, '2026-01-01', '2026-01-31'],
    )
    assert.notEqual(drawn.tag, before.tag)
    await user.call(`${path}/${id}`, { method: 'PATCH', body: { value: 6200 } })
    near((await ask()).target.per_day, 200)
    const across = await user.get('/v1/widgets/ga4.sessions?startDate=2025-12-31&endDate=2026-01-01')
    assert.equal(across.target, undefined)
    const other = world.user()
    assert.equal((await other.get(widget)).target, undefined)
    succeeded(await user.post('/v1/dashboard/layout', { version: 1, widgets: [{ id: 'a', key: 'ga4.sessions' }] }))
    const board = await user.get('/v1/dashboard/data?startDate=2026-01-05&endDate=2026-01-08')
    assert.equal(board.widgets.a.target.id, id)
    succeeded(await user.call(`${path}/${id}`, { method: 'DELETE' }))
    const after = await ask()
    assert.deepEqual([after.target, after.tag], [undefined, before.tag])
  })

  test("a widget of one's own may have a target and a note, another's may not", async () => {
    const key = 'custom.rate',
      dated = { widget: key, period: 'range', start: '2026-01-01', end: '2026-01-31', value: 0.01 }
    const definition = { title: 'Rate', formula: 'ga4.conversions / ga4.sessions' }
    problem(await user.post(path, dated), 422, 'unknown-widget')
    succeeded(await user.call(`/v1/widgets/${key}`, { method: 'PUT', body: definition }))
    const { id, progress } = await make(dated)
    near(progress.value, (18 * 3) / sessionsOf('2026-01-01', through))
    assert.deepEqual([progress.on_track, progress.value_basis], [false, 'ratio']) // neither way is better
    succeeded(await user.post('/v1/annotations', { date: '2026-01-05', text: 'Own', widget: key }), 201)
    const answer = await user.get(`/v1/widgets/${key}?startDate=2026-01-05&endDate=2026-01-08`)
    assert.deepEqual([answer.target.id, answer.target.per_day, answer.annotations[0].text], [id, 0.01, 'Own'])
    const other = world.user()
    problem(await other.post(path, dated), 422, 'unknown-widget')
    problem(await other.post('/v1/annotations', { date: '2026-01-05', text: 'x', widget: key }), 422)
    succeeded(await user.call(`/v1/widgets/${key}`, { method: 'DELETE' }))
    assert.deepEqual((await user.get(path)).targets, [])
    problem(await user.call(`${path}/${id}`), 404)
    succeeded(await user.call(`${path}/${id}`, { method: 'DELETE' }))
  })

  test('there is an end to it', async () => {
    const rich = world.user()
    for (let n = 0; n < 100; n++) {
      const day = plus('2024-01-01', n)
      succeeded(await rich.post(path, { ...good, period: 'range', start: day, end: day }), 201)
    }
    problem(await rich.post(path, good), 422)
    assert.equal((await rich.get(path)).targets.length, 100)
  })
})
