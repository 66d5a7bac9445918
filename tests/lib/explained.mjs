// Random data of one user, and a second opinion on why his numbers changed: the formulas of docs/explain.md, written
// again from the rows. `explained (data, key, by, from, to, before, until)` is { whole: [now, before], parts: Map }.

import { randomUUID } from 'node:crypto'
export const dayOf = n => new Date(Date.UTC(2026, 0, 1) + n * 86400e3).toISOString().slice(0, 10)

export function dice(seed) {
  let state = seed >>> 0
  const real = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  return { real, whole: n => Math.floor(real() * n), chance: p => real() < p }
}

// Things that are there for a while: channels, campaigns. Some enter, some leave.
const lives = (roll, names, days) =>
  names.map(name => {
    const born = roll.chance(0.3) ? roll.whole(days) : 0
    return { name, born, dies: roll.chance(0.3) ? born + roll.whole(days) : days, size: 1 + roll.whole(400) }
  })

export function invent(seed, { days = 40, huge = false } = {}) {
  const roll = dice(seed),
    money = n => roll.whole(n * 100) * 10000 * (huge ? 1e6 : 1)
  const data = { days, connections: [], ga4: [], channels: [], pages: [], ads: [], ig: [] }
  const properties = roll.chance(0.4) ? ['101', '102'] : ['101']
  const accounts = roll.chance(0.4) ? ['act_7', 'act_8'] : ['act_7']
  const connect = (source, id) => data.connections.push({ source, id, name: `${source} "${id}"`, currency: 'EUR' })

  for (const property of properties) {
    connect('ga4', property)
    const channels = lives(roll, ['Direct', 'Organic Search', 'Paid Social', 'Email', 'Unassigned'], days)
    const pages = lives(roll, ['/', '/shop', '/ü?x=1', '(not set)', ''], days)
    for (let day = 0; day < days; day++) {
      if (roll.chance(0.2)) continue
      const row = { property, day, sessions: 0, engaged: 0, conversions: 0, revenue: 0 }
      for (const one of channels) {
        if (day < one.born || day >= one.dies) continue
        const sessions = roll.whole(one.size)
        const part = { property, day, channel: one.name, sessions, engaged: roll.whole(sessions + 1) }
        part.conversions = roll.whole(sessions / 5 + 1)
        part.revenue = roll.chance(0.1) ? -money(40) : money(part.conversions + 1)
        data.channels.push(part)
        for (const name of ['sessions', 'engaged', 'conversions', 'revenue']) row[name] += part[name]
      }
      for (const one of pages)
        if (day >= one.born && day < one.dies) {
          const sessions = roll.whole(one.size / 4 + 1)
          data.pages.push({
            property,
            day,
            page: one.name,
            sessions,
            conversions: roll.whole(sessions / 4 + 1),
            revenue: money(3),
          })
        }
      if (roll.chance(0.3)) row.sessions += roll.whole(5) - 2 // GA4 counts its parts apart
      if (roll.chance(0.2)) row.revenue += money(2)
      row.sessions = Math.max(row.sessions, 0)
      data.ga4.push(row)
    }
  }
  for (const account of accounts) {
    connect('meta', account)
    const campaigns = lives(roll, [`${account}1`, `${account}2`, `${account}3`, `${account}4`], days)
    for (let day = 0; day < days; day++) {
      const shown = campaigns.filter(one => day >= one.born && day < one.dies && !roll.chance(0.15))
      if (roll.chance(0.2)) continue
      if (!shown.length)
        data.ads.push({
          account,
          day,
          campaign: '',
          name: '',
          spend: 0,
          impressions: 0,
          clicks: 0,
          conversions: 0,
          revenue: 0,
        })
      for (const one of shown) {
        const impressions = roll.whole(one.size * 50),
          clicks = roll.whole(impressions / 20 + 1),
          conversions = roll.whole(clicks / 10 + 2)
        data.ads.push({
          account,
          day,
          campaign: one.name.replace('act_', '9'),
          name: `Campaign ${one.name}${day > days / 2 ? ' (new)' : ''}`,
          spend: money(one.size / 4 + 1),
          impressions,
          clicks,
          conversions,
          revenue: conversions * money(60),
        })
      }
    }
  }
  connect('instagram', '555')
  for (let day = 0; day < days; day++)
    if (!roll.chance(0.05))
      data.ig.push({
        account: '555',
        day,
        reach: roll.chance(0.1) ? null : roll.whole(900),
        interactions: roll.chance(0.1) ? null : roll.whole(90),
      })
  return data
}

// The same without missing days, so that there is something to compare: a missing one is as the day before.
export function dense(data) {
  const fill = (rows, of) => {
    const kinds = new Set(rows.map(of)),
      at = new Map()
    for (const row of rows) {
      const key = `${of(row)} ${row.day}`
      if (!at.has(key))
        at.set(
          key,
          rows.filter(one => `${of(one)} ${one.day}` === key),
        )
    }
    return [...kinds]
      .flatMap(kind => {
        let last = rows.filter(
          row => of(row) === kind && row.day === Math.min(...rows.filter(one => of(one) === kind).map(one => one.day)),
        )
        return Array.from(
          { length: data.days },
          (_, day) => (last = (at.get(`${kind} ${day}`) ?? last).map(row => ({ ...row, day }))),
        )
      })
      .flat()
  }
  const by = name => row => row[name]
  return {
    ...data,
    ga4: fill(data.ga4, by('property')),
    channels: fill(data.channels, by('property')),
    pages: fill(data.pages, by('property')),
    ads: fill(data.ads, by('account')),
    ig: fill(data.ig, by('account')),
  }
}

// ---- into the tables -------------------------------------------------------------------

const quote = text => `'${String(text).replaceAll("'", "''")}'`
const value = one => (one === null ? 'NULL' : typeof one === 'number' ? String(one) : quote(one))

export function store(database, user, data) {
  const insert = (table, columns, rows) => {
    for (let at = 0; at < rows.length; at += 300)
      database.ask(
        `INSERT INTO ${table} (${columns}) VALUES ` +
          rows
            .slice(at, at + 300)
            .map(row => `(${row.map(value).join(', ')})`)
            .join(', '),
      )
  }
  insert(
    'connections',
    'id, user_id, source, external_id, name, currency, status, credential, complete_through, created_at',
    data.connections.map(one => [
      one.uuid ?? randomUUID(),
      user,
      one.source,
      one.id,
      one.name,
      one.currency,
      'connected',
      '-',
      dayOf(data.through ?? data.days + 40),
      '2026-01-01T00:00:00.000000Z',
    ]),
  )
  insert(
    'ga4_daily',
    'user_id, property_id, date, users, new_users, users_7d, users_28d, sessions, engaged_sessions, page_views, conversions, revenue_micros',
    data.ga4.map(d => [user, d.property, dayOf(d.day), 0, 0, 0, 0, d.sessions, d.engaged, 0, d.conversions, d.revenue]),
  )
  insert(
    'ga4_channel_daily',
    'user_id, property_id, date, channel, users, sessions, engaged_sessions, conversions, revenue_micros',
    data.channels.map(d => [
      user,
      d.property,
      dayOf(d.day),
      d.channel,
      0,
      d.sessions,
      d.engaged,
      d.conversions,
      d.revenue,
    ]),
  )
  insert(
    'ga4_landing_daily',
    'user_id, property_id, date, landing_page, sessions, conversions, revenue_micros',
    data.pages.map(d => [user, d.property, dayOf(d.day), d.page, d.sessions, d.conversions, d.revenue]),
  )
  insert(
    'meta_daily',
    'user_id, account_id, date, campaign_id, campaign, spend_micros, impressions, reach, clicks, link_clicks, conversions, revenue_micros, currency',
    data.ads.map(d => [
      user,
      d.account,
      dayOf(d.day),
      d.campaign,
      d.name,
      d.spend,
      d.impressions,
      0,
      d.clicks,
      0,
      d.conversions,
      d.revenue,
      data.currency?.(d.account) ?? 'EUR',
    ]),
  )
  insert(
    'ig_daily',
    'user_id, account_id, date, reach, total_interactions',
    data.ig.map(d => [user, d.account, dayOf(d.day), d.reach, d.interactions]),
  )
}

// ---- the second opinion -----------------------------------------------------------------

const sum = (rows, name) => rows.reduce((total, row) => total + row[name], 0)
const inside = (rows, [from, to]) => rows.filter(row => row.day >= from && row.day <= to)
const MONEY = 1e-6

const visits = (num, den) => ({
  num,
  den,
  whole: 'ga4',
  by: { channel: ['channels', 'channel'], landing_page: ['pages', 'page'], account: ['ga4', 'property'] },
})
const ads = (num, den) => ({
  num,
  den,
  whole: 'ads',
  by: { campaign: ['ads', 'campaign'], account: ['ads', 'account'] },
})

export const SUBJECTS = {
  'ga4.sessions': visits('sessions'),
  'ga4.funnel': visits('conversions'),
  'ga4.conv_rate': visits('conversions', 'sessions'),
  'ga4.engagement': {
    ...visits('engaged', 'sessions'),
    by: { channel: ['channels', 'channel'], account: ['ga4', 'property'] },
  },
  'ga4.revenue': { ...visits('revenue'), scale: MONEY },
  'ga4.traffic_channels': { num: 'sessions', whole: 'channels', by: { channel: ['channels', 'channel'] } },
  'ga4.landing_pages#rate': {
    num: 'conversions',
    den: 'sessions',
    whole: 'pages',
    by: { landing_page: ['pages', 'page'] },
  },
  'meta.cost_metrics#cpc': { ...ads('spend', 'clicks'), scale: MONEY },
  'meta.cost_metrics#cpm': { ...ads('spend', 'impressions'), scale: MONEY * 1000 },
  'meta.cost_metrics#ctr': ads('clicks', 'impressions'),
  'meta.cost_metrics#cpa': { ...ads('spend', 'conversions'), scale: MONEY },
  'ga4.landing_pages': { num: 'sessions', whole: 'pages', by: { landing_page: ['pages', 'page'] } },
  'meta.spend': { ...ads('spend'), scale: MONEY },
  'meta.cost_metrics': { ...ads('spend'), scale: MONEY },
  'meta.campaigns': { num: 'spend', whole: 'ads', scale: MONEY, by: { campaign: ['ads', 'campaign'] } },
  'meta.conversions': ads('conversions'),
  'meta.funnel': ads('conversions'),
  'meta.roas': ads('revenue', 'spend'),
  'ig.reach': { num: 'reach', whole: 'ig', by: { account: ['ig', 'account'] } },
  'ig.engagement_rate': {
    num: 'interactions',
    den: 'reach',
    whole: 'ig',
    both: true,
    by: { account: ['ig', 'account'] },
  },
  'corr.mer': { num: 'revenue', den: 'spend', sides: ['ga4', 'ads'], by: { source: true, account: true } },
  'corr.blended_cac': {
    num: 'spend',
    den: 'conversions',
    sides: ['ads', 'ga4'],
    scale: MONEY,
    by: { source: true, account: true },
  },
}

const ratio = (num, den) => (den === 0 ? null : num / den)

function wholeOf(subject, rows) {
  if (subject.den) return { n: sum(rows, subject.num), d: sum(rows, subject.den) }
  return rows.some(row => row[subject.num] !== null) ? { n: sum(rows, subject.num), d: 1 } : { n: 0, d: 0 }
}

// Each part of a ratio: rate = mean(w) (r1 - r0), mix = (mean(r) - mean(R)) (w1 - w0); all mix if it has no r.
function effects([n1, d1], [n0, d0], now, before, scale) {
  const all = (now.n / now.d + before.n / before.d) / 2
  const w1 = d1 / now.d,
    w0 = d0 / before.d
  if (d1 > 0 && d0 > 0) {
    const r1 = n1 / d1,
      r0 = n0 / d0
    const rate = ((w1 + w0) / 2) * (r1 - r0),
      mix = ((r1 + r0) / 2 - all) * (w1 - w0)
    return { rate: rate * scale, mix: mix * scale, change: (rate + mix) * scale }
  }
  const mix = n1 / now.d - n0 / before.d - all * (w1 - w0)
  return { rate: 0, mix: mix * scale, change: mix * scale }
}

export function explained(data, key, by, current, previous) {
  const subject = SUBJECTS[key],
    scale = subject.scale ?? 1
  if (subject.sides) return explainedSides(data, subject, by, [current, previous], scale)
  let rows = data[subject.whole].filter(row => row.campaign !== '' || key !== 'meta.campaigns')
  if (subject.both) rows = rows.filter(row => row.reach !== null && row.interactions !== null)
  const [now, before] = [current, previous].map(days => wholeOf(subject, inside(rows, days)))
  const [table, name] = subject.by[by]
  const source = table === subject.whole ? rows : data[table]
  const ids = new Set([current, previous].flatMap(days => inside(source, days).map(row => row[name])))
  if (name === 'campaign') ids.delete('')
  const parts = new Map()
  const known = now.d !== 0 && before.d !== 0
  for (const id of ids) {
    const [[n1, d1], [n0, d0]] = [current, previous].map(days => {
      const own = inside(source, days).filter(row => row[name] === id)
      return [sum(own, subject.num), subject.den ? sum(own, subject.den) : 1]
    })
    const effect = !known
      ? null
      : subject.den
        ? effects([n1, d1], [n0, d0], now, before, scale)
        : { change: (n1 - n0) * scale }
    parts.set(id, {
      current: ratio(n1, d1) === null ? null : ratio(n1, d1) * scale,
      previous: ratio(n0, d0) === null ? null : ratio(n0, d0) * scale,
      ...effect,
    })
  }
  const values = [now, before].map(one => (ratio(one.n, one.d) === null ? null : ratio(one.n, one.d) * scale))
  return { values, parts, change: known ? values[0] - values[1] : null }
}

// The Shapley value of numerator and denominator, to each account by what it moved its side.
function explainedSides(data, subject, by, periods, scale) {
  const [above, below] = subject.sides
  const sides = periods.map(days => {
    const common = new Set(inside(data[above], days).map(row => row.day))
    const both = new Set(
      inside(data[below], days)
        .map(row => row.day)
        .filter(day => common.has(day)),
    )
    return [above, below].map(table => inside(data[table], days).filter(row => both.has(row.day)))
  })
  const [now, before] = sides.map(([tops, bottoms]) => ({ n: sum(tops, subject.num), d: sum(bottoms, subject.den) }))
  const known = now.d !== 0 && before.d !== 0
  const parts = new Map()
  const mean = (f, g) => (f + g) / 2
  for (const [side, table] of [above, below].entries()) {
    const column = side === 0 ? subject.num : subject.den
    const idOf = row =>
      by === 'source' ? (table === 'ga4' ? 'ga4' : 'meta') : table === 'ga4' ? row.property : row.account
    for (const id of new Set(sides.flatMap(one => one[side].map(idOf)))) {
      const [v1, v0] = sides.map(one =>
        sum(
          one[side].filter(row => idOf(row) === id),
          column,
        ),
      )
      const change =
        side === 0
          ? (v1 - v0) * mean(1 / now.d, 1 / before.d)
          : mean(now.n, before.n) * (1 / now.d - 1 / before.d) * ((v1 - v0) / (now.d - before.d || 1))
      parts.set(id, { change: known ? change * scale : undefined })
    }
  }
  const values = [now, before].map(one => (ratio(one.n, one.d) === null ? null : ratio(one.n, one.d) * scale))
  return { values, parts, change: known ? values[0] - values[1] : null }
}
