// The board: GridStack owns the elements of the grid, the layout signal owns the truth.
// Each card is a Preact root of its own inside its grid item, so that neither moves the
// other's elements.
import { effect, signal } from '@preact/signals'
import { GridStack, type GridItemHTMLElement } from 'gridstack'
import { render } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Card } from './card.tsx'
import { change } from './edit.ts'
import { arrange, COLUMNS, withBoxes, type Box } from './layout.ts'
import { layout } from './state.ts'
import { texts } from './texts.ts'
import { picking } from './ui-state.ts'

const ROW = 88 // px
const GAP = 16 // px between cards; GridStack wants half of it on each side

const wide = matchMedia('(min-width: 1024px)'),
  middle = matchMedia('(min-width: 640px)')
const columnsNow = () => (wide.matches ? COLUMNS : middle.matches ? 6 : 1)
const columns = signal(columnsNow())
for (const query of [wide, middle]) query.addEventListener('change', () => (columns.value = columnsNow()))

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
      alwaysShowResizeHandle: false,
    },
    element,
  )!
}

/** Make the grid show this layout: remove, update, add. */
function show(grid: GridStack, items: Map<string, GridItemHTMLElement>, count: number): void {
  const wanted = arrange(layout.value.widgets, count)
  const held = grid.el.contains(document.activeElement) ? document.activeElement : null
  const ids = new Set(wanted.map(({ placed }) => placed.id))
  grid.batchUpdate()
  for (const [id, item] of items)
    if (!ids.has(id)) {
      render(null, contentOf(item))
      grid.removeWidget(item)
      items.delete(id)
    }
  if (grid.getColumn() !== count) grid.column(count, 'none')
  for (const { placed, box } of wanted) {
    let item = items.get(placed.id)
    if (item) grid.update(item, box)
    else
      items.set(
        placed.id,
        (item = grid.addWidget({ id: placed.id, ...box, minW: count === COLUMNS ? 2 : 1, minH: 2 })!),
      )
    render(<Card placed={placed} box={box} columns={count} />, contentOf(item))
  }
  grid.batchUpdate(false)
  grid.setStatic(count !== COLUMNS)
  // GridStack has put the elements in reading order; the one in use must keep the focus.
  if (held instanceof HTMLElement && held.isConnected && document.activeElement !== held)
    held.focus({ preventScroll: true })
}

/** After the user moved or resized something, the grid's places are the layout. */
function takeOver(grid: GridStack): void {
  const places = new Map<string, Box>()
  for (const { id, x = 0, y = 0, w = 1, h = 1 } of grid.engine.nodes) if (id) places.set(id, { x, y, w, h })
  change(withBoxes(layout.peek(), places))
}

export function Board() {
  const element = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const grid = makeGrid(element.current!)
    const items = new Map<string, GridItemHTMLElement>()
    grid.on('dragstop resizestop', () => setTimeout(() => takeOver(grid)))
    const stop = effect(() => show(grid, items, columns.value))
    return () => {
      stop()
      for (const item of items.values()) render(null, contentOf(item))
      grid.destroy(true)
    }
  }, [])
  return (
    <section class="board" aria-label={texts.board}>
      <div ref={element} class="grid-stack" />
      {layout.value.widgets.length === 0 && (
        <div class="board-empty">
          <p>{texts.emptyBoard}</p>
          <p class="quiet">{texts.emptyBoardHint}</p>
          <button type="button" class="button button-main" onClick={() => (picking.value = true)}>
            {texts.add}
          </button>
        </div>
      )}
    </section>
  )
}
