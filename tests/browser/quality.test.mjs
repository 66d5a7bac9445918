// What holds for all of the page: weight, stillness, access, words for what is missing,
// in a real browser, against a running server whose page signs itself in (the demo):
//
//   URL=http://127.0.0.1:8080 [CHROMIUM=/usr/bin/chromium] node --test tests/browser/quality.test.mjs
//
// One process runs its cases one after the other: they share the user's one layout.
import { after, before } from 'node:test'
import { close, launch } from './browser.mjs'

before(launch)
after(close)

await import('./cases/quality.mjs')
await import('./cases/axe.mjs')
await import('./cases/states.mjs')
await import('./cases/safety.mjs')
