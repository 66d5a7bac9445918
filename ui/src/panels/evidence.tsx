// What a sentence rests on: the facts it cites, the widget that shows each, and a way to look it up now.
import { useState } from 'preact/hooks'
import { asProblem, get } from '../api.ts'
import { exact, rangeText } from '../format.ts'
import { keyOf } from '../layout.ts'
import type { Unit } from '../model.ts'
import { Dialog } from '../popup.tsx'
import { kinds, layout } from '../state.ts'
import { addressOf, evidence, pointAt, type Fact } from './insights.ts'
import { metricWords, panelTexts as texts, splitWords } from './texts.ts'

const UNITS = ['count', 'money', 'ratio', 'percent']
const isUnit = (unit: string): unit is Unit => UNITS.includes(unit)

const close = () => void (evidence.value = null)

/** The card leaps into sight and is marked for a moment. */
function showCard(key: string): void {
  close()
  requestAnimationFrame(() => {
    const card = document.querySelector<HTMLElement>(`.card[data-widget="${CSS.escape(key)}"]`)
    if (!card) return
    card.tabIndex = -1
    card.scrollIntoView({ block: 'center' })
    card.focus({ preventScroll: true })
    card.classList.add('card-found')
    setTimeout(() => card.classList.remove('card-found'), 2000)
  })
}

function spoken(fact: Fact, value: unknown): string {
  if (typeof value !== 'number') return texts.lookedEmpty
  const text = isUnit(fact.unit) ? exact(value, fact.unit, fact.currency) : String(value)
  const same = fact.value !== null && Math.abs(value - fact.value) <= Math.abs(fact.value) * 1e-9
  return same ? texts.lookedSame(text) : texts.lookedOther(text)
}

/** Ask for the answer that the fact was read from, now. */
function Look({ fact }: { fact: Fact }) {
  const [said, setSaid] = useState('')
  const look = async () => {
    setSaid(texts.looking)
    try {
      const answer = await get(addressOf(fact))
      const { pointer } = fact.evidence
      setSaid(pointer ? spoken(fact, pointAt(answer, pointer)) : texts.lookedReckoned)
    } catch (error) {
      setSaid(asProblem(error).message)
    }
  }
  return (
    <>
      <button type="button" class="button" onClick={() => void look()}>
        {texts.look}
      </button>
      <a class="link" href={addressOf(fact)} target="_blank" rel="noopener">
        {texts.rawAnswer}
      </a>
      <p class="quiet evidence-said" role="status">
        {said}
      </p>
    </>
  )
}

function One({ fact, isFirst }: { fact: Fact; isFirst: boolean }) {
  const { widget, view, parameters, pointer } = fact.evidence
  const kind = kinds.value.get(widget)
  const onBoard = layout.value.widgets.some(placed => keyOf(placed) === widget)
  const by = view === 'explain' ? parameters['by'] : undefined
  return (
    <li class={isFirst ? 'evidence-fact evidence-first' : 'evidence-fact'} data-fact={fact.id}>
      <p class="evidence-what">
        <b>{fact.text}</b>
        <span>
          {metricWords(fact.metric)}
          {fact.entity && <bdi class="quiet evidence-entity"> {'\u201c' + fact.entity + '\u201d'}</bdi>}
        </span>
      </p>
      <dl class="evidence-facts">
        <dt>{texts.days}</dt>
        <dd>
          {rangeText(fact.window)}
          {fact.compare && <span class="quiet">, {texts.comparedWith(rangeText(fact.compare))}</span>}
        </dd>
        <dt>{texts.shownBy}</dt>
        <dd>
          {kind?.title ?? widget}
          {view === 'explain' && <span class="quiet">, {by ? texts.splitBy(splitWords(by)) : texts.explained}</span>}
          {kind && <span class="quiet evidence-about">{kind.description}</span>}
        </dd>
        <dt>{texts.found}</dt>
        <dd>{pointer ? <code>{pointer}</code> : texts.reckoned}</dd>
      </dl>
      <div class="evidence-do">
        {onBoard && (
          <button type="button" class="button" onClick={() => showCard(widget)}>
            {texts.showCard}
          </button>
        )}
        <Look fact={fact} />
      </div>
    </li>
  )
}

export function Evidence({ bullet, facts, first }: { bullet: string; facts: Fact[]; first: Fact | null }) {
  const order = first ? [first, ...facts.filter(fact => fact !== first)] : facts
  return (
    <Dialog title={texts.evidenceTitle} class="evidence-dialog" onClose={close}>
      <div class="dialog-scroll">
        <blockquote class="evidence-bullet">{bullet}</blockquote>
        <ul class="evidence-list">
          {order.map(fact => (
            <One key={fact.id} fact={fact} isFirst={fact === first} />
          ))}
        </ul>
      </div>
    </Dialog>
  )
}
