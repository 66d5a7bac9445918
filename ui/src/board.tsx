// The board: GridStack owns the elements of the grid, the layout signal owns the truth.
// Each card is a Preact root of its own inside its grid item, so that neither moves the
// other's elements.
import { effect, signal } from '@preact/signals'
import { GridStack, type GridItemHTMLElement } from 'gridstack'
import { render } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { shared } from './api.ts'
import { onBoardFocus, onBoardKey, placeText, titleOf } from './arrange.ts'
import { Card } from './card.tsx'
import { change } from './edit.ts'
import { arrange, withBoxes, type Box } from './layout.ts'
import { SMALLEST } from './moves.ts'
import { layout } from './state.ts'
import { texts } from './texts.ts'
import { columns, editing, held, picking, spoken } from './ui-state.ts'

const ROW = 88 // px
const GAP = 16 // px between cards; GridStack wants half of it on each side
const FAR = 100_000 // a row that no card is in

/** A mouse drags without further ado; a finger scrolls, and drags only while the board is edited. */
const mouse = matchMedia('(hover: hover) and (pointer: fine)')
const hasMouse = signal(mouse.matches)
mouse.addEventListener('change', () => (hasMouse.value = mouse.matches))

const contentOf = (item: Element) => item.querySelector('.grid-stack-item-content')!

function makeGrid(element: HTMLElement): GridStack {
  return GridStack.init(
    {
      column: columns.peek(),
      cellHeight: ROW + GAP,
      margin: GAP / 2,
      animate: !matchMedia('(prefers-reduced-motion: reduce)').matches,
      handle: '.card-head',
      draggable: { handle: '.card-head', cancel: 'button' },
      resizable: { handles: 'se' },
      alwaysShowResizeHandle: true,
    },
    element,
  )!
}

type Items = Map<string, GridItemHTMLElement>

function dropGone(grid: GridStack, items: Items, ids: Set<string>): void {
  for (const [id, item] of items)
    if (!ids.has(id)) {
      render(null, contentOf(item))
      grid.removeWidget(item)
      items.delete(id)
    }
}

function describe(item: HTMLElement, id: string, box: Box): void {
  const now = editing.value
  item.dataset['card'] = id
  if (!now) {
    for (const name of ['tabindex', 'role', 'aria-roledescription', 'aria-label']) item.removeAttribute(name)
    return
  }
  item.tabIndex = 0
  item.setAttribute('role', 'group')
  item.setAttribute('aria-roledescription', texts.movable)
  item.setAttribute('aria-label', `${titleOf(id)}, ${placeText(box)}`)
}

/** Make the grid show this layout: remove, update, add. */
function show(grid: GridStack, items: Items): void {
  const count = columns.value
  const wanted = arrange(layout.value.widgets, count)
  const focused = grid.el.contains(document.activeElement) ? document.activeElement : null
  grid.batchUpdate()
  dropGone(grid, items, new Set(wanted.map(({ placed }) => placed.id)))
  if (grid.getColumn() !== count) grid.column(count, 'none')
  // First out of each other's way: GridStack would push aside what stands where another card goes.
  for (const item of items.values()) grid.update(item, { y: FAR + (item.gridstackNode?.y ?? 0) })
  for (const { placed, box } of wanted) {
    const limits = { minW: Math.min(SMALLEST, count), minH: SMALLEST }
    let item = items.get(placed.id)
    if (item) grid.update(item, { ...box, ...limits })
    else items.set(placed.id, (item = grid.addWidget({ id: placed.id, ...box, ...limits })!))
    describe(item, placed.id, box)
    render(<Card placed={placed} box={box} columns={count} />, contentOf(item))
  }
  grid.batchUpdate(false)
  // GridStack has put the elements in reading order; the one in use must keep the focus.
  if (focused instanceof HTMLElement && focused.isConnected && document.activeElement !== focused)
    focused.focus({ preventScroll: true })
}

/** After the user moved or resized something, the grid's places are the layout. */
function takeOver(grid: GridStack, item: GridItemHTMLElement): void {
  const places = new Map<string, Box>()
  for (const { id, x = 0, y = 0, w = 1, h = 1 } of grid.engine.nodes) if (id) places.set(id, { x, y, w, h })
  change(withBoxes(layout.peek(), places, columns.peek()))
  const id = item.dataset['card'],
    box = id ? places.get(id) : undefined
  if (id && box) spoken.value = texts.movedTo(titleOf(id), placeText(box))
}

/** The card at hand has the focus, also after its element was put elsewhere. */
function follow(items: Items): void {
  const item = editing.value && held.value ? items.get(held.value) : undefined
  if (!item) return
  if (!item.contains(document.activeElement)) item.focus({ preventScroll: true })
  item.scrollIntoView({ block: 'nearest' })
}

function run(element: HTMLElement): () => void {
  const grid = makeGrid(element)
  const items: Items = new Map()
  grid.on('dragstop resizestop', (_: Event, item: GridItemHTMLElement) => setTimeout(() => takeOver(grid, item)))
  const stops = [
    effect(() => show(grid, items)),
    effect(() => {
      void [layout.value, columns.value] // the elements may have moved
      follow(items)
    }),
    effect(() => void grid.setStatic(shared || (!hasMouse.value && !editing.value))),
  ]
  return () => {
    for (const stop of stops) stop()
    for (const item of items.values()) render(null, contentOf(item))
    grid.destroy(true)
  }
}

function Empty() {
  return (
    <div class="board-empty">
      <p>{texts.emptyBoard}</p>
      <p class="quiet">{texts.emptyBoardHint}</p>
      <button type="button" class="button button-main" onClick={() => (picking.value = true)}>
        {texts.add}
      </button>
    </div>
  )
}

export function Board() {
  const element = useRef<HTMLDivElement>(null)
  useEffect(() => run(element.current!), [])
  return (
    <section
      class={editing.value ? 'board board-editing' : 'board'}
      aria-label={texts.board}
      onKeyDownCapture={onBoardKey}
      onFocusIn={onBoardFocus}
    >
      <div ref={element} class="grid-stack" />
      {layout.value.widgets.length === 0 && <Empty />}
      <p class="hidden" role="status">
        {spoken.value}
      </p>
    </section>
  )
}
