// What is inside a menu's panel: the roles, and the keys that go with them. Opening, Escape and
// giving back the focus are popup.tsx's and the browser's.
import { Fragment } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Icon } from './icons.tsx'

export interface Entry {
  text: string
  run: () => void
  on?: boolean // one of several that can be chosen: is it the one
  speak?: string // when the text needs its label to be understood
}

/** A line, an entry, or several that belong together and stand side by side. */
export type MenuRow = 'line' | Entry | { label: string; entries: Entry[] }

interface Props {
  label: string
  rows: MenuRow[]
  close: () => void
}

const STEPS: Record<string, number> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }

function target(event: KeyboardEvent, items: HTMLElement[]): HTMLElement | undefined {
  const now = items.indexOf(document.activeElement as HTMLElement)
  const step = STEPS[event.key]
  if (step) return items[(now + step + items.length) % items.length]
  if (event.key === 'Home') return items[0]
  if (event.key === 'End') return items.at(-1)
  if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return undefined
  const after = [...items.slice(now + 1), ...items.slice(0, now + 1)]
  return after.find(item => item.textContent.toLowerCase().startsWith(event.key.toLowerCase()))
}

export function Menu({ label, rows, close }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const items = () => [...box.current!.querySelectorAll<HTMLElement>('button')]
  useEffect(() => items()[0]?.focus({ preventScroll: true }), [])
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Tab') return close()
    const next = target(event, items())
    if (event.key.length === 1 && event.key !== ' ') event.stopPropagation() // the page's own keys stay silent
    if (!next) return
    event.preventDefault()
    next.focus()
  }
  const entry = ({ text, run, on, speak }: Entry) => (
    <button
      key={text}
      type="button"
      role={on === undefined ? 'menuitem' : 'menuitemradio'}
      aria-checked={on}
      aria-label={speak}
      tabIndex={-1}
      onClick={() => {
        close() // first, so that what opens next gives the focus back to the menu's button
        run()
      }}
    >
      {text}
      {on && <Icon name="check" />}
    </button>
  )
  return (
    <div ref={box} class="menu" role="menu" aria-label={label} onKeyDown={onKeyDown}>
      {rows.map((row, i) => (
        <Fragment key={i}>
          {row === 'line' ? (
            <hr />
          ) : 'entries' in row ? (
            <div role="group" aria-label={row.label} class="menu-group">
              <span class="menu-label" aria-hidden="true">
                {row.label}
              </span>
              {row.entries.map(entry)}
            </div>
          ) : (
            entry(row)
          )}
        </Fragment>
      ))}
    </div>
  )
}
