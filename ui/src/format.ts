// Numbers and days as people read them. Short on cards, exact in tooltips and tables.
import type { Range } from './dates.ts'
import type { Unit } from './model.ts'
import { localeNow, prefs, zoneNow } from './prefs.ts'

const formats = new Map<string, Intl.NumberFormat>()

function number(value: number, options: Intl.NumberFormatOptions): string {
  const locale = localeNow(),
    key = locale + JSON.stringify(options)
  let format = formats.get(key)
  if (!format) formats.set(key, (format = new Intl.NumberFormat(locale, options)))
  return format.format(value).replace('-', '\u2212')
}

const fixed = (value: number, digits: number) =>
  number(value, { minimumFractionDigits: digits, maximumFractionDigits: digits })

const display = () => (prefs.value.money === 'code' ? 'code' : 'narrowSymbol')

function money(value: number, currency: string | null | undefined, digits: number): string {
  if (!currency) return fixed(value, digits)
  // A yen has no cents: let the currency decide when there are digits at all.
  const whole = digits === 0 ? { maximumFractionDigits: 0 } : {}
  return number(value, { style: 'currency', currency, currencyDisplay: display(), ...whole })
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

/** Money is worth its digits for longer: €12,431 and ¥98,000, then €124k. */
const SHORT_MONEY = 99_950

/** 12.4k · €1,240 · 3.42 · 4.3% */
export function short(value: number | null, unit: Unit, currency?: string | null): string {
  if (value === null || !Number.isFinite(value)) return '\u2013'
  if (unit === 'percent') return percent(value)
  if (unit === 'ratio') return fixed(value, 2)
  const step = STEPS.find(s => Math.abs(value) >= s.from)
  if (!step || (unit === 'money' && Math.abs(value) < SHORT_MONEY)) return exact(value, unit, currency)
  const scaled = value / step.by
  return withSymbol(fixed(scaled, Math.abs(scaled) < 99.95 ? 1 : 0) + step.mark, unit, currency)
}

/** A shortened number with its currency, on the side where the reader's language has it. */
function withSymbol(text: string, unit: Unit, currency?: string | null): string {
  if (unit !== 'money' || !currency) return text
  if (display() === 'code') return `${currency}\u00a0${text}`
  const style = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const
  const parts = new Intl.NumberFormat(localeNow(), style).formatToParts(0)
  const symbol = parts.find(part => part.type === 'currency')?.value ?? currency
  if (parts[0]?.type !== 'currency') return `${text}\u00a0${symbol}`
  return text.startsWith('\u2212') ? `\u2212${symbol}${text.slice(1)}` : symbol + text
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
  const digits = unit === 'money' && !step ? 2 : 1
  return withSymbol(
    number(value / (step?.by ?? 1), { maximumFractionDigits: digits }) + (step?.mark ?? ''),
    unit,
    currency,
  )
}

/** A part of a whole: one decimal always, so that a column lines up. */
export const shareText = (value: number) => fixed(value * 100, 1) + '%'

/** A share that may be tiny, as that of the impressions that end in a purchase: 82.4% · 1.24% · 0.027%. */
export function rateText(value: number): string {
  const size = Math.abs(value)
  return fixed(value * 100, size >= 0.0995 || size === 0 ? 1 : size >= 0.00995 ? 2 : 3) + '%'
}

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

/** A difference in the metric's own unit and steps: +1,203 · \u2212€12.40 · +0.25 pp. What adds up in steps adds up as shown. */
export function difference(amount: number, unit: Unit, currency: string | null | undefined, decimals: number): string {
  const step = 10 ** -decimals
  const steps = Math.round(amount / step) // no sign before what is shown as zero
  const shown = steps === 0 ? 0 : amount
  const plus = steps > 0 ? '+' : ''
  if (unit === 'percent') return `${plus}${fixed(shown * 100, Math.max(0, decimals - 2))} pp`
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals }
  const style = { style: 'currency', currencyDisplay: 'narrowSymbol' } as const
  return plus + number(shown, unit === 'money' && currency ? { ...style, currency, ...digits } : digits)
}

function signed(amount: number, mark: string): Change {
  const digits = Math.abs(amount) < 9.95 ? 1 : 0
  const size = fixed(Math.abs(amount), digits) + mark
  const zero = Number(Math.abs(amount).toFixed(digits)) === 0
  const direction = zero ? 0 : amount > 0 ? 1 : -1
  return { size, direction, text: (direction > 0 ? '+' : direction < 0 ? '\u2212' : '') + size }
}

const dayFormat = (options: Intl.DateTimeFormatOptions) => {
  let format: Intl.DateTimeFormat | undefined,
    made = ''
  return (day: string) => {
    const locale = localeNow()
    if (!format || made !== locale) format = new Intl.DateTimeFormat((made = locale), { timeZone: 'UTC', ...options })
    return format.format(new Date(day + 'T00:00:00Z'))
  }
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
    locale = localeNow(),
    zone = { timeZone: zoneNow() }
  const day = (at: Date) => at.toLocaleDateString(locale, { day: 'numeric', month: 'short', ...zone })
  const clock = time.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit', ...zone })
  return Math.abs(time.getTime() - Date.now()) < 86_400_000 && day(time) === day(new Date())
    ? clock
    : `${day(time)}, ${clock}`
}

/** At most this many letters; never half of one. */
export function cut(text: string, most: number): string {
  const letters = [...text]
  return letters.length > most ? letters.slice(0, most - 1).join('') + '\u2026' : text
}
