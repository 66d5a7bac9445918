// The first thing after the first sign-in: connect, or look around.
import { addDemo, apps } from '../connect.ts'
import { lookingPast } from '../ui-state.ts'
import { connectTexts as words } from './connect-texts.ts'
import { Sources } from './connecting.tsx'
import { Trouble, useTask } from './parts.tsx'

export function Welcome() {
  const { problem, busy, run } = useTask()
  return (
    <section class="welcome" aria-labelledby="welcome-title">
      <h2 id="welcome-title">{words.welcome}</h2>
      <p class="quiet">
        {words.welcomeHint} {words.connectHint}
      </p>
      {apps.value?.demo && (
        <div class="welcome-look">
          <button type="button" class="button" id="look-around" disabled={busy} onClick={() => void run(addDemo)}>
            {words.look}
          </button>
          <span class="quiet">{words.lookHint}</span>
        </div>
      )}
      <Trouble text={problem} />
      <Sources first="ga4" />
      <button type="button" class="link" onClick={() => (lookingPast.value = true)}>
        {words.skip}
      </button>
    </section>
  )
}
