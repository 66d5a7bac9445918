// A card as a file: its numbers from the server, its chart drawn anew for white paper.
import { Problem } from './api.ts'
import { loadCharts } from './drawing.ts'
import { change, cut, dayShort, exact, rangeText, rateText } from './format.ts'
import { longest } from './funnel.tsx'
import type { Answer, Days, WidgetKind } from './model.ts'
import { plotOf, type Plot } from './plot.ts'
import { cardData, question } from './state.ts'
import { texts } from './texts.ts'

const SIZE = { width: 960, height: 540 }
const EDGE = 32
const HEAD = 132 // above the chart: title, days, value, names
const FOOT = 50

export function download(name: string, content: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

const fileName = (kind: WidgetKind, { start, end }: Days, ending: string) =>
  `daymark-${kind.key}-${start}-${end}.${ending}`.replace(/[^\w.-]/g, '_')

async function saveCsv(kind: WidgetKind, range: Days): Promise<void> {
  const query = new URLSearchParams(question.peek())
  query.set('format', 'csv')
  const reply = await fetch(`/v1/widgets/${encodeURIComponent(kind.key)}/export?${query}`)
  if (!reply.ok) {
    const said = (await reply.json().catch(() => null)) as { detail?: string } | null
    throw new Problem(reply.status, 'export', said?.detail ?? texts.notExported)
  }
  download(fileName(kind, range, 'csv'), await reply.blob())
}

// ---- the drawing

const CODES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
/** Text in an SVG: no markup, and none of the control characters that XML does not know. */
export const escaped = (text: string) =>
  text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '')
    .replace(/[&<>"']/g, c => CODES[c]!)

type Colours = (token: string) => string

interface Words {
  x: number
  y: number
  size?: number
  colour: string
  bold?: boolean
  end?: boolean
}

function words(text: string, { x, y, size = 14, colour, bold, end }: Words): string {
  const more = `${bold ? ' font-weight="600"' : ''}${end ? ' text-anchor="end"' : ''}`
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${colour}"${more}>${escaped(text)}</text>`
}

const LETTER = 6.6 // px a letter of 12 px takes, about

/** The names of the lines with their colour, in one row; a single line needs none but its comparison. */
function names(plot: Plot, answer: Answer, colour: Colours): string {
  const single = plot.lines.length === 1
  const entries = plot.lines.map(line => ({
    text: single ? rangeText({ start: plot.days[0]!, end: plot.days.at(-1)! }) : cut(line.name, 24),
    hue: colour(`--data-${line.hue}`),
    dash: '',
  }))
  if (answer.compare && plot.lines.some(line => line.before))
    entries.push({
      text: rangeText(answer.compare),
      hue: single ? entries[0]!.hue : colour('--text-2'),
      dash: ' stroke-dasharray="5 4" opacity="0.6"',
    })
  let x = EDGE
  return entries
    .map(({ text, hue, dash }) => {
      const at = x
      x += Math.round(44 + text.length * LETTER)
      return (
        `<path d="M${at} ${HEAD - 20}h18" stroke="${hue}" stroke-width="2.5"${dash}/>` +
        words(text, { x: at + 24, y: HEAD - 16, size: 12, colour: colour('--text-2') })
      )
    })
    .join('')
}

function foot(plot: Plot, answer: Answer, colour: Colours): string {
  const y = SIZE.height - 18,
    quiet = colour('--text-2')
  const gaps = answer.quality.missing_days?.length ?? 0
  const open = plot.days[plot.provisional]
  const told = answer.steps ? texts.provisionalFrom : texts.hatched // steps have no days to hatch, and no axis
  const said = [
    ...(open ? [told(dayShort(open))] : []),
    ...(gaps > 0 ? [texts.missingDays(gaps)] : []),
    ...(!plot.fromZero && !answer.steps ? [texts.axisNotZero] : []),
  ].join(' \u00b7 ')
  const through = answer.quality.complete_through
  return (
    words(said, { x: EDGE, y, size: 12, colour: quiet }) +
    (through
      ? words(texts.completeThrough(dayShort(through)), { x: SIZE.width - EDGE, y, size: 12, colour: quiet, end: true })
      : '')
  )
}

interface Picture {
  kind: WidgetKind
  answer: Answer
  plot: Plot
  range: Days
}

function head({ kind, answer, range }: Picture, colour: Colours): string {
  const { value, delta } = answer.stats
  const quiet = colour('--text-2'),
    ink = colour('--text')
  const moved = delta === null ? '' : change(delta, value, kind.unit).text
  const end = SIZE.width - EDGE
  return (
    words(cut(kind.title, 60), { x: EDGE, y: 46, size: 20, colour: ink, bold: true }) +
    words(rangeText(range), { x: EDGE, y: 70, colour: quiet }) +
    (value === null
      ? ''
      : words(exact(value, kind.unit, answer.currency), {
          x: end,
          y: 46,
          size: 28,
          colour: ink,
          bold: true,
          end: true,
        })) +
    (moved && answer.compare
      ? words(`${moved} ${texts.against(rangeText(answer.compare))}`, { x: end, y: 70, colour: quiet, end: true })
      : '')
  )
}

/** The tokens of the light theme, whatever the page wears: nothing is painted between the two changes. */
function onPaper<T>(draw: (colour: Colours) => T): T {
  const root = document.documentElement,
    theme = root.dataset['theme'] ?? 'light'
  root.dataset['theme'] = 'light'
  try {
    const style = getComputedStyle(root)
    // The names of fonts go into attributes as they are: no double quotes in them.
    return draw(token => style.getPropertyValue(token).trim().replaceAll('"', "'"))
  } finally {
    root.dataset['theme'] = theme
  }
}

// ---- a funnel

const STEP_BAR = 22

function stepDrawn(answer: Answer, kind: WidgetKind, i: number, y: number, colour: Colours): string {
  const width = SIZE.width - 2 * EDGE
  const most = longest(answer),
    step = answer.steps![i]!,
    before = answer.compare?.steps?.[i],
    share = step.share_of_previous
  const bar = (value: number | null, at: number, height: number, opacity: number) =>
    `<rect x="${EDGE}" y="${at}" width="${most > 0 ? Math.max(2, (width * (value ?? 0)) / most) : 2}"` +
    ` height="${height}" rx="2" fill="${colour('--data-1')}" opacity="${opacity}"/>`
  const said = share === null ? '' : `${rateText(share)} ${texts.ofStep(answer.steps![i - 1]!.name)}`
  return (
    words(step.name, { x: EDGE, y: y + 14, colour: colour('--text') }) +
    words(said, { x: EDGE + 200, y: y + 14, colour: colour('--text-2') }) +
    words(exact(step.value, kind.unit), {
      x: EDGE + width,
      y: y + 14,
      colour: colour('--text'),
      bold: true,
      end: true,
    }) +
    bar(step.value, y + 24, STEP_BAR, 1) +
    (before ? bar(before.value, y + 26 + STEP_BAR, 6, 0.5) : '')
  )
}

const steps = (answer: Answer, kind: WidgetKind, colour: Colours): string => {
  const room = (SIZE.height - HEAD - FOOT) / answer.steps!.length
  return answer.steps!.map((_, i) => stepDrawn(answer, kind, i, HEAD - 24 + i * room, colour)).join('')
}

// ---- the whole

const size = { width: SIZE.width - 2 * EDGE, height: SIZE.height - HEAD - FOOT }

/** What is drawn below the head: a chart of days with the names of its lines, or the steps of a funnel. */
async function body({ kind, answer, plot }: Picture): Promise<(colour: Colours) => string> {
  if (answer.steps) return colour => steps(answer, kind, colour)
  const { svgOf } = await loadCharts()
  const clean = {
    ...plot,
    lines: plot.lines.map(line => ({ ...line, name: line.name.replace(/[\u0000-\u001f]/g, '') })),
  }
  return colour =>
    names(plot, answer, colour) +
    svgOf(clean, answer.currency ?? null, colour, size).replace('<svg', `<svg x="${EDGE}" y="${HEAD}"`)
}

async function drawing(picture: Picture): Promise<string> {
  const drawn = await body(picture)
  return onPaper(colour =>
    [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE.width}" height="${SIZE.height}"`,
      ` viewBox="0 0 ${SIZE.width} ${SIZE.height}" font-family="${escaped(colour('--font'))}">`,
      `<title>${escaped(`${picture.kind.title}, ${rangeText(picture.range)}`)}</title>`,
      `<rect width="100%" height="100%" fill="#ffffff"/>`,
      head(picture, colour),
      drawn(colour),
      foot(picture.plot, picture.answer, colour),
      '</svg>',
    ].join(''),
  )
}

/** Twice the size, for slides and sharp screens. */
async function asPng(svg: string): Promise<Blob> {
  const image = new Image(SIZE.width, SIZE.height)
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = 2 * SIZE.width
  canvas.height = 2 * SIZE.height
  canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height)
  return new Promise((resolve, reject) =>
    canvas.toBlob(blob => (blob ? resolve(blob) : reject(new Error(texts.notExported))), 'image/png'),
  )
}

export async function save(kind: WidgetKind, format: 'csv' | 'png' | 'svg'): Promise<void> {
  const { answer, range } = cardData(kind.key).peek()
  if (!answer || !range) return
  if (format === 'csv') return saveCsv(kind, range)
  const plot = plotOf(answer, kind, range)
  if (!plot) return
  const svg = await drawing({ kind, answer, plot, range })
  const content = format === 'svg' ? new Blob([svg], { type: 'image/svg+xml' }) : await asPng(svg)
  download(fileName(kind, range, format), content)
}
