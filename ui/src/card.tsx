// One card of the board: what it is, the number, how it moved, and as much of the rest as fits.
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { shared } from './api.ts'
import { CardMenu, showsTable } from './card-menu.tsx'
import { Failed, isEmpty, Mark, Nothing, Skeleton } from './card-states.tsx'
import { Chart } from './chart.tsx'
import { DayTable } from './days.tsx'
import { Delta, goodOf, whyOf } from './delta.tsx'
import { short } from './format.ts'
import { Funnel, StepTable } from './funnel.tsx'
import { keyOf, type Box } from './layout.ts'
import type { Answer, Days, Placed, WidgetKind } from './model.ts'
import { plotOf, type Plot } from './plot.ts'
import { address, cardData, kinds, type CardData } from './state.ts'
import { Items, Metrics, Parts } from './table.tsx'
import { progressText, progressWords, reached, targetOf } from './targets.ts'
import { texts } from './texts.ts'
import { opened } from './ui-state.ts'

const againstOf = (answer: Answer): Days | undefined => answer.compare?.basis_window?.previous ?? answer.compare

function Figure({ answer, kind, currency }: { answer: Answer; kind: WidgetKind; currency: string | null }) {
  const { value, delta } = answer.stats
  if (kind.chart === 'table' && value === null) return null
  return (
    <p class="figure">
      <span class="value">{short(value, kind.unit, currency)}</span>
      {delta !== null && (
        <Delta
          delta={delta}
          value={value}
          unit={kind.unit}
          good={goodOf(kind)}
          against={againstOf(answer)}
          why={whyOf(kind)}
        />
      )}
    </p>
  )
}

/** How far the target is: a line of words and a thin bar. */
function Progress({ kind }: { kind: WidgetKind }) {
  const target = targetOf(kind.key)
  if (!target) return null
  const part = target.progress.basis === 'as_is' ? null : reached(target)
  const late = target.progress.on_track === false
  const { what, when, how } = progressWords(target)
  return (
    <button
      type="button"
      class={`aim${late ? ' aim-late' : ''}`}
      onClick={() => (opened.value = { what: 'target', kind })}
    >
      {part !== null && (
        <span class="aim-bar" aria-hidden="true">
          <i style={{ width: `${Math.max(0, Math.min(1, part)) * 100}%` }} />
        </span>
      )}
      <span class="aim-text" title={progressText(target)}>
        {what} <span class={part === null ? '' : 'aim-when'}>{when}</span>
        {how && ` \u00b7 ${how}`}
      </span>
    </button>
  )
}

/** Names the lines where neither their ends nor a table beside the chart do. */
function Legend({ plot }: { plot: Plot }) {
  if (plot.names !== 'legend' && plot.names !== 'axis') return null
  return (
    <ul class={`legend legend-${plot.names}`}>
      {plot.lines.map(line => (
        <li key={line.name}>
          <i class={`swatch hue-${line.hue}`} aria-hidden="true" />
          <span title={line.name}>{line.name}</span>
        </li>
      ))}
    </ul>
  )
}

interface ContentProps {
  answer: Answer
  kind: WidgetKind
  range: Days
  wide: boolean // room for two beside each other
  rows: number
  table?: boolean // the figures instead of the chart
}

/** What of it is shown, by the room there is: small a line without axes, wide the chart, tall a table under it. */
export function Content({ answer, kind, range, wide, rows, table = false }: ContentProps) {
  const currency = answer.currency ?? null
  const plot = useMemo(() => plotOf(answer, kind, range), [answer, kind, range])
  const small = rows <= 2
  const parts = answer.breakdown?.length ? (
    <Parts parts={answer.breakdown} plot={plot} kind={kind} currency={currency} />
  ) : null
  const items = answer.items?.length ? (
    <Items answer={answer} kind={kind} room={wide && !plot ? 5 : 2} currency={currency} />
  ) : null
  const list = parts ?? items
  const room = !small && (rows >= 4 || wide || !plot)
  const days = plot && <DayTable title={kind.title} plot={plot} currency={currency} />
  const steps = answer.steps && !small ? answer.steps : null
  const beside = list && room && !table ? list : rows >= 5 && !list && !table ? days : null
  return (
    <>
      <Figure answer={answer} kind={kind} currency={currency} />
      <Progress kind={kind} />
      {answer.metrics && !small && <Metrics metrics={answer.metrics} kind={kind} currency={currency} />}
      {plot && !small && !table && !(parts && room) && <Legend plot={plot} />}
      <div class={wide ? 'card-body card-body-wide' : 'card-body'}>
        {steps && !table && <Funnel answer={answer} kind={kind} />}
        {steps && table && <StepTable answer={answer} kind={kind} />}
        {plot && !table && !steps && (
          <div class="card-chart">
            <Chart title={kind.title} plot={plot} spark={small} currency={currency} {...(shared ? {} : { kind })} />
            {!plot.fromZero && !small && <p class="axis-note">{texts.axisNotZero}</p>}
          </div>
        )}
        {table && !steps && days}
        {beside && !steps && <div class={items ? 'card-table card-items' : 'card-table'}>{beside}</div>}
      </div>
    </>
  )
}

/** The title is a link to the card itself, with the question that is asked now. */
function Title({ id, title, kind }: { id: string; title: string; kind: WidgetKind | undefined }) {
  const from = useRef<[number, number]>([0, 0])
  const dragged = ({ clientX, clientY }: MouseEvent) =>
    Math.abs(clientX - from.current[0]) + Math.abs(clientY - from.current[1]) > 6
  // On the page of a link the address is the link itself.
  if (shared)
    return (
      <h2 id={id} class="card-title" title={kind?.description}>
        {title}
      </h2>
    )
  return (
    <h2 id={id} class="card-title" title={kind?.description}>
      <a
        href={`${address.value}#${encodeURIComponent(id)}`}
        draggable={false}
        onPointerDown={event => (from.current = [event.clientX, event.clientY])}
        onClick={event => {
          // The title is what a card is dragged by; the keyboard's click has no place.
          if (event.detail > 0 && dragged(event)) event.preventDefault()
        }}
      >
        {title}
      </a>
    </h2>
  )
}

/** Somebody came here by a card's link: show it. */
function useArrival(id: string): void {
  useEffect(() => {
    if (location.hash !== `#${encodeURIComponent(id)}`) return
    requestAnimationFrame(() => document.getElementById(id)?.scrollIntoView({ block: 'center' }))
  }, [])
}

interface Props {
  placed: Placed
  box: Box
  columns: number
}

function Body({ data, kind, placed, box, columns }: Props & { data: CardData; kind: WidgetKind | undefined }) {
  const { answer, problem, range } = data,
    key = keyOf(placed)
  if (!kind)
    return (
      <div class="card-state">
        <p class="quiet">{texts.unknownWidget(key)}</p>
      </div>
    )
  if (problem) return <Failed id={key} text={problem.message} />
  if (!answer || !range) return <Skeleton tall={box.h > 2} />
  if (isEmpty(answer)) return <Nothing answer={answer} kind={kind} />
  const wide = columns > 1 && box.w >= 6
  return <Content answer={answer} kind={kind} range={range} wide={wide} rows={box.h} table={showsTable(placed)} />
}

export function Card(props: Props) {
  const { placed } = props,
    key = keyOf(placed),
    kind = kinds.value.get(key),
    data = cardData(key).value
  const title = kind?.title ?? key,
    id = `card-${placed.id}`
  useArrival(id)
  return (
    <article
      class={`card${data.loading && data.answer ? ' card-loading' : ''}`}
      aria-labelledby={id}
      aria-busy={data.loading}
      data-widget={key}
    >
      <header class="card-head">
        <Title id={id} title={title} kind={kind} />
        <Mark data={data} />
        <CardMenu placed={placed} kind={kind} title={title} />
      </header>
      <Body {...props} data={data} kind={kind} />
    </article>
  )
}
