// The targets of one widget: how far each is, set, change, remove.
import { useState } from 'preact/hooks'
import { asProblem, call } from './api.ts'
import { isDay } from './dates.ts'
import { EntryButtons, FormEnd } from './entries.tsx'
import { exact, rangeText } from './format.ts'
import { retryCard } from './load.ts'
import type { Target, TargetPeriod, Unit, WidgetKind } from './model.ts'
import { Dialog } from './popup.tsx'
import { cardData, range } from './state.ts'
import { loadTargets, progressText, reached, targets } from './targets.ts'
import { texts } from './texts.ts'
import type { Opened } from './ui-state.ts'

const PERIODS: readonly TargetPeriod[] = ['week', 'month', 'quarter', 'range']

/** People write 4 for 4 %, and the server 0.04. */
const shown = (value: number, unit: Unit) => String(unit === 'percent' ? Number((value * 100).toPrecision(12)) : value)
function parsed(text: string, unit: Unit): number | null {
  const value = Number(text.trim().replace(',', '.'))
  if (!text.trim() || !Number.isFinite(value)) return null
  return unit === 'percent' ? value / 100 : value
}

async function changed(kind: WidgetKind): Promise<void> {
  await Promise.all([loadTargets(), retryCard(kind.key)])
}

interface FormProps {
  kind: WidgetKind
  target: Target | null // null: a new one
  done: () => void
}

function Form({ kind, target, done }: FormProps) {
  const asked = range.peek()
  const [period, setPeriod] = useState<TargetPeriod>(target?.period ?? 'month')
  const [value, setValue] = useState(target ? shown(target.value, kind.unit) : '')
  const [start, setStart] = useState(target?.start ?? asked.start)
  const [end, setEnd] = useState(target?.end ?? asked.end)
  const [currency, setCurrency] = useState(target?.currency ?? cardData(kind.key).peek().answer?.currency ?? '')
  const [problem, setProblem] = useState('')
  const submit = async (event: Event) => {
    event.preventDefault()
    const number = parsed(value, kind.unit)
    if (number === null) return setProblem(texts.targetNumber)
    if (period === 'range' && !(isDay(start) && isDay(end) && start <= end)) return setProblem(texts.rangeOrder)
    const body = {
      period,
      value: number,
      ...(period === 'range' ? { start, end } : {}),
      ...(kind.unit === 'money' ? { currency: currency.trim().toUpperCase() } : {}),
    }
    try {
      if (target) await call(`/v1/targets/${target.id}`, { method: 'PATCH', body })
      else await call('/v1/targets', { method: 'POST', body: { widget: kind.key, ...body } })
      await changed(kind)
      done()
    } catch (error) {
      setProblem(asProblem(error).message)
    }
  }
  return (
    <form class="form form-line" onSubmit={submit}>
      <label>
        {texts.targetPeriod}
        <select
          class="field"
          value={period}
          onChange={event => setPeriod(PERIODS.find(one => one === event.currentTarget.value) ?? 'month')}
        >
          {PERIODS.map(one => (
            <option key={one} value={one}>
              {texts.periods[one]}
            </option>
          ))}
        </select>
      </label>
      <label>
        {kind.unit === 'percent' ? texts.targetPercent : texts.targetValue}
        <input
          class="field"
          inputMode="decimal"
          data-first
          value={value}
          onInput={event => setValue(event.currentTarget.value)}
        />
      </label>
      {kind.unit === 'money' && (
        <label>
          {texts.currency}
          <input
            class="field field-short"
            maxLength={3}
            value={currency}
            onInput={event => setCurrency(event.currentTarget.value)}
          />
        </label>
      )}
      {period === 'range' && (
        <>
          <label>
            {texts.from}
            <input class="field" type="date" value={start} onInput={event => setStart(event.currentTarget.value)} />
          </label>
          <label>
            {texts.to}
            <input class="field" type="date" value={end} onInput={event => setEnd(event.currentTarget.value)} />
          </label>
        </>
      )}
      <FormEnd does={target ? texts.save : texts.targetSet} cancel={target ? done : undefined} problem={problem} />
    </form>
  )
}

function Row({ target, edit, remove }: { target: Target; edit: () => void; remove: () => void }) {
  const { progress, unit, currency } = target
  const part = progress.basis === 'as_is' ? null : reached(target)
  const what = `${texts.periods[target.period]}, ${exact(target.value, unit, currency)}`
  return (
    <li class="entry">
      <div class="entry-text">
        <b>{progressText(target)}</b>
        <span class="quiet">
          {rangeText(progress)}
          {progress.projected !== null && ` \u00b7 ${texts.projected(exact(progress.projected, unit, currency))}`}
        </span>
        {part !== null && (
          <span class={`aim-bar${progress.on_track === false ? ' aim-bar-late' : ''}`} aria-hidden="true">
            <i style={{ width: `${Math.max(0, Math.min(1, part)) * 100}%` }} />
          </span>
        )}
      </div>
      <EntryButtons what={what} edit={edit} remove={remove} />
    </li>
  )
}

type Props = { of: Extract<Opened, { what: 'target' }>; onClose: () => void }

export default function Targets({ of: { kind }, onClose }: Props) {
  const [editing, setEditing] = useState<Target | null>(null)
  const [problem, setProblem] = useState('')
  const own = targets.value.filter(one => one.widget === kind.key)
  const remove = (target: Target) =>
    call(`/v1/targets/${target.id}`, { method: 'DELETE' })
      .then(() => changed(kind))
      .then(() => setEditing(null))
      .catch((error: unknown) => setProblem(asProblem(error).message))
  return (
    <Dialog title={texts.targetTitle(kind.title)} onClose={onClose}>
      {own.length > 0 && (
        <ul class="entries">
          {own.map(one => (
            <Row key={one.id} target={one} edit={() => setEditing(one)} remove={() => void remove(one)} />
          ))}
        </ul>
      )}
      {problem && (
        <p class="field-problem" role="alert">
          {problem}
        </p>
      )}
      <h3>{editing ? texts.targetChange : texts.targetNew}</h3>
      <Form
        key={editing?.id ?? `new-${own.length}`}
        kind={kind}
        target={editing}
        done={() => (editing ? setEditing(null) : onClose())}
      />
    </Dialog>
  )
}
