// The one menu of a card.
import { shared } from './api.ts'
import { loadOpens } from './card-dialogs.tsx'
import { change, remove } from './edit.ts'
import { Icon } from './icons.tsx'
import { keyOf, resized, shifted, SIZES, type Size } from './layout.ts'
import { Menu, type Entry, type MenuRow } from './menu.tsx'
import type { Answer, Placed, WidgetKind } from './model.ts'
import { Popup } from './popup.tsx'
import { cardData, layout, say } from './state.ts'
import { texts } from './texts.ts'
import { columns, opened } from './ui-state.ts'

export const showsTable = (placed: Placed) => placed['view'] === 'table'

function setView(id: string, view: 'chart' | 'table'): void {
  const now = layout.peek()
  const next = { ...now, widgets: now.widgets.map(placed => (placed.id === id ? { ...placed, view } : placed)) }
  if (shared) layout.value = next
  else change(next)
}

/** The other way to look at it, if it has two. */
function otherView(placed: Placed, answer: Answer | null): MenuRow[] {
  const table = showsTable(placed)
  if (!answer?.series.length) return []
  return [{ text: table ? texts.asChart : texts.asTable, run: () => setView(placed.id, table ? 'chart' : 'table') }]
}

const FORMATS = ['csv', 'png', 'svg'] as const
function exports(kind: WidgetKind): MenuRow {
  const entries = FORMATS.map(
    (format): Entry => ({
      text: format.toUpperCase(),
      speak: texts.exportAs(format.toUpperCase()),
      run: () =>
        void loadOpens()
          .then(({ save }) => save(kind, format))
          .catch((error: unknown) => say(error instanceof Error ? error.message : String(error))),
    }),
  )
  const drawn = (cardData(kind.key).peek().answer?.series.length ?? 0) > 0
  return { label: texts.export, entries: drawn ? entries : entries.slice(0, 1) }
}

/** What one can do with the number itself. */
function about(kind: WidgetKind, placed: Placed, answer: Answer | null): MenuRow[] {
  return [
    ...(kind.explain.length > 0
      ? [{ text: texts.explain, run: () => (opened.value = { what: 'explain', kind, metric: null }) } satisfies Entry]
      : []),
    ...otherView(placed, answer),
    ...(kind.target ? [{ text: texts.targetEntry, run: () => (opened.value = { what: 'target', kind }) }] : []),
    { text: texts.notesEntry, run: () => (opened.value = { what: 'notes', kind, day: null }) },
    ...(kind.formula !== undefined
      ? [{ text: texts.formulaEntry, run: () => (opened.value = { what: 'custom', kind }) }]
      : []),
    exports(kind),
    'line',
  ]
}

function place(placed: Placed, title: string): MenuRow[] {
  const size = (name: Size): Entry => ({
    text: texts.sizes[name],
    on: placed.size === name,
    run: () => change(resized(layout.peek(), placed.id, name, columns.peek())),
  })
  return [
    { label: texts.sizeLabel, entries: (Object.keys(SIZES) as Size[]).map(size) },
    { text: texts.move.earlier, run: () => change(shifted(layout.peek(), placed.id, -1, columns.peek())) },
    { text: texts.move.later, run: () => change(shifted(layout.peek(), placed.id, 1, columns.peek())) },
    'line',
    { text: texts.remove, run: () => remove(placed.id, title) },
  ]
}

export function CardMenu({ placed, kind, title }: { placed: Placed; kind: WidgetKind | undefined; title: string }) {
  const { answer } = cardData(keyOf(placed)).value
  if (shared && !otherView(placed, answer).length) return null
  const rows = () =>
    shared ? otherView(placed, answer) : [...(kind ? about(kind, placed, answer) : []), ...place(placed, title)]
  const label = texts.menu(title)
  return (
    <Popup
      id={`menu-${placed.id}`}
      class="icon-button card-menu"
      label={label}
      menu
      button={<Icon name="dots" class="icon-dots" />}
    >
      {close => <Menu label={label} rows={rows()} close={close} />}
    </Popup>
  )
}
