// What one user costs, for the model of docs/scaling.md: rows and bytes of three accounts with a year of days, what a night
// adds and asks, and what an instance and Redis need. node bench/capacity.mjs [users]
import { readFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { lastDays, succeeded } from '../tests/lib/http.mjs'
import { Redis } from '../tests/lib/redis.mjs'
import { World } from '../tests/lib/world.mjs'
import { processorTime } from './lib/measure.mjs'

const users = Number(process.argv[2] ?? 10)
const DAYS = 365
const FACTS = [
  ...['ga4_daily', 'ga4_channel_daily', 'ga4_landing_daily', 'ga4_period_users', 'meta_daily', 'ig_daily', 'ig_media'],
  ...['restatements', 'source_notices'],
]
const say = (what, value) => console.log(`${what.padEnd(44)} ${value}`)
const resident = pid => Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1]) / 1024

// { table: { rows, bytes } }, bytes with indexes
function sizes(database) {
  const count = table => Number(database.ask(`SELECT count(*) FROM ${table}`)[0])
  if (database.engine === 'postgresql') database.ask('VACUUM FULL')
  else execFileSync('sqlite3', [database.path, 'PRAGMA wal_checkpoint(TRUNCATE); VACUUM'], { stdio: 'ignore' })
  const bytes = table =>
    database.engine === 'postgresql'
      ? `SELECT pg_total_relation_size('${table}')`
      : `SELECT sum(pgsize) FROM dbstat WHERE name IN (SELECT name FROM sqlite_schema WHERE tbl_name = '${table}')`
  return Object.fromEntries(
    FACTS.map(table => [table, { rows: count(table), bytes: Number(database.ask(bytes(table))[0]) }]),
  )
}

async function requests(world) {
  return succeeded(await world.sim.ask('/sim/requests')).total
}

async function sync(world, owner, path, options) {
  const [asked, cpu, begun] = [await requests(world), processorTime(world), Date.now()]
  const { job_id: id } = succeeded(await owner.call(path, options), 202)
  const job = await owner.finished(id, 600000)
  if (job.status !== 'success') throw new Error(job.message)
  return {
    asked: (await requests(world)) - asked,
    cpu: processorTime(world) - cpu,
    seconds: (Date.now() - begun) / 1000,
    rows: job.rows_written,
  }
}

async function measure(engine, redis) {
  const env = { BACKFILL_DAYS: String(DAYS), LOG_REQUESTS: 'off', ...(redis && { REDIS_URL: redis.url }) }
  const world = await new World(engine, { sim: ['--days', '420'], env }).start()
  try {
    const idle = resident(world.server.pid)
    const people = Array.from({ length: users }, () => world.user())
    const first = []
    for (const user of people) {
      await user.connectAll()
      first.push(await sync(world, user, '/v1/sync/all/run', { method: 'POST' }))
    }
    const night = await sync(world, people[0], '/v1/sync/all/run', { method: 'POST' })
    const table = sizes(world.database)
    const rows = Object.values(table).reduce((sum, one) => sum + one.rows, 0)
    const bytes = Object.values(table).reduce((sum, one) => sum + one.bytes, 0)

    say(`${engine}: rows a user, ${DAYS} days, three accounts`, (rows / users).toFixed(0))
    for (const [name, one] of Object.entries(table))
      if (one.rows)
        say(`  ${name}`, `${(one.rows / users).toFixed(0)} rows, ${(one.bytes / one.rows).toFixed(0)} bytes each`)
    say('bytes a row with indexes', (bytes / rows).toFixed(0))
    say('MB a user and year', (bytes / users / 1e6).toFixed(2))
    const most = first.at(-1)
    say('first run of a user', `${most.asked} calls, ${most.rows} rows, ${most.cpu.toFixed(2)} s of processor`)
    say('a night of a user', `${night.asked} calls, ${night.rows} rows, ${night.cpu.toFixed(3)} s of processor`)

    const { widgets } = succeeded(await people[0].call('/v1/widgets'))
    for (const user of people)
      for (const { key } of widgets) await user.call(`/v1/widgets/${key}?${lastDays(28)}&compare=previous_period`)
    say('MB of an instance: idle, after all this', `${idle.toFixed(1)}, ${resident(world.server.pid).toFixed(1)}`)
    if (redis) {
      const keys = redis.keys('daymark:answer:*')
      const each = keys.map(key => Number(redis.ask('MEMORY', 'USAGE', key)[0]))
      say('bytes of a kept answer in Redis', (each.reduce((a, b) => a + b, 0) / keys.length).toFixed(0))
    }
  } finally {
    await world.stop()
  }
}

const redis = await new Redis().start()
try {
  await measure('postgresql', redis)
  await measure('sqlite')
} finally {
  await redis.stop()
}
