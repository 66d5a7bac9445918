// Two days from a month's sheet: by pointer, or by keys as in any date grid (arrows, Page up and down,
// Home and End of the week, Enter). Opened now and then, so it is a chunk of its own.
import { useEffect, useRef, useState } from 'preact/hooks'
import { addDays, addMonths, monthSheet, weekStart, type Range } from './dates.ts'
import { dayFull, dayNumber, monthNamed, weekdayShort } from './format.ts'
import { Icon } from './icons.tsx'
import { texts } from './texts.ts'

interface Props {
  range: Range
  last: string // no day after it can be chosen
  onRange: (range: Range) => void
}

const PAGES: Record<string, number> = { PageUp: -1, PageDown: 1 }
const ARROWS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }

/** Where a key leads from a day; null if it is not one of ours. */
function led(key: string, shift: boolean, day: string): string | null {
  const start = (new Date(day).getUTCDay() - weekStart() + 7) % 7
  if (Object.hasOwn(ARROWS, key)) return addDays(day, ARROWS[key]!)
  if (Object.hasOwn(PAGES, key)) return addMonths(day, PAGES[key]! * (shift ? 12 : 1))
  if (key === 'Home') return addDays(day, -start)
  return key === 'End' ? addDays(day, 6 - start) : null
}

interface DayProps {
  day: string
  at: string // the one that Tab reaches
  from: string
  to: string
  last: string
  choose: (day: string) => void
  hover: (day: string) => void
}

function Day({ day, at, from, to, last, choose, hover }: DayProps) {
  const within = day >= from && day <= to
  const edge = day === from || day === to
  const name = edge ? `${dayFull(day)}, ${day === from ? texts.firstDay : texts.lastDay}` : dayFull(day)
  return (
    <td
      aria-selected={within}
      class={within ? `within${day === from ? ' first' : ''}${day === to ? ' last' : ''}` : ''}
    >
      <button
        type="button"
        class={edge ? 'day day-edge' : 'day'}
        data-day={day}
        tabIndex={day === at ? 0 : -1}
        aria-label={name}
        aria-disabled={day > last}
        onClick={() => day <= last && choose(day)}
        onPointerEnter={() => hover(day)}
      >
        {dayNumber(day)}
      </button>
    </td>
  )
}

function Sheet({ month, ...rest }: { month: string } & Omit<DayProps, 'day'>) {
  const weeks = monthSheet(month)
  return (
    <table class="sheet-month" role="grid" aria-label={monthNamed(month)}>
      <thead>
        <tr>
          {weeks[1]!.map(day => (
            <th scope="col">{weekdayShort(day!)}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map(week => (
          <tr>{week.map(day => (day ? <Day key={day} day={day} {...rest} /> : <td />))}</tr>
        ))}
      </tbody>
    </table>
  )
}

const sorted = (a: string, b: string): Range => (a <= b ? { start: a, end: b } : { start: b, end: a })

export function Calendar({ range, last, onRange }: Props) {
  const [at, setAt] = useState(range.end <= last ? range.end : last)
  const [month, setMonth] = useState(at.slice(0, 7))
  const [anchor, setAnchor] = useState<string | null>(null) // the first of two
  const [over, setOver] = useState(at)
  const box = useRef<HTMLDivElement>(null)
  const follow = useRef(false)
  useEffect(() => {
    if (follow.current) box.current?.querySelector<HTMLElement>(`[data-day="${at}"]`)?.focus()
    follow.current = false
  }, [at, month])

  const go = (day: string) => {
    const next = day > last ? last : day
    follow.current = true
    setAt(next)
    setOver(next)
    setMonth(next.slice(0, 7))
  }
  const turn = (by: number) => {
    const next = addMonths(`${month}-01`, by)
    if (next > last) return
    setMonth(next.slice(0, 7))
    setAt(next)
  }
  const choose = (day: string) => {
    setAt(day)
    setOver(day)
    setAnchor(anchor === null ? day : null)
    onRange(anchor === null ? { start: day, end: day } : sorted(anchor, day))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const next =
      event.target instanceof HTMLElement && event.target.dataset['day'] ? led(event.key, event.shiftKey, at) : null
    if (next === null) return
    event.preventDefault()
    go(next)
  }
  const shown = anchor === null ? range : sorted(anchor, over)
  return (
    <div ref={box} class="calendar" onKeyDown={onKeyDown}>
      <div class="calendar-head">
        <button type="button" class="icon-button" aria-label={texts.monthBefore} onClick={() => turn(-1)}>
          <Icon name="chevron" class="icon-left" />
        </button>
        <p aria-live="polite">{monthNamed(`${month}-01`)}</p>
        <button
          type="button"
          class="icon-button"
          aria-label={texts.monthAfter}
          aria-disabled={addMonths(`${month}-01`, 1) > last}
          onClick={() => turn(1)}
        >
          <Icon name="chevron" class="icon-right" />
        </button>
      </div>
      <Sheet
        month={`${month}-01`}
        at={at}
        from={shown.start}
        to={shown.end}
        last={last}
        choose={choose}
        hover={setOver}
      />
      <p class="hidden" role="status">
        {anchor !== null && texts.chooseLast}
      </p>
    </div>
  )
}
