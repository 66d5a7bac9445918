// Which of the page's dialogs are open.
import { computed, signal } from '@preact/signals'
import { meta, sync } from './state.ts'

export const picking = signal(false)
export const showingKeys = signal(false)
export const showingSheet = signal(false)
export const showingConnections = signal(false)
export const lookingPast = signal(false) // the welcome, to the empty board
/** Connected, and the very first numbers are on their way. */
export const firstSync = computed(
  () => !lookingPast.value && sync.value.busy && meta.value !== null && !meta.value.last_sync_at,
)
export const showingSyncs = signal(false)
export const showingSettings = signal<string | null>(null) // which section
