// Editing the board by keyboard: which card is at hand, where the arrow keys take it, and what is said of it.
// Arrow steps in a row are one change: Escape takes it back, anything else lets it stand.
import { cancel, change, pending, remove, settle } from './edit.ts'
import { arrange, keyOf, withBoxes, type Box } from './layout.ts'
import { moved, stretched, type Direction } from './moves.ts'
import { kinds, layout } from './state.ts'
import { texts } from './texts.ts'
import { columns, editing, held, spoken } from './ui-state.ts'

const DIRECTIONS: Record<string, Direction> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
}

export const placeText = ({ x, y, w, h }: Box) => texts.place(x + 1, y + 1, w, h)

export function titleOf(id: string): string {
  const placed = layout.peek().widgets.find(one => one.id === id)
  return placed ? (kinds.peek().get(keyOf(placed))?.title ?? keyOf(placed)) : id
}

const inOrder = () => arrange(layout.peek().widgets, columns.peek())
const boxOf = (id: string) => inOrder().find(({ placed }) => placed.id === id)?.box

/** The card that has the focus, or something in it. */
const focused = () => document.activeElement?.closest<HTMLElement>('[data-card]')?.dataset['card'] ?? null

export function startEditing(): void {
  const first = inOrder()[0]?.placed.id ?? null
  held.value = focused() ?? first
  editing.value = true
  spoken.value = matchMedia('(pointer: coarse)').matches ? texts.editHintTouch : texts.editHint
}

export function stopEditing(): void {
  const last = held.peek()
  settle()
  editing.value = false
  held.value = null
  spoken.value = texts.editDone
  // The focus stays where it was: on the same card's title.
  if (last) document.querySelector<HTMLElement>(`[data-card="${CSS.escape(last)}"] .card-menu`)?.focus()
}

export const toggleEditing = () => (editing.peek() ? stopEditing() : startEditing())

function step(id: string, direction: Direction, resize: boolean): void {
  const cards = inOrder()
  const at = cards.findIndex(({ placed }) => placed.id === id)
  if (at < 0) return
  const boxes = cards.map(({ box }) => box)
  const next = (resize ? stretched : moved)(boxes, at, direction, columns.peek())
  if (!next)
    return void (spoken.value = texts.cannot[resize ? 'resize' : 'move'](titleOf(id), texts.direction[direction]))
  const places = new Map(cards.map(({ placed }, i) => [placed.id, next[i]!]))
  held.value = id
  change(withBoxes(layout.peek(), places, columns.peek()), id)
  const { x, y, w, h } = next[at]!
  spoken.value = resize ? texts.resizedTo(titleOf(id), w, h) : texts.movedTo(titleOf(id), texts.position(x + 1, y + 1))
}

/** Escape: the card goes back to where it was; if it was not moved, editing ends. */
function escape(id: string | null): void {
  if (!id || !cancel(id)) return stopEditing()
  const box = boxOf(id)
  spoken.value = box ? texts.putBack(titleOf(id), texts.position(box.x + 1, box.y + 1)) : ''
}

function removeHeld(id: string): void {
  const cards = inOrder()
  const at = cards.findIndex(({ placed }) => placed.id === id)
  held.value = (cards[at + 1] ?? cards[at - 1])?.placed.id ?? null
  remove(id, titleOf(id))
  if (!held.peek()) stopEditing()
}

/** Tab goes from card to card; past the ends it goes where it always goes. */
function tab(id: string, back: boolean): boolean {
  const cards = inOrder()
  const next = cards[cards.findIndex(({ placed }) => placed.id === id) + (back ? -1 : 1)]
  settle()
  if (!next) {
    held.value = null
    if (!back) document.getElementById('edit-done')?.focus()
    return !back
  }
  held.value = next.placed.id
  return true
}

/** What a key does to the card that has the focus; true if it did something. */
function act(event: KeyboardEvent, id: string): boolean {
  const direction = Object.hasOwn(DIRECTIONS, event.key) ? DIRECTIONS[event.key] : undefined
  if (direction) step(id, direction, event.shiftKey)
  else if (event.key === 'Delete' || event.key === 'Backspace') removeHeld(id)
  else if (event.key === 'Enter' && pending(id)) {
    settle()
    spoken.value = texts.dropped(titleOf(id))
  } else if (event.key === 'Tab') return tab(id, event.shiftKey)
  else return false
  return true
}

/** The board's own keys; everything else goes its way. */
export function onBoardKey(event: KeyboardEvent): void {
  if (!editing.peek() || event.ctrlKey || event.metaKey || event.altKey) return
  const id = focused()
  if (!id || (event.target instanceof Element && event.target.closest('[popover]'))) return
  if (!act(event, id)) return
  event.preventDefault()
  event.stopPropagation()
}

/** Whichever card gets the focus is the one at hand. */
export function onBoardFocus(): void {
  const id = focused()
  if (!editing.peek() || !id || id === held.peek()) return
  settle()
  held.value = id
}

/** True if Escape meant the board. */
export function onEscape(): boolean {
  if (!editing.peek()) return false
  escape(held.peek())
  return true
}
