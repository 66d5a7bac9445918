// What a widget made of a formula must answer, worked out a second time, as lib/model.mjs does for those built in.
//
//   ownModel('cpm') -> a widget for expected(); OWN.cpm is what is sent to make it

import { currencyOfAccount, FACTS, groupBy, over, sum, table } from './model.mjs'

const MONEY = ['ga4.revenue', 'meta.spend', 'meta.revenue']
const COLUMNS = {
  'ga4.revenue': 'revenue_micros',
  'meta.spend': 'spend_micros',
  'meta.revenue': 'revenue_micros',
  'ig.interactions': 'total_interactions',
}
const PARTS = { channel: ['ga4_channel_daily', 'channel'], campaign: ['meta_daily', 'campaign_id'] }

// formula, chart and the like as they are sent; above and below: [metric, factor]; of: what the sum is divided by
export const OWN = {
  visits: { formula: 'ga4.sessions', above: [['ga4.sessions', 1]] },
  views: {
    formula: '(ga4.page_views + 2 * ga4.new_users) / ga4.sessions',
    above: [
      ['ga4.page_views', 1],
      ['ga4.new_users', 2],
    ],
    below: [['ga4.sessions', 1]],
  },
  people: {
    formula: 'ga4.users - ga4.new_users',
    above: [
      ['ga4.users', 1],
      ['ga4.new_users', -1],
    ],
    people: true,
  },
  cpc: {
    formula: 'meta.spend / meta.link_clicks',
    above: [['meta.spend', 1]],
    below: [['meta.link_clicks', 1]],
    unit: 'money',
  },
  third: { formula: '-meta.spend / 3', chart: 'bar', above: [['meta.spend', -1]], of: 3, unit: 'money' },
  likes: { formula: 'ig.likes / ig.views', above: [['ig.likes', 1]], below: [['ig.views', 1]], percent: true },
  engaged: {
    formula: 'ig.accounts_engaged + ig.reach',
    above: [
      ['ig.accounts_engaged', 1],
      ['ig.reach', 1],
    ],
    people: true,
  },
  profit: {
    formula: '0.4 * ga4.revenue - meta.spend',
    above: [
      ['ga4.revenue', 2],
      ['meta.spend', -5],
    ],
    of: 5,
    unit: 'money',
  },
  roi: {
    formula: '(ga4.revenue + meta.revenue - meta.spend) / meta.spend',
    above: [
      ['ga4.revenue', 1],
      ['meta.revenue', 1],
      ['meta.spend', -1],
    ],
    below: [['meta.spend', 1]],
  },
  cac: {
    formula: 'meta.spend / ga4.conversions',
    above: [['meta.spend', 1]],
    below: [['ga4.conversions', 1]],
    unit: 'money',
  },
  three: {
    formula: '(ga4.conversions + ig.interactions) / meta.clicks',
    above: [
      ['ga4.conversions', 1],
      ['ig.interactions', 1],
    ],
    below: [['meta.clicks', 1]],
  },
  channels: { formula: 'ga4.sessions', dimension: 'channel', above: [['ga4.sessions', 1]] },
  channel_money: {
    formula: 'ga4.revenue',
    dimension: 'channel',
    chart: 'table',
    above: [['ga4.revenue', 1]],
    unit: 'money',
  },
  channel_rate: {
    formula: 'ga4.conversions / ga4.engaged_sessions',
    dimension: 'channel',
    above: [['ga4.conversions', 1]],
    below: [['ga4.engaged_sessions', 1]],
    percent: true,
  },
  campaigns: { formula: 'meta.conversions', dimension: 'campaign', above: [['meta.conversions', 1]] },
  campaign_left: {
    formula: 'meta.revenue - meta.spend',
    dimension: 'campaign',
    chart: 'table',
    above: [
      ['meta.revenue', 1],
      ['meta.spend', -1],
    ],
    unit: 'money',
  },
  campaign_cpm: {
    formula: '1000 * meta.spend / meta.impressions',
    dimension: 'campaign',
    above: [['meta.spend', 1000]],
    below: [['meta.impressions', 1]],
    unit: 'money',
  },
}

/** What PUT takes. */
export const definitionOf = name => {
  const { formula, dimension, chart, percent } = OWN[name]
  return { title: name, formula, dimension, chart, ...(percent && { unit: 'percent' }) }
}

const sourceOf = metric => ({ ig: 'instagram' })[metric.split('.')[0]] ?? metric.split('.')[0]
const columnOf = metric => COLUMNS[metric] ?? metric.split('.')[1]
const unique = list => [...new Set(list)]
const metricsOf = own => unique([...own.above, ...(own.below ?? [])].map(([metric]) => metric))
const rounded = n => Math.sign(n) * Math.round(Math.abs(n))
const scaled = (value, own) => (value === null ? null : own.unit === 'money' ? value / 1e6 : value)

/** { num, den } of rows by source. */
function worth(own, rows) {
  const total = side =>
    sum(side.map(([metric, factor]) => factor * sum(rows[sourceOf(metric)].map(row => row[columnOf(metric)]))))
  return { num: rounded(total(own.above) / (own.of ?? 1)), den: own.below ? total(own.below) : 1 }
}

function readRows(own, data, window) {
  const sources = unique(metricsOf(own).map(sourceOf))
  const named = own.dimension === 'campaign' ? row => row.campaign_id !== '' : () => true
  const of = source => (own.dimension ? PARTS[own.dimension][0] : FACTS[source])
  return Object.fromEntries(sources.map(source => [source, table(data, of(source), source, window).filter(named)]))
}

const currencyOf = (data, source, row) => (source === 'meta' ? row.currency : currencyOfAccount(data, row.account))

/** Of the money that it is made of. */
function currenciesIn(own, data, rows) {
  const sources = unique(
    metricsOf(own)
      .filter(metric => MONEY.includes(metric))
      .map(sourceOf),
  )
  return sources.flatMap(source => rows[source].map(row => currencyOf(data, source, row)))
}

/** Days on which all sources have all metrics; of one source, each of its currencies by itself. */
function linesOfDays(own, data, rows) {
  const sources = Object.keys(rows)
  const money = metricsOf(own).some(metric => MONEY.includes(metric))
  const apart = sources.length === 1 && money
  const all = sources.flatMap(source => rows[source].map(row => ({ source, row })))
  const lines = groupBy(all, ({ source, row }) => (apart ? currencyOf(data, source, row) : null))
  return [...lines].map(([currency, mine]) => {
    const points = []
    for (const [t, day] of groupBy(mine, ({ row }) => row.date)) {
      const here = Object.fromEntries(
        sources.map(source => [source, day.filter(one => one.source === source).map(one => one.row)]),
      )
      const gaps = metricsOf(own).some(metric => here[sourceOf(metric)].some(row => row[columnOf(metric)] === null))
      if (!gaps && sources.every(source => here[source].length)) points.push({ t, ...worth(own, here) })
    }
    return { name: null, currency, points: points.sort((a, b) => (a.t < b.t ? -1 : 1)) }
  })
}

// ---- parts -----------------------------------------------------------------------

const MOST = 12

/** Latest name of each part, made different; what is too small for a stack is "Other". */
function labelsOf(own, rows, rowsNow) {
  const [source] = Object.keys(rows)
  const column = PARTS[own.dimension][1]
  const parts = [...groupBy(rows[source], row => row[column])].map(([id, all]) => {
    const latest = all.reduce((a, b) => (a.date > b.date ? a : b))
    const days = groupBy(
      rowsNow[source].filter(row => row[column] === id),
      row => (own.chart === 'table' || own.below ? '' : row.date),
    )
    const size = sum([...days.values()].map(same => Math.abs(worth(own, { [source]: same }).num)))
    return { id, name: own.dimension === 'campaign' ? latest.campaign : id, size }
  })
  parts.sort((a, b) => b.size - a.size || (a.id < b.id ? -1 : 1))
  const taken = new Set(parts.length > MOST ? ['Other'] : [])
  for (const part of parts) {
    part.label = taken.has(part.name) ? `${part.name} (${part.id})` : part.name
    taken.add(part.label)
  }
  return new Map(parts.map((part, n) => [part.id, { ...part, other: parts.length > MOST && n >= MOST - 1 }]))
}

function stacked(own, data, window, labels) {
  const rows = readRows(own, data, window)
  const [source] = Object.keys(rows)
  const column = PARTS[own.dimension][1]
  const labelOf = row => {
    const part = labels.get(row[column])
    return part.other ? 'Other' : part.label
  }
  return [...groupBy(rows[source], labelOf)].map(([name, mine]) => ({
    name,
    currency: null,
    points: [...groupBy(mine, row => row.date)]
      .map(([t, same]) => ({ t, ...worth(own, { [source]: same }) }))
      .sort((a, b) => (a.t < b.t ? -1 : 1)),
  }))
}

function itemOf(own, labels, all) {
  const source = sourceOf(own.above[0][0])
  const { num, den } = worth(own, { [source]: all })
  const metrics = metricsOf(own).map(metric => {
    const total = sum(all.map(row => row[columnOf(metric)]))
    return [metric, MONEY.includes(metric) ? total / 1e6 : total]
  })
  const id = all[0][PARTS[own.dimension][1]]
  return { name: labels.get(id).label, value: scaled(over(num, den), own), ...Object.fromEntries(metrics) }
}

// ---- as one of the widgets of lib/model.mjs ------------------------------------------

/** labels are of what is asked, so they need the question. */
export function ownModel(name, data, { period, before }) {
  const own = OWN[name]
  const money = metricsOf(own).some(metric => MONEY.includes(metric))
  const needs = unique(metricsOf(own).map(sourceOf))
  const common = { needs, title: name, unit: own.unit, ratio: own.below !== undefined, money }
  if (!own.dimension)
    return {
      ...common,
      ...(own.people && !own.below && { total: 'unique', whole: () => null }),
      ...(needs.length > 1 && { currencies: window => currenciesIn(own, data, readRows(own, data, window)) }),
      lines: (_, window) => linesOfDays(own, data, readRows(own, data, window)),
    }
  const asked = [period, before].filter(Boolean).map(window => readRows(own, data, window))
  const both = { [needs[0]]: asked.flatMap(rows => rows[needs[0]]) }
  const labels = labelsOf(own, both, asked[0])
  if (own.chart !== 'table' && !own.below)
    return { ...common, shape: 'breakdown', lines: (_, window) => stacked(own, data, window, labels) }
  return {
    ...common,
    shape: 'table',
    headline: 'value',
    rows: (_, window) =>
      readRows(own, data, window)[needs[0]].map(row => ({
        ...row,
        currency: money ? currencyOf(data, needs[0], row) : undefined,
      })),
    id: row => JSON.stringify([row[PARTS[own.dimension][1]], row.currency]),
    size: all => Math.abs(worth(own, { [needs[0]]: all }).num),
    best: (a, b) => b.size - a.size || (a.key < b.key ? -1 : 1),
    item: all => itemOf(own, labels, all),
    totals: ['value', ...metricsOf(own)],
  }
}
