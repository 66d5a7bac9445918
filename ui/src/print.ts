// Paper is narrower than a screen, and there is no time to draw charts anew for it: they may shrink.

function letShrink(): void {
  for (const svg of document.querySelectorAll('.chart-holder svg')) {
    const [width, height] = [svg.getAttribute('width'), svg.getAttribute('height')]
    if (width && height) svg.setAttribute('viewBox', `0 0 ${width} ${height}`)
  }
}

/** To be called after what draws for paper has begun to listen. */
export function preparePrinting(): void {
  matchMedia('print').addEventListener('change', letShrink)
  window.addEventListener('beforeprint', letShrink)
}
