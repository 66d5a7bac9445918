// Making a widget of a formula: the server reads it as one types and says what it does not
// understand; what it understands is drawn.
import { useEffect, useRef, useState } from 'preact/hooks'
import { asProblem, call, get } from './api.ts'
import { Content } from './card.tsx'
import { change as changeLayout, add } from './edit.ts'
import { keyOf, without } from './layout.ts'
import { retryCard } from './load.ts'
import { SOURCES, type Answer, type Days, type Unit, type WidgetKind } from './model.ts'
import { Dialog } from './popup.tsx'
import { layout, question, range, registry, say } from './state.ts'
import { texts } from './texts.ts'
import type { Opened } from './ui-state.ts'
import { useLoad } from './use-load.ts'

interface Metric {
  key: string
  title: string
  source: string
  dimensions: string[]
}

interface Definition {
  title: string
  formula: string
  dimension: string
  chart: string // empty: what fits
  percent: boolean
}

const CHARTS: Record<string, WidgetKind['chart'][]> = {
  day: ['line', 'bar'],
  channel: ['stacked', 'table'],
  campaign: ['stacked', 'table'],
}
const WAIT = 350 // ms after the last letter

const bodyOf = ({ title, formula, dimension, chart, percent }: Definition) => ({
  title: title.trim() || texts.customUntitled,
  formula,
  dimension,
  ...(chart ? { chart } : {}),
  ...(percent ? { unit: 'percent' } : {}),
})

/** A name for the address: letters, digits and underscores, none that is taken. */
function nameFor(title: string): string {
  const plain = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')
    .slice(0, 32)
  const base = plain || 'widget'
  const taken = new Set(registry.peek().map(kind => kind.key))
  let name = base
  for (let n = 2; taken.has(`custom.${name}`); n++) name = `${base}_${n}`
  return `custom.${name}`
}

/** What the preview is, as far as its answer tells. */
function kindOf(definition: Definition, answer: Answer): WidgetKind {
  const unit: Unit = definition.percent
    ? 'percent'
    : answer.currency
      ? 'money'
      : answer.quality.basis === 'ratio'
        ? 'ratio'
        : 'count'
  const chart = answer.items ? 'table' : answer.breakdown ? 'stacked' : definition.chart === 'bar' ? 'bar' : 'line'
  return {
    key: 'preview',
    title: definition.title || texts.customUntitled,
    description: '',
    sources: [],
    unit,
    chart,
    group: '',
    good: 'none',
    size: 'md',
    shape: 'series',
    fields: [],
    target: false,
    explain: [],
    explain_metrics: {},
  }
}

interface Drawn {
  answer: Answer
  kind: WidgetKind
  range: Days
}

/** Asks the server a moment after the last change; the newest question wins. */
function usePreview(definition: Definition): { drawn: Drawn | null; problem: string } {
  const [state, setState] = useState<{ drawn: Drawn | null; problem: string }>({ drawn: null, problem: '' })
  const body = JSON.stringify(bodyOf(definition))
  useEffect(() => {
    if (!definition.formula.trim()) return setState({ drawn: null, problem: '' })
    const controller = new AbortController()
    const timer = setTimeout(async () => {
      try {
        const path = `/v1/widgets/preview?${question.peek()}`
        const options = { method: 'POST', body: JSON.parse(body) as unknown, signal: controller.signal } as const
        const { data } = await call<Answer>(path, options)
        setState({ drawn: { answer: data, kind: kindOf(definition, data), range: range.peek() }, problem: '' })
      } catch (error) {
        if (!controller.signal.aborted) setState(old => ({ ...old, problem: asProblem(error).message }))
      }
    }, WAIT)
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
  }, [body])
  return state
}

/** The metrics to choose from, by source; choosing one writes it where the cursor is. */
function Metrics({ dimension, choose }: { dimension: string; choose: (key: string) => void }) {
  const { data } = useLoad<{ metrics: Metric[] }>('/v1/metrics')
  const fitting = (data?.metrics ?? []).filter(metric => metric.dimensions.includes(dimension))
  return (
    <label>
      {texts.customInsert}
      <select
        class="field"
        value=""
        onChange={event => {
          if (event.currentTarget.value) choose(event.currentTarget.value)
          event.currentTarget.value = ''
        }}
      >
        <option value="">{texts.customChoose}</option>
        {SOURCES.map(source => {
          const own = fitting.filter(metric => metric.source === source)
          return (
            own.length > 0 && (
              <optgroup key={source} label={texts.sources[source]}>
                {own.map(metric => (
                  <option key={metric.key} value={metric.key}>
                    {metric.title}
                  </option>
                ))}
              </optgroup>
            )
          )
        })}
      </select>
    </label>
  )
}

function Preview({ drawn, problem }: { drawn: Drawn | null; problem: string }) {
  return (
    <div class="preview" aria-live="polite">
      {problem ? (
        <p class="field-problem" id="formula-problem">
          {problem}
        </p>
      ) : !drawn ? (
        <p class="quiet">{texts.customPreview}</p>
      ) : (
        <Content answer={drawn.answer} kind={drawn.kind} range={drawn.range} wide={false} rows={3} />
      )}
    </div>
  )
}

async function refreshRegistry(): Promise<void> {
  registry.value = (await get<{ widgets: WidgetKind[] }>('/v1/widgets')).widgets
}

async function keep(kind: WidgetKind | null, definition: Definition): Promise<void> {
  const key = kind?.key ?? nameFor(definition.title)
  await call(`/v1/widgets/${key}`, { method: 'PUT', body: bodyOf(definition) })
  await refreshRegistry()
  const made = registry.peek().find(one => one.key === key)
  if (kind) await retryCard(key)
  else if (made) add(made)
}

async function forget(kind: WidgetKind): Promise<void> {
  await call(`/v1/widgets/${kind.key}`, { method: 'DELETE' })
  const gone = layout.peek().widgets.filter(placed => keyOf(placed) === kind.key)
  changeLayout(gone.reduce((rest, placed) => without(rest, placed.id), layout.peek()))
  await refreshRegistry()
  say(texts.customDeleted(kind.title))
}

/** Deleting is for good, so it is asked twice. */
function Delete({ kind, gone, failed }: { kind: WidgetKind; gone: () => void; failed: (text: string) => void }) {
  const [sure, setSure] = useState(false)
  if (!sure)
    return (
      <button type="button" class="button" onClick={() => setSure(true)}>
        {texts.customDelete}
      </button>
    )
  return (
    <div class="sure">
      <p>
        <bdi>{texts.customDeleteSure(kind.title)}</bdi>
      </p>
      <button
        type="button"
        class="button"
        data-sure
        onClick={() => forget(kind).then(gone, (error: unknown) => failed(asProblem(error).message))}
      >
        {texts.customDelete}
      </button>
      <button type="button" class="button" onClick={() => setSure(false)}>
        {texts.cancel}
      </button>
    </div>
  )
}

const definitionOf = (kind: WidgetKind | null): Definition => ({
  title: kind?.title ?? '',
  formula: kind?.formula ?? '',
  dimension: kind?.dimension ?? 'day',
  chart: kind?.chart ?? '',
  percent: kind?.unit === 'percent',
})

function Choice({
  label,
  value,
  all,
  change,
}: {
  label: string
  value: string
  all: Record<string, string>
  change: (to: string) => void
}) {
  return (
    <label>
      {label}
      <select class="field" value={value} onChange={event => change(event.currentTarget.value)}>
        {Object.entries(all).map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </label>
  )
}

type Props = { of: Extract<Opened, { what: 'custom' }>; onClose: () => void }

export default function Custom({ of: { kind }, onClose }: Props) {
  const [definition, setDefinition] = useState(() => definitionOf(kind))
  const [failed, setFailed] = useState('')
  const area = useRef<HTMLTextAreaElement>(null)
  const { drawn, problem } = usePreview(definition)
  const set = (part: Partial<Definition>) => setDefinition(old => ({ ...old, ...part }))
  const insert = (key: string) => {
    const field = area.current!
    field.setRangeText(key, field.selectionStart, field.selectionEnd, 'end')
    set({ formula: field.value })
    field.focus()
  }
  const submit = (event: Event) => {
    event.preventDefault()
    if (!definition.title.trim()) return setFailed(texts.customNeedsName)
    keep(kind, definition).then(onClose, (error: unknown) => setFailed(asProblem(error).message))
  }
  const charts = {
    '': texts.customChartFits,
    ...Object.fromEntries((CHARTS[definition.dimension] ?? []).map(c => [c, texts.charts[c]])),
  }
  const quotient = definition.formula.includes('/')
  return (
    <Dialog title={kind ? texts.customEdit : texts.customNew} class="custom" onClose={onClose}>
      <form class="form form-line" onSubmit={submit}>
        <label class="form-wide">
          {texts.columns['name']}
          <input
            class="field"
            data-first
            maxLength={80}
            value={definition.title}
            onInput={event => set({ title: event.currentTarget.value })}
          />
        </label>
        <label class="form-wide">
          {texts.customFormula}
          <textarea
            ref={area}
            class="field field-formula"
            rows={2}
            maxLength={500}
            spellcheck={false}
            placeholder="meta.spend / ga4.new_users"
            aria-invalid={problem !== ''}
            aria-describedby={problem ? 'formula-problem' : undefined}
            value={definition.formula}
            onInput={event => set({ formula: event.currentTarget.value })}
          />
        </label>
        <Metrics dimension={definition.dimension} choose={insert} />
        <Choice
          label={texts.customBy}
          value={definition.dimension}
          all={texts.dimensions}
          change={dimension => set({ dimension, chart: '' })}
        />
        <Choice label={texts.customChart} value={definition.chart} all={charts} change={chart => set({ chart })} />
        {quotient && (
          <label class="tick form-wide">
            <input
              type="checkbox"
              checked={definition.percent}
              onChange={event => set({ percent: event.currentTarget.checked })}
            />
            {texts.customPercent}
          </label>
        )}
        <Preview drawn={drawn} problem={problem} />
        {failed && (
          <p class="field-problem form-wide" role="alert">
            {failed}
          </p>
        )}
        <div class="form-do form-wide">
          <button type="submit" class="button button-main" disabled={problem !== '' || !definition.formula.trim()}>
            {kind ? texts.save : texts.customAdd}
          </button>
          {kind && <Delete kind={kind} gone={onClose} failed={setFailed} />}
        </div>
      </form>
    </Dialog>
  )
}
