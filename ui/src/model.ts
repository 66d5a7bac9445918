// What the HTTP API says, as types. Names are the API's own.

export const SOURCES = ['ga4', 'meta', 'instagram'] as const
export type SourceName = (typeof SOURCES)[number]
export type Unit = 'count' | 'money' | 'ratio' | 'percent'
export type Comparison = 'off' | 'previous_period' | 'previous_year' | 'custom'

export interface User {
  id: string
  email: string | null
  role: string
}

export interface Me {
  user: User
  demo: boolean
  settings?: Record<string, unknown>
}

export interface SourceMeta {
  complete_through?: string | null
  provisional_from?: string | null
  status?: string | null
  warnings?: { code: string; text: string | null }[]
}

export interface Meta {
  last_sync_at: string | null
  next_scheduled_at: string | null
  connected_sources: Record<SourceName, boolean>
  sources?: Partial<Record<SourceName, SourceMeta>>
  demo?: boolean
  demo_data?: boolean // this user's accounts are made up
  active_job?: string | null
}

/** Which way is better. */
export type Good = 'up' | 'down' | 'none'

/** A row of the registry. */
export interface WidgetKind {
  key: string
  title: string
  description: string
  sources: string[]
  unit: Unit
  chart: 'line' | 'bar' | 'stacked' | 'table' | 'pair' | 'funnel'
  group: string
  good: Good
  size: 'sm' | 'md' | 'lg' | 'xl' // of its card at first
  shape: 'series' | 'ratio' | 'breakdown' | 'metrics' | 'table' | 'pair' | 'funnel'
  fields: Field[]
  target: boolean // can it have one
  explain: string[] // what its change can be split by; none: it has no such explanation
  explain_metrics: Record<string, string[]> // the same for its other numbers
  formula?: string // of a widget of one's own
  dimension?: string
}

/** A column of a list, or one of several numbers. unit may also be "text" or "instant". */
export interface Field {
  key: string
  title: string
  unit: string
  good?: Good
}

/** One card of the saved layout; what we don't know is kept and sent back. */
export interface Placed {
  id: string
  key?: string
  size?: string
  x?: number
  y?: number
  w?: number
  h?: number
  places?: Record<string, { x: number; y: number; w: number; h: number }> // on fewer columns than 12
  [other: string]: unknown
}

export interface Layout {
  widgets: Placed[]
  version?: number
  [other: string]: unknown
}

export interface Point {
  t: string
  v: number | null
}

export interface Days {
  start: string
  end: string
}

export interface Series {
  name: string
  points: Point[]
}

export interface Notice {
  code: string
  text: string
}

export interface Quality {
  as_of?: string | null
  complete_through?: string | null
  provisional_from?: string | null
  missing_days?: string[]
  basis?: string | null
  notices?: Notice[]
}

export interface Part {
  name: string
  value: number | null
  share: number | null
  delta: number | null
}

/** A step of a funnel; the first has no shares, and a share may be over 1. Deltas are of the answer's own period only. */
export interface FunnelStep {
  key: string
  name: string
  value: number | null
  share_of_previous: number | null
  share_of_first: number | null
  delta?: number | null
  share_delta?: number | null
}

export interface Stat {
  value: number | null
  delta: number | null
}

/** What holds in the asked days; per_day is the line for a chart by day, null where people don't add up. */
export interface TargetLine {
  id: string
  value: number
  period: TargetPeriod
  start: string
  end: string
  per_day: number | null
}

export interface DayNote {
  id: string
  date: string
  end?: string | null // only if it is another day
  text: string
}

export type TargetPeriod = 'week' | 'month' | 'quarter' | 'range'

export interface Target {
  id: string
  widget: string
  period: TargetPeriod
  start: string | null
  end: string | null
  value: number
  unit: Unit
  currency: string | null
  good: Good
  progress: {
    start: string
    end: string
    value: number | null
    expected: number | null
    projected: number | null
    basis: 'weekday' | 'linear' | 'as_is'
    on_track: boolean | null
  }
}

export interface Answer {
  series: Series[]
  stats: Stat
  quality: Quality
  currency?: string // of money; absent for other units
  breakdown?: Part[]
  steps?: FunnelStep[]
  items?: Record<string, unknown>[]
  columns?: Field[]
  target?: TargetLine
  annotations?: DayNote[]
  metrics?: Record<string, Stat>
  compare?: {
    start: string
    end: string
    series: Series[]
    steps?: FunnelStep[]
    /** Only if the asked days are not all complete: what the change compares. */
    basis_window?: { current: Days; previous: Days } | null
  }
}

export interface Step {
  connection_id: string
  source: SourceName
  name: string | null
  status: string
  rows: number
  message: string | null
}

export interface Job {
  id: string
  source: string
  trigger: string
  status: 'pending' | 'running' | 'success' | 'failed'
  message: string | null
  created_at: string
  started_at: string | null
  finished_at: string | null
  last_sync_at?: string | null
  progress?: { done: number; total: number }
  rows_written?: number
  steps?: Step[]
}
