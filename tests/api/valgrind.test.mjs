// The released program under valgrind's memcheck: a request to every route there is, and a sync, without an error and
// without memory that nobody can reach any more. (What the sanitizers don't see: values that were never set, and the
// libraries' own code.)
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { bytesOf } from '../lib/mutate.mjs'
import { askRaw, eventually } from '../lib/http.mjs'
import { freePort, Program, root } from '../lib/programs.mjs'
import { idsOf, requestFor } from '../lib/requests.mjs'
import { routes } from '../lib/routes.mjs'
import { chance } from '../lib/rows.mjs'
import { World } from '../lib/world.mjs'

const RELEASE = join(root, 'build/daymark')
const ARGUMENTS = [
  '--quiet',
  '--leak-check=full',
  '--errors-for-leak-kinds=definite',
  '--error-exitcode=99',
  '--num-callers=25',
]
ARGUMENTS.push(`--suppressions=${join(root, 'tests/valgrind.supp')}`)

function missing() {
  try {
    execFileSync('valgrind', ['--version'])
    return false
  } catch {
    return 'there is no valgrind'
  }
}

// A world whose server runs under valgrind: everything is slow there.
class Watched extends World {
  async startServer() {
    this.port = await freePort()
    this.url = `http://127.0.0.1:${this.port}`
    this.server = new Program('valgrind', [...ARGUMENTS, RELEASE, 'serve'], {
      env: this.environment(),
      cwd: this.folder,
    })
    await this.server.says(/Daymark is ready: (\S+)/, { ms: 120000 })
  }
}

describe('memcheck', { skip: missing() }, () => {
  it('finds nothing in a walk over all routes and a sync', { timeout: 280000 }, async t => {
    const world = await new Watched('sqlite', {
      env: { WORKERS: '2', LOOPS: '1', BACKFILL_DAYS: '7' },
      sim: ['--days', '30'],
    }).start()
    const random = chance(1)
    try {
      const user = world.user(undefined, { role: 'admin' })
      await user.connectAll()
      assert.equal((await user.sync('/v1/sync/all/run')).status, 'success')
      const ids = await idsOf(user)
      let answered = 0
      for (const route of routes()) {
        const request = requestFor(route, { ids, token: user.token, host: 'a', pick: random.pick })
        const text = await askRaw(world.url, bytesOf({ often: () => false }, request), { ms: 20000 })
        assert.match(text, /^HTTP\/1\.1 [2345]\d\d /, `${route.method} ${route.path}`)
        answered++
      }
      t.diagnostic(`${answered} routes`)
      await eventually(
        async () => (await user.get('/v1/sync/jobs')).jobs.every(one => ['success', 'failed'].includes(one.status)),
        {
          ms: 60000,
          every: 200,
        },
      )
      const ended = await world.server.stop('SIGTERM', 120000)
      assert.deepEqual(
        ended,
        { code: 0, signal: null },
        world.server.log
          .split('\n')
          .filter(line => /^==/.test(line))
          .join('\n'),
      )
      assert.doesNotMatch(world.server.log, /^==\d+==/m)
    } finally {
      world.server = null
      await world.stop()
    }
  })
})
