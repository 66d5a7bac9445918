// The one line on top: dates, comparison, sources, freshness and sync, account. On narrow
// screens all but the dates moves to a sheet.
import { signal } from '@preact/signals'
import { signOut } from './load.ts'
import { dayNamed, timeText } from './format.ts'
import { Icon, Mark } from './icons.tsx'
import { SOURCES, type Comparison, type SourceName } from './model.ts'
import { Dialog, Popup } from './popup.tsx'
import { RangePicker } from './range.tsx'
import { compare, connected, me, meta, say, sourceOn, sourcesOff, sync } from './state.ts'
import { runSync } from './sync.ts'
import { texts } from './texts.ts'
import { theme, THEMES } from './theme.ts'
import { picking, showingConnections, showingSettings, showingSheet, showingSyncs } from './ui-state.ts'

const roomy = matchMedia('(min-width: 1024px)')
const isRoomy = signal(roomy.matches)
roomy.addEventListener('change', () => (isRoomy.value = roomy.matches))

export const COMPARISONS = Object.keys(texts.compare) as Comparison[]

function CompareSwitch() {
  return (
    <span class="control select">
      <select
        id="compare"
        aria-label={texts.compareLabel}
        value={compare.value}
        onChange={event => (compare.value = event.currentTarget.value as Comparison)}
      >
        {COMPARISONS.map(c => (
          <option value={c} selected={c === compare.value}>
            {texts.compare[c]}
          </option>
        ))}
      </select>
      <Icon name="chevron" class="icon-quiet" />
    </span>
  )
}

export function toggleSource(source: SourceName): void {
  if (!connected(source)) return say(`${texts.sources[source]}: ${texts.sourceNotConnected}`)
  const next = new Set(sourcesOff.value)
  if (!next.delete(source)) next.add(source)
  if (!SOURCES.some(s => connected(s) && !next.has(s))) return say(texts.sourceLast)
  sourcesOff.value = next
}

function stateOf(source: SourceName): { words: string; mark: string } {
  if (!connected(source)) return { words: texts.sourceNotConnected, mark: 'none' }
  if (meta.value?.sources?.[source]?.status === 'reconnect') return { words: texts.sourceReconnect, mark: 'warn' }
  return sourceOn(source) ? { words: texts.sourceOn, mark: 'on' } : { words: texts.sourceOff, mark: 'off' }
}

function Sources() {
  return (
    <div class="sources" role="group" aria-label={texts.sourcesLabel}>
      {SOURCES.map(source => {
        const { words, mark } = stateOf(source)
        return (
          <button
            type="button"
            class={`source source-${mark}`}
            data-source={source}
            aria-pressed={sourceOn(source)}
            aria-disabled={!connected(source)}
            title={`${texts.sources[source]}: ${words}`}
            onClick={() => toggleSource(source)}
          >
            <i class="dot" aria-hidden="true" />
            {texts.sources[source]}
            {mark !== 'on' && mark !== 'off' && <span class="hidden">, {words}</span>}
          </button>
        )
      })}
    </div>
  )
}

/** The least of what the connected sources have: what one can rely on. */
function freshness(): string[] {
  const about = meta.value
  if (!about) return []
  const complete = SOURCES.filter(connected)
    .map(source => about.sources?.[source]?.complete_through)
    .filter(day => typeof day === 'string')
    .sort()[0]
  const synced = about.last_sync_at ? texts.syncedAt(timeText(about.last_sync_at)) : texts.neverSynced
  return complete ? [texts.completeThrough(dayNamed(complete)), synced] : [synced]
}

function SyncButton() {
  const busy = sync.value.busy,
    next = meta.value?.next_scheduled_at
  return (
    <div class="freshness">
      <p class="quiet" title={next ? texts.nextSync(timeText(next)) : undefined}>
        {freshness().map(text => (
          <span>{text}</span>
        ))}
      </p>
      <button type="button" id="sync" class="control" aria-disabled={busy} onClick={() => void runSync()}>
        <Icon name="sync" {...(busy ? { class: 'icon-turning' } : {})} />
        {busy ? texts.syncing : texts.sync}
      </button>
    </div>
  )
}

function ThemeChoice() {
  return (
    <div class="segments" role="group" aria-label={texts.themeLabel}>
      {THEMES.map(t => (
        <button type="button" aria-pressed={t === theme.value} data-theme-choice={t} onClick={() => (theme.value = t)}>
          {texts.theme[t]}
        </button>
      ))}
    </div>
  )
}

/** The entries of the account's panel; each opens a dialog in its stead. */
const PLACES = [
  { id: 'connections', open: () => (showingConnections.value = true) },
  { id: 'syncs', open: () => (showingSyncs.value = true) },
  { id: 'settings', open: () => (showingSettings.value = 'display') },
] as const

/** The focus comes back to what the panel hangs on, when the dialog closes. */
function go(open: () => void): void {
  const sheet = showingSheet.peek()
  showingSheet.value = false
  requestAnimationFrame(() => {
    document.getElementById(sheet ? 'more' : 'account')?.focus()
    open()
  })
}

function AccountPanel() {
  return (
    <div class="account">
      <p class="account-who">{me.value?.user.email}</p>
      <ThemeChoice />
      <div class="menu account-places">
        {PLACES.map(({ id, open }) => (
          <button type="button" id={id} onClick={() => go(open)}>
            {texts[id]}
          </button>
        ))}
      </div>
      {!me.value?.demo && (
        <button type="button" class="button" onClick={() => void signOut()}>
          {texts.signOut}
        </button>
      )}
    </div>
  )
}

const AddButton = () => (
  <button
    type="button"
    id="add"
    class="control"
    onClick={() => {
      showingSheet.value = false
      picking.value = true
    }}
  >
    <Icon name="plus" />
    {texts.add}
  </button>
)

function Roomy() {
  return (
    <>
      <CompareSwitch />
      <Sources />
      <span class="grow" />
      <SyncButton />
      <AddButton />
      <Popup id="account" class="icon-button" label={texts.account} button={<Icon name="person" />}>
        {() => <AccountPanel />}
      </Popup>
    </>
  )
}

export function Header() {
  return (
    <header class="top">
      <div class="top-line">
        <a class="brand" href="/" aria-label={texts.name}>
          <Mark />
          <span>{texts.name}</span>
        </a>
        <RangePicker />
        {isRoomy.value ? (
          <Roomy />
        ) : (
          <button
            type="button"
            id="more"
            class="icon-button"
            aria-label={texts.more}
            onClick={() => (showingSheet.value = true)}
          >
            <Icon name="sliders" />
          </button>
        )}
      </div>
    </header>
  )
}

export function Sheet() {
  if (!showingSheet.value || isRoomy.value) return null
  return (
    <Dialog title={texts.more} class="sheet" onClose={() => (showingSheet.value = false)}>
      <div class="sheet-row">
        <CompareSwitch />
        <AddButton />
      </div>
      <Sources />
      <SyncButton />
      <AccountPanel />
    </Dialog>
  )
}
