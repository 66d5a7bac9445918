// What a new user sees: four numbers, then what they are made of; of all this only what is connected.
import { settled } from './layout.ts'
import type { Layout, Placed, WidgetKind } from './model.ts'

const NUMBERS = [
  'ga4.users',
  'ga4.sessions',
  'meta.spend',
  'meta.roas',
  'ga4.conv_rate',
  'ga4.revenue',
  'ig.reach',
  'ig.followers',
  'ig.engagement_rate',
  'meta.conversions',
]
const CHARTS = [
  'ga4.traffic_channels',
  'corr.spend_vs_sessions',
  'meta.cost_metrics',
  'ig.content_perf',
  'ga4.landing_pages',
  'meta.campaigns',
]
const MOST = 4 // of each
const NUMBER_ROWS = 2,
  CHART_ROWS = 4
/** On a phone a list stands under its chart and wants room of its own. */
const LISTS = new Set(['ga4.traffic_channels', 'ig.content_perf', 'ga4.landing_pages', 'meta.campaigns'])
const LIST_ROWS = 6

/** An account with nothing connected sees what it could have. */
export function firstBoard(registry: WidgetKind[], connected: (source: string) => boolean): Layout {
  const has = (kind: WidgetKind) => kind.sources.every(connected)
  const any = registry.some(has)
  const known = new Set(registry.filter(kind => !any || has(kind)).map(kind => kind.key))
  const pick = (keys: string[]) => keys.filter(key => known.has(key)).slice(0, MOST)
  const numbers = pick(NUMBERS),
    charts = pick(CHARTS)
  const wide = (i: number) => (charts.length % 2 === 1 && i === charts.length - 1 ? 12 : 6)
  const top = numbers.length * NUMBER_ROWS
  const high = charts.map(key => (LISTS.has(key) ? LIST_ROWS : CHART_ROWS))
  const above = (i: number) => high.slice(0, i).reduce((n, h) => n + h, top)
  const phone = (y: number, h: number) => ({ places: { 1: { x: 0, y, w: 1, h } } })
  const w = 12 / numbers.length
  const widgets: Placed[] = [
    ...numbers.map((key, i) => ({
      id: key,
      key,
      x: i * w,
      y: 0,
      w,
      h: NUMBER_ROWS,
      ...phone(i * NUMBER_ROWS, NUMBER_ROWS),
    })),
    ...charts.map((key, i) => ({
      ...{ id: key, key, x: (i % 2) * 6, y: NUMBER_ROWS + (i >> 1) * CHART_ROWS, w: wide(i), h: CHART_ROWS },
      ...phone(above(i), high[i]!),
    })),
  ]
  return settled({ version: 1, widgets })
}
