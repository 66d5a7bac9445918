// The source fails in passing: the run waits, tries again, and ends well. Waiting takes its time, so all run at once.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { succeeded } from '../lib/http.mjs'
import { withLog, World } from '../lib/world.mjs'

const faults = [
  ['a 503', { fault: { value: '503', times: 1 } }],
  ['an answer that is cut in half', { broken: { value: 'half', times: 1 } }],
  ['a token that expires before the first report', { expire: { value: 1, after: 1, times: 1 } }],
  ['a token that expires between reports', { expire: { value: 1, after: 3, times: 1 } }],
]

describe('a passing fault', { concurrency: true }, () => {
  for (const [name, switches] of faults) {
    it(`is outlived: ${name}`, { timeout: 300000 }, async context => {
      const world = await new World('sqlite', { sim: ['--days', '20'] }).start(),
        user = world.user()
      try {
        await withLog(world, async () => {
          succeeded(await user.connect(), 201)
          await world.sim.set(switches)
          const { job_id: id } = succeeded(await user.call('/v1/sync/ga4/run', { method: 'POST' }), 202)
          const job = await user.finished(id, 280000)
          assert.equal(job.status, 'success', job.message)
          assert.equal((await user.get('/v1/connections')).connections[0].status, 'connected')
        })(context)
      } finally {
        await world.stop()
      }
    })
  }
})
