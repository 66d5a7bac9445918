// The list of widgets that can be added, with a search field.
import { useState } from 'preact/hooks'
import { add } from './edit.ts'
import { Icon } from './icons.tsx'
import { SOURCES, type SourceName, type WidgetKind } from './model.ts'
import { Dialog } from './popup.tsx'
import { connected, keys, registry } from './state.ts'
import { texts } from './texts.ts'
import { opened, picking } from './ui-state.ts'

const close = () => void (picking.value = false)
const isSource = (name: string): name is SourceName => (SOURCES as readonly string[]).includes(name)
const sourceNames = (kind: WidgetKind) =>
  kind.sources.map(name => (isSource(name) ? texts.sources[name] : name)).join(', ')

function matches(kind: WidgetKind, query: string): boolean {
  const text = `${kind.title} ${kind.description} ${kind.key} ${sourceNames(kind)}`.toLowerCase()
  return query
    .toLowerCase()
    .split(/\s+/)
    .every(word => text.includes(word))
}

function choose(kind: WidgetKind): void {
  const id = add(kind)
  close()
  requestAnimationFrame(() =>
    document.getElementById(`card-${id}`)?.scrollIntoView({ block: 'nearest', behavior: 'smooth' }),
  )
}

function Choice({ kind }: { kind: WidgetKind }) {
  const off = kind.sources.filter(isSource).filter(source => !connected(source))
  return (
    <li>
      <button type="button" class="choice" onClick={() => choose(kind)}>
        <span class="choice-text">
          <b>{kind.title}</b>
          <span class="quiet">{kind.description}</span>
        </span>
        <span class="choice-side">
          <span class="quiet">
            {sourceNames(kind)}
            {off.length > 0 && ` \u00b7 ${texts.sourceNotConnected}`}
          </span>
          {keys.value.includes(kind.key) ? (
            <span class="choice-on">
              <Icon name="check" />
              {texts.pickerOnBoard}
            </span>
          ) : (
            <span class="choice-add">
              <Icon name="plus" />
              {texts.pickerAdd}
            </span>
          )}
        </span>
      </button>
    </li>
  )
}

export function Picker() {
  const [query, setQuery] = useState('')
  const found = registry.value.filter(kind => matches(kind, query.trim()))
  return (
    <Dialog title={texts.pickerTitle} class="picker" onClose={close}>
      <input
        class="field"
        type="search"
        aria-label={texts.pickerFind}
        placeholder={texts.pickerFind}
        data-first
        value={query}
        onInput={event => setQuery(event.currentTarget.value)}
      />
      <ul class="choices">
        {found.map(kind => (
          <Choice key={kind.key} kind={kind} />
        ))}
      </ul>
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
      {found.length === 0 && (
        <p class="picker-nothing quiet" role="status">
          {texts.pickerNothing(query)}
        </p>
      )}
    </Dialog>
  )
}
