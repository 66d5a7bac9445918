// What the page knows: signals, and what follows from them. Fetching is in load.ts,
// changing the board in edit.ts.
import { batch, computed, signal, type Signal } from '@preact/signals'
import { addDays, isDay, presetRange, PRESETS, yesterday, type Preset, type Range } from './dates.ts'
import { keyOf } from './layout.ts'
import {
  SOURCES,
  type Answer,
  type Comparison,
  type Job,
  type Layout,
  type Me,
  type Meta,
  type SourceName,
  type WidgetKind,
} from './model.ts'
import type { Problem } from './api.ts'
import { zoneNow } from './prefs.ts'

export type Screen = 'starting' | 'setup' | 'sign-in' | 'board' | 'failed'
export const screen = signal<Screen>('starting')
export const startProblem = signal<Problem | null>(null)
export const me = signal<Me | null>(null)
/** The session ended while the board was open: sign in over it. */
export const sessionEnded = signal(false)
export const offline = signal(false)

export const meta = signal<Meta | null>(null)
export const registry = signal<WidgetKind[]>([])
export const kinds = computed(() => new Map(registry.value.map(kind => [kind.key, kind])))
export const layout = signal<Layout>({ widgets: [] })
export const keys = computed(() => [...new Set(layout.value.widgets.map(keyOf))])

// ---- the question: dates, comparison, sources; kept in the address, so that a reload asks the same

export type Choice = { preset: Preset } | Range
const COMPARISONS: readonly Comparison[] = ['off', 'previous_period', 'previous_year', 'custom']
const USUAL = { preset: '28d' } as const satisfies Choice

export const choice = signal<Choice>(USUAL)
export const compare = signal<Comparison>('previous_period')
/** The days of a custom comparison; null until somebody has chosen some. */
export const compareDays = signal<Range | null>(null)
export const sourcesOff = signal<ReadonlySet<SourceName>>(new Set())

function daysIn(query: URLSearchParams, first: string, last: string): Range | null {
  const start = query.get(first),
    end = query.get(last)
  return isDay(start) && isDay(end) && start <= end ? { start, end } : null
}

/** Take over what the address asks; what it does not say is as usual. */
export function readAddress(): void {
  const query = new URLSearchParams(location.search)
  const against = daysIn(query, 'cfrom', 'cto')
  const how = COMPARISONS.find(c => c === query.get('compare')) ?? 'previous_period'
  const off = (query.get('off') ?? '').split(',')
  batch(() => {
    choice.value = daysIn(query, 'from', 'to') ?? {
      preset: PRESETS.find(p => p === query.get('range')) ?? USUAL.preset,
    }
    compareDays.value = against
    compare.value = how === 'custom' && !against ? 'previous_period' : how
    sourcesOff.value = new Set(SOURCES.filter(source => off.includes(source)))
  })
}
readAddress()

export const address = computed(() => {
  const query = new URLSearchParams()
  if ('preset' in choice.value) query.set('range', choice.value.preset)
  else {
    query.set('from', choice.value.start)
    query.set('to', choice.value.end)
  }
  query.set('compare', compare.value)
  if (compare.value === 'custom' && compareDays.value) {
    query.set('cfrom', compareDays.value.start)
    query.set('cto', compareDays.value.end)
  }
  if (sourcesOff.value.size > 0) query.set('off', [...sourcesOff.value].join(','))
  return '?' + query.toString()
})

/** The last day that presets reach: yesterday, or the last complete day if the sources' day is a little behind ours. */
const lastDay = computed(() => {
  const day = yesterday(zoneNow())
  const complete = Object.values(meta.value?.sources ?? {})
    .map(source => source?.complete_through)
    .filter(isDay)
    .sort()
    .at(-1)
  return complete && complete < day && complete >= addDays(day, -2) ? complete : day
})
export const range = computed<Range>(() =>
  'preset' in choice.value ? presetRange(choice.value.preset, lastDay.value) : choice.value,
)

export const connected = (source: SourceName) => meta.value?.connected_sources[source] ?? false
export const sourceOn = (source: SourceName) => connected(source) && !sourcesOff.value.has(source)

/** The question as the API takes it. */
export const question = computed(() => {
  const query = new URLSearchParams({ startDate: range.value.start, endDate: range.value.end })
  if (compare.value !== 'off') query.set('compare', compare.value)
  if (compare.value === 'custom' && compareDays.value) {
    query.set('compareStart', compareDays.value.start)
    query.set('compareEnd', compareDays.value.end)
  }
  if (sourcesOff.value.size > 0) query.set('sources', SOURCES.filter(source => !sourcesOff.value.has(source)).join(','))
  return query.toString()
})

// ---- the answers, one a widget key

export interface CardData {
  answer: Answer | null
  range: Range | null // the days that the answer is about
  problem: Problem | null
  loading: boolean
}

const cards = new Map<string, Signal<CardData>>()
export function cardData(key: string): Signal<CardData> {
  let data = cards.get(key)
  if (!data) cards.set(key, (data = signal<CardData>({ answer: null, range: null, problem: null, loading: true })))
  return data
}
export function forgetCards(): void {
  for (const data of cards.values()) data.value = { answer: null, range: null, problem: null, loading: true }
}

// ---- the sync under way, and what was just said

export interface SyncState {
  id: string | null // of the job that is followed
  job: Job | null
  busy: boolean
  note: { kind: 'good' | 'bad' | 'info'; text: string } | null
}
export const sync = signal<SyncState>({ id: null, job: null, busy: false, note: null })

export interface Toast {
  text: string
  offer: { words: string; run: () => void } | null
}
export const toast = signal<Toast | null>(null)
let toastTimer = 0
/** A sentence at the foot of the page, and what can be done about it. */
export function say(text: string, offer: Toast['offer'] = null): void {
  clearTimeout(toastTimer)
  toast.value = { text, offer }
  toastTimer = window.setTimeout(() => (toast.value = null), offer ? 8000 : 5000)
}
