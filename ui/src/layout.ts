// Where cards lie, as plain data. A widget's own x, y, w, h are its place on 12 columns; those on
// 6 columns and on one are kept beside them in `places`, and follow reading order until somebody
// changes them. Boards are always packed upwards: no hole above a card.
import type { Layout, Placed, WidgetKind } from './model.ts'

export const COLUMNS = 12
/** The columns that a board can have, widest first. */
export const WIDTHS = [12, 6, 1] as const
export type Columns = (typeof WIDTHS)[number]
export const SIZES = { sm: { w: 3, h: 2 }, md: { w: 4, h: 3 }, lg: { w: 6, h: 4 }, xl: { w: 12, h: 5 } } as const
export type Size = keyof typeof SIZES
export const MAX_HEIGHT = 20

export interface Box {
  x: number
  y: number
  w: number
  h: number
}
export interface Arranged {
  placed: Placed
  box: Box
}

export const keyOf = (placed: Placed) => placed.key ?? placed.id
const isSize = (text: unknown): text is Size => typeof text === 'string' && Object.hasOwn(SIZES, text)
const whole = (value: unknown, low: number, high: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high
export const overlap = (a: Box, b: Box) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h
const free = (box: Box, taken: Box[]) => !taken.some(other => overlap(box, other))

// ---- places

/** The first free place, row by row. */
function place(w: number, h: number, taken: Box[], columns: number): Box {
  for (let y = 0; ; y++)
    for (let x = 0; x + w <= columns; x++) {
      const box = { x, y, w, h }
      if (free(box, taken)) return box
    }
}

/** Push down what collides, then pull everything up as far as it goes. The one at `first` wins a tie. */
export function packed(boxes: Box[], first = -1): Box[] {
  const order = boxes
    .map((_, i) => i)
    .sort((a, b) => boxes[a]!.y - boxes[b]!.y || +(b === first) - +(a === first) || boxes[a]!.x - boxes[b]!.x)
  const result: Box[] = [],
    taken: Box[] = []
  for (const i of order) {
    const box = { ...boxes[i]! }
    while (!free(box, taken)) box.y++
    while (box.y > 0 && free({ ...box, y: box.y - 1 }, taken)) box.y--
    taken.push((result[i] = box))
  }
  return result
}

function extent(placed: Placed): { w: number; h: number } {
  const size = SIZES[isSize(placed.size) ? placed.size : 'md']
  return { w: whole(placed.w, 1, COLUMNS) ? placed.w : size.w, h: whole(placed.h, 1, MAX_HEIGHT) ? placed.h : size.h }
}

/** A place that was saved, if it is one on so many columns. */
function savedBox(from: unknown, columns: number, { w, h }: { w: number; h: number }): Box | null {
  if (typeof from !== 'object' || from === null) return null
  const it = from as Partial<Record<keyof Box, unknown>>
  const wide = whole(it.w, 1, columns) ? it.w : w,
    high = whole(it.h, 1, MAX_HEIGHT) ? it.h : h
  return whole(it.x, 0, columns - wide) && whole(it.y, 0, 1000) ? { x: it.x, y: it.y, w: wide, h: high } : null
}

/** Saved places where they don't collide; the others one after the other in what is free. */
function settle(wishes: { saved: Box | null; w: number; h: number }[], columns: number): Box[] {
  const taken: Box[] = []
  const found = wishes.map(({ saved }) => {
    if (!saved || !free(saved, taken)) return null
    taken.push(saved)
    return saved
  })
  return wishes.map(({ w, h }, i) => {
    if (found[i]) return found[i]
    const box = place(w, h, taken, columns)
    taken.push(box)
    return box
  })
}

const inOrder = (widgets: Placed[], boxes: Box[]): Arranged[] =>
  widgets.map((placed, i) => ({ placed, box: boxes[i]! })).sort((a, b) => a.box.y - b.box.y || a.box.x - b.box.x)

function arrangeWide(widgets: Placed[]): Arranged[] {
  const wishes = widgets.map(placed => {
    const size = extent(placed)
    return { ...size, saved: savedBox(placed, COLUMNS, size) }
  })
  return inOrder(widgets, packed(settle(wishes, COLUMNS)))
}

/** What a card of 12 columns is on fewer: halves and wholes; on one column charts are not as tall as beside a table. */
function narrowed({ w, h }: Box, columns: number): { w: number; h: number } {
  if (columns === 1) return { w: 1, h: h > 4 ? 6 : h }
  return { w: w <= 4 ? 3 : 6, h }
}

/** A narrow card with nobody beside it may have the whole row. */
const alone = (box: Box, all: Box[], columns: number) =>
  box.x === 0 && !all.some(other => other !== box && overlap({ ...box, w: columns }, other))

/** The widgets in reading order with their boxes, for this many columns. */
export function arrange(widgets: Placed[], columns: number): Arranged[] {
  const wide = arrangeWide(widgets)
  if (columns === COLUMNS) return wide
  const wishes = wide.map(({ placed, box }) => {
    const size = narrowed(box, columns)
    return { ...size, saved: savedBox(placed.places?.[columns], columns, size) }
  })
  const boxes = settle(wishes, columns)
  const spread = boxes.map((box, i) => (!wishes[i]!.saved && alone(box, boxes, columns) ? { ...box, w: columns } : box))
  return inOrder(
    wide.map(({ placed }) => placed),
    packed(spread),
  )
}

/** The same layout with these places; a card that lost its named size gets the nearest name. */
export function withBoxes(layout: Layout, places: Map<string, Box>, columns: number = COLUMNS): Layout {
  const widgets = layout.widgets.map(placed => {
    const box = places.get(placed.id)
    if (!box) return placed
    if (columns === COLUMNS) return { ...placed, ...box, size: sizeOf(box) }
    return { ...placed, places: { ...placed.places, [columns]: box } }
  })
  return { ...layout, widgets }
}

export function sizeOf({ w, h }: { w: number; h: number }): Size {
  const names = Object.keys(SIZES) as Size[]
  const distance = (name: Size) => Math.abs(SIZES[name].w - w) * 2 + Math.abs(SIZES[name].h - h)
  return names.reduce((best, name) => (distance(name) < distance(best) ? name : best))
}

const boxesById = (arranged: Arranged[]) => new Map(arranged.map(({ placed, box }) => [placed.id, box]))

/** Pull everything to places that are written down, so that what is saved is what is seen. */
export const settled = (layout: Layout, columns: number = COLUMNS): Layout =>
  withBoxes(layout, boxesById(arrange(layout.widgets, columns)), columns)

// ---- changes

export function added(layout: Layout, kind: WidgetKind): { layout: Layout; id: string } {
  const ids = new Set(layout.widgets.map(placed => placed.id))
  let id = kind.key
  for (let n = 2; ids.has(id); n++) id = `${kind.key}-${n}`
  const placed: Placed = { id, key: kind.key, size: kind.size }
  return { layout: settled({ ...layout, widgets: [...layout.widgets, placed] }), id }
}

export const without = (layout: Layout, id: string) =>
  settled({ ...layout, widgets: layout.widgets.filter(placed => placed.id !== id) })

/** What a named size is on this many columns. */
export const extentOf = (size: Size, columns: number) =>
  columns === COLUMNS ? SIZES[size] : narrowed({ x: 0, y: 0, ...SIZES[size] }, columns)

/** One card at a new size; the rest makes room in reading order. */
export function resized(layout: Layout, id: string, size: Size, columns: number): Layout {
  const order = arrange(layout.widgets, columns).map(({ placed, box }) =>
    placed.id === id ? { placed, box: { ...box, ...extentOf(size, columns) } } : { placed, box },
  )
  return flowed(layout, order, columns)
}

/** One card a step earlier or later in reading order. */
export function shifted(layout: Layout, id: string, step: -1 | 1, columns: number): Layout {
  const order = arrange(layout.widgets, columns)
  const from = order.findIndex(({ placed }) => placed.id === id),
    to = from + step
  if (from < 0 || to < 0 || to >= order.length) return layout
  ;[order[from], order[to]] = [order[to]!, order[from]!]
  return flowed(layout, order, columns)
}

/** Lay cards one after the other, as text flows. */
function flowed(layout: Layout, order: Arranged[], columns: number): Layout {
  const taken: Box[] = []
  for (const { box } of order) taken.push(place(box.w, box.h, taken, columns))
  return withBoxes(layout, new Map(order.map(({ placed }, i) => [placed.id, taken[i]!])), columns)
}
