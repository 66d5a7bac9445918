// Fetching what the board shows, and keeping it in step with the question.
import { batch, effect, untracked } from '@preact/signals'
import { asProblem, call, get, post, Problem, type Reply } from './api.ts'
import type { Range } from './dates.ts'
import { firstBoard } from './first.ts'
import type { Answer, Layout, Me, Meta, WidgetKind } from './model.ts'
import {
  address,
  cardData,
  forgetCards,
  keys,
  kinds,
  layout,
  me,
  meta,
  offline,
  question,
  range,
  readAddress,
  registry,
  screen,
  sessionEnded,
  startProblem,
} from './state.ts'
import { forgetChanges, setTag, unsaved } from './edit.ts'
import { consent } from './connect.ts'
import { takePrefs } from './prefs.ts'
import { showingConnections } from './ui-state.ts'
import { followActiveJob } from './sync.ts'
import { texts } from './texts.ts'
import { loadTargets } from './targets.ts'

/** Note what a failure means for the whole page; true if it was that. */
export function pageFailure(problem: Problem): boolean {
  if (problem.status === 401 && screen.value === 'board') sessionEnded.value = true
  if (problem.status === 0) offline.value = true
  return problem.status === 401 || problem.status === 0
}

// ---- starting

function takeMe(now: Me): void {
  me.value = now
  takePrefs(now.settings)
}

export async function start(): Promise<void> {
  screen.value = 'starting'
  try {
    const who = get<Me>('/v1/auth/me').then(takeMe)
    await Promise.all([who, openBoard()])
    showBoard()
  } catch (error) {
    await notSignedIn(asProblem(error))
  }
}

async function notSignedIn(problem: Problem): Promise<void> {
  if (problem.status !== 401) {
    startProblem.value = problem
    screen.value = 'failed'
    return
  }
  const setup = await get<{ needed: boolean }>('/v1/auth/setup').catch(() => ({ needed: false }))
  screen.value = setup.needed ? 'setup' : 'sign-in'
}

/** Everything that the board needs, in one go. */
async function openBoard(): Promise<void> {
  const [about, list, reply] = await Promise.all([
    get<Meta>('/v1/dashboard/meta'),
    get<{ widgets: WidgetKind[] }>('/v1/widgets'),
    call<Layout>('/v1/dashboard/layout'),
  ])
  batch(() => {
    meta.value = about
    registry.value = list.widgets
    takeLayout(reply)
  })
}

function showBoard(): void {
  screen.value = 'board'
  sessionEnded.value = false
  if (consent.value) showingConnections.value = true
  followActiveJob()
  void loadTargets()
}

function takeLayout({ data, etag }: Reply<Layout>): void {
  if (unsaved()) return // what is not saved yet is newer
  setTag(etag)
  // A board that was never saved has no version; one that was emptied on purpose stays empty.
  const fresh = data.widgets.length === 0 && data.version === undefined
  layout.value = fresh ? firstBoard(registry.value, isConnected) : data
}

const isConnected = (source: string) =>
  (meta.value?.connected_sources as Record<string, boolean> | undefined)?.[source] === true

export async function loadLayout(): Promise<void> {
  takeLayout(await call<Layout>('/v1/dashboard/layout'))
}

/** After signing in: the same place if it is the same person, a clean start otherwise. */
export async function signedIn(): Promise<void> {
  const before = me.value?.user.id
  const now = await get<Me>('/v1/auth/me')
  if (before && before !== now.user.id) {
    forgetCards()
    forgetChanges()
  }
  takeMe(now)
  await openBoard()
  showBoard()
  void loadCards()
}

export async function signOut(): Promise<void> {
  await post('/v1/auth/logout').catch(() => null)
  location.assign('/')
}

// ---- the cards

let running: AbortController | null = null

let shown = (): void => undefined
/** The first numbers have been drawn: what is heavy may come now. */
export const numbersShown = new Promise<void>(resolve => (shown = resolve))

let noted = false
function noteFirstNumbers(): void {
  if (noted) return
  noted = true
  requestAnimationFrame(() => {
    performance.mark('numbers') // for whoever measures the page
    setTimeout(shown)
  })
}

export function answered(key: string, answer: Answer, range: Range): void {
  noteFirstNumbers()
  cardData(key).value = { answer, range, problem: null, loading: false }
}

/** What was there stays there if it is the whole page that has lost its server. */
function failed(key: string, problem: Problem, general: boolean): void {
  const data = cardData(key)
  data.value = { ...data.peek(), problem: general && data.peek().answer ? null : problem, loading: false }
}

async function loadCard(key: string, signal: AbortSignal): Promise<void> {
  const data = cardData(key),
    asked = range.peek()
  data.value = { ...data.peek(), loading: true }
  try {
    answered(key, await get<Answer>(`/v1/widgets/${encodeURIComponent(key)}?${question.peek()}`, signal), asked)
    offline.value = false
  } catch (error) {
    if (signal.aborted) return
    const problem = asProblem(error)
    failed(key, problem, pageFailure(problem))
  }
}

/** All of these in one question. If it fails as a whole, each is asked alone, so that one broken card leaves the others alive. */
async function loadMany(wanted: string[], signal: AbortSignal): Promise<void> {
  const asked = range.peek()
  const known = wanted.filter(key => kinds.peek().has(key))
  batch(() => {
    for (const key of wanted)
      if (!kinds.peek().has(key)) cardData(key).value = { ...cardData(key).peek(), loading: false }
    for (const key of known) cardData(key).value = { ...cardData(key).peek(), loading: true }
  })
  if (known.length === 0) return
  try {
    const names = known.map(encodeURIComponent).join(',')
    const { widgets } = await get<{ widgets: Record<string, Answer> }>(
      `/v1/dashboard/data?${question.peek()}&widgets=${names}`,
      signal,
    )
    batch(() => {
      offline.value = false
      for (const key of known)
        if (widgets[key]) answered(key, widgets[key], asked)
        else failed(key, new Problem(404, 'unknown-widget', texts.unknownWidget(key)), false)
    })
  } catch (error) {
    if (!signal.aborted) await notLoaded(known, asProblem(error), signal)
  }
}

async function notLoaded(known: string[], problem: Problem, signal: AbortSignal): Promise<void> {
  if (problem.status >= 500) return void (await Promise.all(known.map(key => loadCard(key, signal))))
  const general = pageFailure(problem)
  batch(() => {
    for (const key of known) failed(key, problem, general)
  })
}

/** Ask everything anew; an older round that is still under way is dropped. */
export async function loadCards(): Promise<void> {
  running?.abort()
  const controller = (running = new AbortController())
  await loadMany(keys.peek(), controller.signal)
}

export const retryCard = (key: string) => loadCard(key, new AbortController().signal)
/** Numbers of a widget that is not on the board. */
export const loadPreview = (key: string): void => void loadMany([key], new AbortController().signal)
/** Cards that came onto the board. */
const loadNew = (fresh: string[]) => loadMany(fresh, running?.signal ?? new AbortController().signal)

async function refreshMeta(): Promise<void> {
  try {
    meta.value = await get<Meta>('/v1/dashboard/meta')
    offline.value = false
  } catch (error) {
    pageFailure(asProblem(error))
  }
}

export async function refresh(): Promise<void> {
  await refreshMeta()
  await Promise.all([loadCards(), loadTargets()])
}

/** Keep the cards and the address in step with what is asked. */
export function watch(): void {
  let asked = ''
  effect(() => {
    if (screen.value !== 'board') return
    const now = question.value
    const fresh = keys.value.filter(key => cardData(key).peek().answer === null)
    untracked(() => {
      if (now !== asked) void loadCards()
      else if (fresh.length > 0) void loadNew(fresh)
      asked = now
    })
  })
  keepAddress()
  window.addEventListener('online', () => void refresh())
  setInterval(() => {
    if (offline.peek() && screen.peek() === 'board') void refresh()
  }, 5000)
}

/** Each question is a place of its own that "back" finds; what the board opens with replaces the address. */
function keepAddress(): void {
  let first = true
  effect(() => {
    const next = address.value
    if (screen.value !== 'board') return
    // A link to a card keeps its place; set-up codes and the like go.
    if (first) history.replaceState(null, '', next + (location.hash.startsWith('#card-') ? location.hash : ''))
    else if (next !== location.search) history.pushState(null, '', next)
    first = false
  })
  window.addEventListener('popstate', () => readAddress())
}
