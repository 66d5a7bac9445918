// Why the number of a widget of one's own changed, beside a second implementation (lib/own.mjs).
import assert from 'node:assert/strict'
import { assertAddsUp, assertSame } from '../lib/adds-up.mjs'
import { dayOf, dice, invent, store } from '../lib/explained.mjs'
import { problem, succeeded } from '../lib/http.mjs'
import { explainedOwn, OWN } from '../lib/own.mjs'
import { onBothEngines } from '../lib/world.mjs'

onBothEngines('explain widgets of formulas', { sim: null }, (world, test) => {
  const range = (from, to, more = '') => `startDate=${dayOf(from)}&endDate=${dayOf(to)}${more}`
  const put = (user, name, { formula, dimension }) =>
    user.call(`/v1/widgets/custom.${name}`, { method: 'PUT', body: { title: name, formula, dimension } })
  const refuse = (user, name, query) => user.call(`/v1/widgets/custom.${name}/explain?${query}`)

  function keep(data) {
    const user = world.user()
    store(world.database, user.id, data)
    return user
  }
  async function keepAll(data) {
    const user = keep(data)
    for (const [name, own] of Object.entries(OWN)) succeeded(await put(user, name, own))
    return user
  }

  function somePeriods(roll, days) {
    const length = 1 + roll.whole(18),
      from = roll.whole(days),
      before = roll.whole(days) - 5
    const current = [from, from + length - 1]
    return [current, roll.chance(0.5) ? [from - length, from - 1] : [before, before + roll.whole(20)]]
  }

  for (const [seed, options] of [
    [21, {}],
    [22, {}],
    [23, { huge: true }],
  ])
    test(`every formula by everything, against a second implementation: seed ${seed}`, async () => {
      const data = invent(seed, options),
        roll = dice(seed * 31),
        user = await keepAll(data)
      let answers = 0,
        unknown = 0
      for (const [name, own] of Object.entries(OWN))
        for (const by of own.ways)
          for (let round = 0; round < 4; round++) {
            const [current, previous] = somePeriods(roll, data.days)
            const compare = `&compare=custom&compareStart=${dayOf(previous[0])}&compareEnd=${dayOf(previous[1])}`
            const query = range(...current, compare)
            const what = `${own.formula} by ${by}, ${query}`
            const answer = await user.get(`/v1/widgets/custom.${name}/explain?${query}&by=${by}`)
            const { stats } = await user.get(`/v1/widgets/custom.${name}?${query}`)
            assert.equal(answer.current.value, stats.value, `${what}: the widget's value`)
            assert.equal(answer.delta, stats.delta, `${what}: the widget's delta`)
            assertAddsUp(answer, what)
            assertSame(answer, explainedOwn(data, own, by, current, previous), what)
            if (!['channel', 'campaign'].includes(by) && !own.rounds) assert.equal(answer.remainder, null, what)
            answers++
            unknown += answer.change === null
          }
      assert.ok(answers >= 90 && unknown < answers / 2, `${answers}, ${unknown}`)
    })

  test('the registry says by what', async () => {
    const user = await keepAll(invent(24))
    const { widgets } = await user.get('/v1/widgets')
    for (const [name, own] of Object.entries(OWN))
      assert.deepEqual(widgets.find(one => one.key === `custom.${name}`).explain, own.ways, name)
  })

  test('a metric stands with its own number, whatever the formula makes of it', async () => {
    const user = await keepAll(invent(25))
    const query = range(20, 29)
    const profit = await user.get(`/v1/widgets/custom.profit/explain?${query}&by=metric`)
    const spend = profit.parts.find(part => part.id === 'meta.spend')
    assert.deepEqual([spend.name, spend.unit], ['Ad spend', 'money'])
    assert.ok(spend.current > 0)
    assert.ok(Math.abs(spend.change - (spend.previous - spend.current)) < 1e-6)
    const sources = await user.get(`/v1/widgets/custom.profit/explain?${query}&by=source`)
    assert.deepEqual(
      sources.parts.map(part => [part.id, part.current, part.change]).sort(),
      profit.parts.map(part => [part.id === 'meta.spend' ? 'meta' : 'ga4', part.current, part.change]).sort(),
    )
    assert.equal(profit.currency, 'EUR')
  })

  test('without a way the one that says most is taken', async () => {
    const user = await keepAll(invent(26))
    const rate = await user.get(`/v1/widgets/custom.rate/explain?${range(20, 29)}`)
    assert.equal(rate.by, 'channel')
    assert.deepEqual(
      rate.tried.map(one => one.by),
      ['channel'],
    )
    const profit = await user.get(`/v1/widgets/custom.profit/explain?${range(20, 29)}`)
    assert.equal(profit.by, 'source')
    assertAddsUp(profit, 'profit')
  })

  test('what has no parts is refused with the reason', async () => {
    const user = keep(invent(27))
    succeeded(await put(user, 'people', { formula: 'ga4.users' }))
    succeeded(await put(user, 'likes', { formula: '3 * ig.likes' }))
    succeeded(await put(user, 'views', { formula: 'ga4.page_views / ga4.sessions' }))
    succeeded(await put(user, 'cac', OWN.cac))
    const query = range(20, 29)
    assert.match(problem(await refuse(user, 'people', query), 422, 'not-explainable').detail, /counts people/)
    assert.match(problem(await refuse(user, 'likes', query), 422, 'not-explainable').detail, /not known by channel/)
    assert.match(
      problem(await refuse(user, 'views', `${query}&by=channel`), 422, 'unknown-split').detail,
      /ga4\.page_views is not known by channel; by can be metric/,
    )
    assert.match(
      problem(await refuse(user, 'cac', `${query}&by=campaign`), 422, 'unknown-split').detail,
      /ga4\.conversions is not known by campaign; by can be source or metric/,
    )
    problem(await refuse(user, 'cac', `${query}&metric=cpa`), 422, 'not-explainable')
    problem(await refuse(world.user(), 'cac', query), 404, 'unknown-widget')
  })

  test('two currencies are not split', async () => {
    const data = invent(28)
    data.connections.find(one => one.source === 'ga4').currency = 'USD'
    const user = await keepAll(data)
    for (const [name, by] of [
      ['profit', 'source'],
      ['margin', 'metric'],
    ]) {
      const answer = await user.get(`/v1/widgets/custom.${name}/explain?${range(20, 29)}&by=${by}`)
      assert.deepEqual([answer.change, answer.current.value, answer.parts], [null, null, []], name)
      assert.ok(
        answer.notices.some(notice => notice.code === 'currency_mixed'),
        name,
      )
    }
  })

  test('only complete days are compared, as in the widget', async () => {
    const data = invent(29)
    data.through = 25
    const user = await keepAll(data)
    for (const [name, by] of [
      ['rate', 'channel'],
      ['cac', 'source'],
    ]) {
      const query = range(20, 29, '&compare=previous_period')
      const answer = await user.get(`/v1/widgets/custom.${name}/explain?${query}&by=${by}`)
      const { stats } = await user.get(`/v1/widgets/custom.${name}?${query}`)
      assert.equal(answer.current.end, dayOf(25), name)
      assert.equal(answer.delta, stats.delta, name)
      assertSame(answer, explainedOwn(data, OWN[name], by, [20, 25], [10, 15]), name)
    }
  })
})
