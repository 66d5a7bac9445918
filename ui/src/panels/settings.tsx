// Settings: one dialog, a section at a time.
import type { FunctionComponent } from 'preact'
import { Dialog } from '../popup.tsx'
import { me } from '../state.ts'
import { showingSettings } from '../ui-state.ts'
import { Display } from './display.tsx'
import { LayoutFile } from './layout-file.tsx'
import { Mail } from './mail.tsx'
import { People } from './people.tsx'
import { Targets } from './targets.tsx'
import { settingsTexts as words } from './settings-texts.ts'
import { Tokens } from './tokens.tsx'
import { You } from './you.tsx'

interface Section {
  id: keyof typeof words.sections
  part: FunctionComponent
  admin?: boolean
}
const SECTIONS: Section[] = [
  { id: 'display', part: Display },
  { id: 'you', part: You },
  { id: 'targets', part: Targets },
  { id: 'mail', part: Mail },
  { id: 'layout', part: LayoutFile },
  { id: 'tokens', part: Tokens },
  { id: 'people', part: People, admin: true },
]

export function Settings() {
  const allowed = SECTIONS.filter(({ admin }) => !admin || me.value?.user.role === 'admin')
  const now = allowed.find(({ id }) => id === showingSettings.value) ?? allowed[0]!
  const Part = now.part
  return (
    <Dialog title={words.settings} class="settings-dialog" onClose={() => (showingSettings.value = null)}>
      <div class="settings-split">
        <nav class="settings-nav" aria-label={words.settings}>
          {allowed.map(({ id }) => (
            <button
              type="button"
              data-section={id}
              aria-current={id === now.id ? 'page' : undefined}
              onClick={() => (showingSettings.value = id)}
            >
              {words.sections[id]}
            </button>
          ))}
        </nav>
        <section class="dialog-scroll settings-body" aria-labelledby="settings-section" key={now.id}>
          <h3 id="settings-section">{words.sections[now.id]}</h3>
          <Part />
        </section>
      </div>
    </Dialog>
  )
}
