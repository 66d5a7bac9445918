// Keyboard shortcuts: a table. They are silent while somebody types or a dialog is open.
import { COMPARISONS, toggleSource } from './header.tsx'
import { undo } from './edit.ts'
import { toggleInsights } from './insights-rail.tsx'
import { SOURCES } from './model.ts'
import { compare, screen, sessionEnded } from './state.ts'
import { runSync } from './sync.ts'
import { nextTheme } from './theme.ts'
import { picking, showingKeys } from './ui-state.ts'

function openRange(): void {
  const button = document.getElementById('range')
  button?.focus() // so that Tab goes on into the panel
  button?.click()
}

const KEYS: Record<string, () => void> = {
  d: openRange,
  c: () => (compare.value = COMPARISONS[(COMPARISONS.indexOf(compare.value) + 1) % COMPARISONS.length]!),
  1: () => toggleSource(SOURCES[0]),
  2: () => toggleSource(SOURCES[1]),
  3: () => toggleSource(SOURCES[2]),
  s: () => void runSync(),
  i: toggleInsights,
  '/': () => (picking.value = true),
  '.': nextTheme,
  '?': () => (showingKeys.value = true),
}

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.matches('input, select, textarea, [contenteditable]')

function onKey(event: KeyboardEvent): void {
  if (
    screen.peek() !== 'board' ||
    sessionEnded.peek() ||
    typing(event.target) ||
    document.querySelector('dialog[open]')
  )
    return
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'z') {
    event.preventDefault()
    return undo()
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return
  const run = Object.hasOwn(KEYS, event.key) ? KEYS[event.key] : undefined
  if (!run) return
  event.preventDefault()
  run()
}

export const listenToKeys = () => document.addEventListener('keydown', onKey)
