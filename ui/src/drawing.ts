// When charts are drawn: once they are near the window, a few at a time so that the page stays
// alive, and all of them at once for paper.
import { effect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { RefObject } from 'preact'
import type { Canvas } from './charts.ts'
import type { Plot } from './plot.ts'
import { numbersShown } from './load.ts'
import type { Look } from './series.ts'
import { printing, worn } from './theme.ts'

type Charts = typeof import('./charts.ts')
let loading: Promise<Charts> | null = null
let charts: Charts | null = null

/** The drawing code, fetched once, behind the first numbers: reading so much would hold them up. */
export function loadCharts(): Promise<Charts> {
  loading ??= numbersShown.then(() => import('./charts.ts')).then(part => (charts = part))
  loading.catch(() => (loading = null)) // the server was away: the next chart tries again
  return loading
}

/** Half and the whole of a sheet's width: drawn for it, words keep their size. */
const PAPER = { spark: { width: 320, height: 90 }, chart: { width: 680, height: 220 } }
const NEAR = '400px'
const FRAME = 10 // ms of each frame that drawing may take
const waiting: (() => void)[] = []

function drawSome(): void {
  const until = performance.now() + FRAME
  do waiting.shift()?.()
  while (waiting.length > 0 && performance.now() < until)
  if (waiting.length > 0) requestAnimationFrame(drawSome)
}

function soon(draw: () => void): void {
  waiting.push(draw)
  if (waiting.length === 1) requestAnimationFrame(drawSome)
}

/** Calls back once, when the element comes near the window. */
function whenNear(element: Element, run: () => void): () => void {
  const observer = new IntersectionObserver(
    entries => {
      if (!entries.some(entry => entry.isIntersecting)) return
      observer.disconnect()
      run()
    },
    { rootMargin: NEAR },
  )
  observer.observe(element)
  return () => observer.disconnect()
}

/** Keeps a drawing in this element: of this plot, in the theme's colours, in the element's size. */
export function useCanvas(
  holder: RefObject<HTMLElement | null>,
  plot: Plot,
  look: Look,
): { readonly current: Canvas | null } {
  const canvas = useRef<Canvas | null>(null)
  const latest = useRef({ plot, look })
  latest.current = { plot, look }
  const draw = () => canvas.current?.draw(latest.current.plot, latest.current.look)

  useEffect(() => {
    const element = holder.current!
    let gone = false
    let fitted = false
    const sizeOnPaper = () => (latest.current.look.spark ? PAPER.spark : PAPER.chart)
    // What is on paper scales; its box has no height of its own there.
    const sizes = new ResizeObserver(() => printing.peek() || canvas.current?.resize())
    const make = () => {
      if (gone || canvas.current || !charts) return
      canvas.current = charts.mount(element)
      draw()
      sizes.observe(element)
    }
    const far = whenNear(
      element,
      () =>
        void loadCharts().then(
          () => soon(make),
          () => undefined,
        ),
    )
    // At once, not with the next rendering: paper does not wait.
    const stop = effect(() => {
      const paper = printing.value
      if (paper) make()
      if (canvas.current && paper !== fitted) canvas.current.fit((fitted = paper) ? sizeOnPaper() : null)
      if (worn.value) draw()
    })
    return () => {
      gone = true
      far()
      stop()
      sizes.disconnect()
      canvas.current?.close()
    }
  }, [])
  useEffect(draw, [plot, look.spark, look.currency])
  return canvas
}
