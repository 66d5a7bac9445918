// Fetching what the board shows, and keeping it in step with the question.
import { effect, untracked } from '@preact/signals'
import { asProblem, call, get, post, Problem } from './api.ts'
import { defaultLayout } from './layout.ts'
import type { Answer, Layout, Me, Meta, WidgetKind } from './model.ts'
import {
  address,
  cardData,
  forgetCards,
  keys,
  layout,
  me,
  meta,
  offline,
  question,
  range,
  registry,
  screen,
  sessionEnded,
  startProblem,
} from './state.ts'
import { setTag } from './edit.ts'
import { consent } from './connect.ts'
import { takePrefs } from './prefs.ts'
import { showingConnections } from './ui-state.ts'
import { followActiveJob } from './sync.ts'

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
    takeMe(await get<Me>('/v1/auth/me'))
    await openBoard()
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

async function openBoard(): Promise<void> {
  const [about, list] = await Promise.all([
    get<Meta>('/v1/dashboard/meta'),
    get<{ widgets: WidgetKind[] }>('/v1/widgets'),
  ])
  meta.value = about
  registry.value = list.widgets
  await loadLayout()
  screen.value = 'board'
  sessionEnded.value = false
  if (consent.value) showingConnections.value = true
  followActiveJob()
}

export async function loadLayout(): Promise<void> {
  const reply = await call<Layout>('/v1/dashboard/layout')
  setTag(reply.etag)
  // A board that was never saved has no version; one that was emptied on purpose stays empty.
  const fresh = reply.data.widgets.length === 0 && reply.data.version === undefined
  layout.value = fresh ? defaultLayout(registry.value) : reply.data
}

/** After signing in: the same place if it is the same person, a clean start otherwise. */
export async function signedIn(): Promise<void> {
  const before = me.value?.user.id
  const now = await get<Me>('/v1/auth/me')
  if (before && before !== now.user.id) forgetCards()
  takeMe(now)
  await openBoard()
  void loadCards()
}

export async function signOut(): Promise<void> {
  await post('/v1/auth/logout').catch(() => null)
  location.assign('/')
}

// ---- the cards

let running: AbortController | null = null

async function loadCard(key: string, signal: AbortSignal): Promise<void> {
  const data = cardData(key),
    asked = untracked(() => range.value)
  data.value = { ...data.peek(), loading: true }
  try {
    const answer = await get<Answer>(`/v1/widgets/${encodeURIComponent(key)}?${question.peek()}`, signal)
    data.value = { answer, range: asked, problem: null, loading: false }
    offline.value = false
  } catch (error) {
    if (signal.aborted) return
    const problem = asProblem(error)
    const general = pageFailure(problem)
    // What was there stays there if it is the whole page that has lost its server.
    data.value = { ...data.peek(), problem: general && data.peek().answer ? null : problem, loading: false }
  }
}

/** Ask everything anew; an older round that is still under way is dropped. */
export async function loadCards(): Promise<void> {
  running?.abort()
  const controller = (running = new AbortController())
  await Promise.all(keys.peek().map(key => loadCard(key, controller.signal)))
}

export const retryCard = (key: string) => loadCard(key, new AbortController().signal)

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
  await loadCards()
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
      else for (const key of fresh) void retryCard(key)
      asked = now
    })
  })
  effect(() => {
    if (screen.value === 'board') history.replaceState(null, '', address.value)
  })
  window.addEventListener('online', () => void refresh())
  setInterval(() => {
    if (offline.peek() && screen.peek() === 'board') void refresh()
  }, 5000)
}
