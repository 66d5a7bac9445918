// The page as a whole: which screen, and what floats above it.
import { Board } from './board.tsx'
import { CardDialogs } from './card-dialogs.tsx'
import { Failed, SetUp, SignIn, SignInForm } from './door.tsx'
import { rangeText } from './format.ts'
import { freshness, Header, Sheet } from './header.tsx'
import { InsightsRail, railBeside } from './insights-rail.tsx'
import { lazy } from './lazy.tsx'
import { SOURCES } from './model.ts'
import { Dialog } from './popup.tsx'
import { compare, connected, meta, range, screen, sessionEnded } from './state.ts'
import { Notes, Strips } from './strips.tsx'
import { texts } from './texts.ts'
import { TipLayer } from './tip.tsx'
import {
  firstSync,
  lookingPast,
  picking,
  showingConnections,
  showingKeys,
  showingSettings,
  showingShares,
  showingSyncs,
} from './ui-state.ts'

// What is opened now and then is fetched then.
const Picker = lazy(() => import('./picker.tsx').then(part => part.Picker))
const panels = () => import('./panels/all.ts')
const Connections = lazy(() => panels().then(part => part.Connections))
const Welcome = lazy(() => panels().then(part => part.Welcome))
const FirstSync = lazy(() => panels().then(part => part.FirstSync))
const Syncs = lazy(() => panels().then(part => part.Syncs))
const Shares = lazy(() => panels().then(part => part.Shares))
const Settings = lazy(() => panels().then(part => part.Settings))

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
/** Nothing is connected: what to do first. */
const isNew = () => !lookingPast.value && meta.value !== null && !SOURCES.some(connected)

function BoardScreen() {
  return (
    <>
      <Header />
      <main class="page">
        <h1 class="hidden">{texts.name}</h1>
        <PrintHead />
        <Strips />
        {isNew() ? <Welcome /> : firstSync.value ? <FirstSync /> : <BoardAndInsights />}
      </main>
      <Sheet />
      {picking.value && <Picker />}
      {showingConnections.value && <Connections />}
      {showingSyncs.value && <Syncs />}
      {showingShares.value && <Shares />}
      {showingSettings.value && <Settings />}
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
