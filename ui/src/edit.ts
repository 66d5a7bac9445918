// Changing the board: every change is one step that can be undone, and is saved by itself.
import { asProblem, call } from './api.ts'
import { loadLayout, pageFailure } from './load.ts'
import { added, without } from './layout.ts'
import type { Layout, WidgetKind } from './model.ts'
import { layout, say } from './state.ts'
import { texts } from './texts.ts'

const MAX_UNDO = 50
const past: Layout[] = []
let tag: string | null = null // of the layout as the server has it
let waiting = 0
let saving = false
let dirty = false

export const setTag = (etag: string | null): void => void (tag = etag)

export function change(next: Layout): void {
  if (next === layout.peek()) return
  past.push(layout.peek())
  if (past.length > MAX_UNDO) past.shift()
  apply(next)
}

export function undo(): void {
  const before = past.pop()
  if (!before) return
  apply(before)
  say(texts.undone)
}

function apply(next: Layout): void {
  layout.value = { ...next, version: 1 }
  dirty = true
  clearTimeout(waiting)
  waiting = window.setTimeout(() => void save(), 300)
}

/** One save at a time, so that a tag is never used twice; the last state wins. */
async function save(): Promise<void> {
  if (saving || !dirty) return
  saving = true
  dirty = false
  try {
    const reply = await call<{ ok: boolean }>('/v1/dashboard/layout', {
      method: 'POST',
      body: layout.peek(),
      etag: tag,
    })
    tag = reply.etag ?? (await call<Layout>('/v1/dashboard/layout')).etag
  } catch (error) {
    await notSaved(asProblem(error))
  }
  saving = false
  if (dirty) void save()
}

async function notSaved(problem: ReturnType<typeof asProblem>): Promise<void> {
  if (problem.status === 412) {
    past.length = 0
    await loadLayout().catch(() => null)
    say(texts.layoutElsewhere)
  } else if (!pageFailure(problem)) say(`${texts.layoutNotSaved} ${problem.message}`)
}

// Leaving within the 300 ms must not lose the change.
window.addEventListener('pagehide', () => {
  if (!dirty) return
  const headers: Record<string, string> = { 'Content-Type': 'application/json' }
  if (tag) headers['If-Match'] = tag
  void fetch('/v1/dashboard/layout', { method: 'POST', keepalive: true, headers, body: JSON.stringify(layout.peek()) })
})

export function remove(id: string, title: string): void {
  change(without(layout.peek(), id))
  say(texts.removed(title), true)
}

export function add(kind: WidgetKind): string {
  const { layout: next, id } = added(layout.peek(), kind)
  change(next)
  say(texts.added(kind.title), true)
  return id
}
