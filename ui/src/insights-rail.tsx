// The place of the insights: a rail beside the board, or a panel above it. It has its size from the
// start, so that nothing moves when the sentences arrive, and they are asked for after the numbers.
import { computed, effect, signal } from '@preact/signals'
import { useEffect, useState } from 'preact/hooks'
import { Icon } from './icons.tsx'
import { lazy } from './lazy.tsx'
import { cardData, keys } from './state.ts'
import { texts } from './texts.ts'

const PATIENCE = 3000 // ms that the sentences wait for slow cards

const beside = matchMedia('(min-width: 1280px)')
export const railBeside = signal(beside.matches)
beside.addEventListener('change', () => (railBeside.value = beside.matches))

const remembered = (): boolean => {
  try {
    return localStorage.getItem('insights') === 'folded'
  } catch {
    return false // storage may be forbidden
  }
}
export const folded = signal(remembered())
effect(() => {
  try {
    localStorage.setItem('insights', folded.value ? 'folded' : 'open')
  } catch {
    /* the choice then lasts as long as the page */
  }
})

export function toggleInsights(): void {
  folded.value = !folded.peek()
  document.getElementById('insights-fold')?.focus({ preventScroll: true })
}

const numbersAreThere = computed(() => keys.value.every(key => !cardData(key).value.loading))

/** True from when every card has its number, or has taken too long. */
function useTurn(): boolean {
  const [late, setLate] = useState(false),
    [seen, setSeen] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE)
    return () => clearTimeout(timer)
  }, [])
  const now = numbersAreThere.value
  useEffect(() => {
    if (now) setSeen(true)
  }, [now])
  return seen || late
}

export const Lines = () => (
  <div class="insights-lines" aria-hidden="true">
    {[1, 2, 3, 4, 5, 6].map(n => (
      <i key={n} />
    ))}
  </div>
)

const Sentences = lazy(() => import('./panels/insights.tsx').then(part => part.Insights), { waiting: <Lines /> })

export function InsightsRail() {
  const turn = useTurn()
  const isFolded = folded.value
  return (
    <aside class={isFolded ? 'insights insights-folded' : 'insights'} aria-labelledby="insights-title">
      <header class="insights-head">
        <h2 id="insights-title">{texts.insights}</h2>
        <button
          type="button"
          id="insights-fold"
          class="icon-button"
          aria-expanded={!isFolded}
          aria-controls="insights-body"
          aria-label={isFolded ? texts.insightsOpen : texts.insightsFold}
          title={isFolded ? texts.insightsOpen : texts.insightsFold}
          onClick={toggleInsights}
        >
          <Icon name="chevron" />
        </button>
      </header>
      <div id="insights-body" class="insights-body" hidden={isFolded}>
        {!isFolded && (turn ? <Sentences /> : <Lines />)}
      </div>
    </aside>
  )
}
