// Which of the page's dialogs are open.
import { signal } from '@preact/signals'

export const picking = signal(false)
export const showingKeys = signal(false)
export const showingSheet = signal(false)
export const showingConnections = signal(false)
export const lookingPast = signal(false) // the welcome, to the empty board
export const showingSyncs = signal(false)
export const showingSettings = signal<string | null>(null) // which section
