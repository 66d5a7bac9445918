// The connected accounts, how each is, and connecting another one.
import { useEffect, useState } from 'preact/hooks'
import {
  connections,
  consent,
  disconnect,
  loadConnections,
  nameOf,
  setPaused,
  testConnection,
  type Connection,
} from '../connect.ts'
import { dayNamed } from '../format.ts'
import { Dialog } from '../popup.tsx'
import { meta, say } from '../state.ts'
import { texts, word } from '../texts.ts'
import { showingConnections } from '../ui-state.ts'
import { connectTexts as words } from './connect-texts.ts'
import { Renew, Sources } from './connecting.tsx'
import { Sure, Trouble, useTask, Working } from './parts.tsx'

const HOUR = 3_600_000,
  WARNING_DAYS = 14

function detailsOf(one: Connection): string {
  const parts = [texts.sources[one.source], word(words.connectionStatus, one.status) ?? one.status]
  if (one.complete_through) parts.push(words.completeUntil(dayNamed(one.complete_through)))
  return parts.join(' \u00b7 ')
}

/** How long the sign-in still holds; it matters more the nearer the end is. */
function Countdown({ until }: { until: string }) {
  const hours = Math.floor((Date.parse(until) - Date.now()) / HOUR),
    days = Math.ceil(hours / 24)
  const day = dayNamed(until.slice(0, 10))
  const text = hours < 0 ? words.hasEnded(day) : hours < 48 ? words.endsInHours(hours) : words.endsInDays(days, day)
  return <p class={days <= WARNING_DAYS ? 'countdown countdown-soon' : 'countdown quiet'}>{text}</p>
}

const endsSoon = (one: Connection) =>
  one.expires_at !== null && Date.parse(one.expires_at) - Date.now() < WARNING_DAYS * 24 * HOUR

function Row({ one }: { one: Connection }) {
  const { problem, busy, run } = useTask(),
    [sure, setSure] = useState(false),
    [renewing, setRenewing] = useState(one.status === 'reconnect')
  const dying = one.status === 'reconnect' || endsSoon(one)
  const paused = one.status === 'paused'
  const trouble = problem || (one.status === 'reconnect' || one.status === 'error' ? one.last_error : '') || ''
  return (
    <li class="connection" data-status={one.status} data-account={one.external_id}>
      <p>
        <b>
          <bdi>{nameOf(one)}</bdi>
        </b>{' '}
        <span class="quiet">{one.external_id}</span>
        {one.demo && <span class="badge">{words.demoAccount}</span>}
      </p>
      <p class="quiet">{detailsOf(one)}</p>
      {one.expires_at && <Countdown until={one.expires_at} />}
      <Trouble text={trouble} />
      <div class="connection-do">
        {dying && (
          <button type="button" class="button" aria-expanded={renewing} onClick={() => setRenewing(!renewing)}>
            {words.reconnect}
          </button>
        )}
        {!one.demo && (
          <button
            type="button"
            class="button"
            disabled={busy}
            onClick={() =>
              void run(async () => {
                await testConnection(one)
                say(words.tested(nameOf(one)))
              })
            }
          >
            {words.test}
          </button>
        )}
        <button type="button" class="button" disabled={busy} onClick={() => void run(() => setPaused(one, !paused))}>
          {paused ? words.resume : words.pause}
        </button>
        <button type="button" class="button" onClick={() => setSure(true)}>
          {words.disconnect}
        </button>
      </div>
      {dying && renewing && <Renew one={one} onEnd={() => setRenewing(false)} />}
      {sure && (
        <Sure
          question={words.disconnectSure(nameOf(one))}
          answer={words.disconnect}
          onEnd={() => setSure(false)}
          onYes={async () => {
            await disconnect(one)
            say(words.disconnected(nameOf(one)))
          }}
        />
      )}
    </li>
  )
}

function List() {
  const list = connections.value
  if (!list) return <Working when text={texts.loading} />
  if (!list.length) return <p class="quiet">{words.connectedNone}</p>
  return (
    <ul class="connections">
      {list.map(one => (
        <Row key={one.id} one={one} />
      ))}
    </ul>
  )
}

export function Connections() {
  const { problem, run } = useTask()
  const load = () => run(loadConnections)
  useEffect(() => void load(), [])
  const close = () => {
    consent.value = null
    showingConnections.value = false
  }
  const another = (
    <section>
      <h3>{words.connectTitle}</h3>
      <p class="quiet">{words.connectHint}</p>
      {meta.value?.demo_data ? <p>{texts.demoData}</p> : <Sources />}
    </section>
  )
  return (
    <Dialog title={words.connections} class="connections-dialog" onClose={close}>
      <div class="dialog-scroll panel-body">
        {consent.value && another}
        <section>
          <Trouble text={problem} again={load} />
          <List />
        </section>
        {!consent.value && another}
      </div>
    </Dialog>
  )
}
