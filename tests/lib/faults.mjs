// What the tests of faults share: worlds that begin with connected accounts, several servers on one database, what the
// tables of facts hold, and time that passes by SQL.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe } from 'node:test'
import { promisify } from 'node:util'
import { ask, eventually, succeeded } from './http.mjs'
import { DAYMARK, engines, freePort, newDatabase, Program, root, sleep, whyNot } from './programs.mjs'
import { CRON_TOKEN, Simulator, World } from './world.mjs'

const execute = promisify(execFile)

export const MAX_ATTEMPTS = 5
export const LEASE_MS = 90e3
export const FINAL = ['success', 'failed']
export const cron = { headers: { 'x-cron-token': CRON_TOKEN } }

// What a sync writes, and in what order. When a row was seen is no fact; what a re-read changed is one, and undisturbed
// there is none. Followers are read after the days, and are kept when a day is read again.
const FACTS = {
  ga4_daily: '*',
  ga4_channel_daily: '*',
  ga4_landing_daily: '*',
  ga4_period_users: '*',
  meta_daily: '*',
  ig_daily:
    'user_id, account_id, date, reach, views, accounts_engaged, total_interactions, likes, comments, saves, shares, profile_views',
  ig_followers: 'user_id, account_id, date, followers, 0',
  ig_media: 'user_id, account_id, media_id, reach, views, likes, comments, saves, shares, total_interactions',
  restatements: 'user_id, source, external_id, date, metric, old, new',
}

// Where SQLite's files are: in memory if there is room, as a dozen worlds that wait for one disk measure the disk. What
// a killed process has written is there either way.
const free = folder => {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}
const roomy = existsSync('/dev/shm') && free('/dev/shm') > 200e6 ? '/dev/shm' : tmpdir()

const digest = lines => `${lines.length}:${createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16)}`

// { table: { day: "rows:digest" } }
export function facts(world) {
  return Object.fromEntries(
    Object.entries(FACTS).map(([table, columns]) => {
      const days = {}
      const from = table === 'ig_followers' ? 'ig_daily WHERE followers IS NOT NULL' : table
      for (const line of world.database.ask(`SELECT ${columns} FROM ${from} ORDER BY 1, 2, 3, 4, 5`))
        (days[line.match(/\b\d{4}-\d\d-\d\d\b/)?.[0] ?? 'all'] ??= []).push(line)
      return [table, Object.fromEntries(Object.entries(days).map(([day, lines]) => [day, digest(lines)]))]
    }),
  )
}

// Each stored day is whole: it is as in the undisturbed run, in every table.
export function assertWholeDays(left, whole) {
  for (const [table, days] of Object.entries(left))
    for (const [day, what] of Object.entries(days))
      if (day !== 'all') assert.equal(what, whole[table][day], `half a day: ${table} of ${day}`)
}

// The same numbers every time, however long the tests take.
export const simulator = (seed = 11) =>
  new Simulator().start(['--days', '100', '--seed', String(seed), '--today', new Date().toISOString().slice(0, 10)])

export class FaultWorld extends World {
  // from: a Seed; sim: a running simulator that others use too; server: another PostgreSQL than the shared one
  // folder: where to live instead of in a new one, which is left to its owner
  constructor(engine, { from, sim, server, folder, env = {} } = {}) {
    super(engine, { env: { BACKFILL_DAYS: '60', WORKERS: '2', ...env }, sim: null })
    Object.assign(this, { from, shared: sim ?? from?.sim, postgres: server, given: folder, others: [] })
  }

  async start({ server = true } = {}) {
    this.folder = this.given ?? mkdtempSync(join(roomy, 'daymark-fault-'))
    this.database = newDatabase(this.engine, this.folder, { from: this.from?.database, server: this.postgres })
    this.sim = this.shared ?? (await simulator())
    this.simulated = await this.sim.demo()
    this.port = await freePort()
    if (server) await this.startServer()
    return this
  }

  // The user of the seed, who has connected everything.
  owner(claims) {
    return this.user(this.from.user_id, claims)
  }

  // One more server on the same database: { program, url }. It is ended with the world.
  async launch(env = {}, [command, ...before] = [DAYMARK]) {
    const port = await freePort()
    const program = new Program(command, [...before, 'serve'], {
      env: { ...this.environment(), LISTEN: `127.0.0.1:${port}`, ...env },
      cwd: this.folder,
    })
    this.others.push(program)
    await program.says(/Daymark is ready/)
    return { program, url: `http://127.0.0.1:${port}` }
  }

  // Start the server again, with these settings on top for this one life.
  async restart(env = {}) {
    const usual = this.env
    this.env = { ...usual, ...env }
    try {
      return await this.startServer()
    } finally {
      this.env = usual
    }
  }

  async crash() {
    this.killed = this.server
    await this.server.stop('SIGKILL')
  }

  // Without blocking this process, which may have other worlds to look after.
  async query(sql) {
    const [command, args] =
      this.engine === 'sqlite'
        ? ['sqlite3', ['-batch', '-cmd', '.timeout 20000', this.database.path, sql]]
        : ['psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', this.database.url, '-c', sql]]
    const { stdout } = await execute(command, args, { maxBuffer: 1 << 26 })
    return stdout.split('\n').filter(Boolean)
  }

  // What the passing of 90 seconds looks like. (After a restart an SQLite file's new owner need not wait for it.)
  async leaseRunsOut() {
    const past = this.engine === 'sqlite' ? "'2020-01-01T00:00:00.000000Z'" : "clock_timestamp() - interval '1 second'"
    await this.query(`UPDATE sync_jobs SET lease_until = ${past} WHERE status = 'running'`)
    await this.query(`UPDATE connections SET lease_until = ${past} WHERE lease_token IS NOT NULL`)
  }

  // A job that waits for a later try need not wait any more.
  async retryNow() {
    await this.query("UPDATE sync_jobs SET not_before = NULL WHERE status = 'pending'")
  }

  // { status, attempt, message } of a job as the database has it
  async job(id) {
    const [line] = await this.query(
      `SELECT status || '|' || attempt || '|' || coalesce(message, '') FROM sync_jobs WHERE id = '${id}'`,
    )
    assert.ok(line, `the job ${id} is gone`)
    const [status, attempt, ...message] = line.split('|')
    return { status, attempt: Number(attempt), message: message.join('|') }
  }

  // Its end; time that would have to pass, passes.
  async ended(id, { ms = 180000, hurry = true } = {}) {
    let job
    await eventually(
      async () => {
        if (FINAL.includes((job = await this.job(id)).status)) return true
        if (hurry) await this.retryNow()
        return false
      },
      { ms, every: 200, why: () => `the job did not end: ${JSON.stringify(job)}` },
    )
    return job
  }

  // Nothing waits or runs, and no job was tried more often than is allowed.
  async assertSettled() {
    const count = async sql => Number((await this.query(`SELECT count(*) FROM ${sql}`))[0])
    assert.equal(await count("sync_jobs WHERE status IN ('pending', 'running')"), 0, 'a job is stuck')
    assert.equal(await count("sync_steps WHERE status IN ('pending', 'running')"), 0, 'a step is stuck')
    assert.equal(await count(`sync_jobs WHERE attempt > ${MAX_ATTEMPTS}`), 0, 'a job was tried too often')
    assert.equal(await count('connections WHERE lease_token IS NOT NULL'), 0, 'a connection is still held')
  }

  async stop() {
    const sim = this.shared ? this.sim : null
    if (sim) this.sim = null
    if (this.server === this.killed) this.server = null // a server that died by itself fails the test
    try {
      await Promise.all(this.others.map(program => program.stop('SIGKILL')))
    } finally {
      if (this.given) this.folder = null
      await super.stop()
    }
  }
}

// A database in which a user has connected GA4, Meta and Instagram, and what a run that nobody disturbs makes of it.
export class Seed {
  constructor(engine, options = {}) {
    Object.assign(this, { engine, options, user_id: randomUUID() })
  }

  async make() {
    this.sim = this.options.sim ?? (await simulator())
    this.world = await new FaultWorld(this.engine, { ...this.options, sim: this.sim }).start()
    this.database = this.world.database
    const user = this.world.user(this.user_id)
    for (const connection of this.options.connections ?? everything(this.world.simulated))
      succeeded(await user.post('/v1/connections', connection), 201)
    await this.world.stopServer()
    return this
  }

  async start(options = {}, how) {
    return new FaultWorld(this.engine, { ...this.options, ...options, from: this }).start(how)
  }

  // The facts after an undisturbed run. Days move on at midnight in the accounts' zones, and then it is made anew.
  async whole() {
    const day = ['America/Los_Angeles', 'Europe/Berlin', 'UTC']
      .map(timeZone => new Date().toLocaleDateString('en', { timeZone }))
      .join()
    if (this.day !== day) this.undisturbed = this.runUndisturbed()
    this.day = day
    return this.undisturbed
  }

  async runUndisturbed() {
    const world = await this.start()
    try {
      const { status, attempt } = await world.owner().sync('/v1/sync/all/run')
      assert.deepEqual({ status, attempt }, { status: 'success', attempt: 1 })
      const whole = facts(world)
      for (const table of ['ga4_daily', 'ga4_channel_daily', 'ga4_landing_daily', 'meta_daily', 'ig_daily'])
        if (!this.options.connections)
          assert.ok(Object.keys(whole[table]).length >= 55, `there is nothing to compare with in ${table}`)
      assert.deepEqual(whole.restatements, {})
      return whole
    } finally {
      await world.stop()
    }
  }

  async stop() {
    this.world.server = null
    await stopAll(this.world, this.options.sim ? null : this.sim)
  }
}

export const only = {
  ga4: demo => ({
    source: 'ga4',
    external_id: demo.property_id,
    credential: { type: 'refresh_token', refresh_token: demo.refresh_token },
  }),
  meta: demo => ({
    source: 'meta',
    external_id: demo.ad_account_id,
    credential: { type: 'access_token', access_token: demo.meta_access_token },
  }),
  instagram: demo => ({
    source: 'instagram',
    external_id: demo.instagram_id,
    credential: { type: 'access_token', access_token: demo.instagram_token },
  }),
}
const everything = demo => Object.values(only).map(connection => connection(demo))

// Stop all of them, whatever goes wrong with one; what went wrong first is thrown.
export async function stopAll(...things) {
  const failures = []
  for (const thing of things) await thing?.stop().catch(error => failures.push(error))
  if (failures.length) throw failures[0]
}

// A block of tests for each engine, both at the same time.
export function onEachEngine(title, { skip, ...options }, define) {
  describe(title, { concurrency: true }, () => {
    for (const engine of engines)
      describe(`${title} on ${engine}`, { ...options, skip: skip || whyNot(engine) }, () => define(engine))
  })
}

// Start a run and give its id at once.
export async function begin(world, path = '/v1/sync/all/run', url = world.url) {
  const user = world.owner()
  return succeeded(await ask(url, path, { method: 'POST', token: user.token }), 202).job_id
}

// Random numbers that a seed repeats: FAULT_SEED=n runs the same moments again.
export function dice(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let n = Math.imul(state ^ (state >>> 15), state | 1)
    n ^= n + Math.imul(n ^ (n >>> 7), n | 61)
    return ((n ^ (n >>> 14)) >>> 0) / 2 ** 32
  }
}

// Run work on each of a list, so many at once; the first failure is thrown when all have ended.
export async function each(list, atOnce, work) {
  const waiting = [...list]
  const failures = []
  const worker = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift())
      await work(one).catch(error => failures.push(error))
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  if (failures.length) throw failures[0]
}

export { sleep }

// ---- a clock of one's own ----------------------------------------------------------

const PRELOADS = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map(place => `/usr/lib/${place}/faketime/libfaketimeMT.so.1`)
const preload = PRELOADS.find(path => existsSync(path))
export const noFaketime = !preload && 'the package faketime is not installed'

// The time of day that a process believes in; it can be set while the process runs. Only for builds without sanitizers.
export class FakeClock {
  constructor(folder, instant) {
    this.file = join(folder, 'clock')
    this.set(instant)
    this.env = {
      LD_PRELOAD: preload,
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      FAKETIME_FORCE_MONOTONIC_FIX: '0', // else waits by the monotonic clock end at once, and spin
      FAKETIME_NO_CACHE: '1',
      TZ: 'UTC',
      SANDBOX: 'off', // it would keep the file from the server
    }
  }
  // It goes on from there.
  set(instant) {
    this.ahead((new Date(instant) - Date.now()) / 1000)
  }
  ahead(seconds) {
    this.write(`${seconds < 0 ? '-' : '+'}${Math.abs(seconds).toFixed(3)}s`)
  }
  freeze(instant) {
    this.write(new Date(instant).toISOString().slice(0, 19).replace('T', ' '))
  }
  // Whole at once: it is read at any time.
  write(text) {
    writeFileSync(this.file + '.new', text + '\n')
    renameSync(this.file + '.new', this.file)
  }
}

// The instant at which clocks in that zone show this date and time.
export function wallTime(date, time, timeZone = 'America/Los_Angeles') {
  const shown = instant =>
    new Date(instant).toLocaleString('sv', { timeZone, hour12: false }).replace(' ', 'T').slice(0, 16)
  const wanted = `${date}T${time.slice(0, 5)}`
  for (let minutes = -15 * 60; minutes <= 15 * 60; minutes += 15) {
    const instant = Date.parse(`${wanted}:00Z`) + minutes * 60e3
    if (shown(instant) === wanted) return instant + Number(time.slice(6) || 0) * 1000
  }
  throw new Error(`${wanted} does not exist in ${timeZone}`)
}

// ---- a database that goes away ----------------------------------------------------

// A PostgreSQL of one's own, to be ill-treated.
export class Postgres {
  async start() {
    this.folder = join(mkdtempSync('/tmp/daymark-pg-'), 'pg')
    await execute('chmod', ['755', join(this.folder, '..')])
    const { stdout } = await execute('tests/pg', ['start', this.folder], { cwd: root })
    this.url = stdout.trim()
    return this
  }
  processes() {
    const [main] = readFileSync(join(this.folder, 'data/postmaster.pid'), 'utf8').split('\n').map(Number)
    const children = readFileSync(`/proc/${main}/task/${main}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
    return [main, ...children]
  }
  // As the kernel does when memory is out: nobody of it is asked.
  async kill9() {
    const all = this.processes()
    for (const pid of all) if (existsSync(`/proc/${pid}`)) process.kill(pid, 'SIGKILL')
    await eventually(() => all.every(pid => !existsSync(`/proc/${pid}`)), { why: 'PostgreSQL does not die' })
    rmSync(join(this.folder, 'data/postmaster.pid'), { force: true })
  }
  async again() {
    await execute('tests/pg', ['restart', this.folder], { cwd: root })
  }
  async stop() {
    if (!existsSync(join(this.folder, 'data/postmaster.pid'))) await this.again()
    await execute('tests/pg', ['stop', this.folder], { cwd: root })
    rmSync(join(this.folder, '..'), { recursive: true, force: true })
  }
}

// A network between a server and its database. When it is cut, nothing gets through and nobody is told; connections
// from before never come back, new ones get through when it is whole again.
export class Network {
  async start(url) {
    const { hostname, port } = new URL(url)
    this.pairs = new Set()
    this.listener = createServer(near => {
      const far = connect(Number(port), hostname)
      const pair = { near, far, dead: this.isCut }
      this.pairs.add(pair)
      for (const [from, to] of [
        [near, far],
        [far, near],
      ]) {
        from.on('data', data => pair.dead || to.write(data))
        from.on('close', () => pair.dead || to.destroy())
        from.on('error', () => {})
      }
    })
    await new Promise(done => this.listener.listen(0, '127.0.0.1', done))
    const here = new URL(url)
    here.hostname = '127.0.0.1'
    here.port = this.listener.address().port
    this.url = here.href
    return this
  }
  cut() {
    this.isCut = true
    for (const pair of this.pairs) pair.dead = true
  }
  mend() {
    this.isCut = false
  }
  stop() {
    for (const { near, far } of this.pairs) {
      near.destroy()
      far.destroy()
    }
    return new Promise(done => this.listener.close(done))
  }
}

// How much a server says and works, to see whether it runs in circles: { lines, cpu (seconds) } since the last look.
export class Watch {
  constructor(program) {
    this.program = program
    this.look()
  }
  look() {
    const lines = this.program.log.split('\n').filter(line => !line.includes('"event":"request"')).length
    const stat = readFileSync(`/proc/${this.program.pid}/stat`, 'utf8').split(') ')[1].split(' ')
    const cpu = (Number(stat[11]) + Number(stat[12])) / 100
    const since = { lines: lines - this.lines, cpu: cpu - this.cpu }
    Object.assign(this, { lines, cpu })
    return since
  }
}

// ---- a platform that misbehaves ----------------------------------------------------

// Stands before the simulator: it passes on what is asked, unless it has been told otherwise for that path.
export class Mock {
  async start(url) {
    this.target = url
    this.asked = []
    this.server = createHttpServer((request, response) => this.serve(request, response))
    await new Promise(done => this.server.listen(0, '127.0.0.1', done))
    this.url = `http://127.0.0.1:${this.server.address().port}`
    return this
  }
  // From now on, what matches is answered so: (request, response, pass, ask). Without arguments all is passed on again.
  answer(pattern, how) {
    this.pattern = pattern
    this.how = how
    this.count = 0
  }
  async serve(request, response) {
    const parts = []
    for await (const part of request) parts.push(part)
    const body = Buffer.concat(parts)
    const pass = () => this.pass(request, body, response)
    this.asked.push({ path: request.url, at: Date.now() })
    try {
      if (!this.pattern?.test(request.url)) return await pass()
      this.count++
      await this.how(request, response, pass, () => this.passed(request, body))
    } catch {
      response.destroy()
    }
  }
  async passed(request, body) {
    const { host, connection, 'content-length': length, 'accept-encoding': encoding, ...headers } = request.headers
    const answer = await fetch(this.target + request.url, {
      method: request.method,
      headers,
      body: body.length ? body : undefined,
    })
    return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() }
  }
  async pass(request, body, response) {
    const { status, type, text } = await this.passed(request, body)
    response.writeHead(status, { 'content-type': type ?? 'application/json' })
    response.end(text)
  }
  // One byte, and another one each so many milliseconds.
  drip(ms) {
    return (request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write('{')
      const timer = setInterval(() => response.write(' '), ms)
      response.on('close', () => clearInterval(timer))
    }
  }
  stop() {
    this.server.closeAllConnections()
    return new Promise(done => this.server.close(done))
  }
}
