// The same widgets by other means, on the same PostgreSQL: FastAPI + SQLAlchemy under uvicorn, and Go's net/http + pgx
// (bench/others/). Each is asked with an empty cache, so that it asks the database, and with a warm one.
//
//   others.mjs [seconds a round] [rounds]
//
// "own question" asks the others for the widget's own SQL only and is what most would write; "same questions" asks them
// also which accounts and days there are, for notices, targets and notes, as ours does for each answer. They send the
// rows as they are, check no more than that the token is the one they know, and log nothing.
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

const OTHERS = [
  {
    name: 'FastAPI',
    start: env => ({
      path: '/usr/bin/python3',
      args: ['-m', 'uvicorn', '--app-dir', join(root, 'bench/others'), '--port', env.PORT, '--workers', String(CORES),
        '--no-access-log', '--log-level', 'warning', 'fastapi_server:app'], // prettier-ignore
    }),
  },
  {
    name: 'Go',
    start: () => ({ path: join(root, 'build/others/server'), args: [] }),
    build() {
      execFileSync('go', ['build', '-o', 'build/others/server', 'bench/others/server.go'], {
        cwd: root,
        env: { ...process.env, GO111MODULE: 'off', GOPATH: PACKAGES, GOCACHE: join(root, 'build/others/cache') },
      })
    },
  },
]

async function startOther(other, world, folder, { same, cache }) {
  const file = join(folder, 'questions.json')
  writeFileSync(file, JSON.stringify(Object.fromEntries(TWELVE.map(key => [key, questions(key, same)]))))
  const env = { PORT: String(await freePort()), DATABASE_URL: world.database.url, QUESTIONS: file, POOL: '8',
    CACHE_TTL: String(cache), BENCH_USER: user, BENCH_TOKEN: token, PYTHONDONTWRITEBYTECODE: '1', TZ: 'UTC' } // prettier-ignore
  const { path, args } = other.start(env)
  const program = new Program(path, args, { env })
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

const MEASURES = [
  { how: '12 widgets, uncached, own question', keys: TWELVE, aims: { FastAPI: '>= 10', Go: '>= 1.8' } },
  { how: '12 widgets, uncached, same questions', keys: TWELVE, same: true },
  { how: 'one widget, uncached, own question', keys: ONE, aims: { Go: '>= 1.8' } },
  { how: 'one widget, uncached, same questions', keys: ONE, same: true },
  { how: '12 widgets, cached', keys: TWELVE, cache: 3600, aims: { FastAPI: '>= 30', Go: '>= 1.4' } },
]

await inWorld('postgresql', { LOOPS: String(CORES) }, async (world, folder) => {
  fillAll(world.database, user)
  world.database.ask('ANALYZE')
  for (const other of OTHERS) other.build?.()
  for (const { how, keys, same = false, cache = 0, aims = {} } of MEASURES) {
    await world.stopServer()
    world.env.CACHE_TTL = String(cache)
    await world.startServer()
    for (const other of OTHERS) {
      const running = await startOther(other, world, folder, { same, cache })
      const options = { folder, seconds, token, sameDays: cache > 0 }
      await compare(`${other.name}: ${how}`, keys, world, running, options, aims[other.name])
      if (keys === TWELVE && !same) {
        const [mine, theirs] = [memory(world.server.pid), memory(running.pid)].map(kb => kb / 1024)
        const share = (theirs / mine).toFixed(1)
        row(`${other.name}: memory after that`, `${mine.toFixed(1)} MB`, `${theirs.toFixed(1)} MB`, Number(share), '',
          other.name === 'FastAPI' ? '>= 6' : '') // prettier-ignore
      }
      await running.program.stop()
    }
  }
})
