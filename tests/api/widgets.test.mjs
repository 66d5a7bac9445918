// Widgets after a real sync: the numbers that the simulator knows to be true, through HTTP, SQL and HTTP again.
import assert from 'node:assert/strict'
import { daysAgo, lastDays, problem, succeeded } from '../lib/http.mjs'
import { onBothEngines } from '../lib/world.mjs'

const [start, end] = [daysAgo(32), daysAgo(3)],
  range = `startDate=${start}&endDate=${end}`
const sum = (list, name) => list.reduce((n, one) => n + one[name], 0)
const near = (got, want) =>
  assert.ok(Math.abs(got - want) <= 1e-9 * Math.max(1, Math.abs(want)), `${got} is not ${want}`)
const KEYS = ['ga4.users', 'ga4.sessions', 'ga4.conv_rate', 'ga4.traffic_channels']

onBothEngines('widgets', {}, (world, test) => {
  let user, truth
  const widget = (key, query = range) => user.get(`/v1/widgets/${key}?${query}`)
  const days = (from, to) => world.sim.truth(world.simulated.property_id, from, to).then(answer => answer.days)

  test('a first sync brings the data', async () => {
    user = world.user()
    succeeded(await user.connect(), 201)
    const job = await user.sync()
    assert.equal(job.status, 'success', job.message)
    truth = await days(start, end)
    assert.equal(truth.length, 30)
  })

  test('sessions are those of the source, day by day', async () => {
    const { series, stats, quality } = await widget('ga4.sessions')
    assert.deepEqual(
      series[0].points,
      truth.map(day => ({ t: day.date, v: day.sessions })),
    )
    assert.equal(stats.value, sum(truth, 'sessions'))
    assert.equal(stats.delta, null)
    assert.deepEqual(quality.missing_days ?? [], [])
  })

  test('users of a day are its unique visitors, and the basis of the total is said', async () => {
    const { series, stats, quality } = await widget('ga4.users')
    assert.deepEqual(
      series[0].points,
      truth.map(day => ({ t: day.date, v: day.users })),
    )
    assert.ok(['unique', 'sum_of_days'].includes(quality.basis))
    if (quality.basis === 'sum_of_days') assert.equal(stats.value, sum(truth, 'users'))
    else assert.ok(stats.value < sum(truth, 'users') && stats.value >= Math.max(...truth.map(day => day.users)))
  })

  test('users of 7 and 28 days are unique ones', async () => {
    for (const n of [7, 28]) {
      const { stats, quality } = await widget('ga4.users', lastDays(n))
      assert.equal(quality.basis, 'unique')
      const last = truth.find(day => day.date === end)
      assert.equal(stats.value, last[`users_${n}d`])
    }
  })

  test('the conversion rate is that of the whole period', async () => {
    const { series, stats } = await widget('ga4.conv_rate')
    near(stats.value, sum(truth, 'conversions') / sum(truth, 'sessions'))
    series[0].points.forEach((point, i) => near(point.v, truth[i].conversions / truth[i].sessions))
  })

  test('channels add up, and are those of the source', async () => {
    const { series, breakdown, stats } = await widget('ga4.traffic_channels')
    const want = {}
    for (const day of truth)
      for (const { channel, sessions } of day.channels) want[channel] = (want[channel] ?? 0) + sessions
    const got = Object.fromEntries(breakdown.map(part => [part.name, part.value]))
    for (const name of Object.keys(want)) if (want[name]) assert.equal(got[name], want[name], name)
    near(sum(breakdown, 'value'), stats.value)
    near(sum(breakdown, 'share'), 1)
    assert.deepEqual(new Set(series.map(one => one.name)), new Set(breakdown.map(part => part.name)))
    for (const one of series) assert.equal(sum(one.points, 'v'), got[one.name], one.name)
  })

  test('a funnel is made of the sums of the source, and each share of two of them', async () => {
    const before = await days(daysAgo(62), daysAgo(33))
    const { steps, stats, compare } = await widget('ga4.funnel', `${range}&compare=previous_period`)
    const names = ['sessions', 'engaged_sessions', 'conversions']
    assert.deepEqual(
      steps.map(step => [step.key, step.value]),
      names.map(name => [name, sum(truth, name)]),
    )
    assert.deepEqual(
      compare.steps.map(step => step.value),
      names.map(name => sum(before, name)),
    )
    const share = (list, i, base) => sum(list, names[i]) / sum(list, names[base])
    for (const i of [1, 2]) {
      near(steps[i].share_of_previous, share(truth, i, i - 1))
      near(steps[i].share_of_first, share(truth, i, 0))
      near(compare.steps[i].share_of_previous, share(before, i, i - 1))
      near(steps[i].share_delta, share(truth, i, i - 1) / share(before, i, i - 1) - 1)
    }
    assert.deepEqual([steps[0].share_of_previous, steps[0].share_of_first, steps[0].share_delta], [null, null, null])
    assert.equal(stats.value, sum(truth, 'conversions'))
    near(stats.delta, steps[2].delta)
  })

  test('a comparison asks for the period before', async () => {
    const before = await days(daysAgo(62), daysAgo(33))
    const { stats, compare } = await widget('ga4.sessions', `${range}&compare=previous_period`)
    assert.equal(compare.start, daysAgo(62))
    assert.equal(compare.end, daysAgo(33))
    assert.equal(sum(compare.series[0].points, 'v'), sum(before, 'sessions'))
    near(stats.delta, (sum(truth, 'sessions') - sum(before, 'sessions')) / sum(before, 'sessions'))
    for (const word of ['previous', 'prior', 'on'])
      assert.deepEqual((await widget('ga4.sessions', `${range}&compare=${word}`)).stats, stats)
    const custom = await widget(
      'ga4.sessions',
      `${range}&compare=custom&compareStart=${daysAgo(62)}&compareEnd=${daysAgo(33)}`,
    )
    assert.deepEqual(custom.stats, stats)
  })

  test('a year back there was nothing, and that is not zero', async () => {
    const { stats } = await widget('ga4.sessions', `${range}&compare=previous_year`)
    assert.equal(stats.delta, null)
  })

  test('days before the data are missing, not zero', async () => {
    const { series, stats } = await widget('ga4.sessions', 'startDate=2019-01-01&endDate=2019-01-31')
    assert.deepEqual(
      series.flatMap(one => one.points),
      [],
    )
    assert.equal(stats.value, null)
  })

  test('one day is a period', async () => {
    const { series, stats } = await widget('ga4.sessions', `startDate=${end}&endDate=${end}`)
    assert.equal(series[0].points.length, 1)
    assert.equal(stats.value, truth.at(-1).sessions)
  })

  test('a source that is switched off or not connected says so', async () => {
    for (const key of KEYS) {
      const off = await widget(key, `${range}&sources=meta`)
      assert.deepEqual([off.series, off.stats.value, off.stats.delta], [[], null, null])
      assert.ok(
        off.quality.notices.some(notice => notice.code === 'source_off'),
        key,
      )
      const none = succeeded(await world.user().call(`/v1/widgets/${key}?${range}`))
      assert.deepEqual([none.series, none.stats.value], [[], null])
      assert.ok(
        none.quality.notices.some(notice => notice.code === 'not_connected'),
        key,
      )
    }
  })

  test('the same question has the same tag, and is not answered twice', async () => {
    for (const key of KEYS) {
      const path = `/v1/widgets/${key}?${range}`,
        first = await user.call(path),
        tag = first.headers.get('etag')
      assert.match(tag ?? '', /^"[^"]+"$/, 'no strong ETag')
      assert.match(first.headers.get('cache-control') ?? '', /private/)
      for (const header of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
        const again = await user.call(path, { headers: { 'if-none-match': header, 'x-request-id': 'again' } })
        assert.equal(again.status, 304, header)
        assert.equal(again.text, '')
        assert.equal(again.headers.get('etag'), tag)
        assert.equal(again.headers.get('x-request-id'), 'again') // shared replies carry the client's own only
      }
      assert.equal((await user.call(path, { headers: { 'if-none-match': '"other"' } })).status, 200)
      assert.notEqual((await user.call(`${path}&compare=previous_period`)).headers.get('etag'), tag)
    }
  })

  test('a sync that changes the data changes the tag', async () => {
    const path = `/v1/widgets/ga4.sessions?${range}`,
      tag = (await user.call(path)).headers.get('etag')
    assert.equal((await user.sync()).status, 'success')
    assert.equal((await user.call(path, { headers: { 'if-none-match': tag } })).status, 200)
  })

  test('the registry names every widget', async () => {
    const { widgets } = await user.get('/v1/widgets')
    for (const key of KEYS) {
      const one = widgets.find(one => one.key === key)
      assert.ok(one, `${key} is missing`)
      for (const name of ['title', 'description', 'unit', 'chart']) assert.ok(one[name], `${key} has no ${name}`)
      assert.deepEqual(one.sources, ['ga4'])
    }
    assert.equal(new Set(widgets.map(one => one.key)).size, widgets.length)
    for (const { key } of widgets) await widget(key)
  })

  const wrong = [
    '',
    `startDate=${start}`,
    `endDate=${end}`,
    `startDate=&endDate=${end}`,
    'startDate=2026-02-30&endDate=2026-03-01',
    `startDate=${end}&endDate=${start}`,
    'startDate=2020-01-01&endDate=2026-01-01',
    `startDate=${start}T00:00:00Z&endDate=${end}`,
    'startDate=20260101&endDate=20260131',
    'startDate=2026-1-1&endDate=2026-01-31',
    `${range}&compare=sideways`,
    `${range}&compare=`,
    `${range}&sources=tiktok`,
    `${range}&sources=`,
    `startDate=${'9'.repeat(40)}&endDate=${end}`,
    `${range}&compare=custom`,
    `${range}&compare=custom&compareStart=${start}`,
    `startDate=1;drop table users&endDate=${end}`,
    `startDate=%00&endDate=${end}`,
    `startDate=%ff&endDate=${end}`,
  ]
  test('bad questions get clear answers', async () => {
    for (const query of wrong) {
      const answer = await user.call(`/v1/widgets/ga4.sessions?${query}`)
      assert.ok(problem(answer, 422).detail.length > 10, query)
    }
    for (const key of ['ga4.nothing', 'ga4', 'GA4.SESSIONS', 'ga4.sessions.', "ga4.sessions'--", '..'])
      problem(await user.call(`/v1/widgets/${key}?${range}`), 404)
    problem(await user.call(`/v1/widgets/%00?${range}`), 400)
  })

  test('1,100 days are answered, 1,101 are not', async () => {
    succeeded(await user.call(`/v1/widgets/ga4.sessions?startDate=${daysAgo(1099)}&endDate=${daysAgo(0)}`))
    problem(await user.call(`/v1/widgets/ga4.sessions?startDate=${daysAgo(1100)}&endDate=${daysAgo(0)}`), 422)
  })

  test('ig is a name for instagram', async () => {
    succeeded(await user.call(`/v1/widgets/ga4.sessions?${range}&sources=ga4,ig`))
  })
})
