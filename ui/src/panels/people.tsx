// The accounts of this installation, for administrators.
import { useState } from 'preact/hooks'
import { call, get, post } from '../api.ts'
import { timeText } from '../format.ts'
import { me, say } from '../state.ts'
import { texts } from '../texts.ts'
import { Field, Once, Sure, Trouble, useLoaded, useTask } from './parts.tsx'
import { settingsTexts as words } from './settings-texts.ts'

interface Person {
  id: string
  email: string
  role: 'user' | 'admin'
  created_at: string
  last_seen_at: string | null
  connections: number
  active: boolean
}
type Fresh = { email: string; password: string }

const ROLES = ['user', 'admin'] as const

function Row({ one, onChange, onFresh }: { one: Person; onChange: () => void; onFresh: (fresh: Fresh) => void }) {
  const { problem, busy, run } = useTask()
  const [asking, setAsking] = useState<'reset' | 'disable' | 'remove' | null>(null)
  const own = one.id === me.value?.user.id
  const path = `/v1/users/${one.id}`
  const change = async (body: { role?: string; active?: boolean }) => {
    await call(path, { method: 'PATCH', body })
    onChange()
  }
  return (
    <li class="row-line" data-user={one.email}>
      <span>
        <b>
          <bdi>{one.email}</bdi>
        </b>
        {!one.active && <span class="badge">{words.disabled}</span>}
        <span class="quiet row-about">
          {[
            own ? words.thatIsYou : one.last_seen_at ? words.lastSeen(timeText(one.last_seen_at)) : words.neverSeen,
            words.accounts(one.connections),
          ].join(', ')}
        </span>
      </span>
      <span class="row-do">
        <select
          class="field"
          aria-label={words.roleOf(one.email)}
          disabled={busy}
          value={one.role}
          onChange={event => void run(() => change({ role: event.currentTarget.value }))}
        >
          {ROLES.map(role => (
            <option value={role} selected={role === one.role}>
              {words.roles[role]}
            </option>
          ))}
        </select>
        {!own && (
          <>
            <button type="button" class="button" onClick={() => setAsking('reset')}>
              {words.reset}
            </button>
            <button
              type="button"
              class="button"
              disabled={busy}
              onClick={() => (one.active ? setAsking('disable') : void run(() => change({ active: true })))}
            >
              {one.active ? words.disable : words.enable}
            </button>
            <button type="button" class="button" onClick={() => setAsking('remove')}>
              {words.remove}
            </button>
          </>
        )}
      </span>
      <Trouble text={problem} />
      {asking === 'reset' && (
        <Sure
          question={words.resetSure(one.email)}
          answer={words.reset}
          onEnd={() => setAsking(null)}
          onYes={async () => {
            onFresh(await post<Fresh>(`${path}/reset`))
            setAsking(null)
          }}
        />
      )}
      {asking === 'disable' && (
        <Sure
          question={words.disableSure(one.email)}
          answer={words.disable}
          onEnd={() => setAsking(null)}
          onYes={async () => {
            await change({ active: false })
            setAsking(null)
          }}
        />
      )}
      {asking === 'remove' && (
        <Sure
          question={words.removeSure(one.email)}
          answer={words.remove}
          onEnd={() => setAsking(null)}
          onYes={async () => {
            await call(path, { method: 'DELETE' })
            say(words.removed(one.email))
            onChange()
          }}
        />
      )}
    </li>
  )
}

export function People() {
  const { data, problem, again } = useLoaded(() => get<{ users: Person[] }>('/v1/users'))
  const adding = useTask()
  const [fresh, setFresh] = useState<Fresh | null>(null)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const box = event.currentTarget as HTMLFormElement,
      form = new FormData(box)
    void adding.run(async () => {
      const body = { email: String(form.get('email')).trim(), role: String(form.get('role')) }
      setFresh(await post<Fresh>('/v1/users', body))
      box.reset()
      await again()
    })
  }
  return (
    <>
      <p class="quiet">{words.peopleHint}</p>
      {fresh && <Once hint={words.passwordOnce(fresh.email)} secret={fresh.password} onEnd={() => setFresh(null)} />}
      <form class="form form-line" id="add-person" onSubmit={submit}>
        <Field label={texts.email}>
          <input class="field" type="email" name="email" required autocomplete="off" />
        </Field>
        <Field label={words.role}>
          <select class="field" name="role">
            {ROLES.map(role => (
              <option value={role}>{words.roles[role]}</option>
            ))}
          </select>
        </Field>
        <button type="submit" class="button button-main" disabled={adding.busy}>
          {words.addPerson}
        </button>
      </form>
      <Trouble text={adding.problem} />
      <Trouble text={problem} again={again} />
      <ul class="rows">
        {data?.users.map(one => (
          <Row key={one.id} one={one} onChange={() => void again()} onFresh={setFresh} />
        ))}
      </ul>
    </>
  )
}
