// Signing in, and setting up the first account with the one-time code from the log.
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { asProblem, post } from './api.ts'
import { Mark } from './icons.tsx'
import { signedIn, start } from './load.ts'
import { startProblem } from './state.ts'
import { texts } from './texts.ts'

/** The address in the log is /#setup=CODE: what follows # never reaches a server's log. */
const codeInAddress = () => new URLSearchParams(location.hash.slice(1)).get('setup') ?? ''

function useSubmit(send: (form: FormData) => Promise<void>) {
  const [problem, setProblem] = useState(''),
    [busy, setBusy] = useState(false)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    if (busy) return
    setBusy(true)
    setProblem('')
    try {
      await send(new FormData(event.currentTarget as HTMLFormElement))
    } catch (error) {
      const { status, message } = asProblem(error)
      setProblem(status === 401 ? texts.signInWrong : message)
    }
    setBusy(false)
  }
  return { problem, busy, submit }
}

const text = (form: FormData, name: string) => String(form.get(name) ?? '').trim()
const secret = (form: FormData, name: string) => String(form.get(name) ?? '')

export function Frame({ title, hint, children }: { title: string; hint: string; children?: ComponentChildren }) {
  const box = useRef<HTMLElement>(null)
  useEffect(() => box.current?.querySelector<HTMLElement>('[data-first]')?.focus(), [])
  return (
    <main ref={box} class="door">
      <div class="door-box">
        <Mark />
        <h1>{title}</h1>
        <p class="quiet">{hint}</p>
        {children}
      </div>
    </main>
  )
}

export function SignInForm() {
  const { problem, busy, submit } = useSubmit(async form => {
    await post('/v1/auth/login', { email: text(form, 'email'), password: secret(form, 'password') })
    await signedIn()
  })
  return (
    <form class="form" onSubmit={submit}>
      <label>
        {texts.email}
        <input class="field" type="email" name="email" autocomplete="username" required data-first />
      </label>
      <label>
        {texts.password}
        <input class="field" type="password" name="password" autocomplete="current-password" required />
      </label>
      {problem && (
        <p class="field-problem" role="alert">
          {problem}
        </p>
      )}
      <button type="submit" class="button button-main" disabled={busy}>
        {texts.signIn}
      </button>
    </form>
  )
}

export const SignIn = () => (
  <Frame title={texts.signIn} hint={texts.signInHint}>
    <SignInForm />
  </Frame>
)

export function SetUp() {
  const [code] = useState(codeInAddress)
  const { problem, busy, submit } = useSubmit(async form => {
    await post('/v1/auth/setup', {
      code: code || text(form, 'code'),
      email: text(form, 'email'),
      password: secret(form, 'password'),
    })
    history.replaceState(null, '', '/')
    await signedIn()
  })
  return (
    <Frame title={texts.setupTitle} hint={code ? texts.setupHint : texts.setupNoCode}>
      <form class="form" onSubmit={submit}>
        {!code && (
          <label>
            {texts.setupCode}
            <input class="field" name="code" autocomplete="one-time-code" required data-first />
          </label>
        )}
        <label>
          {texts.email}
          <input
            class="field"
            type="email"
            name="email"
            autocomplete="username"
            required
            {...(code ? { 'data-first': true } : {})}
          />
        </label>
        <label>
          {texts.password}
          <input
            class="field"
            type="password"
            name="password"
            autocomplete="new-password"
            required
            minLength={8}
            aria-describedby="password-hint"
          />
        </label>
        <p id="password-hint" class="quiet field-hint">
          {texts.passwordHint}
        </p>
        {problem && (
          <p class="field-problem" role="alert">
            {problem}
          </p>
        )}
        <button type="submit" class="button button-main" disabled={busy}>
          {texts.setupCreate}
        </button>
      </form>
    </Frame>
  )
}

export function Failed() {
  return (
    <Frame title={texts.name} hint={startProblem.value?.message ?? texts.offline}>
      <button type="button" class="button button-main" onClick={() => void start()}>
        {texts.retry}
      </button>
    </Frame>
  )
}
