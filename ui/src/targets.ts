// The user's targets and how far they are; what a card says of its own.
import { signal } from '@preact/signals'
import { get } from './api.ts'
import { change, exact, short } from './format.ts'
import type { Target } from './model.ts'
import { texts } from './texts.ts'

export const targets = signal<Target[]>([])

/** Silent when it fails: a card is whole without them. */
export async function loadTargets(): Promise<void> {
  const reply = await get<{ targets: Target[] }>('/v1/targets').catch(() => null)
  if (reply) targets.value = reply.targets
}

const PERIODS = ['week', 'month', 'quarter', 'range']

/** Of several targets the shortest period is the one to act on; a range counts while it lasts. */
export function targetOf(widget: string, today = new Date().toISOString().slice(0, 10)): Target | undefined {
  return targets.value
    .filter(one => one.widget === widget && (one.period !== 'range' || one.progress.end >= today))
    .sort((a, b) => PERIODS.indexOf(a.period) - PERIODS.indexOf(b.period))[0]
}

/** The part that is reached, 0 to 1 and beyond; null without a number. */
export const reached = ({ value, progress }: Target): number | null =>
  progress.value === null || value <= 0 ? null : progress.value / value

function pace({ progress, good }: Target): string {
  const { value, expected } = progress
  if (value === null || !expected) return ''
  const { size, direction } = change(value / expected - 1, null, 'count')
  if (direction === 0) return texts.onPace
  if (good === 'none') return direction > 0 ? texts.overPlan(size) : texts.underPlan(size)
  return direction > 0 === (good === 'up') ? texts.aheadOfPace(size) : texts.behindPace(size)
}

/** Round numbers keep their zeros: people set 30,000, not 30.0k. */
const LONG = 100_000

/** What a card says, in pieces, so that a narrow one can leave out the middle: "62% of 10,000", "this month",
    "8% behind pace"; of a rate "3.1%", "this month", "target at least 4.0%". */
export function progressWords(target: Target): { what: string; when: string; how: string } {
  const { value, unit, currency, progress, period, good } = target
  const aim =
    Math.abs(value) < LONG ? exact(value, unit, currency).replace(/[.,]00(?=\D*$)/, '') : short(value, unit, currency)
  const when = texts.periodNow[period]
  const share = reached(target)
  if (progress.basis !== 'as_is' && share !== null)
    return { what: texts.partOf(`${Math.round(share * 100)}%`, aim), when, how: pace(target) }
  const bound = good === 'down' ? texts.atMost(aim) : good === 'up' ? texts.atLeast(aim) : aim
  return { what: exact(progress.value, unit, currency), when, how: texts.aimAt(bound) }
}

export function progressText(target: Target): string {
  const { what, when, how } = progressWords(target)
  return [`${what} ${when}`, how].filter(Boolean).join(' \u00b7 ')
}
