// Drawing with ECharts. Loaded behind the first numbers; nothing else imports ECharts.
//
// Its tooltip and legend are not used: both are our own elements, so that data only
// ever becomes text.
import { BarChart, LineChart } from 'echarts/charts'
import { GridSimpleComponent, MarkAreaComponent } from 'echarts/components'
import { init, use, type EChartsCoreOption } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { dayShort, monthShort, tick } from './format.ts'
import type { Line, Plot } from './plot.ts'
import type { Unit } from './model.ts'

use([LineChart, BarChart, GridSimpleComponent, MarkAreaComponent, SVGRenderer])

export interface Canvas {
  draw(plot: Plot, look: Look): void
  resize(): void
  /** The day under a point of the element, and where a day is. */
  dayAt(x: number): number
  xOf(day: number): number
  close(): void
}

export interface Look {
  spark: boolean // no axes
  currency: string | null
}

const css = (element: Element) => {
  const style = getComputedStyle(element)
  return (name: string) => style.getPropertyValue(name).trim()
}
type Colours = ReturnType<typeof css>

/** Split a line in the settled part and the provisional one; they meet in one point. */
function parts(line: Line, provisional: number): [(number | null)[], (number | null)[]] {
  return [
    line.values.map((v, i) => (i < provisional ? v : null)),
    line.values.map((v, i) => (i >= provisional - 1 ? v : null)),
  ]
}

/** A day between two gaps has no line to lie on: give it a dot. */
const lonely =
  (values: (number | null)[]) =>
  (_: unknown, { dataIndex: i }: { dataIndex: number }) =>
    values[i] != null && values[i - 1] == null && values[i + 1] == null ? 5 : 0

const base = { silent: true, animation: false, emphasis: { disabled: true }, connectNulls: false } as const

function lineSeries(line: Line, plot: Plot, colour: Colours, look: Look): object[] {
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
  return [
    ...(before ? [before] : []),
    {
      ...common,
      data: settled,
      symbolSize: lonely(settled),
      lineStyle: { color: hue, width, cap: 'round', join: 'round' },
    },
    { ...common, data: open, symbolSize: lonely(open), lineStyle: { color: hue, width, type: [1, 4], cap: 'round' } },
  ]
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

/** Provisional days lie on a quiet band. */
function band(plot: Plot, colour: Colours): object {
  const from = plot.provisional,
    last = plot.days.length - 1
  const area = from > last || last < 1 ? [] : [[{ xAxis: Math.max(from - 0.5, 0) }, { xAxis: last }]]
  return { silent: true, animation: false, itemStyle: { color: colour('--chart-open') }, data: area }
}

function series(plot: Plot, colour: Colours, look: Look): object[] {
  const list =
    plot.kind === 'stacked'
      ? stackSeries(plot, colour)
      : plot.lines.flatMap(line =>
          plot.kind === 'bar' ? barSeries(line, plot, colour) : lineSeries(line, plot, colour, look),
        )
  return list.map((one, i) => (i === 0 ? { ...one, markArea: band(plot, colour) } : one))
}

/** As many day labels as fit, evenly, never the same twice. */
function dayAxis(plot: Plot, colour: Colours, look: Look, width: number): object {
  const n = plot.days.length
  const step = Math.max(1, Math.ceil(n / Math.max(2, Math.floor(width / 76))))
  const name = n > 200 ? monthShort : dayShort
  return {
    type: 'value',
    min: plot.kind === 'bar' ? -0.5 : 0,
    max: plot.kind === 'bar' ? n - 0.5 : Math.max(n - 1, 1),
    show: !look.spark,
    axisTick: { show: false },
    splitLine: { show: false },
    axisLine: { show: true, lineStyle: { color: colour('--line') } },
    axisLabel: {
      color: colour('--text-2'),
      fontSize: 12,
      fontFamily: colour('--font'),
      margin: 10,
      hideOverlap: true,
      customValues: plot.days.map((_, i) => i).filter(i => i % step === 0),
      formatter: (i: number) => (plot.days[i] ? name(plot.days[i]) : ''),
    },
  }
}

function valueAxis(plot: Plot, axis: 0 | 1, unit: Unit, colour: Colours, look: Look): object {
  const whole = unit === 'count' ? { minInterval: 1 } : {}
  return {
    type: 'value',
    show: !look.spark,
    position: axis === 0 ? 'left' : 'right',
    scale: look.spark || !plot.fromZero,
    splitNumber: 3,
    ...whole,
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { show: axis === 0 && !look.spark, lineStyle: { color: colour('--chart-grid'), width: 1 } },
    axisLabel: {
      color: colour('--text-2'),
      fontSize: 12,
      fontFamily: colour('--font'),
      margin: 8,
      showMinLabel: true,
      formatter: (value: number) => tick(value, unit, look.currency),
    },
  }
}

/** Values become [position, value]: a day axis of numbers puts the first and last day on the edges. */
function positioned(one: object): object {
  const { data } = one as { data: (number | null | { value: number | null })[] }
  const place = (v: (typeof data)[number], i: number) =>
    v !== null && typeof v === 'object' ? { ...v, value: [i, v.value] } : [i, v]
  return { ...one, data: data.map(place) }
}

function optionOf(plot: Plot, look: Look, colour: Colours, width: number): EChartsCoreOption {
  const units = [...new Set(plot.lines.map(line => line.axis))].map(axis => ({
    axis,
    unit: plot.lines.find(line => line.axis === axis)!.unit,
  }))
  return {
    animation: false,
    grid: look.spark
      ? { left: 1, right: 3, top: 4, bottom: 3 }
      : {
          left: 2,
          right: units.length > 1 ? 2 : 6,
          top: 10,
          bottom: 2,
          outerBoundsMode: 'same',
          outerBoundsContain: 'axisLabel',
        },
    xAxis: dayAxis(plot, colour, look, width),
    yAxis: units.map(({ axis, unit }) => valueAxis(plot, axis, unit, colour, look)),
    series: series(plot, colour, look).map(positioned),
  }
}

export function mount(element: HTMLElement): Canvas {
  const chart = init(element, null, { renderer: 'svg' })
  let last: [Plot, Look] | null = null
  const draw = (plot: Plot, look: Look) => {
    last = [plot, look]
    chart.setOption(optionOf(plot, look, css(element), element.clientWidth), { notMerge: true })
  }
  return {
    draw,
    resize() {
      chart.resize()
      if (last) draw(...last)
    },
    dayAt: x => Math.round(chart.convertFromPixel({ xAxisIndex: 0 }, x) as unknown as number),
    xOf: day => chart.convertToPixel({ xAxisIndex: 0 }, day) as unknown as number,
    close: () => chart.dispose(),
  }
}
