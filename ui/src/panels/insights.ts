// What the numbers have to say: asked for anew whenever the board's question or its data changes.
import { effect, signal, untracked } from '@preact/signals'
import { asProblem, get, shared, type Problem } from '../api.ts'
import { pageFailure } from '../load.ts'
import { meta, offline, question, sessionEnded } from '../state.ts'
import type { Days } from '../model.ts'

export interface Fact {
  id: string
  metric: string
  entity: string | null
  value: number | null
  unit: string
  currency: string | null
  text: string
  window: Days
  compare: Days | null
  direction: string | null
  evidence: { widget: string; view: string; parameters: Record<string, string>; pointer: string | null }
}

export interface Group {
  group: string
  bullets: string[]
  evidence: string[][]
}

export interface Told {
  items: Group[]
  facts: Fact[]
  engine: string
  model: string | null
}

interface State {
  told: Told | null
  problem: Problem | null
  loading: boolean
  since: number // when it was asked, by performance.now ()
}
export const insights = signal<State>({ told: null, problem: null, loading: true, since: performance.now() })

let running: AbortController | null = null

export async function loadInsights(): Promise<void> {
  running?.abort()
  const { signal } = (running = new AbortController())
  insights.value = { ...insights.peek(), problem: null, loading: true, since: performance.now() }
  try {
    const told = await get<Told>(shared ? '/v1/shared/insights' : `/v1/insights?${question.peek()}`, signal)
    insights.value = { told, problem: null, loading: false, since: 0 }
  } catch (error) {
    if (signal.aborted) return
    const problem = asProblem(error)
    // What the whole page has lost, the page itself says; these are asked for again when it is back.
    insights.value = { ...insights.peek(), problem: pageFailure(problem) ? null : problem, loading: false }
  }
}

/** Keep in step until the returned function is called. */
export function watchInsights(): () => void {
  let asked = ''
  return effect(() => {
    const now = `${question.value} ${meta.value?.last_sync_at} ${offline.value} ${sessionEnded.value}`
    if (now === asked || offline.value || sessionEnded.value) return
    asked = now
    untracked(() => void loadInsights())
  })
}

// ---- sentences and their figures

/** A piece of a sentence: plain words, or the figure of a fact. */
export interface Piece {
  text: string
  fact: Fact | null
}

const bare = (text: string) => text.replace(/^[+\u2212-]/, '')
/** It goes on as a number, or as a date ("28 Oct", "19\u201320 Nov"). */
const isPartOfMore = (before: string, after: string) =>
  /[\d.,]$|\d\u2013$/.test(before) ||
  /^(\d|[.,]\d|\u2013\d| (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec))/.test(after)

/** Where this figure stands by itself in the text; -1: nowhere. */
function findFigure(text: string, figure: string): number {
  for (let at = text.indexOf(figure); at >= 0; at = text.indexOf(figure, at + 1))
    if (!isPartOfMore(text.slice(0, at), text.slice(at + figure.length))) return at
  return -1
}

/** The sentence cut at the figures of the facts it cites; each fact is found once. */
export function piecesOf(bullet: string, facts: Fact[]): Piece[] {
  const pieces: Piece[] = [{ text: bullet, fact: null }]
  const longestFirst = facts.filter(fact => /\d/.test(fact.text)).sort((a, b) => b.text.length - a.text.length)
  for (const fact of longestFirst) {
    const figure = bare(fact.text)
    for (let i = 0; i < pieces.length; i++) {
      const { text, fact: taken } = pieces[i]!
      const at = taken ? -1 : findFigure(text, figure)
      if (at < 0) continue
      pieces.splice(
        i,
        1,
        { text: text.slice(0, at), fact: null },
        { text: figure, fact },
        { text: text.slice(at + figure.length), fact: null },
      )
      break
    }
  }
  return pieces.filter(piece => piece.text)
}

/** The facts that a bullet cites, in its order. */
export function factsOf(told: Told, ids: string[] | undefined): Fact[] {
  const all = new Map(told.facts.map(fact => [fact.id, fact]))
  return (ids ?? []).map(id => all.get(id)).filter(fact => fact !== undefined)
}

// ---- evidence

export const addressOf = ({ evidence }: Fact): string =>
  `/v1/widgets/${encodeURIComponent(evidence.widget)}${evidence.view === 'explain' ? '/explain' : ''}?` +
  new URLSearchParams(evidence.parameters).toString()

/** What a JSON pointer (RFC 6901) leads to. */
export function pointAt(document: unknown, pointer: string): unknown {
  let at = document
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replace(/~1/g, '/').replace(/~0/g, '~')
    if (at === null || typeof at !== 'object' || !Object.hasOwn(at, key)) return undefined
    at = (at as Record<string, unknown>)[key]
  }
  return at
}

export const evidence = signal<{ bullet: string; facts: Fact[]; first: Fact | null } | null>(null)
