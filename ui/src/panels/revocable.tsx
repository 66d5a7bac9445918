// A row of something that opens a door for others (a token, a link): what it is, and the way to take it back.
import { useState } from 'preact/hooks'
import { call } from '../api.ts'
import { say } from '../state.ts'
import { Sure } from './parts.tsx'
import { settingsTexts as words } from './settings-texts.ts'

interface Props {
  name: string
  address: string // to delete it
  about: string[]
  question: string // asked before it goes
  onGone: () => void
}

export function Revocable({ name, address, about, question, onGone }: Props) {
  const [sure, setSure] = useState(false)
  return (
    <li class="row-line" data-id={address.split('/').at(-1)}>
      <span>
        <b>
          <bdi>{name}</bdi>
        </b>
        <span class="quiet row-about">{about.join(', ')}</span>
      </span>
      <button type="button" class="button" aria-label={`${words.revoke}: ${name}`} onClick={() => setSure(true)}>
        {words.revoke}
      </button>
      {sure && (
        <Sure
          question={question}
          answer={words.revoke}
          onEnd={() => setSure(false)}
          onYes={async () => {
            await call(address, { method: 'DELETE' })
            say(words.revoked(name))
            onGone()
          }}
        />
      )}
    </li>
  )
}
