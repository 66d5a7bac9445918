// The account itself: its password, and where it is signed in.
import { useState } from 'preact/hooks'
import { call, get, post } from '../api.ts'
import { timeText } from '../format.ts'
import { me, say } from '../state.ts'
import { texts } from '../texts.ts'
import { Field, Trouble, useLoaded, useTask } from './parts.tsx'
import { settingsTexts as words } from './settings-texts.ts'

interface Session {
  current: boolean
  created_at: string
  last_used_at: string
  expires_at: string
}

function Password({ onDone }: { onDone: () => void }) {
  const { problem, busy, run } = useTask()
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const box = event.currentTarget as HTMLFormElement,
      form = new FormData(box)
    void run(async () => {
      await post('/v1/auth/password', { current: String(form.get('current')), password: String(form.get('password')) })
      box.reset()
      say(words.passwordChanged)
      onDone()
    })
  }
  return (
    <form class="form" id="change-password" onSubmit={submit}>
      <input type="hidden" name="username" autocomplete="username" value={me.value?.user.email ?? ''} />
      <Field label={words.passwordNow}>
        <input class="field" type="password" name="current" autocomplete="current-password" required />
      </Field>
      <Field label={words.passwordNew} hint={texts.passwordHint}>
        <input class="field" type="password" name="password" autocomplete="new-password" required minLength={8} />
      </Field>
      <Trouble text={problem} />
      <button type="submit" class="button button-main" disabled={busy}>
        {words.changePassword}
      </button>
    </form>
  )
}

export function You() {
  const { data, problem, again } = useLoaded(() => get<{ sessions: Session[] }>('/v1/auth/sessions'))
  const [ending, setEnding] = useState('')
  const end = async () => {
    try {
      await call('/v1/auth/sessions', { method: 'DELETE' })
      say(words.signedOutElsewhere)
    } catch (error) {
      setEnding(String(error))
    }
    await again()
  }
  const others = data?.sessions.some(one => !one.current)
  return (
    <>
      <p class="settings-who">
        <b>{me.value?.user.email || words.noEmail}</b>{' '}
        <span class="quiet">{words.roles[me.value?.user.role as 'user' | 'admin'] ?? me.value?.user.role}</span>
      </p>
      <h4>{words.password}</h4>
      <Password onDone={() => void again()} />
      <h4>{words.sessions}</h4>
      <Trouble text={problem || ending} again={again} />
      <ul class="rows">
        {data?.sessions.map(one => (
          <li class="row-line">
            <span>
              {words.signedIn(timeText(one.created_at))}
              <span class="quiet">
                , {one.current ? words.thisBrowser : words.lastUsed(timeText(one.last_used_at))}
              </span>
            </span>
          </li>
        ))}
      </ul>
      {others && (
        <button type="button" class="button" id="end-sessions" onClick={() => void end()}>
          {words.signOutElsewhere}
        </button>
      )}
    </>
  )
}
