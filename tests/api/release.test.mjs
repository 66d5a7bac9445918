// What tests can break on cue is not in the program that people run.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { DAYMARK, root, run } from '../lib/programs.mjs'

const RELEASE = join(root, 'build/daymark')
const LIMITS = ['TEST_LEASE', 'TEST_HEARTBEAT', 'TEST_MAX_RUN', 'TEST_GRACE', 'TEST_RETRY']

describe('failpoints', () => {
  it('are listed by a test build', async () => {
    const done = await run(DAYMARK, ['version'], { env: { FAIL: 'list' } })
    assert.equal(done.code, 0, done.tail())
    assert.ok(done.out.split('\n').length > 12, done.out)
    assert.match(done.out, /^facts-inside +in it, when all is written and nothing committed$/m)
  })

  it('that do not exist are refused by a test build', async () => {
    const done = await run(DAYMARK, ['version'], { env: { FAIL: 'nowhere:kill9' } })
    assert.equal(done.code, 2)
    assert.match(done.log, /nowhere:kill9/)
  })

  it('leave no trace in a release', async () => {
    const { out } = await run(DAYMARK, ['version'], { env: { FAIL: 'list' } })
    const sentences = out
      .trim()
      .split('\n')
      .map(line => line.replace(/^\S+ +/, ''))
    const traces = [...sentences, ...LIMITS, 'failpoint', 'POINT:ACTION', 'kill9', 'X-Test-Mishap', 'mishap']
    const [testing, release] = [DAYMARK, RELEASE].map(path => readFileSync(path))
    for (const trace of traces) {
      assert.ok(testing.includes(trace), `"${trace}" is not even in the test build`)
      assert.ok(!release.includes(trace), `"${trace}" is in the release`)
    }
    const done = await run(RELEASE, ['version'], { env: { FAIL: 'list' } })
    assert.equal(done.code, 0)
    assert.match(done.out, /^daymark \d/)
  })
})
