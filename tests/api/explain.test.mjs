// Why a number changed: parts that add up to it, beside a second implementation of the same formulas.
import assert from 'node:assert/strict'
import { assertAddsUp, assertSame, near } from '../lib/adds-up.mjs'
import { problem, succeeded } from '../lib/http.mjs'
import { dayOf, dice, explained, invent, store, SUBJECTS } from '../lib/explained.mjs'
import { onBothEngines } from '../lib/world.mjs'

const total = list => list.reduce((n, one) => n + one, 0)
const code = (answer, which) => answer.notices.some(notice => notice.code === which)

onBothEngines('explain', { sim: null }, (world, test) => {
  // "meta.cost_metrics#cpa" is one of the numbers of a widget that has several.
  const at = (key, query) => {
    const [widget, metric] = key.split('#')
    return `/v1/widgets/${widget}/explain?${query}${metric ? `&metric=${metric}` : ''}`
  }
  const ask = (user, key, query) => user.get(at(key, query))
  // The widget's own number and its delta; a table says no delta of its totals.
  const statsOf = (widget, metric) =>
    metric ? (widget.metrics?.[metric] ?? { value: widget.totals[metric] }) : widget.stats
  const refuse = (user, key, query) => user.call(`/v1/widgets/${key}/explain?${query}`)
  const range = (from, to, more = '') => `startDate=${dayOf(from)}&endDate=${dayOf(to)}${more}`

  function keep(data) {
    const user = world.user()
    store(world.database, user.id, data)
    return user
  }

  for (const [seed, options] of [
    [1, {}],
    [2, {}],
    [3, {}],
    [4, {}],
    [5, { huge: true }],
  ])
    test(`every widget by everything, against a second implementation: seed ${seed}`, async () => {
      const data = invent(seed, options),
        user = keep(data),
        roll = dice(seed * 77)
      let answers = 0,
        unknown = 0,
        remainders = 0
      for (const key of Object.keys(SUBJECTS))
        for (const by of Object.keys(SUBJECTS[key].by))
          for (let round = 0; round < 4; round++) {
            const length = 1 + roll.whole(18),
              from = roll.whole(data.days),
              before = roll.whole(data.days) - 5
            const current = [from, from + length - 1]
            const previous = roll.chance(0.5) ? [from - length, from - 1] : [before, before + roll.whole(20)]
            const compare = `&compare=custom&compareStart=${dayOf(previous[0])}&compareEnd=${dayOf(previous[1])}`
            const query = range(...current, compare)
            const answer = await ask(user, key, `${query}&by=${by}`)
            const [name, metric] = key.split('#')
            const stats = statsOf(await user.get(`/v1/widgets/${name}?${query}`), metric)
            const what = `${key} by ${by}, ${query}`
            assert.equal(answer.key, name)
            assert.equal(answer.metric, metric ?? null)
            assert.equal(answer.by, by)
            assert.deepEqual(
              [answer.current.start, answer.current.end, answer.previous.start, answer.previous.end],
              [...current, ...previous].map(dayOf),
            )
            assert.equal(answer.current.value, stats.value, `${what}: the widget's value`)
            if (stats.delta !== undefined) assert.equal(answer.delta, stats.delta, `${what}: the widget's delta`)
            assertAddsUp(answer, what)
            assertSame(answer, explained(data, key, by, current, previous), what)
            answers++
            unknown += answer.change === null
            remainders += answer.remainder !== null
          }
      assert.ok(answers > 100 && unknown < answers / 2 && remainders > 3, `${answers}, ${unknown}, ${remainders}`)
    })

  test('by factors: they add up, and stand for what they say', async () => {
    const data = invent(11),
      user = keep(data)
    const chains = {
      'meta.spend': ['impressions', 'cpm'],
      'meta.conversions': ['impressions', 'ctr', 'conversions_per_click'],
      'meta.cost_metrics#cpc': ['cpm', 'ctr'],
      'meta.cost_metrics#cpa': ['cpm', 'ctr', 'conversions_per_click'],
      'meta.roas': ['ctr', 'conversions_per_click', 'order_value', 'cpm'],
      'ga4.revenue': ['sessions', 'revenue_per_session'],
    }
    const divides = {
      'meta.roas': ['cpm'],
      'meta.cost_metrics#cpc': ['ctr'],
      'meta.cost_metrics#cpa': ['ctr', 'conversions_per_click'],
    }
    for (const [key, ids] of Object.entries(chains)) {
      const below = part => divides[key]?.includes(part.id) ?? false
      const answer = await ask(user, key, range(20, 29, '&by=factor'))
      assertAddsUp(answer, key)
      assert.deepEqual(new Set(answer.parts.map(part => part.id)), new Set(ids))
      assert.equal(answer.remainder, null)
      const product = when =>
        answer.parts.reduce((n, part) => {
          const value = part.id === 'cpm' ? part[when] / 1000 : part[when]
          return below(part) ? n / value : n * value
        }, 1)
      near(product('current'), answer.current.value, answer.current.value, key)
      near(product('previous'), answer.previous.value, answer.previous.value, key)
      // LMDI, once more
      const mean =
        (answer.current.value - answer.previous.value) / Math.log(answer.current.value / answer.previous.value)
      for (const part of answer.parts) {
        const want = (below(part) ? -1 : 1) * mean * Math.log(part.current / part.previous)
        near(part.change, want, answer.current.value * 1000, `${key}: ${part.id}`)
      }
    }
  })

  test('conversions without clicks break the chain: all of it is the remainder', async () => {
    const data = invent(12)
    for (const ad of data.ads) if (ad.day >= 20) ad.clicks = 0
    data.ads.push({
      account: 'act_7',
      day: 25,
      campaign: '5',
      name: 'Views',
      spend: 1000000,
      impressions: 10,
      clicks: 0,
      conversions: 3,
      revenue: 0,
    })
    const user = keep(data)
    const answer = await ask(user, 'meta.conversions', range(20, 29, '&by=factor'))
    assertAddsUp(answer, 'broken')
    assert.ok(answer.parts.every(part => part.change === 0))
    assert.equal(answer.remainder.change, answer.change)
    assert.ok(code(answer, 'factors_unknown'))
  })

  test('a comparison that is off is that with the period before', async () => {
    const user = keep(invent(13))
    const off = await ask(user, 'ga4.sessions', range(20, 29, '&by=channel'))
    assert.deepEqual([off.previous.start, off.previous.end], [dayOf(10), dayOf(19)])
    assert.deepEqual(await ask(user, 'ga4.sessions', range(20, 29, '&by=channel&compare=previous')), off)
    assert.deepEqual(await ask(user, 'ga4.sessions', range(20, 29, '&by=channel&compare=off')), off)
  })

  test('only complete days are compared, the same as for the delta of the widget', async () => {
    const user = keep({ ...invent(14), through: 26 })
    for (const [key, by] of [
      ['ga4.revenue', 'channel'],
      ['ga4.conv_rate', 'landing_page'],
      ['meta.roas', 'campaign'],
      ['meta.roas', 'factor'],
      ['corr.mer', 'account'],
    ]) {
      const query = range(20, 29, '&compare=previous')
      const answer = await ask(user, key, `${query}&by=${by}`)
      const widget = await user.get(`/v1/widgets/${key}?${query}`)
      assert.deepEqual([answer.current.start, answer.current.end], [dayOf(20), dayOf(26)])
      assert.deepEqual([answer.previous.start, answer.previous.end], [dayOf(10), dayOf(16)])
      assert.ok(code(answer, 'complete_days_only'), key)
      assert.notEqual(answer.delta, null)
      assert.equal(answer.delta, widget.stats.delta, key)
      assertAddsUp(answer, key)
      if (by !== 'factor') assertSame(answer, explained({ ...invent(14) }, key, by, [20, 26], [10, 16]), key)
    }
    const none = await ask(user, 'ga4.revenue', range(28, 29, '&by=channel'))
    assert.deepEqual([none.current.start, none.change, none.parts], [null, null, []])
    assert.ok(code(none, 'complete_days_only'))
  })

  test('days that may still change are counted: late numbers are a part of the change', async () => {
    const user = keep({ ...invent(14), through: 38 })
    const meta = await ask(user, 'meta.roas', range(30, 38, '&by=campaign'))
    assert.match(meta.notices.find(notice => notice.code === 'provisional')?.text ?? '', /^9 days .* and 9 /)
    const later = await ask(user, 'meta.roas', range(20, 29, '&by=campaign')) // 11 to 38 are moving: 10 and 9 of these
    assert.match(later.notices.find(notice => notice.code === 'provisional').text, /^10 days .* and 9 /)
    assert.ok(!code(await ask(user, 'ga4.sessions', range(20, 29)), 'provisional'))
  })

  test('days that one of the periods lacks are named', async () => {
    const data = invent(14)
    data.ga4 = data.ga4.filter(row => ![12, 25, 26].includes(row.day))
    const there = new Set(data.ga4.map(row => row.day)),
      properties = new Set(data.ga4.map(row => row.property)).size
    const full = day => data.ga4.filter(row => row.day === day).length === properties
    const lacks = (from, to) =>
      Array.from({ length: to - from + 1 }, (_, i) => from + i)
        .filter(day => !full(day))
        .map(dayOf)
    const user = keep(data)
    const answer = await ask(user, 'ga4.sessions', range(20, 29, '&by=channel'))
    assert.ok(there.size > 20 && lacks(10, 19).length > 0)
    assert.deepEqual(answer.current.missing_days, lacks(20, 29))
    assert.deepEqual(answer.previous.missing_days, lacks(10, 19))
    assert.ok(code(answer, 'missing_days'))
    const one = await ask(user, 'ga4.sessions', range(25, 25, '&by=channel'))
    assert.deepEqual([one.current.value, one.current.missing_days], [null, [dayOf(25)]])
  })

  test('without a way to split, the one that says most is taken', async () => {
    const data = invent(14)
    // all of the change comes through one landing page, and evenly through the channels
    data.ga4 = []
    data.channels = []
    data.pages = []
    data.connections = data.connections.filter(one => one.source !== 'ga4' || one.id === '101')
    for (let day = 0; day < 40; day++) {
      const late = day >= 20 ? 100 : 0
      data.ga4.push({ property: '101', day, sessions: 200 + late, engaged: 0, conversions: 0, revenue: 0 })
      for (const channel of ['Direct', 'Email', 'Organic Search', 'Paid Search', 'Referral'])
        data.channels.push({
          property: '101',
          day,
          channel,
          sessions: 40 + late / 5,
          engaged: 0,
          conversions: 0,
          revenue: 0,
        })
      for (const [page, sessions] of [
        ['/', 100],
        ['/shop', 60],
        ['/new', 40 + late],
      ])
        data.pages.push({ property: '101', day, page, sessions, conversions: 0, revenue: 0 })
    }
    const user = keep(data)
    const answer = await ask(user, 'ga4.sessions', range(20, 29))
    assert.equal(answer.by, 'landing_page')
    assert.equal(answer.parts[0].id, '/new')
    assert.equal(answer.parts[0].share, 1)
    const [channel, page] = ['channel', 'landing_page'].map(by => answer.tried.find(one => one.by === by))
    assert.equal(channel.elements, 0) // three of five even ones are not enough
    assert.equal(page.elements, 1)
    assert.equal(page.explained, 1)
    assert.ok(!answer.tried.some(one => one.by === 'account'), 'a single property explains nothing')
  })

  test('Simpson: every channel does better and the whole does worse', async () => {
    const data = invent(15)
    data.ga4 = []
    data.channels = []
    data.pages = []
    data.connections = data.connections.filter(one => one.source !== 'ga4' || one.id === '101')
    const add = (day, rows) => {
      for (const [channel, sessions, conversions] of rows)
        data.channels.push({ property: '101', day, channel, sessions, engaged: 0, conversions, revenue: 0 })
      data.ga4.push({
        property: '101',
        day,
        sessions: total(rows.map(row => row[1])),
        engaged: 0,
        conversions: total(rows.map(row => row[2])),
        revenue: 0,
      })
    }
    add(10, [
      ['Email', 800, 80],
      ['Paid Social', 200, 2],
    ])
    add(11, [
      ['Email', 200, 22],
      ['Paid Social', 800, 12],
    ])
    const user = keep(data)
    const answer = await ask(user, 'ga4.conv_rate', range(11, 11, '&by=channel'))
    assert.ok(answer.change < 0)
    assert.ok(answer.parts.every(part => part.current > part.previous && part.rate > 0))
    assert.ok(code(answer, 'simpson'))
    assert.ok(!code(await ask(user, 'ga4.sessions', range(11, 11, '&by=channel')), 'simpson'))
  })

  test('many small parts are put together, and still add up', async () => {
    const data = invent(16)
    data.pages = []
    for (let i = 0; i < 250; i++)
      for (const day of [10, 11])
        data.pages.push({
          property: '101',
          day,
          page: `/p${i}`,
          sessions: 1 + ((i * 7 + day) % 50),
          conversions: i % 3 ? 0 : 1,
          revenue: 0,
        })
    const user = keep(data)
    for (const key of ['ga4.landing_pages', 'ga4.conv_rate']) {
      const answer = await ask(user, key, range(11, 11, '&by=landing_page'))
      const others = answer.parts.find(part => part.id === null)
      assert.equal(answer.parts.length, 100)
      assert.equal(others.items, 151)
      assert.equal(others.name, '151 others')
      const scale = Math.abs(answer.current.value)
      near(
        total([...answer.parts, ...(answer.remainder ? [answer.remainder] : [])].map(part => part.change)),
        answer.change,
        scale * 10,
        key,
      )
    }
  })

  test('currencies are not mixed', async () => {
    const data = invent(1)
    data.ads = data.ads.filter(ad => ad.account === 'act_7')
    data.connections = data.connections.filter(one => one.id !== 'act_8')
    data.connections.push({ source: 'meta', id: 'act_8', name: 'Other', currency: 'USD' })
    data.ads.push(...data.ads.map(ad => ({ ...ad, account: 'act_8', campaign: ad.campaign && `8${ad.campaign}` })))
    data.currency = account => (account === 'act_8' ? 'USD' : 'EUR')
    const user = keep(data)
    for (const key of [
      'meta.spend',
      'meta.roas',
      'meta.cost_metrics',
      'meta.campaigns',
      'corr.mer',
      'corr.blended_cac',
    ]) {
      const answer = await ask(user, key, range(20, 29))
      assert.equal(answer.current.value, null, key)
      assert.equal(answer.change, null, key)
      assert.deepEqual(answer.parts, [], key)
      assert.ok(code(answer, 'currency_mixed'), key)
      assert.equal((await user.get(`/v1/widgets/${key}?${range(20, 29)}`)).stats.value, null)
    }
    const counts = await ask(user, 'meta.conversions', range(20, 29, '&by=account'))
    assertAddsUp(counts, 'counts have no currency')
    assert.ok(counts.change !== null)
  })

  test('no data, a source that is off, none connected: said, not guessed', async () => {
    const user = keep(invent(1))
    const nothing = await ask(user, 'ga4.sessions', `startDate=2024-01-01&endDate=2024-01-31`)
    assert.equal(nothing.change, null)
    assert.ok(code(nothing, 'unknown_current'))
    const first = await ask(user, 'ga4.sessions', range(0, 9))
    assert.equal(first.previous.value, null)
    assert.ok(code(first, 'unknown_previous'))
    assert.ok(first.parts.length > 0 && first.parts.every(part => part.change === null && part.current !== null))
    const off = await ask(user, 'corr.mer', range(20, 29, '&sources=ga4'))
    assert.equal(off.change, null)
    assert.deepEqual(off.parts, [])
    assert.ok(off.quality.notices.some(notice => notice.code === 'source_off'))
    const nobody = await ask(world.user(), 'meta.roas', range(20, 29))
    assert.deepEqual(nobody.parts, [])
    assert.ok(nobody.quality.notices.some(notice => notice.code === 'not_connected'))
  })

  test("another user's rows are in nobody else's parts", async () => {
    const one = keep(invent(21)),
      other = keep(invent(22))
    const alone = await ask(one, 'meta.roas', range(20, 29, '&by=campaign'))
    assertSame(alone, explained(invent(21), 'meta.roas', 'campaign', [20, 29], [10, 19]), 'alone')
    assertSame(
      await ask(other, 'meta.roas', range(20, 29, '&by=campaign')),
      explained(invent(22), 'meta.roas', 'campaign', [20, 29], [10, 19]),
      'the other',
    )
  })

  test('the registry says by what, and what is not there is refused in words', async () => {
    const user = keep(invent(1))
    const { widgets } = succeeded(await user.call('/v1/widgets'))
    for (const widget of widgets) {
      assert.ok(Array.isArray(widget.explain), widget.key)
      for (const by of widget.explain) assert.equal((await ask(user, widget.key, range(20, 29, `&by=${by}`))).by, by)
      for (const by of Object.keys(SUBJECTS[widget.key]?.by ?? {}))
        assert.ok(widget.explain.includes(by), `${widget.key} by ${by}`)
      if (widget.explain.length) {
        const { detail } = problem(await refuse(user, widget.key, range(20, 29, '&by=moon')), 422, 'unknown-split')
        for (const by of widget.explain) assert.ok(detail.includes(by), detail)
      } else {
        const { detail } = problem(await refuse(user, widget.key, range(20, 29)), 422, 'not-explainable')
        assert.ok(detail.length > 60, detail)
      }
    }
    problem(await refuse(user, 'no.such', range(20, 29)), 404, 'unknown-widget')
    problem(await refuse(user, 'ga4.sessions', 'startDate=2026-02-01&endDate=2026-01-01'), 422)
    problem(await refuse(user, 'ga4.sessions', range(20, 29, '&compare=moon')), 422)
  })

  test('an answer is kept, and tagged by its content', async () => {
    const user = keep(invent(1))
    const path = `/v1/widgets/ga4.sessions/explain?${range(20, 29)}`
    const [one, two] = [await user.call(path), await user.call(path)]
    assert.equal(one.headers.get('etag'), two.headers.get('etag'))
    assert.equal((await user.call(path, { headers: { 'if-none-match': one.headers.get('etag') } })).status, 304)
  })
})
