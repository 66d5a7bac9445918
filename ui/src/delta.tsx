// How a number moved: arrow and signed figure, words for screen readers, colour last.
import { change, rangeText } from './format.ts'
import { Icon } from './icons.tsx'
import type { Good, Unit, WidgetKind } from './model.ts'
import { texts } from './texts.ts'
import { tipOn } from './tip.tsx'

/** Which way is better: the registry knows, of a widget and of each of its fields. */
export const goodOf = (kind: WidgetKind, field?: string): Good =>
  field === undefined ? kind.good : (kind.fields.find(one => one.key === field)?.good ?? 'none')

interface Props {
  delta: number
  value: number | null
  unit: Unit
  good: Good
  against?: { start: string; end: string }
}

function Against({ against }: { against: { start: string; end: string } }) {
  return <p>{texts.against(rangeText(against))}</p>
}

export function Delta({ delta, value, unit, good, against }: Props) {
  const { text, size, direction } = change(delta, value, unit)
  const better = direction === 0 || good === 'none' ? 'even' : direction > 0 === (good === 'up') ? 'good' : 'bad'
  const words = direction === 0 ? texts.same : direction > 0 ? texts.up(size) : texts.down(size)
  const full = against ? `${words} ${texts.against(rangeText(against))}` : words
  const hover = against ? { tabIndex: 0, ...tipOn(() => <Against against={against} />) } : {}
  return (
    <span class={`delta delta-${better}`} {...hover}>
      <span aria-hidden="true">
        {direction !== 0 && <Icon name={direction > 0 ? 'up' : 'down'} />}
        {text}
      </span>
      <span class="hidden">{full}</span>
    </span>
  )
}
