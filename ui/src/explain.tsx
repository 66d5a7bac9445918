// Why a number changed: its parts as bars that lead from the value before to the value now, the
// same as a table, and the sentence that follows from it.
import { useState } from 'preact/hooks'
import { goodOf, verdict } from './delta.tsx'
import { change, difference, exact, rangeText } from './format.ts'
import type { Days, Good, Notice, Unit } from './model.ts'
import { Dialog } from './popup.tsx'
import { compare, question } from './state.ts'
import { texts, word } from './texts.ts'
import type { Opened } from './ui-state.ts'
import { useLoad } from './use-load.ts'

interface PartOfChange {
  name: string
  unit: Unit
  current: number | null
  previous: number | null
  change: number
  rounded: number
  share: number | null
  mix: number | null
  rate: number | null
}

interface Explanation {
  by: string
  unit: Unit
  currency?: string
  current: Days & { value: number | null }
  previous: Days & { value: number | null }
  change: number | null
  delta: number | null
  decimals: number
  rounded: number | null
  parts: PartOfChange[]
  remainder: PartOfChange | null
  notices: Notice[]
}

const MOST_ROWS = 9
/** Where parts moved it both ways so that shares are many times the whole, a share says nothing. */
const MOST_SHARE = 3
const cancels = ({ parts }: Explanation) => parts.some(part => Math.abs(part.share ?? 0) > MOST_SHARE)

/** The biggest parts, the rest as one, and what they leave: in the order in which the bars go. */
function rowsOf({ parts, remainder }: Explanation, all: boolean): PartOfChange[] {
  const kept = all || parts.length <= MOST_ROWS + 1 ? parts : parts.slice(0, MOST_ROWS)
  const rest = parts.slice(kept.length)
  const add = (pick: (part: PartOfChange) => number | null) => rest.reduce((n, part) => n + (pick(part) ?? 0), 0)
  const others: PartOfChange = {
    name: texts.others(rest.length),
    unit: parts[0]?.unit ?? 'count',
    current: null,
    previous: null,
    change: add(part => part.change),
    rounded: add(part => part.rounded),
    share: add(part => part.share),
    mix: rest[0]?.mix == null ? null : add(part => part.mix),
    rate: rest[0]?.rate == null ? null : add(part => part.rate),
  }
  return [
    ...kept,
    ...(rest.length > 0 ? [others] : []),
    ...(remainder ? [{ ...remainder, name: texts.notBrokenDown }] : []),
  ]
}

/** What says most, in words: the whole, then its biggest part, then mix and rate. */
function sentences(title: string, of: Explanation): string[] {
  const { unit, currency, decimals, current, previous, rounded, delta } = of
  if (rounded === null) return []
  if (rounded === 0) return [texts.didNotChange(title)]
  const diff = (amount: number) => difference(amount, unit, currency, decimals)
  const size = diff(Math.abs(rounded)).replace('+', '')
  const percent = delta === null || unit === 'percent' ? '' : change(delta, null, 'count').size
  const from = exact(previous.value, unit, currency),
    to = exact(current.value, unit, currency)
  const lead = of.parts.filter(part => (part.share ?? 0) > 0).sort((a, b) => b.share! - a.share!)[0]
  const rate = of.parts.reduce((n, part) => n + (part.rate ?? 0), 0),
    mix = of.parts.reduce((n, part) => n + (part.mix ?? 0), 0)
  return [
    rounded > 0 ? texts.rose(title, size, percent, from, to) : texts.fell(title, size, percent, from, to),
    ...(!lead
      ? []
      : cancels(of)
        ? [texts.cancelOut]
        : lead.share! <= 1
          ? [texts.accountsFor(lead.name, `${Math.round(lead.share! * 100)}%`)]
          : [texts.aloneMoved(lead.name, diff(lead.rounded))]),
    ...(of.parts.some(part => part.mix !== null) && !cancels(of) ? [texts.mixAndRate(diff(rate), diff(mix))] : []),
  ]
}

interface Span {
  from: number
  to: number
}

/** Each bar begins where the one before it ended; the last is the whole. */
function spansOf(rows: PartOfChange[], of: Explanation): { spans: Span[]; low: number; high: number } {
  const start = of.previous.value ?? 0
  let at = start
  const spans = rows.map(row => ({ from: at, to: (at += row.change) }))
  spans.push({ from: start, to: of.current.value ?? at })
  const ends = spans.flatMap(span => [span.from, span.to])
  return { spans, low: Math.min(...ends), high: Math.max(...ends) }
}

function Bar({ span, low, high, good }: { span: Span; low: number; high: number; good: Good }) {
  const width = high - low || 1
  const place = (value: number) => ((value - low) / width) * 100
  const left = place(Math.min(span.from, span.to))
  const size = Math.abs(place(span.to) - place(span.from))
  const direction = Math.sign(span.to - span.from)
  return (
    <span class="fall" aria-hidden="true">
      <i
        class={`fall-${verdict(direction, good)}${direction < 0 ? ' fall-down' : ''}`}
        style={{ left: `${left}%`, width: `${size}%` }}
      />
    </span>
  )
}

function Table({ of, good, title }: { of: Explanation; good: Good; title: string }) {
  const [all, setAll] = useState(false)
  const rows = rowsOf(of, all)
  const { spans, low, high } = spansOf(rows, of)
  const { unit, currency, decimals } = of
  const diff = (amount: number | null) => (amount === null ? '' : difference(amount, unit, currency, decimals))
  const mixed = rows.some(row => row.mix !== null)
  const shares = !cancels(of)
  const part = (share: number | null) => (share === null ? '' : `${Math.round(share * 100)}%`.replace('-', '\u2212'))
  return (
    <>
      <div class="table-frame" tabIndex={0} role="group" aria-label={texts.whyTitle(title)}>
        <table class="why-table">
          <thead>
            <tr>
              <th scope="col">{word(texts.ways, of.by) ?? of.by}</th>
              <th scope="col" class="why-wide">
                {texts.before}
              </th>
              <th scope="col" class="why-wide">
                {texts.now}
              </th>
              <td class="why-bar" />
              <th scope="col">{texts.change}</th>
              {mixed && (
                <>
                  <th scope="col" class="why-wide" title={texts.rateHint}>
                    {texts.rate}
                  </th>
                  <th scope="col" class="why-wide" title={texts.mixHint}>
                    {texts.mix}
                  </th>
                </>
              )}
              {shares && (
                <th scope="col" class="why-wide">
                  {texts.share}
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              <tr key={i}>
                <th scope="row">
                  <span class="cell-name">
                    <bdi title={row.name}>{row.name}</bdi>
                  </span>
                </th>
                <td class="quiet why-wide">{row.previous === null ? '' : exact(row.previous, row.unit, currency)}</td>
                <td class="quiet why-wide">{row.current === null ? '' : exact(row.current, row.unit, currency)}</td>
                <td class="why-bar">
                  <Bar span={spans[i]!} low={low} high={high} good={good} />
                </td>
                <td>{diff(row.rounded)}</td>
                {mixed && (
                  <>
                    <td class="quiet why-wide">{diff(row.rate)}</td>
                    <td class="quiet why-wide">{diff(row.mix)}</td>
                  </>
                )}
                {shares && <td class="quiet why-wide">{part(row.share)}</td>}
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{texts.total}</th>
              <td class="why-wide">{exact(of.previous.value, unit, currency)}</td>
              <td class="why-wide">{exact(of.current.value, unit, currency)}</td>
              <td class="why-bar">
                <Bar span={spans.at(-1)!} low={low} high={high} good={good} />
              </td>
              <td>{diff(of.rounded)}</td>
              {mixed && (
                <>
                  <td class="why-wide" />
                  <td class="why-wide" />
                </>
              )}
              {shares && <td class="why-wide">{part(1)}</td>}
            </tr>
          </tfoot>
        </table>
      </div>
      {of.parts.length > MOST_ROWS + 1 && (
        <button type="button" class="button why-all" onClick={() => setAll(!all)}>
          {all ? texts.showFewer : texts.showAll(of.parts.length)}
        </button>
      )}
    </>
  )
}

function Ways({ ways, now, choose }: { ways: string[]; now: string | undefined; choose: (way: string) => void }) {
  if (ways.length < 2) return null
  return (
    <div class="segments" role="group" aria-label={texts.splitBy}>
      {ways.map(way => (
        <button key={way} type="button" aria-pressed={way === now} onClick={() => choose(way)}>
          {word(texts.ways, way) ?? way}
        </button>
      ))}
    </div>
  )
}

type Props = { of: Extract<Opened, { what: 'explain' }>; onClose: () => void }

export default function Explain({ of: { kind, metric }, onClose }: Props) {
  const [by, setBy] = useState<string | null>(null)
  const field = kind.fields.find(one => one.key === metric)
  const title = field?.title ?? word(texts.measures, kind.key) ?? kind.title
  const ways = metric === null ? kind.explain : (kind.explain_metrics[metric] ?? [])
  const query = new URLSearchParams(question.value)
  if (by) query.set('by', by)
  if (metric) query.set('metric', metric)
  const { data, problem, loading, again } = useLoad<Explanation>(
    `/v1/widgets/${encodeURIComponent(kind.key)}/explain?${query}`,
  )
  const known = data && !problem ? data : null
  return (
    <Dialog title={texts.whyTitle(title)} class="why" onClose={onClose}>
      {known && (
        <p class="quiet">
          {rangeText(known.current)} {texts.against(rangeText(known.previous))}
          {compare.value === 'off' && `. ${texts.periodBefore}`}
        </p>
      )}
      <Ways ways={ways} now={by ?? known?.by} choose={setBy} />
      <div class={`why-body${loading && known ? ' why-loading' : ''}`} aria-busy={loading}>
        {problem ? (
          <div class="card-state" role="alert">
            <p>{problem.message}</p>
            {problem.status !== 422 && (
              <button type="button" class="button" onClick={again}>
                {texts.retry}
              </button>
            )}
          </div>
        ) : !known ? (
          <div class="skeleton" role="status">
            <span class="hidden">{texts.loading}</span>
            <i class="skeleton-chart" />
          </div>
        ) : (
          <>
            <p class="why-words">{sentences(title, known).join(' ')}</p>
            {known.change !== null && known.parts.length > 0 && (
              <Table key={known.by} of={known} good={goodOf(kind, metric ?? undefined)} title={title} />
            )}
            {known.notices.map(notice => (
              <p key={notice.code} class="why-note quiet">
                {notice.text}
              </p>
            ))}
          </>
        )}
      </div>
    </Dialog>
  )
}
