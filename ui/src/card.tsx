// One card of the board: what it is, the number, how it moved, and as much of the rest as fits.
import { useMemo } from 'preact/hooks'
import { Chart } from './chart.tsx'
import { Delta, goodOf } from './delta.tsx'
import { change, remove } from './edit.ts'
import { dayShort, short } from './format.ts'
import { Icon } from './icons.tsx'
import { keyOf, resized, shifted, SIZES, type Box, type Size } from './layout.ts'
import { retryCard } from './load.ts'
import type { Answer, Placed, WidgetKind } from './model.ts'
import { missing, plotOf, type Plot } from './plot.ts'
import { Popup } from './popup.tsx'
import { cardData, kinds, layout, type CardData } from './state.ts'
import { Items, Metrics, Parts } from './table.tsx'
import { texts, word } from './texts.ts'
import { tipOn } from './tip.tsx'
import { columns } from './ui-state.ts'

interface Props {
  placed: Placed
  box: Box
  columns: number
}

function Menu({ placed, title }: { placed: Placed; title: string }) {
  const item = (text: string, run: () => void, close: () => void, on = false) => (
    <button
      type="button"
      aria-pressed={on || undefined}
      onClick={() => {
        close()
        run()
      }}
    >
      {text}
      {on && <Icon name="check" />}
    </button>
  )
  return (
    <Popup
      id={`menu-${placed.id}`}
      class="icon-button card-menu"
      label={texts.menu(title)}
      button={<Icon name="dots" class="icon-dots" />}
    >
      {close => (
        <div class="menu">
          <p class="menu-label">{texts.sizeLabel}</p>
          {(Object.keys(SIZES) as Size[]).map(size =>
            item(
              texts.sizes[size],
              () => change(resized(layout.peek(), placed.id, size, columns.peek())),
              close,
              placed.size === size,
            ),
          )}
          <hr />
          {item(texts.move.earlier, () => change(shifted(layout.peek(), placed.id, -1, columns.peek())), close)}
          {item(texts.move.later, () => change(shifted(layout.peek(), placed.id, 1, columns.peek())), close)}
          <hr />
          {item(texts.remove, () => remove(placed.id, title), close)}
        </div>
      )}
    </Popup>
  )
}

/** All that one should know before quoting the number. */
function notesOf(data: CardData): string[] {
  const { answer, range } = data
  if (!answer || !range) return []
  const { notices = [], provisional_from: from, basis } = answer.quality
  const gaps = missing(answer, range).length
  return [
    ...notices.map(notice => notice.text),
    ...(gaps > 0 ? [texts.missingDays(gaps)] : []),
    ...(from && from <= range.end ? [texts.provisionalFrom(dayShort(from > range.start ? from : range.start))] : []),
    ...(basis ? [word(texts.basis, basis) ?? ''].filter(Boolean) : []),
  ]
}

/** Nothing is wrong: today is never complete. */
const QUIET = new Set(['complete_days_only'])

/** Attention if something is wrong, quiet if it is only good to know. */
function Notes({ data }: { data: CardData }) {
  const notes = notesOf(data)
  if (notes.length === 0 || !data.answer || isEmpty(data.answer)) return null
  const notices = data.answer.quality.notices ?? []
  const loud = notices.some(one => !QUIET.has(one.code)) || missing(data.answer, data.range!).length > 0
  const content = () => (
    <div class="tip-notes">
      {notes.map(text => (
        <p>{text}</p>
      ))}
    </div>
  )
  return (
    <button
      type="button"
      class={`icon-button card-note${loud ? ' card-note-loud' : ''}`}
      aria-label={`${texts.notes}: ${notes.join(' ')}`}
      {...tipOn(content)}
    >
      <Icon name="info" />
    </button>
  )
}

function Skeleton({ tall }: { tall: boolean }) {
  return (
    <div class="skeleton" role="status">
      <span class="hidden">{texts.loading}</span>
      <i class="skeleton-number" />
      {tall && <i class="skeleton-chart" />}
    </div>
  )
}

function Failed({ id, text }: { id: string; text: string }) {
  return (
    <div class="card-state" role="alert">
      <p>{texts.cardFailed}</p>
      <p class="quiet">{text}</p>
      <button type="button" class="button" onClick={() => void retryCard(id)}>
        {texts.retry}
      </button>
    </div>
  )
}

/** No number at all: say why, in the words of the server where it has some. */
function Nothing({ answer }: { answer: Answer }) {
  const notices = answer.quality.notices ?? []
  const why = notices.find(notice => ['not_connected', 'source_off', 'reconnect'].includes(notice.code)) ?? notices[0]
  return (
    <div class="card-state">
      <p class="quiet">{why?.text ?? texts.noData}</p>
    </div>
  )
}

const isEmpty = (answer: Answer) =>
  answer.stats.value === null &&
  !answer.series.some(series => series.points.length > 0) &&
  !answer.items?.length &&
  !answer.breakdown?.length

function Figure({ answer, kind, currency }: { answer: Answer; kind: WidgetKind; currency: string | null }) {
  const { value, delta } = answer.stats
  const unit = kind.chart === 'pair' ? 'ratio' : kind.unit
  if (kind.chart === 'table' && value === null) return null
  return (
    <p class="figure">
      <span class="value">{short(value, unit, currency)}</span>
      {delta !== null && (
        <Delta
          delta={delta}
          value={value}
          unit={unit}
          good={goodOf(kind)}
          {...(answer.compare ? { against: answer.compare.basis_window?.previous ?? answer.compare } : {})}
        />
      )}
    </p>
  )
}

/** Names the lines where no table beside the chart does. */
function Legend({ plot }: { plot: Plot }) {
  return (
    <ul class="legend">
      {plot.lines.map(line => (
        <li>
          <i class={`swatch hue-${line.hue}`} aria-hidden="true" />
          {line.name}
        </li>
      ))}
    </ul>
  )
}

function Content({
  answer,
  kind,
  data,
  box,
  columns,
}: {
  answer: Answer
  kind: WidgetKind
  data: CardData
  box: Box
  columns: number
}) {
  const range = data.range!,
    currency = answer.currency ?? null
  const plot = useMemo(() => plotOf(answer, kind, range), [answer, kind, range])
  const small = box.h <= 2
  const wide = columns > 1 && box.w >= 6
  const parts = answer.breakdown?.length ? (
    <Parts parts={answer.breakdown} plot={plot} unit={kind.unit} currency={currency} />
  ) : null
  const items = answer.items?.length ? <Items items={answer.items} room={wide ? 4 : 2} currency={currency} /> : null
  const table = parts ?? items
  const room = !small && (box.h >= 4 || wide || !plot)
  return (
    <>
      <Figure answer={answer} kind={kind} currency={currency} />
      {answer.metrics && !small && <Metrics metrics={answer.metrics} kind={kind} currency={currency} />}
      {plot && plot.lines.length > 1 && !small && !(parts && room) && <Legend plot={plot} />}
      <div class={wide ? 'card-body card-body-wide' : 'card-body'}>
        {plot && (
          <div class="card-chart">
            <Chart title={kind.title} plot={plot} spark={small} currency={currency} />
            {!plot.fromZero && !small && <p class="axis-note">{texts.axisNotZero}</p>}
          </div>
        )}
        {table && room && <div class="card-table">{table}</div>}
      </div>
    </>
  )
}

export function Card({ placed, box, columns }: Props) {
  const key = keyOf(placed),
    kind = kinds.value.get(key),
    data = cardData(key).value
  const title = kind?.title ?? key,
    id = `card-${placed.id}`
  const { answer, problem, loading } = data
  const body = !kind ? (
    <div class="card-state">
      <p class="quiet">{texts.unknownWidget(key)}</p>
    </div>
  ) : problem ? (
    <Failed id={key} text={problem.message} />
  ) : !answer ? (
    <Skeleton tall={box.h > 2} />
  ) : isEmpty(answer) ? (
    <Nothing answer={answer} />
  ) : (
    <Content answer={answer} kind={kind} data={data} box={box} columns={columns} />
  )
  return (
    <article
      class={`card${loading && answer ? ' card-loading' : ''}`}
      aria-labelledby={id}
      aria-busy={loading}
      data-widget={key}
    >
      <header class="card-head">
        <h2 id={id} class="card-title" title={kind?.description}>
          {title}
        </h2>
        <Notes data={data} />
        <Menu placed={placed} title={title} />
      </header>
      {body}
    </article>
  )
}
