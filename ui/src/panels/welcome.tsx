// The first thing after the first sign-in: connect, or look around.
import { addDemo, apps, consent } from '../connect.ts'
import { lookingPast } from '../ui-state.ts'
import { connectTexts as words } from './connect-texts.ts'
import { Sources } from './connecting.tsx'
import { Trouble, useTask } from './parts.tsx'
import { Now } from './syncs.tsx'

export function Welcome() {
  const { problem, busy, run } = useTask()
  return (
    <section class="welcome" aria-labelledby="welcome-title">
      <h2 id="welcome-title">{words.welcome}</h2>
      <p class="quiet">
        {words.welcomeHint} {words.connectHint}
      </p>
      {apps.value?.demo && !consent.value && (
        <div class="welcome-look">
          <button type="button" class="button" id="look-around" disabled={busy} onClick={() => void run(addDemo)}>
            {words.look}
          </button>
          <span class="quiet">{words.lookHint}</span>
        </div>
      )}
      <Trouble text={problem} />
      <Sources first="ga4" />
      <Past text={words.skip} />
    </section>
  )
}

const Past = ({ text }: { text: string }) => (
  <button type="button" class="link" onClick={() => (lookingPast.value = true)}>
    {text}
  </button>
)

/** The newest days are read last, so until the end the board would have nothing to show. */
export function FirstSync() {
  return (
    <section class="welcome" aria-labelledby="welcome-title">
      <h2 id="welcome-title">{words.firstSync}</h2>
      <p class="quiet">{words.firstSyncHint}</p>
      <Now />
      <Past text={words.boardMeanwhile} />
    </section>
  )
}
