// Where the page starts.
import { render } from 'preact'
import { shared } from './api.ts'
import { App } from './app.tsx'
import { loadCharts } from './drawing.ts'
import { listenToKeys } from './keys.ts'
import { start, watch } from './load.ts'
import { preparePrinting } from './print.ts'
import { showShared } from './shared.tsx'

preparePrinting()
if (shared) {
  showShared()
} else {
  render(<App />, document.getElementById('app')!)
  listenToKeys()
  watch()
  // The drawing code comes behind the first questions, not before them.
  void start().then(loadCharts)
}
