// Numbers and days as people read them. Short on cards, exact in tooltips and tables.
import type { Range } from './dates.ts'
import type { Unit } from './model.ts'

const locale = navigator.language
const formats = new Map<string, Intl.NumberFormat>()

function number(value: number, options: Intl.NumberFormatOptions): string {
  const key = JSON.stringify(options)
  let format = formats.get(key)
  if (!format) formats.set(key, (format = new Intl.NumberFormat(locale, options)))
  return format.format(value).replace('-', '\u2212')
}

const fixed = (value: number, digits: number) =>
  number(value, { minimumFractionDigits: digits, maximumFractionDigits: digits })

function money(value: number, currency: string | null | undefined, digits: number): string {
  if (!currency) return fixed(value, digits)
  // A yen has no cents: let the currency decide when there are digits at all.
  const whole = digits === 0 ? { maximumFractionDigits: 0 } : {}
  return number(value, { style: 'currency', currency, currencyDisplay: 'narrowSymbol', ...whole })
}

const percent = (value: number) => fixed(value * 100, Math.abs(value) < 0.0995 ? 1 : 0) + '%'

/** 12,431 · €1,240.50 · 3.42 · 4.3% */
export function exact(value: number | null, unit: Unit, currency?: string | null): string {
  if (value === null || !Number.isFinite(value)) return '\u2013'
  switch (unit) {
    case 'percent':
      return fixed(value * 100, Math.abs(value) < 0.0995 ? 2 : 1) + '%'
    case 'ratio':
      return fixed(value, 2)
    case 'money':
      return money(value, currency, Math.abs(value) < 1000 ? 2 : 0)
    case 'count':
      return number(value, { maximumFractionDigits: 0 })
  }
}

const STEPS = [
  { from: 999_500_000, by: 1e9, mark: 'bn' },
  { from: 999_500, by: 1e6, mark: 'M' },
  { from: 10_000, by: 1e3, mark: 'k' },
] as const

/** 12.4k · €1,240 · 3.42 · 4.3% */
export function short(value: number | null, unit: Unit, currency?: string | null): string {
  if (value === null || !Number.isFinite(value)) return '\u2013'
  if (unit === 'percent') return percent(value)
  if (unit === 'ratio') return fixed(value, 2)
  const step = STEPS.find(s => Math.abs(value) >= s.from)
  if (!step) return exact(value, unit, currency)
  const scaled = value / step.by
  const text = fixed(scaled, Math.abs(scaled) < 99.95 ? 1 : 0) + step.mark
  return unit === 'money' && currency ? symbol(currency) + text : text
}

function symbol(currency: string): string {
  const parts = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
  }).formatToParts(0)
  return parts.find(part => part.type === 'currency')?.value ?? currency
}

/** Axis labels: as short as they can be. */
export function tick(value: number, unit: Unit, currency?: string | null): string {
  if (unit === 'percent') return number(value * 100, { maximumFractionDigits: 1 }) + '%'
  if (unit === 'ratio') return number(value, { maximumFractionDigits: 2 })
  const step = [
    { by: 1e9, mark: 'bn' },
    { by: 1e6, mark: 'M' },
    { by: 1e3, mark: 'k' },
  ].find(s => Math.abs(value) >= s.by)
  const text = number(value / (step?.by ?? 1), { maximumFractionDigits: 1 }) + (step?.mark ?? '')
  return unit === 'money' && currency ? symbol(currency) + text : text
}

/** A part of a whole: one decimal always, so that a column lines up. */
export const shareText = (value: number) => fixed(value * 100, 1) + '%'

/** A change, signed: +12.4%, or in percentage points where the metric is itself a rate. */
export interface Change {
  text: string
  size: string
  direction: -1 | 0 | 1
}

export function change(delta: number, value: number | null, unit: Unit): Change {
  if (unit === 'percent' && value !== null && delta > -1) return signed((value - value / (1 + delta)) * 100, ' pp')
  return signed(delta * 100, '%')
}

function signed(amount: number, mark: string): Change {
  const digits = Math.abs(amount) < 9.95 ? 1 : 0
  const size = fixed(Math.abs(amount), digits) + mark
  const zero = Number(Math.abs(amount).toFixed(digits)) === 0
  const direction = zero ? 0 : amount > 0 ? 1 : -1
  return { size, direction, text: (direction > 0 ? '+' : direction < 0 ? '\u2212' : '') + size }
}

const dayFormat = (options: Intl.DateTimeFormatOptions) => {
  const format = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options })
  return (day: string) => format.format(new Date(day + 'T00:00:00Z'))
}
export const dayShort = dayFormat({ day: 'numeric', month: 'short' })
export const dayNamed = dayFormat({ weekday: 'short', day: 'numeric', month: 'short' })
export const dayYear = dayFormat({ day: 'numeric', month: 'short', year: 'numeric' })
export const dayFull = dayFormat({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
export const dayNumber = dayFormat({ day: 'numeric' })
export const weekdayShort = dayFormat({ weekday: 'short' })
export const monthNamed = dayFormat({ month: 'long', year: 'numeric' })
export const monthShort = dayFormat({ month: 'short', year: '2-digit' })

export function rangeText({ start, end }: Range): string {
  if (start === end) return dayYear(start)
  const thisYear = String(new Date().getFullYear())
  const plain = start.startsWith(thisYear) && end.startsWith(thisYear)
  const from = start.slice(0, 4) === end.slice(0, 4) ? dayShort(start) : dayYear(start)
  return `${from} \u2013 ${plain ? dayShort(end) : dayYear(end)}`
}

/** An instant in the reader's time: the hour if it is today, else the day with it. */
export function timeText(instant: string): string {
  const time = new Date(instant),
    now = new Date()
  const clock = time.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit' })
  if (time.toDateString() === now.toDateString()) return clock
  return `${time.toLocaleDateString(locale, { day: 'numeric', month: 'short' })}, ${clock}`
}
