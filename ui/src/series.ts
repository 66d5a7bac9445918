// What a chart draws: lines, bars and areas, and what lies over them. Colours come from the
// tokens of the page.
import { cut, short } from './format.ts'
import type { Line, Plot } from './plot.ts'

export interface Look {
  spark: boolean // no axes
  currency: string | null
  paper?: boolean // nobody can point at anything: notes are written out
}

export type Colours = (token: string) => string
export const css = (element: Element): Colours => {
  const style = getComputedStyle(element)
  return name => style.getPropertyValue(name).trim()
}

/** Split a line in the settled part and the provisional one; they meet in one point. */
function parts(line: Line, provisional: number): [(number | null)[], (number | null)[]] {
  return [
    line.values.map((v, i) => (i < provisional ? v : null)),
    line.values.map((v, i) => (i >= provisional - 1 && provisional < line.values.length ? v : null)),
  ]
}

/** A day between two gaps has no line to lie on: give it a dot. */
const lonely =
  (values: (number | null)[]) =>
  (_: unknown, { dataIndex: i }: { dataIndex: number }) =>
    values[i] != null && values[i - 1] == null && values[i + 1] == null ? 5 : 0

const base = { silent: true, animation: false, emphasis: { disabled: true }, connectNulls: false } as const

function lineSeries(line: Line, plot: Plot, colour: Colours, look: Look, shift: number): object[] {
  const hue = colour(`--data-${line.hue}`)
  const [settled, open] = parts(line, plot.provisional)
  const width = look.spark ? 1.75 : 2
  const common = { ...base, type: 'line', yAxisIndex: line.axis, symbol: 'circle', itemStyle: { color: hue } }
  const before = line.before && {
    ...common,
    data: line.before,
    symbolSize: lonely(line.before),
    lineStyle: { color: hue, width: 1.5, type: [5, 4], opacity: 0.5 },
    itemStyle: { color: hue, opacity: 0.5 },
  }
  const named = plot.names === 'end' && !look.spark
  return [
    ...(before ? [before] : []),
    ...(named ? [nameAtEnd(line, colour, common, shift)] : []),
    {
      ...common,
      data: settled,
      symbolSize: lonely(settled),
      lineStyle: { color: hue, width, cap: 'round', join: 'round' },
    },
    { ...common, data: open, symbolSize: lonely(open), lineStyle: { color: hue, width, type: [1, 4], cap: 'round' } },
  ]
}

const MOST_LETTERS = 16
export const endName = ({ name }: Line) => cut(name, MOST_LETTERS)

/** The name beside the line's last point, as a point of its own that is not drawn. */
function nameAtEnd(line: Line, colour: Colours, common: object, shift: number): object {
  const last = line.values.findLastIndex(v => v !== null)
  return {
    ...common,
    data: line.values.map((v, i) => (i === last ? v : null)),
    symbolSize: 1,
    label: {
      show: true,
      position: 'right',
      distance: 6,
      offset: [0, shift],
      formatter: () => endName(line), // a function: braces in a name are not a template
      color: colour('--text'),
      fontSize: 12,
      fontFamily: colour('--font'),
    },
  }
}

const NAME_HEIGHT = 15

/** How far names at these heights must move so that none covers another; the order stays. */
export function apart(at: number[]): number[] {
  const order = at.map((y, i) => ({ y, i })).sort((a, b) => a.y - b.y)
  const shifts = at.map(() => 0)
  let free = -Infinity
  for (const { y, i } of order) {
    const to = Math.max(y, free)
    shifts[i] = to - y
    free = to + NAME_HEIGHT
  }
  return shifts
}

function stackSeries(plot: Plot, colour: Colours): object[] {
  const areas = plot.lines.map(line => {
    const hue = colour(`--data-${line.hue}`)
    return {
      ...base,
      type: 'line',
      stack: 'parts',
      data: line.values,
      symbol: 'none',
      lineStyle: { color: colour('--surface'), width: 1 },
      areaStyle: { color: hue, opacity: 0.8 },
    }
  })
  const before = plot.total?.before && {
    ...base,
    type: 'line',
    data: plot.total.before,
    symbol: 'none',
    z: 5,
    lineStyle: { color: colour('--text-2'), width: 1.5, type: [5, 4], opacity: 0.8 },
  }
  return before ? [...areas, before] : areas
}

function barSeries(line: Line, plot: Plot, colour: Colours): object[] {
  const hue = colour(`--data-${line.hue}`)
  const open = { color: hue, opacity: 0.45, borderColor: hue, borderType: 'dotted', borderWidth: 1 }
  const bars = {
    ...base,
    type: 'bar',
    barMaxWidth: 18,
    itemStyle: { color: hue, borderRadius: [2, 2, 0, 0] },
    data: line.values.map((value, i) => (i < plot.provisional ? value : { value, itemStyle: open })),
  }
  const before = line.before && {
    ...base,
    type: 'line',
    data: line.before,
    symbol: 'none',
    lineStyle: { color: hue, width: 1.5, type: [5, 4], opacity: 0.5 },
  }
  return before ? [bars, before] : [bars]
}

/** Small words over a drawing, with an edge that keeps them legible. */
const labelText = (colour: Colours) => ({
  color: colour('--text-2'),
  fontSize: 12,
  fontFamily: colour('--font'),
  textBorderColor: colour('--surface'),
  textBorderWidth: 3,
})

/** Fine slanting lines, as an element that the renderer repeats. */
const hatch = (colour: string) => ({
  type: 'pattern',
  svgElement: {
    tag: 'path',
    key: 'hatch',
    attrs: { d: 'M-1 1l2 -2M0 6l6 -6M5 7l2 -2', stroke: colour, 'stroke-width': 1 },
  },
  svgWidth: 6,
  svgHeight: 6,
})

/** Lines that are drawn from point to point, not a value a day. over: on the axis from 0 to 1 that covers the plot. */
const drawn = (points: unknown[], over: number, more: object): object => ({
  ...base,
  type: 'line',
  yAxisIndex: over,
  symbol: 'none',
  z: 5,
  data: points,
  ...more,
})

/** Provisional days are hatched: over the areas of a stack, behind everything else. Lines are dotted there, which is
    enough when all of it is provisional. */
function band(plot: Plot, colour: Colours, over: number): object[] {
  const from = plot.provisional,
    last = plot.days.length - 1
  if (from > last || last < 1 || (from === 0 && plot.kind === 'line')) return []
  const half = plot.kind === 'bar' ? 0.5 : 0
  const points = [
    [Math.max(from - 0.5, -half), 1],
    [last + half, 1],
  ]
  const look = { lineStyle: { width: 0 }, areaStyle: { color: hatch(colour('--chart-open')), opacity: 1 } }
  return [drawn(points, over, { ...look, z: plot.kind === 'stacked' ? 4 : 1 })]
}

/** What was noted: a thin upright line with a dot on top. */
const notes = (plot: Plot, colour: Colours, look: Look, over: number): object[] =>
  plot.marks.map(({ from, text }) => {
    const left = from < plot.days.length / 2
    const label = {
      ...labelText(colour),
      show: look.paper === true,
      position: left ? 'right' : 'left',
      formatter: () => cut(text, 40),
    }
    return drawn([[from, 0], { value: [from, 1], symbol: 'circle', symbolSize: 5, label }], over, {
      lineStyle: { color: colour('--text-2'), width: 1, opacity: 0.55 },
      itemStyle: { color: colour('--text-2') },
      clip: false,
    })
  })

const highest = ({ total, lines }: Plot) =>
  (total ? [total] : lines)
    .flatMap(line => [...line.values, ...(line.before ?? [])])
    .reduce<number>((most, v) => Math.max(most, v ?? 0), 0)

/** A quiet level line with its value at the end. One far above what is reached would flatten the chart: the card says it in words. */
function aim(plot: Plot, colour: Colours, look: Look): object[] {
  const { target } = plot
  if (target === null || target > 2 * highest(plot)) return []
  const label = {
    show: true,
    position: 'top',
    align: 'right',
    formatter: () => short(target, plot.lines[0]!.unit, look.currency),
    ...labelText(colour),
  }
  const end = { value: [plot.days.length - 1, target], symbol: 'circle', symbolSize: 1, label }
  const lineStyle = { color: colour('--text-2'), width: 1, type: [2, 3] }
  return [drawn([[0, target], end], 0, { lineStyle, itemStyle: { color: lineStyle.color } })]
}

/** The axes of values; after them comes one from 0 to 1 that covers the plot. */
export const axesOf = (plot: Plot) => [...new Set(plot.lines.map(line => line.axis))].sort()

/** What is drawn into the plot, as ECharts takes it; shifts: how far each line's name is moved down. */
export function series(plot: Plot, colour: Colours, look: Look, shifts: number[]): object[] {
  const list =
    plot.kind === 'stacked'
      ? stackSeries(plot, colour)
      : plot.lines.flatMap((line, i) =>
          plot.kind === 'bar' ? barSeries(line, plot, colour) : lineSeries(line, plot, colour, look, shifts[i] ?? 0),
        )
  const over = axesOf(plot).length
  const placed = list.map(positioned)
  if (look.spark) return placed
  return [...band(plot, colour, over), ...placed, ...aim(plot, colour, look), ...notes(plot, colour, look, over)]
}

/** Values become [position, value]: a day axis of numbers puts the first and last day on the edges. */
function positioned(one: object): object {
  const { data } = one as { data: (number | null | { value: number | null })[] }
  const place = (v: (typeof data)[number], i: number) =>
    v !== null && typeof v === 'object' ? { ...v, value: [i, v.value] } : [i, v]
  return { ...one, data: data.map(place) }
}
