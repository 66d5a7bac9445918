// The date range: presets, or two days.
import { useState } from 'preact/hooks'
import { daysBetween, isDay, PRESETS } from './dates.ts'
import { rangeText } from './format.ts'
import { Icon } from './icons.tsx'
import { Popup } from './popup.tsx'
import { choice, range } from './state.ts'
import { texts } from './texts.ts'

const MAX_DAYS = 1100

function wrong(start: string, end: string): string | null {
  if (!isDay(start) || !isDay(end)) return ''
  if (start > end) return texts.rangeOrder
  return daysBetween(start, end) >= MAX_DAYS ? texts.rangeLong : null
}

function Custom({ close }: { close: () => void }) {
  const [start, setStart] = useState(range.peek().start),
    [end, setEnd] = useState(range.peek().end)
  const problem = wrong(start, end)
  const submit = (event: Event) => {
    event.preventDefault()
    if (problem !== null) return
    choice.value = { start, end }
    close()
  }
  return (
    <form class="range-custom" onSubmit={submit}>
      <label>
        {texts.from}
        <input
          class="field"
          type="date"
          name="from"
          value={start}
          required
          onInput={event => setStart(event.currentTarget.value)}
        />
      </label>
      <label>
        {texts.to}
        <input
          class="field"
          type="date"
          name="to"
          value={end}
          required
          onInput={event => setEnd(event.currentTarget.value)}
        />
      </label>
      {problem && (
        <p class="field-problem" role="alert">
          {problem}
        </p>
      )}
      <button type="submit" class="button button-main" disabled={problem !== null}>
        {texts.apply}
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
          <span>{name}</span>
          <span class="quiet range-days">{rangeText(range.value)}</span>
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
          <Custom close={close} />
        </div>
      )}
    </Popup>
  )
}
