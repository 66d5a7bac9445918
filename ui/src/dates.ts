// Days as ISO text ("2026-11-19"). Arithmetic is done in UTC, where every day has 24 hours.

import { localeNow, prefs } from './prefs.ts'

const DAY = 86_400_000

export interface Range {
  start: string
  end: string
}

export type Preset = '7d' | '28d' | '90d' | 'month' | 'last_month' | '12m'
export const PRESETS: readonly Preset[] = ['7d', '28d', '90d', 'month', 'last_month', '12m']

const parse = (day: string) => Date.parse(day + 'T00:00:00Z')
const iso = (time: number) => new Date(time).toISOString().slice(0, 10)

export const addDays = (day: string, n: number) => iso(parse(day) + n * DAY)
export const daysBetween = (from: string, to: string) => Math.round((parse(to) - parse(from)) / DAY)

/** The same day of another month, or that month's last. */
export function addMonths(day: string, n: number): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number]
  const end = new Date(Date.UTC(year, month + n, 0))
  return iso(Date.UTC(end.getUTCFullYear(), end.getUTCMonth(), Math.min(date, end.getUTCDate())))
}

interface WeekInfo {
  getWeekInfo?: () => { firstDay: number }
  weekInfo?: { firstDay: number }
}
/** The day on which the user's weeks begin, 0 for Sunday: what the settings say, else the custom of the place. */
export function weekStart(): number {
  const chosen = prefs.peek().week_start
  if (chosen !== null) return Number(chosen)
  const locale = new Intl.Locale(localeNow()) as Intl.Locale & WeekInfo
  return (locale.getWeekInfo?.().firstDay ?? locale.weekInfo?.firstDay ?? 1) % 7
}

/** A month's days in rows of a week; null where a row has days of other months. */
export function monthSheet(month: string): (string | null)[][] {
  const lead = (new Date(month).getUTCDay() - weekStart() + 7) % 7
  const length = daysBetween(month, addMonths(month, 1))
  return Array.from({ length: Math.ceil((lead + length) / 7) }, (_, row) =>
    Array.from({ length: 7 }, (_, column) => {
      const n = row * 7 + column - lead
      return n >= 0 && n < length ? addDays(month, n) : null
    }),
  )
}

export function isDay(text: unknown): text is string {
  return (
    typeof text === 'string' &&
    /^\d{4}-\d\d-\d\d$/.test(text) &&
    Number.isFinite(parse(text)) &&
    iso(parse(text)) === text
  )
}

export function days({ start, end }: Range): string[] {
  return Array.from({ length: Math.max(0, daysBetween(start, end) + 1) }, (_, i) => addDays(start, i))
}

/** The day that an instant is on, there or where the reader is. (No locale writes days as ours in every browser.) */
export function dayOf(instant: Date, zone?: string): string {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(instant)
  const of = (type: string) => parts.find(part => part.type === type)!.value
  return `${of('year')}-${of('month')}-${of('day')}`
}

/** Yesterday where the reader is. */
export const yesterday = (zone?: string, now = new Date()) => addDays(dayOf(now, zone), -1)

/** A preset's days, ending with `last`, the last day that counts. */
export function presetRange(preset: Preset, last: string): Range {
  const first = last.slice(0, 8) + '01'
  switch (preset) {
    case '7d':
      return { start: addDays(last, -6), end: last }
    case '28d':
      return { start: addDays(last, -27), end: last }
    case '90d':
      return { start: addDays(last, -89), end: last }
    case '12m':
      return { start: addDays(last, -364), end: last }
    case 'month':
      return { start: first, end: last }
    case 'last_month': {
      const end = addDays(first, -1)
      return { start: end.slice(0, 8) + '01', end }
    }
  }
}
