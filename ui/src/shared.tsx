// The page of a link: a dashboard as it was shared, to look at.
import { batch, signal } from '@preact/signals'
import { render } from 'preact'
import { asProblem, get, type Problem } from './api.ts'
import { Board } from './board.tsx'
import { Frame } from './door.tsx'
import { dayOf } from './dates.ts'
import { loadCharts } from './drawing.ts'
import { dayYear, rangeText } from './format.ts'
import { freshness, ThemeChoice } from './header.tsx'
import { Mark } from './icons.tsx'
import { InsightsRail, railBeside } from './insights-rail.tsx'
import { keyOf } from './layout.ts'
import { answered } from './load.ts'
import type { Answer, Comparison, Layout, Meta, WidgetKind } from './model.ts'
import { choice, compare, layout, meta, range, registry } from './state.ts'
import { Notes } from './strips.tsx'
import { texts } from './texts.ts'
import { TipLayer } from './tip.tsx'

interface About extends Omit<Meta, 'next_scheduled_at'> {
  name: string
  expires_at: string
  startDate: string
  endDate: string
  compare: Comparison
  insights: boolean
  layout: Layout
  widgets: WidgetKind[]
}
const about = signal<About | null>(null)
const problem = signal<Problem | null>(null)

function take(now: About, answers: Record<string, Answer>): void {
  choice.value = { start: now.startDate, end: now.endDate }
  compare.value = now.compare
  meta.value = { ...now, next_scheduled_at: null }
  registry.value = now.widgets
  layout.value = now.layout
  for (const placed of now.layout.widgets)
    if (answers[placed.id]) answered(keyOf(placed), answers[placed.id]!, range.peek())
  about.value = now
}

async function load(): Promise<void> {
  problem.value = null
  try {
    const [now, { widgets }] = await Promise.all([
      get<About>('/v1/shared'),
      get<{ widgets: Record<string, Answer> }>('/v1/shared/data'),
    ])
    batch(() => take(now, widgets))
    document.title = `${now.name} \u00b7 ${texts.name}`
  } catch (error) {
    about.value = null
    problem.value = asProblem(error)
  }
}

function Over() {
  if (problem.value?.status === 404) return <Frame title={texts.sharedOver} hint={texts.sharedOverHint} />
  return (
    <Frame title={texts.name} hint={problem.value!.message}>
      <button type="button" class="button button-main" onClick={() => void load()}>
        {texts.retry}
      </button>
    </Frame>
  )
}

/** What the figures are of, how fresh, and how long they can be seen. */
const words = (now: About) => [
  texts.sharedFrom(rangeText(range.value)),
  ...(now.compare === 'off' ? [] : [`${texts.compareLabel}: ${texts.compare[now.compare].toLowerCase()}`]),
  ...freshness(),
  texts.sharedUntil(dayYear(dayOf(new Date(now.expires_at)))),
]

function Shown({ now }: { now: About }) {
  const board = <Board key="board" />,
    insights = now.insights && <InsightsRail key="insights" />
  return (
    <>
      <header class="top">
        <div class="top-line">
          <span class="brand">
            <Mark />
          </span>
          <h1 class="shared-name">{now.name}</h1>
          <span class="grow" />
          <ThemeChoice />
        </div>
      </header>
      <main class="page">
        <p class="print-head">
          <b>{now.name}</b>
        </p>
        <p class="shared-about quiet">{words(now).join(' \u00b7 ')}</p>
        <div class="board-row">{railBeside.value ? [board, insights] : [insights, board]}</div>
      </main>
      <Notes />
      <TipLayer />
    </>
  )
}

function Page() {
  if (problem.value) return <Over />
  if (about.value) return <Shown now={about.value} />
  return (
    <p class="starting quiet" role="status">
      {texts.starting}
    </p>
  )
}

export function showShared(): void {
  render(<Page />, document.getElementById('app')!)
  window.addEventListener('hashchange', () => location.reload()) // another link
  void load().then(loadCharts)
}
