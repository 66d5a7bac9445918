// The page as a whole: which screen, and what floats above it.
import { Board } from './board.tsx'
import { CardDialogs } from './card-dialogs.tsx'
import { Connections } from './connections.tsx'
import { Failed, SetUp, SignIn, SignInForm } from './door.tsx'
import { Header, Sheet } from './header.tsx'
import { Picker } from './picker.tsx'
import { Dialog } from './popup.tsx'
import { screen, sessionEnded } from './state.ts'
import { Notes, Strips } from './strips.tsx'
import { texts } from './texts.ts'
import { TipLayer } from './tip.tsx'
import { picking, showingConnections, showingKeys } from './ui-state.ts'

function Keys() {
  return (
    <Dialog title={texts.keysTitle} onClose={() => (showingKeys.value = false)}>
      <dl class="keys">
        {Object.entries(texts.keys).map(([key, does]) => (
          <div>
            <dt>
              {key.split(' ').map(k => (
                <kbd>{k}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}

/** Signing in again lies over the board, which stays as it was. */
function SessionEnded() {
  return (
    <Dialog title={texts.signIn} onClose={() => undefined} class="session-ended">
      <p class="quiet">{texts.sessionEnded}</p>
      <SignInForm />
    </Dialog>
  )
}

function BoardScreen() {
  return (
    <>
      <Header />
      <main class="page">
        <h1 class="hidden">{texts.name}</h1>
        <Strips />
        <Board />
      </main>
      <Sheet />
      {picking.value && <Picker />}
      {showingConnections.value && <Connections />}
      {showingKeys.value && <Keys />}
      <CardDialogs />
      {sessionEnded.value && <SessionEnded />}
      <Notes />
      <TipLayer />
    </>
  )
}

export function App() {
  switch (screen.value) {
    case 'starting':
      return (
        <p class="starting quiet" role="status">
          {texts.starting}
        </p>
      )
    case 'setup':
      return <SetUp />
    case 'sign-in':
      return <SignIn />
    case 'failed':
      return <Failed />
    case 'board':
      return <BoardScreen />
  }
}
