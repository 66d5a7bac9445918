// What opens: cards, explanations, insights, connections, settings,
// in a real browser, against a running server whose page signs itself in (the demo):
//
//   URL=http://127.0.0.1:8080 [CHROMIUM=/usr/bin/chromium] node --test tests/browser/panels.test.mjs
//
// One process runs its cases one after the other: they share the user's one layout.
import { after, before } from 'node:test'
import { close, launch } from './browser.mjs'

before(launch)
after(close)

await import('./cases/cards.mjs')
await import('./cases/explain.mjs')
await import('./cases/opens.mjs')
await import('./cases/insights.mjs')
await import('./cases/settings.mjs')
await import('./cases/connect.mjs')
await import('./cases/share.mjs')
