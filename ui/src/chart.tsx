// A chart in a card: its single days are read by pointer and by arrow keys.
import { signal } from '@preact/signals'
import { useRef, useState } from 'preact/hooks'
import { moved } from './days.tsx'
import { useCanvas } from './drawing.ts'
import { dayNamed, dayShort, exact, rangeText } from './format.ts'
import { Icon } from './icons.tsx'
import type { WidgetKind } from './model.ts'
import type { Line, Plot } from './plot.ts'
import { texts } from './texts.ts'
import { hideTip, tip } from './tip.tsx'
import { opened } from './ui-state.ts'

interface Props {
  title: string
  plot: Plot
  spark: boolean
  currency: string | null
  kind?: WidgetKind // days of its chart can be noted
}

/** One line: both days under each other, then the difference. */
function Pair({ line, plot, day, currency }: RowProps) {
  const before = line.before && plot.daysBefore?.[day]
  return (
    <div class="tip-pair">
      <b>{dayNamed(plot.days[day]!)}</b>
      <b>{exact(line.values[day] ?? null, line.unit, currency)}</b>
      {before && (
        <>
          <span class="tip-before">{dayNamed(before)}</span>
          <span class="tip-before">{exact(line.before![day] ?? null, line.unit, currency)}</span>
        </>
      )}
      {before && moved(line, day) && (
        <>
          <span class="tip-before">{texts.change}</span>
          <span>{moved(line, day)}</span>
        </>
      )}
    </div>
  )
}

interface RowProps {
  line: Line
  plot: Plot
  day: number
  currency: string | null
}

function Row({ line, day, currency }: RowProps) {
  const value = line.values[day] ?? null,
    before = line.before?.[day] ?? null
  return (
    <>
      <span class="tip-name">
        <i class={`swatch hue-${line.hue}`} />
        {line.name}
      </span>
      <b>{exact(value, line.unit, currency)}</b>
      <span class="tip-before">{line.before ? exact(before, line.unit, currency) : ''}</span>
      <span class="tip-before">{moved(line, day)}</span>
    </>
  )
}

function DayNote({ plot, day, currency }: Omit<RowProps, 'line'>) {
  const before = plot.daysBefore?.[day]
  const rows = plot.total && plot.lines.length > 1 ? [...plot.lines, { ...plot.total, hue: 0 }].reverse() : plot.lines
  const empty = rows.every(line => line.values[day] == null)
  const single = plot.lines.length === 1 && !empty
  return (
    <div class="tip-day">
      {single && <Pair line={plot.lines[0]!} plot={plot} day={day} currency={currency} />}
      {!single && (
        <p class="tip-title">
          {dayNamed(plot.days[day]!)}
          {before && <span class="tip-before"> / {dayNamed(before)}</span>}
        </p>
      )}
      {single ? null : empty ? (
        <p>{texts.missingDay}</p>
      ) : (
        <div class="tip-rows">
          {rows.map(line => (
            <Row line={line} plot={plot} day={day} currency={currency} />
          ))}
        </div>
      )}
      {!empty && day >= plot.provisional && <p class="tip-before">{texts.provisional}</p>}
      {plot.marks
        .filter(mark => mark.from <= day && day <= mark.to)
        .map(mark => (
          <p key={mark.id} class="tip-mark">
            <Icon name="flag" />
            {mark.text}
          </p>
        ))}
    </div>
  )
}

/** What a chart says to those who don't see it. */
function label({ title, plot, currency, kind }: Props): string {
  const line = plot.total ?? plot.lines[0]
  const range = rangeText({ start: plot.days[0]!, end: plot.days.at(-1)! })
  const known = line?.values.map((v, i) => ({ v, i })).filter((p): p is { v: number; i: number } => p.v !== null) ?? []
  if (!line || known.length === 0) return texts.chartOf(title, range)
  const high = known.reduce((a, b) => (b.v > a.v ? b : a)),
    low = known.reduce((a, b) => (b.v < a.v ? b : a))
  const say = (p: { v: number; i: number }) => [exact(p.v, line.unit, currency), dayShort(plot.days[p.i]!)] as const
  return `${texts.chartOf(title, range)} ${texts.chartExtremes(...say(high), ...say(low))} ${texts.chartKeys(kind !== undefined)}`
}

export function Chart(props: Props) {
  const { plot, spark, currency, kind } = props
  const frame = useRef<HTMLDivElement>(null),
    holder = useRef<HTMLDivElement>(null)
  const canvas = useCanvas(holder, plot, { spark, currency })
  const cursor = useRef<HTMLDivElement>(null)
  const [day] = useState(() => signal<number | null>(null))

  const read = (index: number) => {
    const made = canvas.current
    if (!made || !frame.current || !cursor.current) return
    const at = Math.min(Math.max(0, index), plot.days.length - 1)
    const box = frame.current.getBoundingClientRect(),
      x = made.xOf(at)
    day.value = at
    cursor.current.hidden = false
    cursor.current.style.setProperty('left', `${x}px`)
    tip.value = {
      x: box.left + x,
      y: box.top + (spark ? 0 : 8),
      content: <DayNote plot={plot} day={at} currency={currency} />,
    }
  }
  const leave = () => {
    day.value = null
    if (cursor.current) cursor.current.hidden = true
    hideTip()
  }
  const note = () => {
    const at = day.peek()
    if (!kind || at === null) return
    leave()
    opened.value = { what: 'notes', kind, day: plot.days[at]! }
  }
  // A finger reads a day by touching it: only a mouse and the keyboard note one.
  const onClick = (event: MouseEvent) => {
    if (!spark && (event as PointerEvent).pointerType === 'mouse') note()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const last = plot.days.length - 1,
      now = day.peek() ?? last + 1
    const next = { ArrowLeft: now - 1, ArrowRight: day.peek() === null ? 0 : now + 1, Home: 0, End: last }[event.key]
    if (event.key === 'Escape') leave()
    if (event.key === 'Enter') note()
    if (next === undefined) return
    event.preventDefault()
    read(next)
  }
  const onPointerMove = (event: PointerEvent) => {
    if (canvas.current && frame.current)
      read(canvas.current.dayAt(event.clientX - frame.current.getBoundingClientRect().left))
  }
  return (
    <>
      <div
        ref={frame}
        class={spark ? 'chart chart-spark' : 'chart'}
        role="img"
        tabIndex={0}
        aria-label={label(props)}
        onPointerMove={onPointerMove}
        onPointerLeave={leave}
        onBlur={leave}
        onKeyDown={onKeyDown}
        onClick={onClick}
      >
        <div ref={holder} class="chart-holder" aria-hidden="true" />
        <div ref={cursor} class="chart-cursor" hidden />
      </div>
      <Spoken day={day} plot={plot} currency={currency} />
    </>
  )
}

/** The day under the cursor, for screen readers. */
function spoken(plot: Plot, at: number, currency: string | null): string {
  const lines = plot.total ? [plot.total, ...plot.lines] : plot.lines
  const said = (line: Line) =>
    (lines.length > 1 ? line.name + ' ' : '') + exact(line.values[at] ?? null, line.unit, currency)
  const notes = plot.marks.filter(mark => mark.from <= at && at <= mark.to).map(mark => mark.text)
  const open = at >= plot.provisional ? [texts.provisionalShort] : []
  return `${dayNamed(plot.days[at]!)}: ${[...lines.map(said), ...open, ...notes].join(', ')}`
}

function Spoken({ day, plot, currency }: { day: { value: number | null }; plot: Plot; currency: string | null }) {
  const at = day.value
  return (
    <span class="hidden" aria-live="polite">
      {at === null ? '' : spoken(plot, at, currency)}
    </span>
  )
}
