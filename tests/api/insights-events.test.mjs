// Events put into the tables of a shop with real-looking days, and what /v1/insights tells of them.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { dayOf, store } from '../lib/explained.mjs'
import { from, on, shop } from '../lib/shop.mjs'
import { onBothEngines } from '../lib/world.mjs'

const FIRST = 265,
  LAST = 294
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const said = n => {
  const at = new Date(dayOf(n))
  return `${WEEKDAYS[at.getUTCDay()]} ${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()}`
}
// The factor between what was and what was usual, as a percentage that is printed.
const percent = text => Number(text.match(/(\d+(?:\.\d+)?)%/)[1])

onBothEngines('insights of events', { sim: null }, (world, test) => {
  const ask = async (data, { more = '', first = FIRST, last = LAST } = {}) => {
    const user = world.user()
    store(world.database, user.id, data)
    const answer = await user.get(`/v1/insights?startDate=${dayOf(first)}&endDate=${dayOf(last)}${more}`)
    const all = answer.items.flatMap(item => item.bullets)
    return {
      answer,
      all,
      events: all.filter(one => /than is usual|^Since |It did not last|none of the usual| a week for /.test(one)),
    }
  }
  const told = (bullets, pattern) =>
    bullets.find(one => pattern.test(one)) ?? assert.fail(`nothing like ${pattern} in\n${bullets.join('\n')}`)

  test('nothing planted, nothing told', async () => {
    let false_alarms = 0
    for (const seed of [1, 21, 31, 41]) {
      const { events } = await ask(shop(seed))
      false_alarms += events.length
    }
    assert.ok(false_alarms <= 1, `${false_alarms} in 4 months of 14 series`)
  })

  test('a spike and a drop, in one breath', async () => {
    const { all } = await ask(shop(2, { events: { sessions: day => on(2, 280)(day) * on(0.4, 288)(day) } }))
    const bullet = told(all, /than is usual/)
    assert.match(bullet, new RegExp(`^${said(280)}: [\\d,]+ sessions, 1\\d\\d% more than is usual on such a day`))
    assert.match(bullet, new RegExp(`Also unusual: ${said(288)}, with \\d+ \\([56]\\d% less than the usual`))
  })

  test('a new level, with its day, its size and what it was before', async () => {
    const { answer, all } = await ask(shop(3, { events: { sessions: from(0.77, 278) } }))
    const bullet = told(all, /^Since /)
    assert.match(
      bullet,
      new RegExp(
        `^Since ${said(278)} sessions have been about \\d+% below the four weeks before: about \\d+ a day, after \\d+\\.`,
      ),
    )
    assert.ok(Math.abs(percent(bullet) - 23) <= 5, bullet)
    const level = answer.facts.find(fact => fact.metric === 'sessions.level_change')
    assert.deepEqual([level.window.start, level.compare.end, level.direction], [dayOf(278), dayOf(277), 'down'])
    assert.deepEqual(
      [level.evidence.widget, level.evidence.parameters.compare, level.evidence.parameters.compareEnd],
      ['ga4.sessions', 'custom', dayOf(277)],
    )
    const tested = answer.facts.find(fact => fact.metric === 'sessions.tested_weeks')
    assert.ok(tested.value >= 30, `${tested.value} tests`)
    assert.ok(
      answer.items
        .find(item => item.group === 'Traffic')
        .evidence.flat()
        .includes(tested.id),
    )
  })

  test('a new level is told once, and is what is usual from then on', async () => {
    const data = shop(3, { days: 330, events: { sessions: from(0.7, 270) } })
    assert.equal(
      (await ask(data, { first: 262, last: 290 })).events.filter(one => /sessions have been/.test(one)).length,
      1,
    )
    const later = await ask(data, { first: 295, last: 325 })
    assert.deepEqual(later.events, [])
  })

  test('the channel that made the level', async () => {
    const { all } = await ask(shop(4, { events: { 'Paid Social': from(3, 275) } }))
    assert.match(
      told(all, /^Since /),
      new RegExp(
        `^Since ${said(275)} sessions have been .* Most of it is “Paid Social”, whose level changed by \\+\\d+ a day`,
      ),
    )
  })

  test('what does not last is not called a level that stays', async () => {
    const { all } = await ask(shop(6, { events: { sessions: from(1.5, 272, 281) } }))
    const bullet = told(all, /It did not last/)
    assert.ok(Math.abs(percent(bullet) - 50) <= 10, bullet)
    assert.ok(!all.some(one => /back near the earlier level/.test(one)), 'its end is told too')
  })

  test('a trend of weeks', async () => {
    const { answer, all } = await ask(
      shop(5, { events: { sessions: day => Math.exp(Math.max(0, day - 205) * 0.005) } }),
    )
    const bullet = told(all, /^Sessions have .* a week for /)
    assert.match(
      bullet,
      /^Sessions have grown by about \d\.\d% a week for \d+ weeks \(.*\), from about [\d,]+ a day to [\d,]+\./,
    )
    assert.ok(Math.abs(percent(bullet) - 3.5) <= 1, bullet)
    assert.ok(answer.facts.some(fact => fact.metric === 'sessions.tested_trends' && fact.value >= 8))
  })

  test('conversions that are no longer counted', async () => {
    const { all } = await ask(shop(7, { events: { conversions: from(0.4, 280) } }))
    const bullet = told(all, /conversion rate has been/)
    assert.ok(Math.abs(percent(bullet) - 60) <= 8, bullet)
  })

  test('money that was not spent for a day', async () => {
    const { all } = await ask(shop(13, { events: { spend: on(0, 284) } }))
    told(all, new RegExp(`^${said(284)}: none of the usual ad spend \\(about €\\d+\\)\\.`))
  })

  test('days that are missing are named, and are not zeros', async () => {
    const gone = day => day >= 270 && day <= 273
    const { all, events } = await ask(shop(9, { gone, events: { sessions: on(2.2, 285) } }))
    told(all, /Google Analytics has no numbers for 4 days of the period \(28 Sep–1 Oct 2026\)/)
    assert.match(told(all, /than is usual/), new RegExp(`^${said(285)}`))
    assert.equal(events.length, 1, events.join('\n'))
  })

  test('who made a change, and when nobody alone did', async () => {
    const alike = await ask(shop(3, { events: { sessions: from(0.77, 265) } }))
    told(alike.all, /No single one of the channels stands out/)
    const one = await ask(shop(4, { events: { 'Paid Social': from(0.5, 265) } }))
    told(one.all, /^Sessions fell .* “Paid Social” alone lost [\d,]+, more than the whole change/)
  })

  test('a channel that became cheaper, and the days on which visitors stay', async () => {
    const { all } = await ask(
      shop(4, { events: { 'Paid Social': from(2, 265), spend: from(1.4, 265), conversions: from(1.3, 265) } }),
    )
    told(
      all,
      /^“Paid Social” brought \d+% of the extra sessions; its cost per session fell \d+% to €\d\.\d\d: room to raise its budget on Fridays, when engagement peaks \(66% of sessions\)\.$/,
    )
  })

  test('how sensitive it is can be chosen', async () => {
    const events = { sessions: on(1.35, 280) }
    const [low, high] = [
      await ask(shop(2, { events }), { more: '&sensitivity=low' }),
      await ask(shop(2, { events }), { more: '&sensitivity=high' }),
    ]
    assert.ok(!low.events.some(one => one.startsWith(said(280))), low.events.join('\n'))
    told(high.events, new RegExp(`^${said(280)}`))
    const refused = await world.user().call(`/v1/insights?startDate=${dayOf(0)}&endDate=${dayOf(9)}&sensitivity=most`)
    assert.equal(refused.status, 422)
    assert.match(refused.json.detail, /low, normal or high/)
  })

  test('two properties that count the same visits, purchases without spend, different zones', async () => {
    const data = shop(8)
    data.connections.push({ source: 'ga4', id: '102', name: 'Roll-up', currency: 'EUR' })
    data.ga4.push(...data.ga4.map(row => ({ ...row, property: '102' })))
    const twins = await ask(data)
    told(twins.all, /^The properties “(Shop|Roll-up)” and “(Shop|Roll-up)” count almost the same sessions/)
    const free = await ask({ ...data, ads: data.ads.map(ad => ({ ...ad, spend: 0 })) })
    told(free.all, /^Meta counted [\d,]+ purchases and no spend at all/)
    const user = world.user()
    store(world.database, user.id, shop(8))
    world.database.ask(
      `UPDATE connections SET time_zone = CASE source WHEN 'ga4' THEN 'Europe/Berlin' ELSE 'America/New_York' END WHERE user_id = '${user.id}'`,
    )
    const zones = await user.get(`/v1/insights?startDate=${dayOf(FIRST)}&endDate=${dayOf(LAST)}`)
    told(
      zones.items.flatMap(item => item.bullets),
      /^Accounts keep different time zones/,
    )
  })

  test("a target of a formula of one's own", async () => {
    const user = world.user()
    store(world.database, user.id, shop(8))
    const formula = { title: 'Cost of a “new” lead', formula: 'meta.spend / ga4.conversions' }
    assert.equal((await user.call('/v1/widgets/custom.lead', { method: 'PUT', body: formula })).status, 200)
    const target = {
      widget: 'custom.lead',
      period: 'range',
      start: dayOf(FIRST),
      end: dayOf(LAST),
      value: 4,
      currency: 'EUR',
    }
    const made = await user.post('/v1/targets', target)
    assert.equal(made.status, 201, made.text)
    const answer = await user.get(`/v1/insights?startDate=${dayOf(FIRST)}&endDate=${dayOf(LAST)}`)
    told(
      answer.items.flatMap(item => item.bullets),
      /^Target for “Cost of a 'new' lead” in .*: €\d\.\d\d of €4\.00 so far/,
    )
  })

  test('the planted cause comes first among the parts', async () => {
    let cases = 0,
      first = 0
    for (let seed = 100; seed < 120; seed++) {
      const channel = ['Organic Search', 'Direct', 'Paid Social', 'Email', 'Referral'][seed % 5]
      const factor = seed % 2 ? 1.6 : 0.5
      const user = world.user()
      store(
        world.database,
        user.id,
        shop(seed, { days: 60, spend: 0, posts: false, events: { [channel]: from(factor, 30) } }),
      )
      const why = await user.get(`/v1/widgets/ga4.sessions/explain?startDate=${dayOf(30)}&endDate=${dayOf(59)}`)
      const planted = Math.abs(why.parts.find(part => part.id === channel)?.change ?? 0)
      if (planted < 0.05 * why.previous.value) continue
      cases++
      first += why.by === 'channel' && why.parts[0].id === channel
    }
    assert.ok(cases >= 10, `only ${cases} cases`)
    assert.ok(first >= 0.9 * cases, `${first} of ${cases}`)
  })

  // What is said, word for word: GOLDEN=write puts what is said now into the file, to be read before it is kept.
  test('whole answers, word for word', async () => {
    const file = new URL('./insights.golden.json', import.meta.url)
    const worlds = {
      'a level, its channel, and cheaper sessions': [4, { 'Paid Social': from(2, 270), spend: from(1.3, 270) }],
      'a spike, a drop and days without spend': [
        13,
        { sessions: day => on(2, 280)(day) * on(0.4, 288)(day), spend: on(0, 284) },
      ],
      'a shop whose tracking broke': [7, { conversions: from(0.4, 280) }],
    }
    const said = {}
    for (const [name, [seed, events]] of Object.entries(worlds)) {
      const { answer } = await ask(shop(seed, { events }))
      said[name] = Object.fromEntries(answer.items.map(item => [item.group, item.bullets]))
    }
    if (process.env.GOLDEN === 'write') writeFileSync(file, JSON.stringify(said, null, 2) + '\n')
    assert.deepEqual(said, JSON.parse(readFileSync(file, 'utf8')))
  })

  test('three years are read in a moment', async () => {
    const data = shop(10, { days: 1100, posts: false, events: { sessions: on(2, 1080) } })
    const user = world.user()
    store(world.database, user.id, data)
    const started = performance.now()
    const answer = await user.get(`/v1/insights?startDate=${dayOf(0)}&endDate=${dayOf(1094)}`)
    const ms = performance.now() - started
    told(
      answer.items.flatMap(item => item.bullets),
      new RegExp(said(1080)),
    )
    assert.ok(ms < 8000, `${ms} ms, even with sanitizers and others at work`)
  })
})
