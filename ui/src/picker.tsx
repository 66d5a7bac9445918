// The list of widgets that can be added: a search field, and beside it what the one at hand looks like
// with the reader's own numbers. A listbox: arrow keys go through it, Enter adds.
import { useEffect, useRef, useState } from 'preact/hooks'
import { Card } from './card.tsx'
import { add } from './edit.ts'
import { Icon } from './icons.tsx'
import { extentOf } from './layout.ts'
import { loadPreview } from './load.ts'
import { SOURCES, type SourceName, type WidgetKind } from './model.ts'
import { Dialog } from './popup.tsx'
import { cardData, connected, keys, registry } from './state.ts'
import { texts } from './texts.ts'
import { columns, opened, picking } from './ui-state.ts'

const PATIENCE = 120 // ms that the highlight rests before its numbers are asked

const close = () => void (picking.value = false)
const isSource = (name: string): name is SourceName => (SOURCES as readonly string[]).includes(name)
const sourceNames = (kind: WidgetKind) =>
  kind.sources.map(name => (isSource(name) ? texts.sources[name] : name)).join(', ')

function matches(kind: WidgetKind, query: string): boolean {
  const text = `${kind.title} ${kind.description} ${kind.key} ${kind.group} ${sourceNames(kind)}`.toLowerCase()
  return query
    .toLowerCase()
    .split(/\s+/)
    .every(word => text.includes(word))
}

function choose(kind: WidgetKind): void {
  const id = add(kind)
  close()
  requestAnimationFrame(() =>
    document.querySelector(`[data-card="${CSS.escape(id)}"]`)?.scrollIntoView({ block: 'nearest', behavior: 'smooth' }),
  )
}

interface ChoiceProps {
  kind: WidgetKind
  at: boolean
  point: () => void
}

function Choice({ kind, at, point }: ChoiceProps) {
  const off = kind.sources.filter(isSource).filter(source => !connected(source))
  const there = keys.value.includes(kind.key)
  const row = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (at) row.current?.scrollIntoView({ block: 'nearest' })
  }, [at])
  return (
    <li
      ref={row}
      id={`choice-${kind.key}`}
      class="choice"
      role="option"
      aria-selected={at}
      onPointerMove={() => at || point()}
      onClick={() => choose(kind)}
    >
      <span class="choice-text">
        <b>{kind.title}</b>
        <span class="quiet">
          {sourceNames(kind)}
          {off.length > 0 && ` \u00b7 ${texts.sourceNotConnected}`}
        </span>
      </span>
      <span class={there ? 'choice-side quiet' : 'choice-side'}>
        <Icon name={there ? 'check' : 'plus'} />
        {there ? texts.pickerOnBoard : texts.pickerAdd}
      </span>
    </li>
  )
}

/** The widget as a card, with real numbers; the same data that it will have on the board. */
function Preview({ kind }: { kind: WidgetKind }) {
  useEffect(() => {
    if (cardData(kind.key).peek().answer) return
    const timer = setTimeout(() => loadPreview(kind.key), PATIENCE)
    return () => clearTimeout(timer)
  }, [kind.key])
  const size = extentOf(kind.size, columns.value)
  const tall = size.h > 2 && columns.value > 1
  return (
    <div class="picker-preview">
      <div class={tall ? 'preview-card preview-tall' : 'preview-card'} inert>
        <Card
          key={kind.key}
          placed={{ id: `preview-${kind.key}`, key: kind.key, size: kind.size }}
          box={{ x: 0, y: 0, w: 4, h: tall ? 3 : 2 }}
          columns={columns.value}
        />
      </div>
      <p class="quiet">{kind.description}</p>
      <button type="button" class="button button-main" onClick={() => choose(kind)}>
        {texts.pickerAddThis(kind.title)}
      </button>
    </div>
  )
}

const KEYS: Record<string, (at: number, n: number) => number> = {
  ArrowDown: (at, n) => Math.min(at + 1, n - 1),
  ArrowUp: at => Math.max(at - 1, 0),
  PageDown: (at, n) => Math.min(at + 6, n - 1),
  PageUp: at => Math.max(at - 6, 0),
}

export function Picker() {
  const [query, setQuery] = useState('')
  const [pointed, point] = useState(0)
  const found = registry.value.filter(kind => matches(kind, query.trim()))
  const at = Math.min(pointed, Math.max(found.length - 1, 0))
  const kind = found[at]
  // At once: an arrow key may follow before anything is drawn.
  const search = (text: string) => {
    setQuery(text)
    point(0)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = Object.hasOwn(KEYS, event.key) ? KEYS[event.key] : undefined
    if (event.key === 'Enter' && kind) choose(kind)
    else if (step) point(step(at, found.length))
    else return
    event.preventDefault()
  }
  return (
    <Dialog title={texts.pickerTitle} class="picker" onClose={close}>
      <input
        class="field"
        type="search"
        aria-label={texts.pickerFind}
        aria-controls={kind ? 'choices' : undefined}
        aria-activedescendant={kind ? `choice-${kind.key}` : undefined}
        autocomplete="off"
        placeholder={texts.pickerFind}
        data-first
        value={query}
        onInput={event => search(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <p class="hidden" role="status">
        {found.length > 0 ? texts.pickerFound(found.length) : texts.pickerNothing(query)}
      </p>
      {kind ? (
        <div class="picker-body">
          <ul
            id="choices"
            class="choices"
            role="listbox"
            tabIndex={0}
            aria-label={texts.pickerTitle}
            aria-activedescendant={`choice-${kind.key}`}
            onKeyDown={onKeyDown}
          >
            {found.map((one, i) => (
              <Choice key={one.key} kind={one} at={i === at} point={() => point(i)} />
            ))}
          </ul>
          <Preview kind={kind} />
        </div>
      ) : (
        <div class="picker-nothing">
          <p>{texts.pickerNothing(query)}</p>
          <button type="button" class="button" onClick={() => search('')}>
            {texts.pickerAll}
          </button>
        </div>
      )}
      <button
        type="button"
        class="button picker-own"
        onClick={() => {
          close()
          opened.value = { what: 'custom', kind: null }
        }}
      >
        {texts.customNew}
      </button>
    </Dialog>
  )
}
