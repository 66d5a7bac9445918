// A card without its number: loading, failed, nothing there; and the mark of one that has
// something to know.
import { shared } from './api.ts'
import { dayShort } from './format.ts'
import { Icon } from './icons.tsx'
import { retryCard } from './load.ts'
import type { Answer, WidgetKind } from './model.ts'
import { missing } from './plot.ts'
import { sourcesOff, type CardData } from './state.ts'
import { texts, word } from './texts.ts'
import { tipOn } from './tip.tsx'
import { showingConnections } from './ui-state.ts'

export const isEmpty = (answer: Answer) =>
  answer.stats.value === null &&
  !answer.series.some(series => series.points.length > 0) &&
  !answer.items?.length &&
  !answer.breakdown?.length

/** All that one should know before quoting the number. */
function notesOf(data: CardData): string[] {
  const { answer, range } = data
  if (!answer || !range) return []
  const { notices = [], provisional_from: from, basis } = answer.quality
  const gaps = missing(answer, range).length
  return [
    ...notices.map(notice => notice.text),
    ...(gaps > 0 ? [texts.missingDays(gaps)] : []),
    ...(from && from <= range.end ? [texts.provisionalFrom(dayShort(from > range.start ? from : range.start))] : []),
    ...(basis ? [word(texts.basis, basis) ?? ''].filter(Boolean) : []),
  ]
}

/** Nothing is wrong: today is never complete. */
const QUIET = new Set(['complete_days_only', 'loose_step'])

/** Attention if something is wrong, quiet if it is only good to know. */
export function Mark({ data }: { data: CardData }) {
  const notes = notesOf(data)
  if (notes.length === 0 || !data.answer || isEmpty(data.answer)) return null
  const notices = data.answer.quality.notices ?? []
  const loud = notices.some(one => !QUIET.has(one.code)) || missing(data.answer, data.range!).length > 0
  const content = () => (
    <div class="tip-notes">
      {notes.map(text => (
        <p>{text}</p>
      ))}
    </div>
  )
  return (
    <button
      type="button"
      class={`icon-button card-note${loud ? ' card-note-loud' : ''}`}
      aria-label={`${texts.notes}: ${notes.join(' ')}`}
      {...tipOn(content)}
    >
      <Icon name="info" />
    </button>
  )
}

export function Skeleton({ tall }: { tall: boolean }) {
  return (
    <div class="skeleton" role="status">
      <span class="hidden">{texts.loading}</span>
      <i class="skeleton-number" />
      {tall && <i class="skeleton-chart" />}
    </div>
  )
}

export function Failed({ id, text }: { id: string; text: string }) {
  return (
    <div class="card-state" role="alert">
      <p>{texts.cardFailed}</p>
      <p class="quiet">{text}</p>
      <button type="button" class="button" onClick={() => void retryCard(id)}>
        {texts.retry}
      </button>
    </div>
  )
}

/** What can be done about a number that is not there, by the notice that says why. */
const REMEDIES: Record<string, { text: string; run: (kind: WidgetKind) => void }> = {
  not_connected: { text: texts.connect, run: () => (showingConnections.value = true) },
  reconnect: { text: texts.reconnect, run: () => (showingConnections.value = true) },
  source_off: {
    text: texts.switchOn,
    run: kind => (sourcesOff.value = new Set([...sourcesOff.peek()].filter(source => !kind.sources.includes(source)))),
  },
}

/** No number at all: say why, in the words of the server where it has some. */
export function Nothing({ answer, kind }: { answer: Answer; kind: WidgetKind }) {
  const notices = answer.quality.notices ?? []
  const why = notices.find(notice => Object.hasOwn(REMEDIES, notice.code)) ?? notices[0]
  const remedy = why && !shared && Object.hasOwn(REMEDIES, why.code) ? REMEDIES[why.code] : undefined
  return (
    <div class="card-state">
      <p class="quiet">{why?.text ?? texts.noData}</p>
      {remedy && (
        <button type="button" class="button" onClick={() => remedy.run(kind)}>
          {remedy.text}
        </button>
      )}
    </div>
  )
}
