// The same widgets by other means, on the same PostgreSQL: FastAPI + SQLAlchemy under uvicorn, and Go's net/http + pgx
// (bench/others/). Each is asked with an empty cache, so that it asks the database, and with a warm one.
//
//   others.mjs [seconds a round] [rounds]
//
// They ask the widget's own SQL only, send its rows as they are, check no more than that the token is the one they know,
// and log nothing. "same questions": they also ask which accounts and days there are, for notices, targets and notes, as
// ours does for each answer. "ready bytes": FastAPI keeps answers as the bytes that leave, not as data.
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ask, eventually, mint, succeeded } from '../tests/lib/http.mjs'
import { freePort, Program, root } from '../tests/lib/programs.mjs'
import { inWorld } from './lib/world.mjs'
import { alternate, costed, family, micro, perSecond, row, wrk } from './lib/measure.mjs'
import { fillAll } from './lib/rows.mjs'

const seconds = Number(process.argv[2] ?? 2)
const rounds = Number(process.argv[3] ?? 3)
const user = randomUUID()
const token = mint({ sub: user })
const ONE = ['ga4.sessions']
const TWELVE = ['ga4.users', 'ga4.sessions', 'ga4.conv_rate', 'ga4.traffic_channels', 'ga4.landing_pages', 'ga4.revenue',
  'meta.roas', 'meta.cost_metrics', 'meta.campaigns', 'ig.engagement_rate', 'ig.followers', 'corr.spend_vs_sessions'] // prettier-ignore
const SOURCES = { ga4: ['ga4'], meta: ['meta'], ig: ['instagram'], corr: ['ga4', 'meta'] }
const CORES = Number(execFileSync('nproc'))
const PACKAGES = '/usr/share/gocode' // Debian's

// A question with its names and, for those who want numbers, numbered.
function question(name) {
  const text = readFileSync(join(root, 'sql', `${name}.sql`), 'utf8').replace(/--.*\n/g, '\n')
  const names = [...new Set([...text.matchAll(/(?<!:):([a-z_]+)/g)].map(match => match[1]))]
  return { text, names, numbered: text.replace(/(?<!:):([a-z_]+)/g, (_, one) => `$${names.indexOf(one) + 1}`) }
}

function questions(key, same) {
  const besides = ['accounts', 'notices', 'marks', ...SOURCES[key.split('.')[0]].map(source => `days_${source}`)]
  const own = `widgets/${key.replace('.', '_')}`
  return [own, ...(same ? besides.map(name => `query/${name}`) : [])].map(question)
}

const uvicorn = port => [
  '/usr/bin/python3', // Debian's, which has the packages
  ['-m', 'uvicorn', '--app-dir', join(root, 'bench/others'), '--port', port, '--workers', String(CORES),
    '--no-access-log', '--log-level', 'warning', 'fastapi_server:app'], // prettier-ignore
]
const FASTAPI = { name: 'FastAPI', command: uvicorn, env: { READY: '0' } }
const FASTAPI_READY = { name: 'FastAPI, ready bytes', command: uvicorn, env: { READY: '1' } }
const GO = { name: 'Go', command: () => [join(root, 'build/others/server'), []] }

const buildGo = () =>
  execFileSync('go', ['build', '-o', 'build/others/server', 'bench/others/server.go'], {
    cwd: root,
    env: { ...process.env, GO111MODULE: 'off', GOPATH: PACKAGES, GOCACHE: join(root, 'build/others/cache') },
  })

async function startOther(other, world, folder, { same, cache }) {
  const file = join(folder, 'questions.json')
  writeFileSync(file, JSON.stringify(Object.fromEntries(TWELVE.map(key => [key, questions(key, same)]))))
  const env = { PORT: String(await freePort()), DATABASE_URL: world.database.url, QUESTIONS: file, POOL: '8',
    CACHE_TTL: String(cache), BENCH_USER: user, BENCH_TOKEN: token, PYTHONDONTWRITEBYTECODE: '1', TZ: 'UTC', ...other.env } // prettier-ignore
  const program = new Program(...other.command(env.PORT), { env })
  const url = `http://127.0.0.1:${env.PORT}`
  await eventually(() => ask(url, '/').catch(() => !program.running), { ms: 20000, why: () => program.log })
  for (const key of TWELVE)
    succeeded(await ask(url, `/v1/widgets/${key}?startDate=2024-03-01&endDate=2024-03-31`, { token }))
  return { program, url, pid: program.pid }
}

const path = key => `/v1/widgets/${key}?compare=previous_period&`

// kB that a server and what it has started hold; pages that are shared count in part.
const memory = pid =>
  family(pid).reduce(
    (sum, one) => sum + Number(readFileSync(`/proc/${one}/smaps_rollup`, 'utf8').match(/^Pss:\s+(\d+)/m)[1]),
    0,
  )

async function compare(what, keys, world, other, options, aim) {
  const [ours, theirs] = [{ ...options }, { ...options, url: other.url }]
  for (const one of [ours, theirs]) wrk(world, user, keys.map(path), { ...one, seconds: 1 }) // warm
  const result = await alternate(
    rounds,
    () => costed(world, seconds, () => wrk(world, user, keys.map(path), ours)),
    () => costed(world, seconds, () => wrk(world, user, keys.map(path), theirs), other.pid),
  )
  const both = (rate, cost) => `${perSecond(rate)}, ${micro(cost)}`
  row(what, both(result.ours, result.cost), both(result.theirs, result.theirCost), result.rateRatio, result.costRatio, aim)
}

const LINES = [
  { other: FASTAPI, how: '12 widgets, uncached', keys: TWELVE, aim: '>= 10' },
  { other: FASTAPI, how: '12 widgets, uncached, same questions', keys: TWELVE, same: true },
  { other: FASTAPI, how: '12 widgets, cached', keys: TWELVE, cache: 3600, aim: '>= 30', memory: '>= 6' },
  { other: FASTAPI_READY, how: '12 widgets, uncached', keys: TWELVE },
  { other: FASTAPI_READY, how: '12 widgets, cached', keys: TWELVE, cache: 3600 },
  { other: GO, how: 'one widget, uncached', keys: ONE, aim: '>= 1.8' },
  { other: GO, how: 'one widget, uncached, same questions', keys: ONE, same: true },
  { other: GO, how: '12 widgets, uncached', keys: TWELVE },
  { other: GO, how: '12 widgets, uncached, same questions', keys: TWELVE, same: true },
  { other: GO, how: '12 widgets, cached', keys: TWELVE, cache: 3600, aim: '>= 1.4', memory: '' },
]

async function measure(line, world, folder) {
  const { other, how, keys, same = false, cache = 0, aim = '' } = line
  world.env.CACHE_TTL = String(cache)
  await world.startServer()
  const running = await startOther(other, world, folder, { same, cache })
  const options = { folder, seconds, token, sameDays: cache > 0 }
  await compare(`${other.name}: ${how}`, keys, world, running, options, aim)
  if ('memory' in line) {
    const [mine, theirs] = [world.server.pid, running.pid].map(pid => memory(pid) / 1024)
    row(`${other.name}: memory after that`, `${mine.toFixed(1)} MB`, `${theirs.toFixed(1)} MB`, theirs / mine, '', line.memory)
  }
  await running.program.stop()
  await world.stopServer()
}

buildGo()
await inWorld('postgresql', { LOOPS: String(CORES) }, async (world, folder) => {
  fillAll(world.database, user)
  world.database.ask('ANALYZE')
  await world.stopServer()
  for (const line of LINES) await measure(line, world, folder)
})
