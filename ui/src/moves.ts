// Moving and resizing a card step by step, as the keyboard does it. Pure: boxes in, boxes out.
// Past a neighbour a card moves in one step and the neighbour takes its place, so that the board
// stays full; in free space it moves by one column.
import { MAX_HEIGHT, overlap, packed, type Box } from './layout.ts'

export type Direction = 'left' | 'right' | 'up' | 'down'
const STEPS: Record<Direction, readonly [number, number]> = {
  left: [-1, 0],
  right: [1, 0],
  up: [0, -1],
  down: [0, 1],
}
export const SMALLEST = 2 // rows, and columns on a wide board

const same = (a: Box[], b: Box[]) =>
  a.every((box, i) => box.x === b[i]!.x && box.y === b[i]!.y && box.w === b[i]!.w && box.h === b[i]!.h)

const orNull = (before: Box[], after: Box[]) => (same(before, after) ? null : after)

/** The cards that one would run into with the next step. */
function neighbours(boxes: Box[], at: number, [dx, dy]: readonly [number, number]): number[] {
  const me = boxes[at]!
  const next = { ...me, x: me.x + dx, y: me.y + dy }
  return boxes.map((_, i) => i).filter(i => i !== at && overlap(boxes[i]!, next))
}

/** Can the two sides of a row change places: do the neighbours start where the card does, or lie within its height? */
const besides = (me: Box, others: Box[]) =>
  (others.length === 1 && others[0]!.y === me.y) || others.every(o => o.y >= me.y && o.y + o.h <= me.y + me.h)

function sideways(boxes: Box[], at: number, dx: number, columns: number): Box[] | null {
  const me = boxes[at]!
  if (me.x + dx < 0 || me.x + dx + me.w > columns) return null
  const met = neighbours(boxes, at, [dx, 0]).map(i => boxes[i]!)
  const swap = met.length > 0 && besides(me, met)
  const width = swap ? Math.max(...met.map(box => box.w)) : 1
  const next = boxes.map((box, i) => {
    if (i === at) return { ...box, x: box.x + dx * width }
    return swap && met.includes(box) ? { ...box, x: box.x - dx * me.w } : box
  })
  return orNull(boxes, packed(next, at))
}

function upright(boxes: Box[], at: number, dy: number): Box[] | null {
  const met = neighbours(boxes, at, [0, dy]).map(i => boxes[i]!)
  if (met.length === 0) return null // packed boards have no free space above or below
  const y = dy < 0 ? Math.min(...met.map(box => box.y)) : Math.max(...met.map(box => box.y + box.h))
  const next = boxes.map((box, i) => (i === at ? { ...box, y } : { ...box }))
  return orNull(boxes, packed(next, at))
}

/** All boxes after the one at `at` went a step; null if it can't go there. */
export function moved(boxes: Box[], at: number, direction: Direction, columns: number): Box[] | null {
  const [dx, dy] = STEPS[direction]
  return dx ? sideways(boxes, at, dx, columns) : upright(boxes, at, dy)
}

/** All boxes after the one at `at` grew or shrank by its right or lower edge; null if it can't. */
export function stretched(boxes: Box[], at: number, direction: Direction, columns: number): Box[] | null {
  const [dx, dy] = STEPS[direction]
  const me = { ...boxes[at]!, w: boxes[at]!.w + dx, h: boxes[at]!.h + dy }
  const narrowest = Math.min(SMALLEST, columns)
  if (me.w < narrowest || me.h < SMALLEST || me.h > MAX_HEIGHT || me.x + me.w > columns) return null
  return orNull(
    boxes,
    packed(
      boxes.map((box, i) => (i === at ? me : box)),
      at,
    ),
  )
}
