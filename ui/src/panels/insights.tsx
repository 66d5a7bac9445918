// The sentences, in groups; each figure opens the evidence it rests on.
import { useEffect, useState } from 'preact/hooks'
import { Icon } from '../icons.tsx'
import { Lines } from '../insights-rail.tsx'
import { say } from '../state.ts'
import { Evidence } from './evidence.tsx'
import { evidence, factsOf, insights, loadInsights, piecesOf, watchInsights, type Told } from './insights.ts'
import { metricWords, panelTexts as texts } from './texts.ts'

const SOON = 1000,
  SLOW = 4000 // ms until the wait is put into words, and into more words

/** How long the question has been open, in steps. */
function useWait(since: number, loading: boolean): 0 | 1 | 2 {
  const [step, setStep] = useState<0 | 1 | 2>(0)
  useEffect(() => {
    setStep(0)
    if (!loading) return
    const timers = [setTimeout(() => setStep(1), SOON), setTimeout(() => setStep(2), SLOW)]
    return () => timers.forEach(clearTimeout)
  }, [since, loading])
  return step
}

function Bullet({ text, told, ids }: { text: string; told: Told; ids: string[] | undefined }) {
  const facts = factsOf(told, ids)
  const pieces = piecesOf(text, facts)
  const open = (first: (typeof facts)[number] | null) => (evidence.value = { bullet: text, facts, first })
  return (
    <li>
      {pieces.map(({ text: words, fact }) =>
        fact ? (
          <button
            type="button"
            class="figure-link"
            data-fact={fact.id}
            aria-label={texts.figureOf(words, metricWords(fact.metric))}
            onClick={() => open(fact)}
          >
            {words}
          </button>
        ) : (
          words
        ),
      )}
      {facts.length > 0 && !pieces.some(piece => piece.fact) && (
        <>
          {' '}
          <button type="button" class="link" onClick={() => open(null)}>
            {texts.evidence}
          </button>
        </>
      )}
    </li>
  )
}

const plainText = (told: Told) =>
  told.items.map(({ group, bullets }) => [group, ...bullets.map(bullet => `\u2022 ${bullet}`)].join('\n')).join('\n\n')

function copy(told: Told): void {
  navigator.clipboard.writeText(plainText(told)).then(
    () => say(texts.copied),
    () => say(texts.notCopied),
  )
}

function Sentences({ told }: { told: Told }) {
  if (!told.items.length) return <p class="quiet">{texts.insightsNone}</p>
  return (
    <>
      <div class="insights-groups">
        {told.items.map(({ group, bullets, evidence: cited }) => (
          <section data-group={group}>
            <h3>{group}</h3>
            <ul>
              {bullets.map((text, i) => (
                <Bullet text={text} told={told} ids={cited[i]} />
              ))}
            </ul>
          </section>
        ))}
      </div>
      <footer class="insights-foot quiet">
        <p>{told.engine === 'llm' ? texts.byModel(told.model ?? texts.aModel) : texts.byRules}</p>
        <button type="button" class="icon-button" aria-label={texts.copy} title={texts.copy} onClick={() => copy(told)}>
          <Icon name="copy" />
        </button>
      </footer>
    </>
  )
}

export function Insights() {
  useEffect(() => watchInsights(), [])
  const { told, problem, loading, since } = insights.value
  const wait = useWait(since, loading)
  const words = loading
    ? [null, texts.insightsWait, texts.insightsSlow][wait]
    : problem
      ? null
      : told && texts.insightsReady(told)
  return (
    <>
      <p class={loading && wait ? 'quiet insights-wait' : 'hidden'} role="status">
        {words}
      </p>
      {problem ? (
        <div role="alert">
          <p>{texts.insightsFailed}</p>
          <p class="quiet">{problem.message}</p>
          <button type="button" class="button" onClick={() => void loadInsights()}>
            {texts.retry}
          </button>
        </div>
      ) : told ? (
        <div class={loading ? 'insights-old' : undefined} aria-busy={loading}>
          <Sentences told={told} />
        </div>
      ) : (
        <Lines />
      )}
      {evidence.value && <Evidence {...evidence.value} />}
    </>
  )
}
