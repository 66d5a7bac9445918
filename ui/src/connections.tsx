// The connected accounts, connecting another one, and the choice of accounts after the consent page.
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import {
  accountsOf,
  chooseAccounts,
  connections,
  connectWith,
  consent,
  disconnect,
  loadConnections,
  nameOf,
  setPaused,
  signInAt,
  testConnection,
  wordsOf,
  type Account,
  type Choice,
  type Connection,
} from './connect.ts'
import { dayNamed } from './format.ts'
import { SOURCES, type SourceName } from './model.ts'
import { Dialog } from './popup.tsx'
import { say } from './state.ts'
import { runSync } from './sync.ts'
import { texts, word } from './texts.ts'
import { showingConnections } from './ui-state.ts'

/** Something that takes a moment and may fail with a sentence. */
function useTask() {
  const [problem, setProblem] = useState(''),
    [busy, setBusy] = useState(false)
  const run = async (task: () => Promise<void>) => {
    if (busy) return
    setBusy(true)
    setProblem('')
    try {
      await task()
    } catch (error) {
      setProblem(wordsOf(error))
    }
    setBusy(false)
  }
  return { problem, busy, run }
}

const Trouble = ({ text }: { text: string }) =>
  text ? (
    <p class="field-problem" role="alert">
      {text}
    </p>
  ) : null

const Working = ({ when }: { when: boolean }) => (
  <p class="quiet" role="status">
    {when ? texts.connecting : ''}
  </p>
)

// ---- what is connected

function detailsOf(one: Connection): string {
  const parts = [texts.sources[one.source], word(texts.connectionStatus, one.status) ?? one.status]
  if (one.complete_through) parts.push(texts.completeUntil(dayNamed(one.complete_through)))
  if (one.expires_at) parts.push(texts.signInEnds(dayNamed(one.expires_at.slice(0, 10))))
  return parts.join(' \u00b7 ')
}

function Sure({ one, onEnd }: { one: Connection; onEnd: () => void }) {
  const { problem, busy, run } = useTask()
  return (
    <div class="sure" role="group" aria-label={texts.disconnectSure(nameOf(one))}>
      <p>{texts.disconnectSure(nameOf(one))}</p>
      <Trouble text={problem} />
      <button
        type="button"
        class="button"
        disabled={busy}
        onClick={() =>
          void run(async () => {
            await disconnect(one)
            say(texts.disconnected(nameOf(one)))
          })
        }
      >
        {texts.disconnect}
      </button>
      <button type="button" class="button" onClick={onEnd}>
        {texts.cancel}
      </button>
    </div>
  )
}

function Row({ one }: { one: Connection }) {
  const { problem, busy, run } = useTask(),
    [sure, setSure] = useState(false)
  const paused = one.status === 'paused'
  const trouble = problem || (one.status === 'reconnect' || one.status === 'error' ? one.last_error : '') || ''
  return (
    <li class="connection" data-status={one.status} data-account={one.external_id}>
      <p>
        <b>{nameOf(one)}</b> <span class="quiet">{one.external_id}</span>
      </p>
      <p class="quiet">{detailsOf(one)}</p>
      <Trouble text={trouble} />
      <div class="connection-do">
        {one.status === 'reconnect' && (
          <button type="button" class="button button-main" onClick={() => void run(() => signInAt(one.source))}>
            {texts.reconnect}
          </button>
        )}
        <button
          type="button"
          class="button"
          disabled={busy}
          onClick={() =>
            void run(async () => {
              await testConnection(one)
              say(texts.tested(nameOf(one)))
            })
          }
        >
          {texts.test}
        </button>
        <button type="button" class="button" disabled={busy} onClick={() => void run(() => setPaused(one, !paused))}>
          {paused ? texts.resume : texts.pause}
        </button>
        <button type="button" class="button" onClick={() => setSure(true)}>
          {texts.disconnect}
        </button>
      </div>
      {sure && <Sure one={one} onEnd={() => setSure(false)} />}
    </li>
  )
}

function List() {
  const list = connections.value
  if (!list) return <Working when />
  if (!list.length) return <p class="quiet">{texts.connectedNone}</p>
  return (
    <ul class="connections">
      {list.map(one => (
        <Row key={one.id} one={one} />
      ))}
    </ul>
  )
}

// ---- connecting another one

function Own() {
  const { problem, busy, run } = useTask(),
    [source, setSource] = useState<SourceName>('ga4')
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const box = event.currentTarget as HTMLFormElement,
      form = new FormData(box)
    void run(async () => {
      await connectWith(source, String(form.get('account')).trim(), String(form.get('key')))
      box.reset()
      await runSync()
    })
  }
  return (
    <form class="form" onSubmit={submit} id="connect-own">
      <p class="quiet">{texts.connectOwnHint}</p>
      <label>
        {texts.connectSource}
        <select class="field" value={source} onChange={event => setSource(event.currentTarget.value as SourceName)}>
          {SOURCES.map(name => (
            <option value={name}>{texts.connectTo[name]}</option>
          ))}
        </select>
      </label>
      <label>
        {texts.connectId}
        <input class="field" name="account" required autocomplete="off" placeholder={texts.connectIds[source]} />
      </label>
      <label>
        {texts.connectKey}
        <textarea class="field" name="key" required rows={4} autocomplete="off" spellcheck={false} />
      </label>
      <Trouble text={problem} />
      <button type="submit" class="button button-main" disabled={busy}>
        {texts.connect}
      </button>
      <Working when={busy} />
    </form>
  )
}

function Another() {
  const { problem, busy, run } = useTask()
  return (
    <section>
      <h3>{texts.connectTitle}</h3>
      <p class="quiet">{texts.connectHint}</p>
      <div class="connection-do">
        {SOURCES.map(source => (
          <button
            type="button"
            class="button"
            data-connect={source}
            disabled={busy}
            onClick={() => void run(() => signInAt(source))}
          >
            {texts.connectTo[source]}
          </button>
        ))}
      </div>
      <Trouble text={problem} />
      <details>
        <summary>{texts.connectOwn}</summary>
        <Own />
      </details>
    </section>
  )
}

// ---- after the consent page

const AccountChoice = ({ account, ticked, onTick }: { account: Account; ticked: boolean; onTick: () => void }) => (
  <li>
    <label class="tick">
      <input type="checkbox" name={account.external_id} checked={ticked} onChange={onTick} />
      <span>
        <b>{nameOf(account)}</b>{' '}
        <span class="quiet">
          {[account.external_id, account.detail, account.connected && texts.chooseAgain]
            .filter(Boolean)
            .join(' \u00b7 ')}
        </span>
      </span>
    </label>
  </li>
)

/** Those that need it are ticked already: all, if there is one; else what is connected. */
const firstTicks = ({ accounts }: Choice) =>
  new Set(accounts.filter(one => one.connected || accounts.length === 1).map(one => one.external_id))

function Accounts({ choice, id }: { choice: Choice; id: string }) {
  const { problem, busy, run } = useTask(),
    [ticked, setTicked] = useState(() => firstTicks(choice))
  const tick = (id: string) => {
    const next = new Set(ticked)
    if (!next.delete(id)) next.add(id)
    setTicked(next)
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    void run(async () => {
      const n = await chooseAccounts(id, [...ticked])
      say(texts.chosen(n))
      await runSync()
    })
  }
  if (!choice.accounts.length) return <p>{texts.chooseNone}</p>
  return (
    <form class="form" onSubmit={submit} id="connect-choice">
      <ul class="connections">
        {choice.accounts.map(one => (
          <AccountChoice account={one} ticked={ticked.has(one.external_id)} onTick={() => tick(one.external_id)} />
        ))}
      </ul>
      <Trouble text={problem} />
      <button type="submit" class="button button-main" disabled={busy || !ticked.size}>
        {texts.choose(ticked.size)}
      </button>
      <Working when={busy} />
    </form>
  )
}

function Consented({ id }: { id: string }) {
  const { problem, busy, run } = useTask(),
    [choice, setChoice] = useState<Choice | null>(null)
  useEffect(() => void run(async () => setChoice(await accountsOf(id))), [id])
  return (
    <section>
      <h3>
        {texts.chooseTitle}
        {choice && `: ${texts.connectTo[choice.source]}`}
      </h3>
      <Working when={busy} />
      <Trouble text={problem} />
      {choice && <Accounts choice={choice} id={id} />}
    </section>
  )
}

const Body = ({ children }: { children: ComponentChildren }) => <div class="connections-body">{children}</div>

export function Connections() {
  const { problem, run } = useTask()
  useEffect(() => void run(loadConnections), [])
  const close = () => {
    consent.value = null
    showingConnections.value = false
  }
  return (
    <Dialog title={texts.connections} class="connections-dialog" onClose={close}>
      <Body>
        {consent.value && <Consented id={consent.value} />}
        <Trouble text={problem} />
        <List />
        <Another />
      </Body>
    </Dialog>
  )
}
