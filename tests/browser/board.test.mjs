// The board: what is asked, shown, moved and kept,
// in a real browser, against a running server whose page signs itself in (the demo):
//
//   URL=http://127.0.0.1:8080 [CHROMIUM=/usr/bin/chromium] node --test tests/browser/board.test.mjs
//
// One process runs its cases one after the other: they share the user's one layout.
import { after, before } from 'node:test'
import { close, launch } from './browser.mjs'

before(launch)
after(close)

await import('./cases/board.mjs')
await import('./cases/question.mjs')
await import('./cases/layout.mjs')
await import('./cases/edit.mjs')
await import('./cases/reach.mjs')
await import('./cases/sync.mjs')
await import('./cases/touch.mjs')
await import('./cases/funnel.mjs')
