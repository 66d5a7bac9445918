// A button with a floating panel, and a dialog. The browser does focus, Escape and closing
// by a click elsewhere (popover and dialog elements); we only place the panel.
import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Icon } from './icons.tsx'
import { toast } from './state.ts'
import { texts } from './texts.ts'

interface PopupProps {
  id: string // unique on the page; every card is a root of its own, so useId would not be
  button: ComponentChildren
  label?: string // when the button shows no words
  class?: string
  menu?: boolean // what it opens is a menu
  children: (close: () => void) => ComponentChildren
}

function placePanel(panel: HTMLElement, button: HTMLElement): void {
  const from = button.getBoundingClientRect(),
    size = panel.getBoundingClientRect()
  const wide = document.documentElement.clientWidth,
    tall = window.innerHeight
  // Under the button; to the left edge of it, or the right one where it would leave the window.
  const left = from.left + size.width > wide - 8 ? Math.max(8, from.right - size.width) : from.left
  const top = from.bottom + 6 + size.height > tall - 8 ? Math.max(8, from.top - 6 - size.height) : from.bottom + 6
  panel.style.setProperty('left', `${left}px`)
  panel.style.setProperty('top', `${top}px`)
}

export function Popup({ button, label, class: extra = '', menu, id, children }: PopupProps) {
  const panelId = `panel-${id}`
  const opener = useRef<HTMLButtonElement>(null),
    panel = useRef<HTMLDivElement>(null)
  const [open, setOpen] = useState(false)
  useEffect(() => {
    if (open && panel.current && opener.current) placePanel(panel.current, opener.current)
  }, [open])
  useEffect(() => {
    if (!open) return
    const close = () => panel.current?.hidePopover()
    window.addEventListener('resize', close)
    window.addEventListener('scroll', close)
    return () => {
      window.removeEventListener('resize', close)
      window.removeEventListener('scroll', close)
    }
  }, [open])
  return (
    <>
      <button
        ref={opener}
        type="button"
        id={id}
        class={extra}
        aria-label={label}
        aria-expanded={open}
        aria-haspopup={menu ? 'menu' : undefined}
        popovertarget={panelId}
      >
        {button}
      </button>
      <div
        ref={panel}
        id={panelId}
        class="panel"
        popover="auto"
        onBeforeToggle={event => {
          if ((event as ToggleEvent).newState === 'open') setOpen(true) // filled by the time it can have the focus
        }}
        onToggle={event => setOpen((event as ToggleEvent).newState === 'open')}
      >
        {open && children(() => panel.current?.hidePopover())}
      </div>
    </>
  )
}

interface DialogProps {
  title: string
  onClose: () => void
  class?: string
  children: ComponentChildren
}

let opened = 0 // one may lie over another

/** What was just said: a dialog hides the rest of the page from those who listen, too. */
const Said = () => (
  <p class="dialog-said" role="status">
    {toast.value?.text}
  </p>
)

export function Dialog({ title, onClose, class: extra = '', children }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null)
  const [titleId] = useState(() => `dialog-${++opened}`)
  // At once, not after the paint: what closes a dialog may move the focus on.
  useLayoutEffect(() => {
    const dialog = box.current!,
      before = document.activeElement
    dialog.showModal()
    dialog.querySelector<HTMLElement>('[data-first]')?.focus()
    return () => {
      dialog.close()
      // An element that is taken out does not give the focus back by itself.
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
    }
  }, [])
  // A click on the backdrop is a click on the dialog itself.
  const outside = (event: MouseEvent) => event.target === box.current && onClose()
  return (
    <dialog
      ref={box}
      class={`dialog ${extra}`}
      aria-labelledby={titleId}
      onCancel={event => {
        event.preventDefault()
        onClose()
      }}
      onClick={outside}
    >
      <div class="dialog-body">
        <header class="dialog-head">
          <h2 id={titleId}>{title}</h2>
          <button type="button" class="icon-button" aria-label={texts.close} onClick={onClose}>
            <Icon name="close" />
          </button>
        </header>
        {children}
        <Said />
      </div>
    </dialog>
  )
}
