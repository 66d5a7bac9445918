// Paper is white, and narrower than a screen: before printing the page turns light with the charts that
// are drawn already, and these may shrink. There is no time to draw them anew.
import { dark } from './theme.ts'

const COLOURS = ['--surface', '--line', '--text-2', '--chart-grid', '--chart-open']
for (let hue = 1; hue <= 8; hue++) COLOURS.push(`--data-${hue}`)

const values = () => {
  const style = getComputedStyle(document.documentElement)
  return COLOURS.map(name => style.getPropertyValue(name).trim())
}

let repainted: [Element, string, string][] = []

/** In drawings, every colour of the dark theme becomes the one of the light theme. */
function repaint(from: string[], to: string[]): void {
  for (const element of document.querySelectorAll('.chart-holder svg *'))
    for (const name of ['fill', 'stroke']) {
      const old = element.getAttribute(name)
      const at = old === null ? -1 : from.indexOf(old)
      if (at < 0) continue
      repainted.push([element, name, old!])
      element.setAttribute(name, to[at]!)
    }
}

function before(): void {
  const from = values()
  document.documentElement.dataset['theme'] = 'light'
  if (dark.peek()) repaint(from, values())
  for (const svg of document.querySelectorAll('.chart-holder svg')) {
    const [width, height] = [svg.getAttribute('width'), svg.getAttribute('height')]
    if (width && height) svg.setAttribute('viewBox', `0 0 ${width} ${height}`)
  }
}

function after(): void {
  document.documentElement.dataset['theme'] = dark.peek() ? 'dark' : 'light'
  for (const [element, name, old] of repainted) element.setAttribute(name, old)
  repainted = []
}

export function preparePrinting(): void {
  window.addEventListener('beforeprint', before)
  window.addEventListener('afterprint', after)
}
