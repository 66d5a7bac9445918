// Targets: what a widget's number should reach, how far it is, and setting another one.
import { useState } from 'preact/hooks'
import { call, get, post } from '../api.ts'
import { exact, rangeText } from '../format.ts'
import { loadCards } from '../load.ts'
import type { Unit, WidgetKind } from '../model.ts'
import { kinds, registry, say } from '../state.ts'
import { Field, Sure, Trouble, useLoaded, useTask } from './parts.tsx'
import { settingsTexts as words } from './settings-texts.ts'

interface Target {
  id: string
  widget: string
  period: keyof typeof words.periods
  value: number
  unit: Unit
  currency: string | null
  progress: {
    start: string
    end: string
    value: number | null
    projected: number | null
    on_track: boolean | null
  } | null
}

/** A rate is typed in percent. */
const factor = (unit: Unit | undefined) => (unit === 'percent' ? 100 : 1)

const changed = () => void loadCards()

function Row({ target, onChange }: { target: Target; onChange: () => void }) {
  const { problem, busy, run } = useTask()
  const [mode, setMode] = useState<'change' | 'sure' | null>(null)
  const title = kinds.value.get(target.widget)?.title ?? target.widget
  const { progress } = target
  const say2 = (value: number | null) => exact(value, target.unit, target.currency)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const value = Number(new FormData(event.currentTarget as HTMLFormElement).get('value')) / factor(target.unit)
    void run(async () => {
      await call(`/v1/targets/${target.id}`, { method: 'PATCH', body: { value } })
      setMode(null)
      changed()
      onChange()
    })
  }
  return (
    <li class="row-line" data-target={target.widget}>
      <span>
        <b>
          <bdi>{title}</bdi>
        </b>{' '}
        {say2(target.value)} <span class="quiet">{words.periods[target.period]}</span>
        {progress && (
          <span class="quiet row-about">
            {rangeText(progress)}: {words.soFar(say2(progress.value))}
            {progress.projected !== null && `, ${words.projected(say2(progress.projected))}`}
            {progress.on_track !== null && `, ${progress.on_track ? words.onTrack : words.offTrack}`}
          </span>
        )}
      </span>
      <span class="row-do">
        <button type="button" class="button" onClick={() => setMode('change')}>
          {words.change}
        </button>
        <button type="button" class="button" onClick={() => setMode('sure')}>
          {words.giveUp}
        </button>
      </span>
      {mode === 'change' && (
        <form class="form form-line row-form" onSubmit={submit}>
          <Field label={words.value(target.unit, target.currency)}>
            <input
              class="field"
              type="number"
              name="value"
              step="any"
              min="0"
              required
              value={Number((target.value * factor(target.unit)).toFixed(6))}
            />
          </Field>
          <button type="submit" class="button button-main" disabled={busy}>
            {words.keep}
          </button>
          <button type="button" class="button" onClick={() => setMode(null)}>
            {words.cancel}
          </button>
        </form>
      )}
      <Trouble text={problem} />
      {mode === 'sure' && (
        <Sure
          question={words.giveUpSure(title)}
          answer={words.giveUp}
          onEnd={() => setMode(null)}
          onYes={async () => {
            await call(`/v1/targets/${target.id}`, { method: 'DELETE' })
            say(words.gaveUp(title))
            changed()
            onChange()
          }}
        />
      )}
    </li>
  )
}

const canHaveOne = (kind: WidgetKind & { target?: boolean }) => kind.target !== false && kind.chart !== 'pair'

function Add({ onDone }: { onDone: () => void }) {
  const { problem, busy, run } = useTask()
  const possible = registry.value.filter(canHaveOne)
  const [widget, setWidget] = useState(possible[0]?.key ?? ''),
    [period, setPeriod] = useState<Target['period']>('month')
  const unit = kinds.value.get(widget)?.unit
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const box = event.currentTarget as HTMLFormElement,
      form = new FormData(box),
      text = (name: string) => String(form.get(name) ?? '').trim()
    void run(async () => {
      await post('/v1/targets', {
        widget,
        period,
        value: Number(text('value')) / factor(unit),
        ...(text('currency') ? { currency: text('currency').toUpperCase() } : {}),
        ...(period === 'range' ? { start: text('start'), end: text('end') } : {}),
      })
      box.reset()
      changed()
      onDone()
    })
  }
  return (
    <form class="form form-line" id="add-target" onSubmit={submit}>
      <Field label={words.widget}>
        <select class="field" name="widget" value={widget} onChange={event => setWidget(event.currentTarget.value)}>
          {possible.map(kind => (
            <option value={kind.key}>{kind.title}</option>
          ))}
        </select>
      </Field>
      <Field label={words.period}>
        <select
          class="field"
          name="period"
          value={period}
          onChange={event => setPeriod(event.currentTarget.value as Target['period'])}
        >
          {Object.entries(words.periods).map(([value, text]) => (
            <option value={value} selected={value === period}>
              {text}
            </option>
          ))}
        </select>
      </Field>
      {period === 'range' && (
        <>
          <Field label={words.from}>
            <input class="field" type="date" name="start" required />
          </Field>
          <Field label={words.to}>
            <input class="field" type="date" name="end" required />
          </Field>
        </>
      )}
      <Field label={words.value(unit, null)}>
        <input class="field" type="number" name="value" step="any" min="0" required />
      </Field>
      {unit === 'money' && (
        <Field label={words.currency}>
          <input class="field" name="currency" maxLength={3} minLength={3} placeholder="EUR" autocomplete="off" />
        </Field>
      )}
      <button type="submit" class="button button-main" disabled={busy}>
        {words.setTarget}
      </button>
      <Trouble text={problem} />
    </form>
  )
}

export function Targets() {
  const { data, problem, again } = useLoaded(() => get<{ targets: Target[] }>('/v1/targets'))
  return (
    <>
      <p class="quiet">{words.targetsHint}</p>
      <Add onDone={() => void again()} />
      <Trouble text={problem} again={again} />
      {data && !data.targets.length && <p class="quiet">{words.targetsNone}</p>}
      <ul class="rows">
        {data?.targets.map(target => (
          <Row key={target.id} target={target} onChange={() => void again()} />
        ))}
      </ul>
    </>
  )
}
