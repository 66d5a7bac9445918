// The date range: presets, two typed dates, a calendar. And the days of a custom comparison.
import { useState } from 'preact/hooks'
import { addDays, daysBetween, isDay, PRESETS, yesterday, type Range } from './dates.ts'
import { rangeText } from './format.ts'
import { Icon } from './icons.tsx'
import { lazy } from './lazy.tsx'
import { Popup } from './popup.tsx'
import { choice, compare, compareDays, range } from './state.ts'
import { texts } from './texts.ts'

const MAX_DAYS = 1100
const Calendar = lazy(() => import('./calendar.tsx').then(part => part.Calendar), {
  waiting: <div class="calendar" />,
})

function wrong({ start, end }: Range): string | null {
  if (!isDay(start) || !isDay(end)) return ''
  if (start > end) return texts.rangeOrder
  return daysBetween(start, end) >= MAX_DAYS ? texts.rangeLong : null
}

interface DaysProps {
  now: Range
  apply: string
  onDays: (range: Range) => void
}

/** Two days, typed or pointed at. */
function Days({ now, apply, onDays }: DaysProps) {
  const [days, setDays] = useState(now)
  const problem = wrong(days)
  const submit = (event: Event) => {
    event.preventDefault()
    if (problem === null) onDays(days)
  }
  const field = (name: string, label: string, side: 'start' | 'end') => (
    <label>
      {label}
      <input
        class="field"
        type="date"
        name={name}
        value={days[side]}
        required
        onInput={event => setDays({ ...days, [side]: event.currentTarget.value })}
      />
    </label>
  )
  return (
    <form class="range-custom" onSubmit={submit}>
      <div class="range-fields">
        {field('from', texts.from, 'start')}
        {field('to', texts.to, 'end')}
      </div>
      <Calendar range={problem === null ? days : now} last={yesterday()} onRange={setDays} />
      {problem && (
        <p class="field-problem" role="alert">
          {problem}
        </p>
      )}
      <button type="submit" class="button button-main" disabled={problem !== null}>
        {apply}
      </button>
    </form>
  )
}

export function RangePicker() {
  const now = choice.value,
    preset = 'preset' in now ? now.preset : null
  const name = preset ? texts.presets[preset] : texts.custom
  return (
    <Popup
      id="range"
      class="control range-button"
      label={`${texts.rangeLabel}: ${name}, ${rangeText(range.value)}`}
      button={
        <>
          <Icon name="calendar" />
          <span>{preset ? name : rangeText(range.value)}</span>
          {preset && <span class="quiet range-days">{rangeText(range.value)}</span>}
          <Icon name="chevron" class="icon-quiet" />
        </>
      }
    >
      {close => (
        <div class="range-panel">
          <div class="menu">
            {PRESETS.map(p => (
              <button
                type="button"
                aria-pressed={p === preset}
                data-preset={p}
                onClick={() => {
                  choice.value = { preset: p }
                  close()
                }}
              >
                {texts.presets[p]}
                {p === preset && <Icon name="check" />}
              </button>
            ))}
          </div>
          <Days
            now={range.peek()}
            apply={texts.apply}
            onDays={days => {
              choice.value = days
              close()
            }}
          />
        </div>
      )}
    </Popup>
  )
}

/** As many days as are shown, ending where these begin. */
export function daysBefore({ start, end }: Range): Range {
  return { start: addDays(start, -daysBetween(start, end) - 1), end: addDays(start, -1) }
}

/** The button that tells the days of a custom comparison, and changes them. */
export function CompareDays() {
  const now = compareDays.value
  if (compare.value !== 'custom' || !now) return null
  return (
    <Popup id="compare-days" class="control" label={`${texts.compareDays}: ${rangeText(now)}`} button={rangeText(now)}>
      {close => (
        <Days
          now={now}
          apply={texts.compareApply}
          onDays={days => {
            compareDays.value = days
            close()
          }}
        />
      )}
    </Popup>
  )
}
