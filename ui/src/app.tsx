// The page as a whole: which screen, and what floats above it.
import { Board } from './board.tsx'
import { Connections } from './connections.tsx'
import { Failed, SetUp, SignIn, SignInForm } from './door.tsx'
import { rangeText } from './format.ts'
import { freshness, Header, Sheet } from './header.tsx'
import { InsightsRail, railBeside } from './insights-rail.tsx'
import { lazy } from './lazy.tsx'
import { Dialog } from './popup.tsx'
import { compare, range, screen, sessionEnded } from './state.ts'
import { Notes, Strips } from './strips.tsx'
import { texts } from './texts.ts'
import { TipLayer } from './tip.tsx'
import { picking, showingConnections, showingKeys } from './ui-state.ts'

// What is opened now and then is fetched then.
const Picker = lazy(() => import('./picker.tsx').then(part => part.Picker))

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

/** In reading order: the rail stands right of the board, the panel above it. */
function BoardAndInsights() {
  const board = <Board key="board" />,
    insights = <InsightsRail key="insights" />
  return <div class="board-row">{railBeside.value ? [board, insights] : [insights, board]}</div>
}

/** What a sheet of paper has to say of itself. */
function PrintHead() {
  const against = compare.value === 'off' ? '' : ` \u00b7 ${texts.compare[compare.value]}`
  return (
    <p class="print-head">
      <b>{rangeText(range.value)}</b>
      {against} &middot; {freshness().join(' \u00b7 ')}
    </p>
  )
}

function BoardScreen() {
  return (
    <>
      <Header />
      <main class="page">
        <h1 class="hidden">{texts.name}</h1>
        <PrintHead />
        <Strips />
        <BoardAndInsights />
      </main>
      <Sheet />
      {picking.value && <Picker />}
      {showingConnections.value && <Connections />}
      {showingKeys.value && <Keys />}
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
