// Which of the page's dialogs are open.
import { signal } from '@preact/signals'
import type { WidgetKind } from './model.ts'

export const picking = signal(false)
export const showingKeys = signal(false)
export const showingSheet = signal(false)
export const showingConnections = signal(false)

/** What was opened from a card; its code is loaded then. */
export type Opened =
  | { what: 'explain'; kind: WidgetKind; metric: string | null }
  | { what: 'target'; kind: WidgetKind }
  | { what: 'notes'; kind: WidgetKind | null; day: string | null }
  | { what: 'custom'; kind: WidgetKind | null } // null: a new one
export const opened = signal<Opened | null>(null)
