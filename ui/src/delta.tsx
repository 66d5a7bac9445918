// How a number moved: arrow and signed figure, words for screen readers, colour last. Where the
// change can be explained it is a button that does so.
import { change, rangeText } from './format.ts'
import { Icon } from './icons.tsx'
import type { Days, Good, Unit, WidgetKind } from './model.ts'
import { texts } from './texts.ts'
import { tipOn } from './tip.tsx'
import { opened } from './ui-state.ts'

/** Which way is better: the registry knows, of a widget and of each of its fields. */
export const goodOf = (kind: WidgetKind, field?: string): Good =>
  field === undefined ? kind.good : (kind.fields.find(one => one.key === field)?.good ?? 'none')

/** Opens the explanation of a widget's change, or of one of its numbers; undefined if it has none. */
export function whyOf(kind: WidgetKind, metric: string | null = null): (() => void) | undefined {
  const ways = metric === null ? kind.explain : (kind.explain_metrics[metric] ?? [])
  return ways.length > 0 ? () => (opened.value = { what: 'explain', kind, metric }) : undefined
}

export type Verdict = 'good' | 'bad' | 'even'
export const verdict = (direction: number, good: Good): Verdict =>
  direction === 0 || good === 'none' ? 'even' : direction > 0 === (good === 'up') ? 'good' : 'bad'

interface Props {
  delta: number
  value: number | null
  unit: Unit
  good: Good
  against?: Days | undefined
  why?: (() => void) | undefined
}

function Note({ against, why }: Pick<Props, 'against' | 'why'>) {
  return (
    <>
      {against && <p>{texts.against(rangeText(against))}</p>}
      {why && <p class="quiet">{texts.whyHint}</p>}
    </>
  )
}

export function Delta({ delta, value, unit, good, against, why }: Props) {
  const { text, size, direction } = change(delta, value, unit)
  const words = direction === 0 ? texts.same : direction > 0 ? texts.up(size) : texts.down(size)
  const full = against ? `${words} ${texts.against(rangeText(against))}` : words
  const look = `delta delta-${verdict(direction, good)}`
  const inside = (
    <>
      <span aria-hidden="true">
        {direction !== 0 && <Icon name={direction > 0 ? 'up' : 'down'} />}
        {text}
      </span>
      <span class="hidden">{why ? `${full}. ${texts.why}` : full}</span>
    </>
  )
  const hover = against || why ? tipOn(() => <Note against={against} why={why} />) : {}
  if (why)
    return (
      <button type="button" class={look} onClick={why} {...hover}>
        {inside}
      </button>
    )
  return (
    <span class={look} {...(against ? { tabIndex: 0, role: 'note', ...hover } : {})}>
      {inside}
    </span>
  )
}
