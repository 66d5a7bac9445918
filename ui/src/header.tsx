// The one line on top: dates, comparison, sources, freshness and sync, account. On narrow
// screens all but the dates moves to a sheet.
import { batch, signal } from '@preact/signals'
import { toggleEditing } from './arrange.ts'
import { isDay } from './dates.ts'
import { signOut } from './load.ts'
import { dayNamed, timeText } from './format.ts'
import { Icon, Mark, type IconName } from './icons.tsx'
import { SOURCES, type Comparison, type SourceName } from './model.ts'
import { Dialog, Popup } from './popup.tsx'
import { CompareDays, daysBefore, RangePicker } from './range.tsx'
import { compare, compareDays, connected, me, meta, range, say, sourceOn, sourcesOff, sync } from './state.ts'
import { runSync } from './sync.ts'
import { texts } from './texts.ts'
import { theme, THEMES } from './theme.ts'
import { tipOn } from './tip.tsx'
import { picking, showingConnections, showingSettings, showingShares, showingSheet, showingSyncs } from './ui-state.ts'

const roomy = matchMedia('(min-width: 1024px)')
const isRoomy = signal(roomy.matches)
roomy.addEventListener('change', () => (isRoomy.value = roomy.matches))

const COMPARISONS = Object.keys(texts.compare) as Comparison[]

/** A custom comparison starts with the days before, and its days can be changed at once. */
function setCompare(how: Comparison): void {
  batch(() => {
    if (how === 'custom') compareDays.value ??= daysBefore(range.peek())
    compare.value = how
  })
  if (how === 'custom') requestAnimationFrame(() => document.getElementById('compare-days')?.click())
}

/** The next kind of comparison; a custom one only if its days were chosen before. */
export function nextCompare(): void {
  const kinds = COMPARISONS.filter(how => how !== 'custom' || compareDays.peek())
  compare.value = kinds[(kinds.indexOf(compare.peek()) + 1) % kinds.length]!
  say(texts.compareNow(texts.compare[compare.peek()]))
}

function CompareSwitch() {
  return (
    <span class="control select">
      <select
        id="compare"
        aria-label={texts.compareLabel}
        value={compare.value}
        onChange={event => setCompare(event.currentTarget.value as Comparison)}
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

/** By keyboard, where nobody sees which button was pressed. */
export function toggleSourceAloud(source: SourceName): void {
  const before = sourcesOff.peek()
  toggleSource(source)
  if (sourcesOff.peek() !== before)
    say(`${texts.sources[source]}: ${sourceOn(source) ? texts.sourceOn : texts.sourceOff}`)
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

/** The least of what the connected sources have: what one can rely on; and who has nothing yet. */
export function freshness(): string[] {
  const about = meta.value
  if (!about) return []
  const on = SOURCES.filter(connected)
  const days = on.map(source => about.sources?.[source]?.complete_through)
  const complete = days.filter(isDay).sort()[0]
  const without = on.filter((_, i) => !isDay(days[i])).map(source => texts.sources[source])
  const synced = about.last_sync_at ? texts.syncedAt(timeText(about.last_sync_at)) : texts.neverSynced
  return [
    ...(complete ? [texts.completeThrough(dayNamed(complete))] : []),
    without.length > 0 && complete ? texts.notYet(without.join(', ')) : synced,
  ]
}

/** The same source by source. */
function FreshnessDetails() {
  const next = meta.value?.next_scheduled_at
  return (
    <div class="tip-notes">
      {SOURCES.filter(connected).map(source => {
        const { complete_through: day, provisional_from: from } = meta.value?.sources?.[source] ?? {}
        return (
          <p>
            <b>{texts.sources[source]}</b>{' '}
            {isDay(day) ? texts.completeUntil(dayNamed(day)) : texts.neverSynced.toLowerCase()}
            {isDay(from) && <span class="quiet">{texts.mayChangeFrom(dayNamed(from))}</span>}
          </p>
        )
      })}
      {next && <p class="quiet">{texts.nextSync(timeText(next))}</p>}
    </div>
  )
}

function SyncButton() {
  const busy = sync.value.busy
  return (
    <div class="freshness">
      <p class="quiet" tabIndex={0} {...tipOn(() => <FreshnessDetails />)}>
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

export function ThemeChoice() {
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

function leaveSheet(open: () => void): void {
  showingSheet.value = false
  open()
}

/** What changes the board: signs in the header, words in the sheet. */
const BoardTools = ({ words }: { words: boolean }) => {
  const tool = (id: string, text: string, icon: IconName, run: () => void) => (
    <button
      type="button"
      id={id}
      class={words ? 'control' : 'icon-button'}
      onClick={() => leaveSheet(run)}
      {...(words ? {} : { 'aria-label': text, title: text })}
    >
      <Icon name={icon} />
      {words && text}
    </button>
  )
  return (
    <>
      {tool('edit', texts.edit, 'pencil', toggleEditing)}
      {tool('add', texts.add, 'plus', () => (picking.value = true))}
      {tool('share', texts.shareBoard, 'share', () => (showingShares.value = true))}
    </>
  )
}

function Roomy() {
  return (
    <>
      <CompareSwitch />
      <CompareDays />
      <Sources />
      <span class="grow" />
      <SyncButton />
      <BoardTools words={false} />
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
        <CompareDays />
      </div>
      <div class="sheet-row">
        <BoardTools words />
      </div>
      <Sources />
      <SyncButton />
      <AccountPanel />
    </Dialog>
  )
}
