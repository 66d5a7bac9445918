// Keyboard shortcuts: a table. They are silent while somebody types or a dialog is open.
import { nextCompare, toggleSourceAloud } from './header.tsx'
import { onEscape, toggleEditing } from './arrange.ts'
import { redo, undo } from './edit.ts'
import { toggleInsights } from './insights-rail.tsx'
import { SOURCES } from './model.ts'
import { say, screen, sessionEnded } from './state.ts'
import { runSync } from './sync.ts'
import { texts } from './texts.ts'
import { nextTheme, theme } from './theme.ts'
import { picking, showingKeys } from './ui-state.ts'

function openRange(): void {
  const button = document.getElementById('range')
  button?.focus() // so that Tab goes on into the panel
  button?.click()
}

const KEYS: Record<string, () => void> = {
  d: openRange,
  c: nextCompare,
  1: () => toggleSourceAloud(SOURCES[0]),
  2: () => toggleSourceAloud(SOURCES[1]),
  3: () => toggleSourceAloud(SOURCES[2]),
  s: () => void runSync(),
  e: toggleEditing,
  i: toggleInsights,
  '/': () => (picking.value = true),
  '.': () => {
    nextTheme()
    say(`${texts.themeLabel}: ${texts.theme[theme.peek()]}`)
  },
  '?': () => (showingKeys.value = true),
}

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.matches('input, select, textarea, [contenteditable]')

/** Ctrl+Z, Ctrl+Shift+Z, Ctrl+Y. */
function history(event: KeyboardEvent): (() => void) | null {
  const key = event.key.toLowerCase()
  if (key === 'z') return event.shiftKey ? redo : undo
  return key === 'y' && !event.shiftKey ? redo : null
}

const elsewhere = (event: KeyboardEvent) =>
  screen.peek() !== 'board' ||
  sessionEnded.peek() ||
  typing(event.target) ||
  document.querySelector('dialog[open]') !== null

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.altKey || elsewhere(event)) return
  if (event.ctrlKey || event.metaKey) {
    const run = history(event)
    if (run) event.preventDefault()
    return run?.()
  }
  if (event.key === 'Escape' && !document.querySelector(':popover-open')) return void onEscape()
  const run = Object.hasOwn(KEYS, event.key) ? KEYS[event.key] : undefined
  if (!run) return
  event.preventDefault()
  run()
}

export const listenToKeys = () => document.addEventListener('keydown', onKey)
