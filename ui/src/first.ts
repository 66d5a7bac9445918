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

/** An account with nothing connected sees what it could have. */
export function firstBoard(registry: WidgetKind[], connected: (source: string) => boolean): Layout {
  const has = (kind: WidgetKind) => kind.sources.every(connected)
  const any = registry.some(has)
  const known = new Set(registry.filter(kind => !any || has(kind)).map(kind => kind.key))
  const pick = (keys: string[]) => keys.filter(key => known.has(key)).slice(0, MOST)
  const numbers = pick(NUMBERS),
    charts = pick(CHARTS)
  const wide = (i: number, n: number) => (n % 2 === 1 && i === n - 1 ? 12 : 6)
  const widgets: Placed[] = [
    ...numbers.map((key, i) => ({ id: key, key, x: (i * 12) / numbers.length, y: 0, w: 12 / numbers.length, h: 2 })),
    ...charts.map((key, i) => ({ id: key, key, x: (i % 2) * 6, y: 2 + (i >> 1) * 4, w: wide(i, charts.length), h: 4 })),
  ]
  return settled({ version: 1, widgets })
}
