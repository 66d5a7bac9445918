// How the user wants days and numbers shown. Kept by the server, and here so that a reload shows them so
// from the start. Null: as the browser has it.
import { signal } from '@preact/signals'

export interface Prefs {
  zone: string | null // IANA name: what "yesterday" and times of the day mean
  week_start: string | null // "0" Sunday, "1" Monday, "6" Saturday
  numbers: string | null // BCP 47 locale, of numbers and dates
  money: string | null // "symbol" or "code"
}

const NONE: Prefs = { zone: null, week_start: null, numbers: null, money: null }
const NAMES = Object.keys(NONE) as (keyof Prefs)[]

const works = (attempt: () => unknown): boolean => {
  try {
    attempt()
    return true
  } catch {
    return false // an Intl that does not know it
  }
}
const valid: Record<keyof Prefs, (value: string) => boolean> = {
  zone: value => works(() => new Intl.DateTimeFormat('en', { timeZone: value })),
  week_start: value => ['0', '1', '6'].includes(value),
  numbers: value => works(() => new Intl.NumberFormat(value)),
  money: value => ['symbol', 'code'].includes(value),
}

/** Only what is known and works here. */
function sound(raw: unknown): Prefs {
  const found = { ...NONE }
  if (raw && typeof raw === 'object')
    for (const name of NAMES) {
      const value = (raw as Record<string, unknown>)[name]
      if (typeof value === 'string' && valid[name](value)) found[name] = value
    }
  return found
}

const remembered = (): unknown => {
  try {
    return JSON.parse(localStorage.getItem('prefs') ?? 'null')
  } catch {
    return null
  }
}
export const prefs = signal<Prefs>(sound(remembered()))

export function takePrefs(raw: unknown): void {
  const next = sound(raw)
  if (JSON.stringify(next) !== JSON.stringify(prefs.peek())) prefs.value = next
  try {
    localStorage.setItem('prefs', JSON.stringify(next))
  } catch {
    /* they then last as long as the page */
  }
}

export const localeNow = () => prefs.value.numbers ?? navigator.language
export const zoneNow = () => prefs.value.zone ?? undefined

/** The week's first day, 0 (Sunday) to 6. */
export function weekStart(): number {
  if (prefs.value.week_start) return Number(prefs.value.week_start)
  const locale = new Intl.Locale(navigator.language) as Intl.Locale & {
    weekInfo?: { firstDay: number }
    getWeekInfo?: () => { firstDay: number }
  }
  return ((locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay ?? 1) % 7
}
