// A widget that has to be asked, on each engine, against the engine itself with the same questions; and what other
// users' rows and more rows of one's own cost.
//
//   widgets.mjs [seconds a round] [rounds]
//
// wrk is the client: 32 connections, another period each time, so that nothing is kept from before. Rounds alternate
// with those of the yardstick, and the medians are compared.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mint, succeeded } from '../tests/lib/http.mjs'
import { root } from '../tests/lib/programs.mjs'
import { World } from '../tests/lib/world.mjs'

const seconds = Number(process.argv[2] ?? 4)
const rounds = Number(process.argv[3] ?? 3)
const START = '2024-01-01'
const DAYS = 900
const user_id = randomUUID()
const row = (what, value, aim = '') => console.log(`${what.padEnd(52)} ${String(value).padStart(12)}  ${aim}`)
const median = list => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]
const date = n => new Date(Date.parse(START) + n * 86400e3).toISOString().slice(0, 10)

// ---- rows ----------------------------------------------------------------------------

const values = rows => rows.map(one => `(${one.join(',')})`).join(',')

function connect(world, user, property) {
  world.database.ask(`INSERT INTO connections (id, user_id, source, external_id, name, currency, time_zone, credential,
    created_at, last_success_at, complete_through) VALUES ('${randomUUID()}', '${user}', 'ga4', '${property}', 'Shop', 'EUR',
    'Europe/Berlin', 'sealed', '2026-01-01T00:00:00.000000Z', '2026-01-01T00:00:00.000000Z', '${date(DAYS)}')`)
}

function fill(world, user, property, days = DAYS) {
  const rows = []
  for (let n = 0; n < days; n++)
    rows.push([
      `'${user}'`,
      `'${property}'`,
      `'${date(n)}'`,
      90 + (n % 7),
      40,
      500,
      1900,
      100 + (n % 30),
      60,
      250,
      3,
      99000000,
    ])
  for (let i = 0; i < rows.length; i += 500)
    world.database.ask(`INSERT INTO ga4_daily VALUES ${values(rows.slice(i, i + 500))}`)
}

// ---- rates ------------------------------------------------------------------------------

// Requests a second of wrk, with a period of its own for each request.
function wrk(world, token, path, folder) {
  const script = join(folder, 'wrk.lua')
  writeFileSync(
    script,
    `local n, base = 0, os.time ({ year = 2024, month = 2, day = 1, hour = 12 })
     function setup (thread) thread:set ("seed", math.random (1000000)) end
     function init () n = seed end
     function request ()
       n = n + 1
       local from = base + (n * 7919 % 800) * 86400
       return wrk.format ("GET", string.format ("${path}&startDate=%s&endDate=%s", os.date ("!%Y-%m-%d", from),
                          os.date ("!%Y-%m-%d", from + (20 + n % 20) * 86400)))
     end`,
  )
  const out = execFileSync(
    'wrk',
    ['-t1', '-c32', `-d${seconds}s`, '-s', script, '-H', `Authorization: Bearer ${token}`, world.url],
    { encoding: 'utf8' },
  )
  if (/Non-2xx/.test(out)) throw new Error(out)
  return Number(out.match(/Requests\/sec:\s+([\d.]+)/)[1])
}

const cpu = pid => {
  const [user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 13)
  return (Number(user) + Number(system)) / 100
}

async function measure(engine, folder, yardstick) {
  const world = await new World(engine, { sim: null, env: { LOG_REQUESTS: 'off', CACHE_TTL: '0', LOOPS: '1' } }).start()
  try {
    connect(world, user_id, '100')
    fill(world, user_id, '100')
    if (engine === 'postgresql') world.database.ask('ANALYZE')
    const token = mint({ sub: user_id })
    const path = '/v1/widgets/ga4.sessions?compare=previous_period'
    succeeded(await world.ask(`${path}&startDate=2024-05-01&endDate=2024-05-30`, { token }))
    const ours = [],
      theirs = [],
      costs = []
    if (process.env.PERF)
      execFileSync(
        'sh',
        [
          '-c',
          `perf record -q -F 2000 --call-graph fp -o /tmp/perf.${engine}.data -p ${world.server.pid} -- sleep 3 & echo`,
        ],
        { stdio: ['ignore', 'ignore', 'inherit'] },
      )
    for (let i = 0; i < rounds; i++) {
      const before = cpu(world.server.pid)
      ours.push(wrk(world, token, path, folder))
      costs.push((cpu(world.server.pid) - before) / (ours.at(-1) * seconds))
      theirs.push(await yardstick(world))
    }
    row(
      `${engine}: a widget that has to be asked`,
      `${median(ours).toFixed(0)}/s`,
      `${(median(costs) * 1e6).toFixed(0)} us of processor each`,
    )
    row(`${engine}: the same questions without us`, `${median(theirs).toFixed(0)}/s`)
    row(`${engine}: ratio`, (median(ours) / median(theirs)).toFixed(2), engine === 'sqlite' ? '>= 0.7' : '>= 0.8')
  } finally {
    await world.stop()
  }
}

// ---- the engines alone ----------------------------------------------------------------------

const text = name => readFileSync(join(root, 'sql', `${name}.sql`), 'utf8').replace(/^--.*\n/gm, '')

// pgbench with prepared statements and as many connections as we have workers.
function pgbench(world, folder) {
  const script = join(folder, 'widget.sql')
  const day = offset => `(date '2024-02-01' + (:n)::int + ${offset})`
  const sql = text('widgets/ga4_sessions')
    .replaceAll(':prev_from', day(-30))
    .replaceAll(':prev_to', day(-1))
    .replaceAll(':from', day(0))
    .replaceAll(':to', day(30))
    .replaceAll(':user', `'${user_id}'::uuid`)
  writeFileSync(script, `\\set n random(0, 800)\n${sql.replace(/\s+/g, ' ')};\n`)
  const out = execFileSync(
    'pgbench',
    ['-n', '-M', 'prepared', '-c', '8', '-j', '2', '-T', String(seconds), '-f', script, world.database.url],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  return Number(out.match(/tps = ([\d.]+)/)[1])
}

const folder = mkdtempSync(join(tmpdir(), 'daymark-bench-'))
try {
  await measure('sqlite', folder, world =>
    Number(
      execFileSync(join(root, 'build/tests/sqlite_loop'), [world.database.path, user_id, String(seconds)], {
        encoding: 'utf8',
      }),
    ),
  )
  if (process.env.TEST_POSTGRES_URL) await measure('postgresql', folder, world => pgbench(world, folder))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
