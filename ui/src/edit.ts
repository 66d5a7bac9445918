// Changing the board: every change is one step that can be undone and done again, and is saved by itself.
import { signal } from '@preact/signals'
import { asProblem, call } from './api.ts'
import { loadLayout, pageFailure } from './load.ts'
import { added, without } from './layout.ts'
import type { Layout, WidgetKind } from './model.ts'
import { layout, say } from './state.ts'
import { texts } from './texts.ts'

const MAX_UNDO = 50
const RETRY = 5000 // ms
let past: Layout[] = [],
  future: Layout[] = []
let joined: string | null = null // what the last step was part of
let tag: string | null = null // of the layout as the server has it
let waiting = 0
let saving = false
let dirty = false

export const canUndo = signal(false),
  canRedo = signal(false)

export const setTag = (etag: string | null): void => void (tag = etag)

function remember(pasts: Layout[], futures: Layout[]): void {
  past = pasts.slice(-MAX_UNDO)
  future = futures
  canUndo.value = past.length > 0
  canRedo.value = future.length > 0
}

/** Steps with the same name in a row are undone as one. */
export function change(next: Layout, join: string | null = null): void {
  if (next === layout.peek()) return
  remember(join !== null && join === joined ? past : [...past, layout.peek()], [])
  joined = join
  apply(next)
}

export function undo(): void {
  const before = past.at(-1)
  if (!before) return say(texts.undoNothing)
  remember(past.slice(0, -1), [...future, layout.peek()])
  joined = null
  apply(before)
  say(texts.undone, { words: texts.redo, run: redo })
}

export function redo(): void {
  const after = future.at(-1)
  if (!after) return say(texts.redoNothing)
  remember([...past, layout.peek()], future.slice(0, -1))
  joined = null
  apply(after)
  say(texts.redone, { words: texts.undo, run: undo })
}

/** Take back what was joined under this name, as if it had never been. */
export function cancel(join: string): boolean {
  const before = past.at(-1)
  if (joined !== join || !before) return false
  remember(past.slice(0, -1), [])
  joined = null
  apply(before)
  return true
}

/** The next step is one of its own. */
export const settle = (): void => void (joined = null)
export const pending = (join: string): boolean => joined === join

function apply(next: Layout): void {
  layout.value = { ...next, version: next.version ?? 1 }
  dirty = true
  clearTimeout(waiting)
  waiting = window.setTimeout(() => void save(), 300)
}

/** One save at a time, so that a tag is never used twice; the last state wins. */
async function save(): Promise<void> {
  if (saving || !dirty) return
  saving = true
  dirty = false
  let later = false
  try {
    const reply = await call<{ ok: boolean }>('/v1/dashboard/layout', {
      method: 'POST',
      body: layout.peek(),
      etag: tag,
    })
    tag = reply.etag ?? (await call<Layout>('/v1/dashboard/layout')).etag
  } catch (error) {
    later = await notSaved(asProblem(error))
  }
  saving = false
  dirty ||= later
  if (later) waiting = window.setTimeout(() => void save(), RETRY)
  else if (dirty) void save()
}

/** True if only the server or the session was missing: what was not saved is saved later. */
async function notSaved(problem: ReturnType<typeof asProblem>): Promise<boolean> {
  if (problem.status === 412) {
    forgetChanges()
    await loadLayout().catch(() => null)
    say(texts.layoutElsewhere)
    return false
  }
  if (pageFailure(problem)) return true
  say(`${texts.layoutNotSaved} ${problem.message}`)
  return false
}

export const unsaved = () => dirty

/** What is seen is saved, also a board that nobody has changed yet. */
export async function saved(): Promise<void> {
  clearTimeout(waiting)
  dirty = true
  while (saving) await new Promise(again => setTimeout(again, 50))
  await save()
}

/** The board is somebody else's now, or was changed elsewhere: there is nothing to undo or to save. */
export function forgetChanges(): void {
  clearTimeout(waiting)
  dirty = false
  remember([], [])
}

// Leaving within the 300 ms must not lose the change.
window.addEventListener('pagehide', () => {
  if (!dirty) return
  const headers: Record<string, string> = { 'Content-Type': 'application/json' }
  if (tag) headers['If-Match'] = tag
  void fetch('/v1/dashboard/layout', { method: 'POST', keepalive: true, headers, body: JSON.stringify(layout.peek()) })
})

const offerUndo = { words: texts.undo, run: undo }

export function remove(id: string, title: string): void {
  change(without(layout.peek(), id))
  say(texts.removed(title), offerUndo)
}

export function add(kind: WidgetKind): string {
  const { layout: next, id } = added(layout.peek(), kind)
  change(next)
  say(texts.added(kind.title), offerUndo)
  return id
}
