// Light, dark, or what the system says; the colours themselves are in styles/tokens.css.
import { computed, effect, signal } from '@preact/signals'

export const THEMES = ['auto', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const system = matchMedia('(prefers-color-scheme: dark)')
const systemDark = signal(system.matches)
system.addEventListener('change', () => (systemDark.value = system.matches))

const saved = (): Theme => {
  try {
    return THEMES.find(theme => theme === localStorage.getItem('theme')) ?? 'auto'
  } catch {
    return 'auto' // storage may be forbidden
  }
}
export const theme = signal<Theme>(saved())
/** Paper is white, whatever the screen is. */
const paper = matchMedia('print')
export const printing = signal(paper.matches)
paper.addEventListener('change', () => (printing.value = paper.matches))

export const dark = computed(
  () => !printing.value && (theme.value === 'dark' || (theme.value === 'auto' && systemDark.value)),
)

/** What the page wears now, its colours included: charts read it to draw themselves anew. */
export const worn = signal<'light' | 'dark'>('light')

effect(() => {
  const now = dark.value ? 'dark' : 'light'
  document.documentElement.dataset['theme'] = now
  worn.value = now
  try {
    localStorage.setItem('theme', theme.value)
  } catch {
    /* the choice then lasts as long as the page */
  }
})

export const nextTheme = (): void => void (theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length]!)
