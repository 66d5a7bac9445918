// The one floating note: for chart days, deltas and marks. Never clipped by a card.
import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

interface Tip {
  x: number // of the page's window; the note stands above (x, y) or below if there is no room
  y: number
  content: ComponentChildren
}
export const tip = signal<Tip | null>(null)

export const hideTip = (): void => void (tip.value = null)

export function showTipAt(element: Element, content: ComponentChildren): void {
  const box = element.getBoundingClientRect()
  tip.value = { x: box.left + box.width / 2, y: box.top, content }
}

/** Handlers that show a note on hover and on focus. */
export const tipOn = (content: () => ComponentChildren) => ({
  onPointerEnter: (event: { currentTarget: Element }) => showTipAt(event.currentTarget, content()),
  onPointerLeave: hideTip,
  onFocus: (event: { currentTarget: Element }) => showTipAt(event.currentTarget, content()),
  onBlur: hideTip,
})

export function TipLayer() {
  const box = useRef<HTMLDivElement>(null)
  const now = tip.value
  useLayoutEffect(() => {
    const el = box.current
    if (!el || !now) return
    const { width, height } = el.getBoundingClientRect()
    const left = Math.min(Math.max(8, now.x - width / 2), document.documentElement.clientWidth - width - 8)
    const above = now.y - height - 10
    el.style.setProperty('left', `${left}px`)
    el.style.setProperty('top', `${above < 8 ? now.y + 28 : above}px`)
  })
  return (
    now && (
      <div ref={box} class="tip">
        {now.content}
      </div>
    )
  )
}

window.addEventListener('scroll', hideTip, { passive: true })
