// A user's own widgets, worked out a second time from the rows of lib/explained.mjs: their sums, and why they changed.
//
//   OWN.cac = { formula, num: {metric: factor}, den: {…}, dimension, divisor, scale, ways: the ways to split it }

const TABLES = { ga4: 'ga4', meta: 'ads', ig: 'ig' }
const NAMES = { engaged_sessions: 'engaged' }
const PARTS = { channel: ['channels', 'channel'], campaign: ['ads', 'campaign'] }
const MONEY = 1e-6

export const OWN = {
  visits: { formula: 'ga4.sessions', num: { 'ga4.sessions': 1 }, ways: ['channel'] },
  doubled: {
    formula: '2 * ga4.sessions - ga4.conversions',
    num: { 'ga4.sessions': 2, 'ga4.conversions': -1 },
    ways: ['channel', 'metric'],
  },
  rate: {
    formula: 'ga4.conversions / ga4.sessions',
    num: { 'ga4.conversions': 1 },
    den: { 'ga4.sessions': 1 },
    ways: ['channel', 'metric'],
  },
  rate_by_channel: {
    formula: 'ga4.conversions / ga4.sessions',
    dimension: 'channel',
    num: { 'ga4.conversions': 1 },
    den: { 'ga4.sessions': 1 },
    ways: ['channel', 'metric'],
  },
  stacked: { formula: 'ga4.sessions', dimension: 'channel', num: { 'ga4.sessions': 1 }, ways: ['channel'] },
  third: {
    formula: 'meta.spend / 3',
    num: { 'meta.spend': 1 },
    divisor: 3,
    scale: MONEY,
    ways: ['campaign'],
    rounds: true,
  },
  cpm: {
    formula: '1000 * meta.spend / meta.impressions',
    num: { 'meta.spend': 1000 },
    den: { 'meta.impressions': 1 },
    scale: MONEY,
    ways: ['campaign', 'metric'],
  },
  roi: {
    formula: '(meta.revenue - meta.spend) / meta.spend',
    num: { 'meta.revenue': 1, 'meta.spend': -1 },
    den: { 'meta.spend': 1 },
    ways: ['campaign', 'metric'],
  },
  profit: {
    formula: 'ga4.revenue - meta.spend',
    num: { 'ga4.revenue': 1, 'meta.spend': -1 },
    scale: MONEY,
    ways: ['source', 'metric'],
  },
  margin: {
    formula: '0.4 * ga4.revenue - meta.spend',
    num: { 'ga4.revenue': 2, 'meta.spend': -5 },
    divisor: 5,
    scale: MONEY,
    ways: ['source', 'metric'],
    rounds: true,
  },
  cac: {
    formula: 'meta.spend / ga4.conversions',
    num: { 'meta.spend': 1 },
    den: { 'ga4.conversions': 1 },
    scale: MONEY,
    ways: ['source', 'metric'],
  },
  all_roi: {
    formula: '(ga4.revenue + meta.revenue - meta.spend) / meta.spend',
    num: { 'ga4.revenue': 1, 'meta.revenue': 1, 'meta.spend': -1 },
    den: { 'meta.spend': 1 },
    ways: ['source', 'metric'],
  },
  three: {
    formula: '(ga4.conversions + ig.interactions) / meta.clicks',
    num: { 'ga4.conversions': 1, 'ig.interactions': 1 },
    den: { 'meta.clicks': 1 },
    ways: ['source', 'metric'],
  },
  engaged: {
    formula: 'ig.interactions / ig.reach',
    num: { 'ig.interactions': 1 },
    den: { 'ig.reach': 1 },
    ways: ['metric'],
  },
}

const sourceOf = metric => metric.split('.')[0]
const idOfSource = metric => (sourceOf(metric) === 'ig' ? 'instagram' : sourceOf(metric))
const columnOf = metric => NAMES[metric.split('.')[1]] ?? metric.split('.')[1]
const unique = list => [...new Set(list)]
const metricsOf = own => unique([...Object.keys(own.num), ...Object.keys(own.den ?? {})])
const inside = (rows, [from, to]) => rows.filter(row => row.day >= from && row.day <= to)
const sum = list => list.reduce((total, n) => total + n, 0)
const awayFromZero = n => Math.sign(n) * Math.round(Math.abs(n))

/** The days of a period that have all metrics: each a function from a metric to its number. */
function daysOf(own, rowsOf, period) {
  const metrics = metricsOf(own)
  const sources = unique(metrics.map(sourceOf))
  const rows = Object.fromEntries(sources.map(source => [source, inside(rowsOf(source), period)]))
  return unique(sources.flatMap(source => rows[source].map(row => row.day)))
    .map(day => Object.fromEntries(sources.map(source => [source, rows[source].filter(row => row.day === day)])))
    .filter(day => metrics.every(metric => day[sourceOf(metric)].length))
    .filter(day => metrics.every(metric => day[sourceOf(metric)].every(row => row[columnOf(metric)] !== null)))
    .map(day => metric => sum(day[sourceOf(metric)].map(row => row[columnOf(metric)])))
}

const terms = (side, number, only) =>
  sum(
    Object.entries(side ?? {})
      .filter(([metric]) => only(metric))
      .map(([metric, factor]) => factor * number(metric)),
  )

/** Above and below the line, over days; of those metrics only. */
function sums(own, days, only = () => true) {
  const num = sum(days.map(day => awayFromZero(terms(own.num, day, only) / (own.divisor ?? 1))))
  return { n: num, d: own.den ? sum(days.map(day => terms(own.den, day, only))) : days.length ? 1 : 0 }
}

function mixAndRate([n1, d1], [n0, d0], now, before) {
  const all = (now.n / now.d + before.n / before.d) / 2
  const [w1, w0] = [d1 / now.d, d0 / before.d]
  const rate = d1 > 0 && d0 > 0 ? ((w1 + w0) / 2) * (n1 / d1 - n0 / d0) : 0
  const change = n1 / now.d - n0 / before.d - all * (w1 - w0)
  return { change, rate, mix: change - rate }
}

// The Shapley value of what stands above and below the line.
const swap = ([n1, d1], [n0, d0], now, before) =>
  ((n1 - n0) * (1 / now.d + 1 / before.d)) / 2 - ((now.n + before.n) / 2) * ((d1 - d0) / (now.d * before.d))

function partsByTerm(own, by, periods) {
  const idOf = by === 'metric' ? metric => metric : idOfSource
  return unique(metricsOf(own).map(idOf)).map(id => [
    id,
    periods.map(days => {
      const { n, d } = sums(own, days, metric => idOf(metric) === id)
      return [n, own.den ? d : 0]
    }),
  ])
}

function partsByName(own, data, by, periods) {
  const [table, name] = PARTS[by]
  const rows = data[table].filter(row => row[name] !== '')
  const ids = unique(periods.flatMap(days => inside(rows, days).map(row => row[name])))
  return ids.map(id => [
    id,
    periods.map(days => {
      const mine = inside(rows, days).filter(row => row[name] === id)
      const number = metric => sum(mine.map(row => row[columnOf(metric)]))
      const num = terms(own.num, number, () => true)
      return [awayFromZero(num / (own.divisor ?? 1)), own.den ? terms(own.den, number, () => true) : 0]
    }),
  ])
}

/** { values: [now, before], change, parts: Map of id -> { change, … } } */
export function explainedOwn(data, own, by, current, previous) {
  const scale = own.scale ?? 1
  const whole = own.dimension ? PARTS[own.dimension][0] : null
  const periods = [current, previous].map(days => daysOf(own, source => data[whole ?? TABLES[source]], days))
  const [now, before] = periods.map(days => sums(own, days))
  const values = [now, before].map(one => (one.d === 0 ? null : (one.n / one.d) * scale))
  const known = now.d !== 0 && before.d !== 0
  const byName = by in PARTS
  const list = byName ? partsByName(own, data, by, [current, previous]) : partsByTerm(own, by, periods)
  const parts = new Map()
  for (const [id, [one, other]] of list) {
    const effect = !own.den
      ? { change: one[0] - other[0] }
      : byName
        ? mixAndRate(one, other, now, before)
        : { change: swap(one, other, now, before) }
    if (periods.some(days => days.length) || byName)
      parts.set(
        id,
        Object.fromEntries(Object.entries(effect).map(([name, value]) => [name, known ? value * scale : null])),
      )
  }
  return { values, parts, change: known ? values[0] - values[1] : null }
}
