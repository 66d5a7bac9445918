// What a monitor sees of the schedule: /readyz and /metrics.
import assert from 'node:assert/strict'
import { eventually, problem, succeeded } from '../lib/http.mjs'
import { CRON_TOKEN, onBothEngines } from '../lib/world.mjs'

const HOUR = 3600000
const at = (milliseconds, length = 16) => new Date(milliseconds).toISOString().slice(0, length)
// The schedule is such that today's run was due two hours ago.
const due = Date.now() - 2 * HOUR
const SYNC_TIME = at(due).slice(11)

const metric = async (world, name) => {
  const { text } = await world.ask('/metrics')
  const line = text.split('\n').find(one => one.startsWith(`daymark_${name} `))
  assert.ok(line, `no ${name} in ${text}`)
  return Number(line.split(' ')[1])
}

onBothEngines('readiness', { sim: null, env: { SYNC_TIME, SYNC_ZONE: 'UTC' } }, (world, test) => {
  const jobs = sql => world.database.ask(sql)

  test('a fresh installation is ready, and its schedule never fires for the past', async () => {
    succeeded(await world.ask('/readyz'))
    assert.equal(await metric(world, 'daily_run_late_seconds'), 0)
    assert.equal(await metric(world, 'database_up'), 1)
    assert.ok((await metric(world, 'scheduler_tick_age_seconds')) < 120)
    assert.deepEqual(jobs('SELECT count(*) FROM sync_jobs'), ['0'])
    assert.match(succeeded(await world.ask('/version')).tzdata, /^(20\d\d[a-z]|unknown)$/)
  })

  test('the log says what the schedule is, and by which rules', async () => {
    assert.match(world.server.log, /"sync\.schedule".*"at":"\d\d:\d\d".*"zone":"UTC".*"tzdata":"20\d\d[a-z]+"/)
  })

  test('a daily run that cannot begin makes it unready, and its beginning mends that', async () => {
    const id = '00000000-0000-4000-8000-00000000000a'
    await world.stopServer()
    // Yesterday's run waits for hours, so today's is not started.
    jobs(`INSERT INTO sync_jobs (id, created_at, source, scope, trigger, status, lock_key, run_key, not_before)
      VALUES ('${id}', '${at(due - 24 * HOUR, 19)}.000000Z', 'all', 'all', 'daily', 'pending', 'all_daily',
              'all_daily:${at(due - 24 * HOUR, 10)}', '${at(due + 4 * HOUR, 19)}.000000Z')`)
    for (const source of ['ga4', 'meta', 'instagram'])
      jobs(
        `INSERT INTO sync_ledger (source, run_date, job_id) VALUES ('${source}', '${at(due - 24 * HOUR, 10)}', '${id}')`,
      )
    jobs(`UPDATE app_settings SET value = '${SYNC_TIME} UTC ${at(due - 48 * HOUR, 10)}' WHERE key = 'schedule_since'`)
    await world.startServer()
    await eventually(async () => (await world.ask('/readyz')).status === 503)
    const { detail, title } = problem(await world.ask('/readyz'), 503, 'daily-run-late')
    assert.equal(title, 'Not ready')
    assert.match(detail, /the daily run of \d{4}-\d\d-\d\d is 1[12]\d minutes late/)
    assert.ok((await metric(world, 'daily_run_late_seconds')) > 7000)
    assert.equal(await metric(world, 'jobs{status="pending"}'), 1)
    succeeded(await world.ask('/healthz'))
    jobs(`UPDATE sync_jobs SET not_before = NULL`)
    await eventually(async () => (await world.ask('/readyz')).status === 200, { ms: 40000 })
    assert.equal(await metric(world, 'daily_run_late_seconds'), 0)
    const runs = jobs(`SELECT run_key FROM sync_jobs ORDER BY run_key`)
    assert.deepEqual(runs, [`all_daily:${at(due - 24 * HOUR, 10)}`, `all_daily:${at(due, 10)}`])
    assert.match(world.server.log, /"sync\.daily".*"why":"it was not started in time"/)
  })

  test('cron finds that date done', async () => {
    await eventually(async () => jobs(`SELECT count(*) FROM sync_jobs WHERE status = 'success'`)[0] === '2')
    const answer = await world.ask('/v1/sync/all/daily', { method: 'POST', headers: { 'X-CRON-TOKEN': CRON_TOKEN } })
    assert.equal(succeeded(answer).status, 'already-done')
  })
})
