// Measuring: rates of wrk and pgbench, the processor time of those who worked, medians, and a row of the table.
import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mint } from '../../tests/lib/http.mjs'
import { root } from '../../tests/lib/programs.mjs'

export const median = list => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]

// A row for tools/bench.py: what, ours, the yardstick, ratio by rate, ratio by processor time, aim (of the first
// ratio there is, or of our own figure).
export const row = (what, ours, theirs = '', rate = '', cost = '', aim = '') => {
  const two = value => (typeof value === 'number' ? value.toFixed(2) : value)
  console.log([what, ours, theirs, two(rate), two(cost), aim].join('\t'))
}
export const perSecond = value => `${Math.round(value)}/s`
export const micro = seconds => `${Math.round(seconds * 1e6)} us`

const statOf = pid => {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ')
    return { parent: Number(fields[1]), seconds: (Number(fields[11]) + Number(fields[12])) / 100 }
  } catch {
    return { parent: 0, seconds: 0 } // it has ended
  }
}

const processes = () => readdirSync('/proc').filter(name => /^\d+$/.test(name))

// A program and what it has started, as process ids.
export const family = pid => [pid, ...processes().filter(one => statOf(one).parent === pid)]

// Seconds of processor time so far: of a server, which is ours unless another is named, with what it has started, and
// of PostgreSQL with all its processes, ended ones too.
export function processorTime(world, pid = world.server.pid) {
  const server = family(pid).reduce((sum, one) => sum + statOf(one).seconds, 0)
  if (world.engine !== 'postgresql') return server
  const postmaster = Number(world.database.ask(`SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)`)[0])
  const ended = readFileSync(`/proc/${postmaster}/stat`, 'utf8').split(') ').at(-1).split(' ').slice(13, 15)
  const children = processes()
    .map(statOf)
    .filter(one => one.parent === postmaster)
  return server + (Number(ended[0]) + Number(ended[1])) / 100 + children.reduce((sum, one) => sum + one.seconds, 0)
}

// wrk, with a period of its own for each request, so that nothing is kept from before; several paths take turns.
// Requests a second.
export function wrk(world, user, path, options) {
  const { folder, seconds, connections = 32, sameDays = false, url = world.url, token = mint({ sub: user }) } = options
  const paths = [path].flat().map(one => `"${one}"`)
  const script = join(folder, 'wrk.lua')
  writeFileSync(
    script,
    `local paths = { ${paths} }
     local n, base = 0, os.time ({ year = 2024, month = 2, day = 1, hour = 12 })
     function init () n = ${Math.floor(Math.random() * 1e6)} end
     function request ()
       n = n + 1
       local path, period = paths[n % #paths + 1], ${sameDays ? 0 : 'n'}
       local from = base + (period * 7919 % 800) * 86400
       return wrk.format ("GET", string.format ("%sstartDate=%s&endDate=%s", path, os.date ("!%Y-%m-%d", from),
                          os.date ("!%Y-%m-%d", from + (20 + math.floor (period / 800) % 20) * 86400)))
     end`,
  )
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', script]
  const out = execFileSync('wrk', [...args, '-H', `Authorization: Bearer ${token}`, url], {
    encoding: 'utf8',
  })
  if (/Non-2xx|Socket errors/.test(out)) throw new Error(out)
  return Number(out.match(/Requests\/sec:\s+([\d.]+)/)[1])
}

// The rate of `run`, and the seconds of processor time that each of its answers took.
export async function costed(world, seconds, run, pid) {
  const before = processorTime(world, pid)
  const rate = await run()
  return { rate, cost: (processorTime(world, pid) - before) / (rate * seconds) }
}

// Rounds of ours and theirs in turn; the medians of each and of what each round gives as ratios.
export async function alternate(rounds, ours, theirs) {
  const pairs = []
  for (let i = 0; i < rounds; i++) pairs.push([await ours(), await theirs()])
  return {
    ours: median(pairs.map(([mine]) => mine.rate)),
    theirs: median(pairs.map(([, other]) => other.rate)),
    cost: median(pairs.map(([mine]) => mine.cost)),
    theirCost: median(pairs.map(([, other]) => other.cost)),
    rateRatio: median(pairs.map(([mine, other]) => mine.rate / other.rate)),
    costRatio: median(pairs.map(([mine, other]) => other.cost / mine.cost)),
  }
}

// The text of a question as pgbench takes it: :n is the day its period begins with.
const day = offset => `(date '2024-02-01' + (:n)::int + ${offset})`
export const questionText = (name, user) =>
  readFileSync(join(root, 'sql', `${name}.sql`), 'utf8')
    .replace(/^--.*\n/gm, '')
    .replaceAll(':prev_from', day(-30))
    .replaceAll(':prev_to', day(-1))
    .replaceAll(':prev_after', day(0))
    .replaceAll(':prev_days', '30')
    .replaceAll(':from', day(0))
    .replaceAll(':after', day(31))
    .replaceAll(':to', day(30))
    .replaceAll(':days', '31')
    .replaceAll(':user', `'${user}'::uuid`)
    .replace(/\s+/g, ' ')

// pgbench with prepared statements and as many connections as we have workers; rate, and cost of PostgreSQL's side.
export function pgbench(world, names, user, { folder, seconds, pipeline = false }) {
  const script = join(folder, 'questions.sql')
  const texts = names.map(name => `${questionText(name, user)};\n`).join('')
  const [begin, end] = pipeline ? ['\\startpipeline\n', '\\endpipeline\n'] : ['', '']
  writeFileSync(script, `\\set n random(0, 800)\n${begin}${texts}${end}`)
  const args = ['-n', '-M', 'prepared', '-c', '8', '-j', '2', '-T', String(seconds), '-f', script, world.database.url]
  const out = execFileSync('pgbench', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  return Number(out.match(/tps = ([\d.]+)/)[1])
}
