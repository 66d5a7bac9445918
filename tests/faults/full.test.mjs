// The disk is full under SQLite, in the middle of a job: writing is refused with 507 or 503, reading goes on, the file
// stays whole, and when there is room again everything is as if nothing had happened.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { eventually } from '../lib/http.mjs'
import { begin, facts, Seed, simulator, stopAll } from '../lib/faults.mjs'
import { sleep } from '../lib/programs.mjs'
import { withLog } from '../lib/world.mjs'

// A small disk of its own, which only root can have: { folder, fill (), free (), remove () }
function smallDisk() {
  const folder = mkdtempSync(join(tmpdir(), 'daymark-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    rmSync(folder, { recursive: true, force: true })
    return null
  }
  const ballast = join(folder, 'ballast')
  return {
    folder,
    fill() {
      const file = openSync(ballast, 'w')
      try {
        for (;;) if (writeSync(file, Buffer.alloc(4096)) < 4096) break
      } catch (error) {
        if (error.code !== 'ENOSPC') throw error
      } finally {
        closeSync(file)
      }
    },
    free: () => rmSync(ballast, { force: true }),
    remove() {
      execFileSync('umount', [folder])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
const trial = smallDisk()
trial?.remove()

const integrity = world =>
  execFileSync('sqlite3', ['-batch', '-cmd', '.timeout 20000', world.database.path, 'PRAGMA integrity_check'], {
    encoding: 'utf8',
  }).trim()

const layout = n => ({
  widgets: Array.from({ length: 90 }, (_, k) => ({ id: `w${n}-${k}`, key: 'ga4.users', size: 'm' })),
  version: 1,
})

describe('the disk is full under SQLite', { concurrency: true }, () => {
  let sim, from, whole
  before(
    async () => {
      sim = await simulator()
      from = await new Seed('sqlite', { sim }).make()
      whole = await from.whole()
    },
    { timeout: 240000 },
  )
  after(() => stopAll(from, sim))

  async function fullInTheMiddle(t, world, disk) {
    const user = world.owner()
    const id = await begin(world)
    await eventually(async () => Number((await world.query('SELECT count(*) FROM ga4_daily'))[0]) > 0, { every: 10 })
    await disk.fill()

    const refusals = await eventually(
      async () => {
        const asked = []
        for (let n = 0; n < 5; n++) asked.push(await user.post('/v1/dashboard/layout', layout(n)))
        asked.push(await user.call('/v1/sync/meta/run', { method: 'POST' }))
        const refused = asked.filter(({ status }) => status >= 300)
        return refused.length && refused
      },
      { ms: 20000, every: 200, why: 'there was room for everything' },
    )
    for (const { status, text } of refusals) assert.ok([503, 507].includes(status), `${status}: ${text}`)
    assert.ok(
      refusals.some(({ status }) => status === 507),
      'nobody says that the disk is full',
    )
    for (const { json } of refusals.filter(({ status }) => status === 507)) {
      assert.equal(json.title, 'Storage full')
      assert.match(json.detail, /^there is no room left on the server's disk, so nothing was saved/)
      assert.doesNotMatch(json.detail, /jobs|insert|sqlite|:/i, 'it names what is inside')
    }
    for (let n = 0; n < 20; n++) {
      assert.equal((await user.call('/v1/connections')).status, 200, 'reading does not go on')
      assert.equal((await user.call(`/v1/sync/job/${id}`)).status, 200)
      await sleep(100)
    }
    assert.equal((await world.ask('/healthz')).status, 200)
    assert.ok(world.server.running)
    assert.equal(integrity(world), 'ok')
    const said = world.server.log.split('\n').filter(line => !line.includes('"event":"request"')).length
    assert.ok(said < 200, `${said} lines`)

    await disk.free()
    await eventually(async () => (await user.post('/v1/dashboard/layout', layout(0))).status === 200, {
      ms: 30000,
      why: 'there is room, but it does not recover',
    })
    await world.sim.set({ slow: 0, meta_slow: 0, ig_slow: 0 })
    // Whether the job could be told to have failed or nobody could write that down: it ends.
    await eventually(
      async () => {
        await world.leaseRunsOut()
        return world.ended(id, { ms: 40000 }).catch(() => null)
      },
      { ms: 180000, why: 'the job did not end' },
    )
    const job = await world.job(id)
    t.diagnostic(`the job: ${job.status} after ${job.attempt} attempts, "${job.message}"`)
    if (job.status === 'failed') assert.ok(job.message.length > 20)
    assert.equal((await user.sync('/v1/sync/all/run')).status, 'success')
    assert.deepEqual(facts(world), whole)
    assert.equal(integrity(world), 'ok')
    await world.assertSettled()
  }

  const inAWorld = (t, options, body) => async () => {
    const own = await simulator()
    await own.set({ slow: 120, meta_slow: 120, ig_slow: 120 })
    const world = await from.start({ sim: own, ...options })
    try {
      await withLog(world, () => body(world))(t)
    } finally {
      await stopAll(world, own)
    }
  }

  it('a disk without room', { timeout: 360000, skip: !trial && 'only root can mount a small disk' }, async t => {
    const disk = smallDisk()
    try {
      await inAWorld(t, { folder: disk.folder }, world => fullInTheMiddle(t, world, disk))()
    } finally {
      disk.remove()
    }
  })

  it('a limit for the size of files', { timeout: 360000 }, async t => {
    await inAWorld(t, {}, world => {
      const limit = to => execFileSync('prlimit', ['--pid', String(world.server.pid), `--fsize=${to}`])
      // Not below what there is: then not even the log of the database can be written from its beginning.
      const fill = () => limit(`${Math.max(statSync(world.database.path).size, 32768)}:unlimited`)
      return fullInTheMiddle(t, world, { fill, free: () => limit('unlimited:unlimited') })
    })()
  })
})
