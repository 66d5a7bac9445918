// The dialogs that open from a card. Their code is loaded when the first of them is wanted.
import { useEffect, useState } from 'preact/hooks'
import { say } from './state.ts'
import { texts } from './texts.ts'
import { opened } from './ui-state.ts'

type Opens = typeof import('./opens.ts')
let loaded: Promise<Opens> | null = null
export function loadOpens(): Promise<Opens> {
  loaded ??= import('./opens.ts')
  loaded.catch(() => (loaded = null)) // the server was away: the next click tries again
  return loaded
}

const close = (): void => void (opened.value = null)

export function CardDialogs() {
  const now = opened.value
  const [views, setViews] = useState<Opens | null>(null)
  useEffect(() => {
    if (!now || views) return
    loadOpens().then(setViews, () => {
      close()
      say(texts.offline)
    })
  }, [now])
  if (!now || !views) return null
  switch (now.what) {
    case 'explain':
      return <views.explain of={now} onClose={close} />
    case 'target':
      return <views.target of={now} onClose={close} />
    case 'notes':
      return <views.notes of={now} onClose={close} />
    case 'custom':
      return <views.custom of={now} onClose={close} />
  }
}
