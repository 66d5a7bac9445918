// Where cards lie. A board is saved as it is on 12 columns; narrower screens arrange the
// same cards in reading order and never change what is saved.
import type { Layout, Placed, WidgetKind } from './model.ts'

export const COLUMNS = 12
export const SIZES = { sm: { w: 3, h: 2 }, md: { w: 4, h: 3 }, lg: { w: 6, h: 4 }, xl: { w: 12, h: 5 } } as const
export type Size = keyof typeof SIZES

export interface Box {
  x: number
  y: number
  w: number
  h: number
}

export const keyOf = (placed: Placed) => placed.key ?? placed.id
const isSize = (text: unknown): text is Size => typeof text === 'string' && Object.hasOwn(SIZES, text)
const whole = (value: unknown, low: number, high: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high
const overlap = (a: Box, b: Box) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h

/** The first free place, row by row. */
function place(w: number, h: number, taken: Box[], columns: number): Box {
  for (let y = 0; ; y++)
    for (let x = 0; x + w <= columns; x++) {
      const box = { x, y, w, h }
      if (!taken.some(other => overlap(box, other))) return box
    }
}

function extent(placed: Placed): { w: number; h: number } {
  const size = SIZES[isSize(placed.size) ? placed.size : 'md']
  return { w: whole(placed.w, 1, COLUMNS) ? placed.w : size.w, h: whole(placed.h, 1, 20) ? placed.h : size.h }
}

/** Boxes on 12 columns, in the order of the widgets; saved places are kept where they don't collide. */
function boxes(widgets: Placed[]): Box[] {
  const taken: Box[] = []
  const found = new Map<Placed, Box>()
  const settle = (placed: Placed, box: Box) => {
    found.set(placed, box)
    taken.push(box)
  }
  for (const placed of widgets) {
    const { w, h } = extent(placed),
      { x, y } = placed
    if (!whole(x, 0, COLUMNS - w) || !whole(y, 0, 1000)) continue
    const box = { x, y, w, h }
    if (!taken.some(other => overlap(box, other))) settle(placed, box)
  }
  for (const placed of widgets)
    if (!found.has(placed)) {
      const { w, h } = extent(placed)
      settle(placed, place(w, h, taken, COLUMNS))
    }
  return widgets.map(placed => found.get(placed)!)
}

/** The widgets in reading order with their boxes, for this many columns. */
export function arrange(widgets: Placed[], columns: number): { placed: Placed; box: Box }[] {
  const wide = boxes(widgets)
  const ordered = widgets
    .map((placed, i) => ({ placed, box: wide[i]! }))
    .sort((a, b) => a.box.y - b.box.y || a.box.x - b.box.x)
  if (columns === COLUMNS) return ordered
  const taken: Box[] = []
  return ordered
    .map(({ placed, box }) => {
      const w = columns === 1 ? 1 : box.w <= 4 ? 3 : 6
      const narrow = place(w, columns === 1 && box.h > 4 ? 6 : box.h, taken, columns)
      taken.push(narrow)
      return { placed, box: narrow }
    })
    .map(({ placed, box }) => ({ placed, box: alone(box, taken, columns) ? { ...box, w: columns } : box }))
}

/** A narrow card with nobody beside it may have the whole row. */
const alone = (box: Box, all: Box[], columns: number) =>
  box.x === 0 && !all.some(other => other !== box && overlap({ ...box, w: columns }, other))

/** The same layout with these places; a card that lost its named size gets the nearest name. */
export function withBoxes(layout: Layout, places: Map<string, Box>): Layout {
  const widgets = layout.widgets.map(placed => {
    const box = places.get(placed.id)
    return box ? { ...placed, ...box, size: sizeOf(box) } : placed
  })
  return { ...layout, widgets }
}

export function sizeOf({ w, h }: { w: number; h: number }): Size {
  const names = Object.keys(SIZES) as Size[]
  const distance = (name: Size) => Math.abs(SIZES[name].w - w) * 2 + Math.abs(SIZES[name].h - h)
  return names.reduce((best, name) => (distance(name) < distance(best) ? name : best))
}

/** Pull everything to places that are written down, so that what is saved is what is seen. */
export function settled(layout: Layout): Layout {
  return withBoxes(layout, new Map(arrange(layout.widgets, COLUMNS).map(({ placed, box }) => [placed.id, box])))
}

export function added(layout: Layout, kind: WidgetKind): { layout: Layout; id: string } {
  const ids = new Set(layout.widgets.map(placed => placed.id))
  let id = kind.key
  for (let n = 2; ids.has(id); n++) id = `${kind.key}-${n}`
  const placed: Placed = { id, key: kind.key, size: kind.size }
  return { layout: settled({ ...layout, widgets: [...layout.widgets, placed] }), id }
}

/** Close the gap that a card leaves: every card moves up as far as it can. */
export function compacted(layout: Layout): Layout {
  const up: Box[] = []
  const places = new Map<string, Box>()
  for (const { placed, box } of arrange(layout.widgets, COLUMNS)) {
    let free = box
    while (free.y > 0) {
      const higher = { ...free, y: free.y - 1 }
      if (up.some(other => overlap(higher, other))) break
      free = higher
    }
    up.push(free)
    places.set(placed.id, free)
  }
  return withBoxes(layout, places)
}

export const without = (layout: Layout, id: string) =>
  compacted({ ...layout, widgets: layout.widgets.filter(placed => placed.id !== id) })

/** One card at a new size; the rest makes room in reading order. */
export function resized(layout: Layout, id: string, size: Size): Layout {
  const order = arrange(layout.widgets, COLUMNS).map(({ placed, box }) =>
    placed.id === id ? { ...placed, size, ...SIZES[size] } : { ...placed, w: box.w, h: box.h },
  )
  return flowed(layout, order)
}

/** One card a step earlier or later in reading order. */
export function shifted(layout: Layout, id: string, step: -1 | 1): Layout {
  const order = arrange(layout.widgets, COLUMNS).map(({ placed, box }) => ({ ...placed, w: box.w, h: box.h }))
  const from = order.findIndex(placed => placed.id === id),
    to = from + step
  if (from < 0 || to < 0 || to >= order.length) return layout
  ;[order[from], order[to]] = [order[to]!, order[from]!]
  return flowed(layout, order)
}

/** Lay widgets one after the other, as text flows. */
function flowed(layout: Layout, order: Placed[]): Layout {
  const taken: Box[] = []
  const widgets = order.map(placed => {
    const { w, h } = extent(placed)
    const box = place(w, h, taken, COLUMNS)
    taken.push(box)
    return { ...placed, ...box }
  })
  return { ...layout, widgets }
}

/** What a new user sees: the first four GA4 widgets, three to a row and the fourth across. */
export function defaultLayout(registry: WidgetKind[]): Layout {
  const first = registry.filter(kind => kind.sources.length === 1 && kind.sources[0] === 'ga4').slice(0, 4)
  const widgets = first.map((kind, i): Placed => ({ id: kind.key, key: kind.key, size: i < 3 ? 'md' : 'xl' }))
  return settled({ version: 1, widgets })
}
