// What the page shows besides numbers: how many columns fit, which of its dialogs are open.
import { computed, signal } from '@preact/signals'
import { WIDTHS, type Columns } from './layout.ts'
import type { WidgetKind } from './model.ts'
import { meta, sync } from './state.ts'

const wide = matchMedia('(min-width: 1024px)'),
  middle = matchMedia('(min-width: 640px)')
const columnsNow = (): Columns => WIDTHS[wide.matches ? 0 : middle.matches ? 1 : 2]
export const columns = signal<Columns>(columnsNow())
for (const query of [wide, middle]) query.addEventListener('change', () => (columns.value = columnsNow()))

/** Cards are being moved about; the one at hand, by its id. */
export const editing = signal(false)
export const held = signal<string | null>(null)

export const picking = signal(false)
export const showingKeys = signal(false)
export const showingSheet = signal(false)
export const showingConnections = signal(false)
/** What was just done to a card, for those who don't see it, and for the bar that is there while editing. */
export const spoken = signal('')
export const lookingPast = signal(false) // the welcome, to the empty board
/** Connected, and the very first numbers are on their way. */
export const firstSync = computed(
  () => !lookingPast.value && sync.value.busy && meta.value !== null && !meta.value.last_sync_at,
)
export const showingSyncs = signal(false)
export const showingShares = signal(false)
export const showingSettings = signal<string | null>(null) // which section

/** What was opened from a card; its code is loaded then. */
export type Opened =
  | { what: 'explain'; kind: WidgetKind; metric: string | null }
  | { what: 'target'; kind: WidgetKind }
  | { what: 'notes'; kind: WidgetKind | null; day: string | null }
  | { what: 'custom'; kind: WidgetKind | null } // null: a new one
export const opened = signal<Opened | null>(null)
