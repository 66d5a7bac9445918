// API tokens: made with a name and an end, shown once, revoked.
import { useState } from 'preact/hooks'
import { get, post } from '../api.ts'
import { timeText } from '../format.ts'
import { Field, Once, Trouble, useLoaded, useTask } from './parts.tsx'
import { Revocable } from './revocable.tsx'
import { settingsTexts as words } from './settings-texts.ts'

interface Token {
  id: string
  name: string
  created_at: string
  expires_at: string | null
  last_used_at: string | null
}

const DAYS = ['30', '90', '365', ''] as const

export function Tokens() {
  const { data, problem, again } = useLoaded(() => get<{ tokens: Token[] }>('/v1/auth/tokens'))
  const making = useTask()
  const [made, setMade] = useState<{ name: string; token: string } | null>(null)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const box = event.currentTarget as HTMLFormElement,
      form = new FormData(box),
      days = Number(form.get('days'))
    void making.run(async () => {
      const body = { name: String(form.get('name')).trim(), ...(days ? { expires_in_days: days } : {}) }
      setMade(await post<{ name: string; token: string }>('/v1/auth/tokens', body))
      box.reset()
      await again()
    })
  }
  return (
    <>
      <p class="quiet">
        {words.tokensHint}{' '}
        <a class="link" href="/docs" target="_blank" rel="noopener">
          {words.apiDocs}
        </a>
      </p>
      {made && <Once hint={words.tokenOnce(made.name)} secret={made.token} onEnd={() => setMade(null)} />}
      <form class="form form-line" id="make-token" onSubmit={submit}>
        <Field label={words.tokenName}>
          <input class="field" name="name" required maxLength={100} autocomplete="off" />
        </Field>
        <Field label={words.tokenEnd}>
          <select class="field" name="days">
            {DAYS.map(days => (
              <option value={days}>{days ? words.inDays(Number(days)) : words.never}</option>
            ))}
          </select>
        </Field>
        <button type="submit" class="button button-main" disabled={making.busy}>
          {words.makeToken}
        </button>
      </form>
      <Trouble text={making.problem} />
      <Trouble text={problem} again={again} />
      {data && !data.tokens.length && <p class="quiet">{words.tokensNone}</p>}
      <ul class="rows">
        {data?.tokens.map(token => (
          <Revocable
            key={token.id}
            name={token.name}
            address={`/v1/auth/tokens/${token.id}`}
            about={[
              words.made(timeText(token.created_at)),
              token.expires_at ? words.ends(timeText(token.expires_at)) : words.endless,
              token.last_used_at ? words.lastUsed(timeText(token.last_used_at)) : words.neverUsed,
            ]}
            question={words.revokeSure(token.name)}
            onGone={() => void again()}
          />
        ))}
      </ul>
    </>
  )
}
