// What the page shows besides numbers: how many columns fit, which of its dialogs are open.
import { signal } from '@preact/signals'
import { WIDTHS, type Columns } from './layout.ts'

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
