// Drawing with ECharts. Loaded behind the first numbers; nothing else imports ECharts.
//
// Its tooltip and legend are not used: both are our own elements, so that data only
// ever becomes text.
import { BarChart, LineChart } from 'echarts/charts'
import { GridSimpleComponent } from 'echarts/components'
import { init, use, type EChartsCoreOption, type EChartsType } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { dayShort, monthShort, tick } from './format.ts'
import type { Unit } from './model.ts'
import type { Plot } from './plot.ts'
import { apart, axesOf, css, endName, series, type Colours, type Look } from './series.ts'

use([LineChart, BarChart, GridSimpleComponent, SVGRenderer])

export interface Canvas {
  draw(plot: Plot, look: Look): void
  /** The element has another size now. */
  resize(): void
  /** The size of the next drawing; null: the element's. */
  fit(size: Size | null): void
  /** The day under a point of the element, and where a day is. */
  dayAt(x: number): number
  xOf(day: number): number
  close(): void
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

/** Names at the ends of lines need room beside the plot. */
const nameRoom = (plot: Plot) =>
  plot.names === 'end' ? 12 + 6.5 * Math.max(...plot.lines.map(endName).map(n => n.length)) : 6

export interface Size {
  width: number
  height: number
}

function optionOf(plot: Plot, look: Look, colour: Colours, width: number, shifts: number[] = []): EChartsCoreOption {
  const values = axesOf(plot).map(axis =>
    valueAxis(plot, axis, plot.lines.find(line => line.axis === axis)!.unit, colour, look),
  )
  return {
    animation: false,
    grid: look.spark
      ? { left: 1, right: 3, top: 4, bottom: 3 }
      : {
          left: 2,
          right: values.length > 1 ? 2 : nameRoom(plot),
          top: 10,
          bottom: 2,
          outerBoundsMode: 'same',
          outerBoundsContain: 'axisLabel',
        },
    xAxis: dayAxis(plot, colour, look, width),
    yAxis: [...values, { type: 'value', min: 0, max: 1, show: false }],
    series: series(plot, colour, look, shifts),
  }
}

/** Draw; where names at the ends would lie over each other, again with them moved apart. */
function paint(chart: EChartsType, plot: Plot, look: Look, colour: Colours): void {
  const width = chart.getWidth()
  chart.setOption(optionOf(plot, look, colour, width), { notMerge: true })
  if (plot.names !== 'end' || look.spark) return
  const at = plot.lines.map(line => {
    const value = line.values.findLast(v => v !== null)
    return value == null ? 0 : (chart.convertToPixel({ yAxisIndex: 0 }, value) as unknown as number)
  })
  const shifts = apart(at)
  if (shifts.some(shift => shift !== 0))
    chart.setOption(optionOf(plot, look, colour, width, shifts), { notMerge: true })
}

/** The same drawing as the text of an SVG, for a file; nothing of it is in the page. */
export function svgOf(plot: Plot, currency: string | null, colour: Colours, size: Size): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size })
  try {
    paint(chart, plot, { spark: false, currency, paper: true }, colour)
    return chart.renderToSVGString()
  } finally {
    chart.dispose()
  }
}

const UNSIZED: Size = { width: 640, height: 240 }

export function mount(element: HTMLElement): Canvas {
  // A box that has no size yet, as on paper, gets a drawing that can be scaled.
  const { clientWidth: width, clientHeight: height } = element
  const chart = init(element, null, { renderer: 'svg', ...(width && height ? {} : UNSIZED) })
  let last: [Plot, Look] | null = null
  const draw = (plot: Plot, look: Look) => {
    last = [plot, look]
    paint(chart, plot, look, css(element))
    // On paper the card has another size than on the screen, and nobody to say so: the drawing scales.
    element.querySelector('svg')?.setAttribute('viewBox', `0 0 ${chart.getWidth()} ${chart.getHeight()}`)
  }
  return {
    draw,
    resize() {
      if (chart.getWidth() === element.clientWidth && chart.getHeight() === element.clientHeight) return
      chart.resize({ width: 'auto', height: 'auto' })
      if (last) draw(...last)
    },
    fit: size => chart.resize(size ?? { width: 'auto', height: 'auto' }),
    dayAt: x => Math.round(chart.convertFromPixel({ xAxisIndex: 0 }, x) as unknown as number),
    xOf: day => chart.convertToPixel({ xAxisIndex: 0 }, day) as unknown as number,
    close: () => chart.dispose(),
  }
}
