// Connecting an account: by the platform's consent page, or with a key or token; then the choice of accounts.
import { useEffect, useState } from 'preact/hooks'
import {
  accountsOf,
  apps,
  chooseAccounts,
  consent,
  giveCredential,
  keyOwner,
  loadApps,
  nameOf,
  renewConnection,
  signInAt,
  type Account,
  type App,
  type Choice,
  type Connection,
} from '../connect.ts'
import { SOURCES, type SourceName } from '../model.ts'
import { say } from '../state.ts'
import { runSync } from '../sync.ts'
import { connectTexts as words } from './connect-texts.ts'
import { Copyable, Field, Trouble, useTask, Working } from './parts.tsx'

const Steps = ({ steps }: { steps: string[] }) => (
  <ol class="steps">
    {steps.map(step => (
      <li>{step}</li>
    ))}
  </ol>
)

// ---- an app of one's own, for the consent page

function AppHelp({ app }: { app: App }) {
  if (app.ready)
    return (
      <details class="quiet-details">
        <summary>{words.appReady}</summary>
        <Copyable text={app.redirect_uri} label={words.redirectAddress} />
      </details>
    )
  return (
    <div class="app-help" data-app={app.source}>
      <p>{words.noApp}</p>
      <Steps steps={words.appSteps[app.source]} />
      <Copyable text={app.redirect_uri} label={words.redirectAddress} />
      <p>{words.appSettings}</p>
      <p>
        {app.settings.map(name => (
          <code class="setting">{name}</code>
        ))}
      </p>
    </div>
  )
}

function SignInButton({ source }: { source: SourceName }) {
  const { problem, busy, run } = useTask()
  return (
    <>
      <button
        type="button"
        class="button button-main"
        data-connect={source}
        disabled={busy}
        onClick={() => void run(() => signInAt(source))}
      >
        {words.signInAt[source]}
      </button>
      <Trouble text={problem} />
    </>
  )
}

// ---- a key or token

/** The whole area takes a dropped file; the button in it opens the browser's own dialog. */
function KeyDrop({ onKey }: { onKey: (text: string) => void }) {
  const [over, setOver] = useState(false)
  const read = async (file: File | null | undefined) => file && onKey(await file.text())
  return (
    <label
      class={over ? 'drop drop-over' : 'drop'}
      onDragOver={event => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={event => {
        event.preventDefault()
        setOver(false)
        void read(event.dataTransfer?.files[0])
      }}
    >
      {words.drop}
      <input
        type="file"
        aria-label={words.keyFile}
        accept=".json,application/json"
        onChange={event => void read(event.currentTarget.files?.[0])}
      />
    </label>
  )
}

/** What becomes of a key or token, and what the button says of it. */
interface OwnProps {
  source: SourceName
  button: string
  give: (text: string) => Promise<void>
}

function ServiceAccount({ source, button, give: take }: OwnProps) {
  const { problem, busy, run } = useTask()
  const [text, setText] = useState('')
  const owner = keyOwner(text)
  const give = (key: string) => run(() => take(key))
  /** A whole key in a file is what was meant. */
  const takeFile = (key: string) => {
    setText(key)
    if (keyOwner(key)) void give(key)
  }
  return (
    <form
      class="form"
      data-own={source}
      onSubmit={event => {
        event.preventDefault()
        void give(text)
      }}
    >
      <Steps steps={words.ownSteps[source]} />
      <KeyDrop onKey={takeFile} />
      <Field label={words.dropOr}>
        <textarea
          class="field field-tall"
          name="key"
          rows={2}
          aria-label={words.keyPaste}
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={event => setText(event.currentTarget.value)}
        />
      </Field>
      {owner && (
        <p role="status">
          <bdi>{words.keyOf(owner)}</bdi>
        </p>
      )}
      {text && !owner && !problem && <p class="field-problem">{words.notAKey}</p>}
      <Trouble text={problem} />
      <button type="submit" class="button button-main" disabled={busy || !text.trim()}>
        {button}
      </button>
    </form>
  )
}

function Token({ source, button, give }: OwnProps) {
  const { problem, busy, run } = useTask()
  return (
    <form
      class="form"
      data-own={source}
      onSubmit={event => {
        event.preventDefault()
        const token = String(new FormData(event.currentTarget as HTMLFormElement).get('key'))
        void run(() => give(token))
      }}
    >
      <Steps steps={words.ownSteps[source]} />
      <Field label={words.token}>
        <input class="field" type="password" name="key" required autocomplete="off" spellcheck={false} />
      </Field>
      <Trouble text={problem} />
      <button type="submit" class="button button-main" disabled={busy}>
        {button}
      </button>
    </form>
  )
}

const Own = (props: OwnProps) => (props.source === 'ga4' ? <ServiceAccount {...props} /> : <Token {...props} />)

/** A sign-in that ended, or will soon: again at the platform, or with a new key or token, for the same account. */
export function Renew({ one, onEnd }: { one: Connection; onEnd: () => void }) {
  const { problem, run } = useTask()
  useEffect(() => void run(loadApps), [])
  const app = apps.value?.apps.find(each => each.source === one.source)
  const give = async (text: string) => {
    await renewConnection(one, text)
    say(words.renewed(nameOf(one)))
    onEnd()
    void runSync()
  }
  return (
    <div class="renew" role="group" aria-label={words.renewTitle(nameOf(one))}>
      <Trouble text={problem} />
      {app?.ready && <SignInButton source={one.source} />}
      <Own source={one.source} button={words.renew} give={give} />
    </div>
  )
}

// ---- the sources to choose from

function Source({ source, app, open }: { source: SourceName; app: App | undefined; open: boolean }) {
  return (
    <details class="source-choice" data-source-choice={source} open={open}>
      <summary>
        <span>
          <b>{words.connectTo[source]}</b>
          <span class="quiet row-about">{words.brings[source]}</span>
        </span>
      </summary>
      <div class="source-ways">
        {app?.ready && <SignInButton source={source} />}
        <details open={!app?.ready}>
          <summary>{words.own[source]}</summary>
          <Own source={source} button={words.listAccounts} give={text => giveCredential(source, text)} />
        </details>
        {app && app.ready && <AppHelp app={app} />}
        {app && !app.ready && (
          <details>
            <summary>{words.signInAt[source]}</summary>
            <AppHelp app={app} />
          </details>
        )}
      </div>
    </details>
  )
}

export function Sources({ first = null }: { first?: SourceName | null }) {
  const { problem, run } = useTask()
  const load = () => run(loadApps)
  useEffect(() => void load(), [])
  if (consent.value) return <Consented key={consent.value} id={consent.value} />
  const known = apps.value
  return (
    <>
      <Trouble text={problem} again={load} />
      {known && (
        <div class="source-choices">
          {SOURCES.map(source => (
            <Source source={source} app={known.apps.find(app => app.source === source)} open={source === first} />
          ))}
        </div>
      )}
    </>
  )
}

// ---- the choice of accounts

const AccountChoice = ({ account, ticked, onTick }: { account: Account; ticked: boolean; onTick: () => void }) => (
  <li>
    <label class="tick">
      <input type="checkbox" name={account.external_id} checked={ticked} onChange={onTick} />
      <span>
        <b>
          <bdi>{nameOf(account)}</bdi>
        </b>{' '}
        <span class="quiet">
          {[account.external_id, account.detail, account.connected && words.chooseAgain]
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

async function take(id: string, accounts: string[]): Promise<void> {
  const n = await chooseAccounts(id, accounts)
  say(words.chosen(n))
  void runSync()
}

function Accounts({ choice, id }: { choice: Choice; id: string }) {
  const { problem, busy, run } = useTask(),
    [ticked, setTicked] = useState(() => firstTicks(choice))
  const tick = (account: string) => {
    const next = new Set(ticked)
    if (!next.delete(account)) next.add(account)
    setTicked(next)
  }
  if (!choice.accounts.length) return <p>{words.chooseNone}</p>
  return (
    <form
      class="form"
      id="connect-choice"
      onSubmit={event => {
        event.preventDefault()
        void run(() => take(id, [...ticked]))
      }}
    >
      <ul class="rows">
        {choice.accounts.map(one => (
          <AccountChoice account={one} ticked={ticked.has(one.external_id)} onTick={() => tick(one.external_id)} />
        ))}
      </ul>
      <Trouble text={problem} />
      <button type="submit" class="button button-main" disabled={busy || !ticked.size}>
        {words.choose(ticked.size)}
      </button>
      <Working when={busy} text={words.asking} />
    </form>
  )
}

/** Where the list can't be had (the Admin API is off, say), the number itself will do. */
function ById({ id }: { id: string }) {
  const { problem, busy, run } = useTask()
  return (
    <details>
      <summary>{words.typeId}</summary>
      <form
        class="form form-line"
        id="connect-id"
        onSubmit={event => {
          event.preventDefault()
          const account = String(new FormData(event.currentTarget as HTMLFormElement).get('account')).trim()
          void run(() => take(id, [account]))
        }}
      >
        <Field label={words.typeId}>
          <input class="field" name="account" required autocomplete="off" placeholder={words.ids.ga4} />
        </Field>
        <button type="submit" class="button" disabled={busy}>
          {words.connect}
        </button>
        <Trouble text={problem} />
      </form>
    </details>
  )
}

function Consented({ id }: { id: string }) {
  const { problem, busy, run } = useTask(),
    [choice, setChoice] = useState<Choice | null>(null)
  const load = () => run(async () => setChoice(await accountsOf(id)))
  useEffect(() => void load(), [])
  return (
    <section class="consented">
      <h3>
        {words.chooseTitle}
        {choice && `: ${words.connectTo[choice.source]}`}
      </h3>
      <Trouble text={problem} again={load} />
      <Working when={busy} text={words.asking} />
      {choice && <Accounts choice={choice} id={id} />}
      <ById id={id} />
      <button type="button" class="link" onClick={() => (consent.value = null)}>
        {words.otherWay}
      </button>
    </section>
  )
}
