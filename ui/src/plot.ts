// From a widget's answer to what is drawn: plain data, no library. Comparison is aligned by
// position; a day without a point is a gap.
import { addDays, days, type Range } from './dates.ts'
import { texts } from './texts.ts'
import type { Answer, DayNote, Series, Unit, WidgetKind } from './model.ts'

export const MAX_PARTS = 6
export const OTHER_HUE = 8

export interface Line {
  name: string
  hue: number // 1..8, --data-N
  values: (number | null)[]
  before: (number | null)[] | null // the comparison, by position
  axis: 0 | 1
  unit: Unit
}

/** Something that was noted about days, by position. */
export interface Mark {
  id: string
  from: number
  to: number
  text: string
}

/** Where the names of the lines stand: nowhere for a single one, at its end, at its axis, in a legend. */
export type Names = 'none' | 'end' | 'axis' | 'legend'

export interface Plot {
  kind: 'line' | 'bar' | 'stacked'
  names: Names
  days: string[]
  daysBefore: string[] | null
  lines: Line[]
  total: Line | null // of a stack
  provisional: number // index of the first provisional day, or days.length
  fromZero: boolean
  marks: Mark[]
  target: number | null // the level of a day that would reach it
}

function valuesOn(series: Series | undefined, on: string[]): (number | null)[] {
  const known = new Map(series?.points.map(point => [point.t, point.v]))
  return on.map(day => known.get(day) ?? null)
}

export const isUnit = (text: string | undefined): text is Unit =>
  text === 'count' || text === 'money' || text === 'ratio' || text === 'percent'

/** Of several numbers each has its own. The second of a pair also has an axis of its own: money and counts share none. */
function unitOf(kind: WidgetKind, name: string): Unit {
  const own = kind.shape === 'pair' ? kind.fields.find(field => field.title === name)?.unit : undefined
  return isUnit(own) ? own : kind.unit
}

function lineOf(
  series: Series,
  i: number,
  answer: Answer,
  kind: WidgetKind,
  on: string[],
  onBefore: string[] | null,
): Line {
  const before = answer.compare?.series.find(other => other.name === series.name)
  return {
    name: series.name,
    hue: i + 1,
    values: valuesOn(series, on),
    axis: kind.chart === 'pair' && i === 1 ? 1 : 0,
    unit: unitOf(kind, series.name),
    before: before && onBefore ? valuesOn(before, onBefore) : null,
  }
}

const sum = (values: (number | null)[]) => values.reduce<number>((n, v) => n + (v ?? 0), 0)
const addUp = (lists: (number | null)[][], length: number) =>
  Array.from({ length }, (_, i) =>
    lists.every(list => list[i] == null) ? null : lists.reduce((n, list) => n + (list[i] ?? 0), 0),
  )

/** Where a day is there at all, a part that is silent had nothing: zero, not a gap. */
function fillParts(lines: Line[], fetched: (i: number) => boolean): void {
  const pick = (which: 'values' | 'before', there: (i: number) => boolean) => {
    const lists = lines.map(line => line[which]).filter(list => list !== null)
    const length = lists[0]?.length ?? 0
    for (let i = 0; i < length; i++)
      if (there(i) || lists.some(list => list[i] != null)) for (const list of lists) list[i] ??= 0
  }
  pick('values', fetched)
  pick('before', () => false)
}

/** Biggest at the bottom, at most six, the rest as one. fetched: was the i-th day read, if only to find nothing. */
function stack(lines: Line[], fetched: (i: number) => boolean): Line[] {
  fillParts(lines, fetched)
  const ordered = [...lines].sort((a, b) => sum(b.values) - sum(a.values)).map((line, i) => ({ ...line, hue: i + 1 }))
  if (ordered.length <= MAX_PARTS) return ordered
  const kept = ordered.slice(0, MAX_PARTS - 1),
    rest = ordered.slice(MAX_PARTS - 1)
  const before = rest.map(line => line.before).filter(list => list !== null)
  return [
    ...kept,
    {
      ...rest[0]!,
      name: texts.other,
      hue: OTHER_HUE,
      values: addUp(
        rest.map(line => line.values),
        rest[0]!.values.length,
      ),
      before: before.length > 0 ? addUp(before, before[0]!.length) : null,
    },
  ]
}

function totalOf(lines: Line[]): Line | null {
  const first = lines[0]
  if (!first) return null
  const before = lines.map(line => line.before).filter(list => list !== null)
  return {
    ...first,
    name: texts.total,
    hue: 1,
    values: addUp(
      lines.map(line => line.values),
      first.values.length,
    ),
    before: before.length > 0 ? addUp(before, before[0]!.length) : null,
  }
}

/** A line's axis may start above zero when zero would flatten it; bars and stacks never. */
function startsAtZero(kind: Plot['kind'], lines: Line[]): boolean {
  const all = lines.flatMap(line => [...line.values, ...(line.before ?? [])]).filter(v => v !== null)
  const low = Math.min(...all),
    high = Math.max(...all)
  return kind !== 'line' || all.length === 0 || low < 0.9 * high
}

const MOST_AT_ENDS = 3

function namesOf(shape: Plot['kind'], kind: WidgetKind, lines: Line[]): Names {
  if (lines.length === 1) return 'none'
  if (kind.chart === 'pair') return 'axis'
  return shape === 'line' && lines.length <= MOST_AT_ENDS ? 'end' : 'legend'
}

function marksOf(notes: DayNote[], on: string[]): Mark[] {
  const last = on.length - 1
  return notes.map(({ id, date, end, text }) => {
    const from = on.indexOf(date),
      to = on.indexOf(end ?? date)
    return { id, text, from: Math.max(from, 0), to: to < 0 ? last : to }
  })
}

/** Side figures have units of their own: only the first is drawn, the others stand beside it. Of a funnel it is the
 *  last, which its number is of. */
function drawnOf({ series }: Answer, { shape }: WidgetKind): Series[] {
  return shape === 'metrics' ? series.slice(0, 1) : shape === 'funnel' ? series.slice(-1) : series
}

export function plotOf(answer: Answer, kind: WidgetKind, range: Range): Plot | null {
  if (!answer.series.some(series => series.points.length > 0)) return null
  const on = days(range)
  const start = answer.compare?.start
  const onBefore = start ? on.map((_, i) => addDays(start, i)) : null
  const raw = drawnOf(answer, kind).map((series, i) => lineOf(series, i, answer, kind, on, onBefore))
  const shape = kind.chart === 'stacked' ? 'stacked' : kind.chart === 'bar' ? 'bar' : 'line'
  const gaps = new Set(answer.quality.missing_days)
  const through = answer.quality.complete_through ?? ''
  const lines = shape === 'stacked' ? stack(raw, i => on[i]! <= through && !gaps.has(on[i]!)) : raw.slice(0, OTHER_HUE)
  const from = answer.quality.provisional_from
  const first = from ? on.findIndex(day => day >= from) : -1
  return {
    kind: shape,
    names: namesOf(shape, kind, lines),
    days: on,
    daysBefore: onBefore,
    lines,
    total: shape === 'stacked' ? totalOf(lines) : null,
    provisional: first < 0 ? on.length : first,
    fromZero: startsAtZero(shape, lines),
    marks: marksOf(answer.annotations ?? [], on),
    target: shape === 'stacked' || lines.length === 1 ? (answer.target?.per_day ?? null) : null,
  }
}

/** Days of the range that should be there and are not. */
export function missing(answer: Answer, range: Range): string[] {
  return (answer.quality.missing_days ?? []).filter(day => day >= range.start && day <= range.end)
}
