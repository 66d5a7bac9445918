// Where one thing meets another: a job and the address of another source, the nightly run and people's own, a database
// that somebody reads while the server stops.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { eventually, problem, succeeded } from '../lib/http.mjs'
import { plant } from '../lib/jobs.mjs'
import { CRON_TOKEN, onBothEngines } from '../lib/world.mjs'

// A daily run that no worker takes is late from its first second, and after an hour somebody should look.
async function aRunThatWaits(world) {
  const seconds = async () =>
    Number((await world.ask('/metrics')).text.match(/^daymark_daily_run_late_seconds (\d+)$/m)[1])
  const ago = minutes => new Date(Date.now() - minutes * 60e3)
  const job = plant(world, 'all', { trigger: 'daily', created: ago(30) })
  assert.equal(await seconds(), 0) // it is not to begin yet
  job.move('not_before = NULL')
  const waits = await seconds()
  assert.ok(waits >= 1800 && waits < 1900, `${waits} s`)
  succeeded(await world.ask('/readyz'))
  job.move(`created_at = '${ago(90).toISOString().replace('Z', '000Z')}'`)
  const { title, detail } = problem(await world.ask('/readyz'), 503, 'daily-run-waits')
  assert.deepEqual([title, detail], ['Not ready', 'a daily run has waited for a worker for 90 minutes'])
  job.end()
  assert.equal(await seconds(), 0)
}

onBothEngines('the edges of a sync', { sim: ['--days', '90'] }, (world, test) => {
  test('a job is found under its own source, under all, and nowhere else', async () => {
    const user = world.user()
    succeeded(await user.connect(), 201)
    const { id } = await user.sync()
    for (const path of ['', '/ga4', '/all', '/ga4', '/all']) await user.get(`/v1/sync${path}/job/${id}`)
    for (const source of ['meta', 'instagram'])
      for (const tail of ['', '/events']) problem(await user.call(`/v1/sync/${source}/job/${id}${tail}`), 404)
    const all = await user.sync('/v1/sync/all/run')
    for (const path of ['', '/ga4', '/meta', '/all']) await user.get(`/v1/sync${path}/job/${all.id}`)
  })

  test('--days 0 is refused, as is what no source keeps', async () => {
    for (const days of ['0', '-1', '1101']) {
      const done = await world.command(['sync', '--days', days])
      assert.equal(done.code, 1, days)
      assert.match(done.log, /--days must be 1 to 1100/)
    }
  })

  test("the nightly run does not wait until people's own are over", async () => {
    const users = [world.user(), world.user(), world.user()]
    for (const user of users) succeeded(await user.connect({ verify: false }), 201)
    await world.sim.set({ slow: 1500 })
    try {
      const jobs = []
      for (const user of users)
        jobs.push([user, succeeded(await user.call('/v1/sync/ga4/run', { method: 'POST' }), 202).job_id])
      const states = () => Promise.all(jobs.map(async ([user, id]) => (await user.get(`/v1/sync/job/${id}`)).status))
      await eventually(async () => (await states()).filter(status => status === 'running').length === 2)
      const { job_id: daily } = succeeded(
        await world.ask('/v1/sync/all/daily', { method: 'POST', headers: { 'x-cron-token': CRON_TOKEN } }),
        202,
      )
      const began = () => world.database.ask(`SELECT status FROM sync_jobs WHERE id = '${daily}'`)[0]
      await eventually(async () => began() !== 'pending', { ms: 6000 })
      assert.equal((await states()).filter(status => status === 'pending').length, 1)
      await aRunThatWaits(world) // all workers are busy now
    } finally {
      await world.sim.set({ slow: 0 })
    }
  })
})

onBothEngines('the journal at the end', { sim: null }, (world, test) => {
  const journal = () => join(world.folder, 'daymark.db-wal')
  const left = () => existsSync(journal()) && statSync(journal()).size > 0

  test('what was written is in the file when the server has ended', async () => {
    for (let n = 0; n < 20; n++)
      succeeded(await world.user().post('/v1/dashboard/layout', { widgets: [{ id: 'ga4.users' }] }))
    await world.stopServer()
    assert.equal(left(), false)
    await world.startServer()
  })

  test('but for what somebody reads, and then the log says so', async () => {
    if (world.engine !== 'sqlite') return
    const reader = spawn('sqlite3', ['-batch', world.database.url.slice('sqlite:'.length)])
    const says = new Promise(resolve => reader.stdout.once('data', resolve))
    reader.stdin.write('BEGIN; SELECT count(*) FROM user_dashboard_layouts;\n')
    await says
    succeeded(await world.user().post('/v1/dashboard/layout', { widgets: [{ id: 'ga4.users' }] }))
    const server = world.server
    await world.stopServer()
    assert.match(server.log, /serve\.journal.*copy both/)
    assert.ok(left())
    reader.stdin.end()
    await new Promise(resolve => reader.once('close', resolve))
    await world.startServer()
  })
})
