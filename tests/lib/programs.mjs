// Start the real programs on free loopback ports, and end them by their ids.
import { spawn, execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const DAYMARK = process.env.DAYMARK ?? join(root, 'build/daymark')
export const DAYMARK_SIM = process.env.DAYMARK_SIM ?? join(root, 'build/daymark-sim')
export const sleep = ms => new Promise(done => setTimeout(done, ms))

const started = new Set()
process.on('exit', () => started.forEach(child => child.kill('SIGKILL')))

// What a program needs of our environment, and nothing that would configure it.
const kept = /^(PATH|LANG|LC_\w+|[A-Z]SAN_OPTIONS|UBSAN_OPTIONS|G_SLICE)$/
const inherited = () => Object.fromEntries(Object.entries(process.env).filter(([name]) => kept.test(name)))

export class Program {
  constructor(path, args, { env = {}, cwd, input } = {}) {
    this.out = ''
    this.log = ''
    this.child = spawn(path, args, {
      env: { ...inherited(), TZ: 'Pacific/Chatham', ...env },
      cwd,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    })
    started.add(this.child)
    this.child.stdout.on('data', data => {
      this.out += data
      this.heard?.()
    })
    this.child.stderr.on('data', data => {
      this.log += data
      this.heard?.()
    })
    if (input !== undefined) this.child.stdin.end(input)
    this.ended = new Promise(done => {
      this.child.on('error', error => {
        this.log += error.message
        this.code = -1
        started.delete(this.child)
        done(this)
        this.heard?.()
      })
      this.child.on('close', (code, signal) => {
        this.code = code
        this.signal = signal
        started.delete(this.child)
        done(this)
        this.heard?.()
      })
    })
  }

  get running() {
    return this.code === undefined
  }
  get pid() {
    return this.child.pid
  }

  // The match in standard output (or in the log); throws when it can't come any more.
  async says(pattern, { from = 'out', ms = 60000 } = {}) {
    const late = Date.now() + ms
    for (;;) {
      const match = this[from].match(pattern)
      if (match) return match
      if (!this.running)
        throw new Error(`it ended (${this.code ?? this.signal}) before it said ${pattern}:\n${this.tail()}`)
      if (Date.now() > late) throw new Error(`it did not say ${pattern} within ${ms} ms:\n${this.tail()}`)
      await new Promise(done => {
        this.heard = done
        setTimeout(done, 50)
      })
    }
  }

  tail(lines = 40) {
    return (this.out + this.log).split('\n').slice(-lines).join('\n')
  }

  // Ends it and says how it ended; one that does not go is killed, and that is an error.
  async stop(signal = 'SIGTERM', ms = 40000) {
    if (this.running) this.child.kill(signal)
    const timer = setTimeout(() => {
      this.stubborn = true
      this.child.kill('SIGKILL')
    }, ms)
    await this.ended
    clearTimeout(timer)
    if (this.stubborn) throw new Error(`it did not end within ${ms} ms of ${signal}:\n${this.tail()}`)
    return { code: this.code, signal: this.signal }
  }
}

// Run a command to its end.
export async function run(path, args, options) {
  const program = new Program(path, args, options)
  const timer = setTimeout(() => program.child.kill('SIGKILL'), options?.ms ?? 60000)
  await program.ended
  clearTimeout(timer)
  return program
}

// Servers share a port without a word (SO_REUSEPORT), so two tests must never pick the same one: a port, below those
// that the kernel hands out, is taken by a file with the taker's id, for as long as he lives.
const taken = join(tmpdir(), 'daymark-test-ports')
const mine = []
process.on('exit', () => mine.forEach(file => rmSync(file, { force: true })))

function take(port) {
  const file = join(taken, String(port))
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    mine.push(file)
    return true
  } catch {
    return false
  }
}

// Files of the dead, who had no time to clear up.
function sweep() {
  mkdirSync(taken, { recursive: true })
  for (const name of readdirSync(taken)) {
    const file = join(taken, name)
    try {
      process.kill(Number(readFileSync(file, 'utf8')) || process.pid, 0)
    } catch (error) {
      if (error.code === 'ESRCH') rmSync(file, { force: true })
    }
  }
}
sweep()

let next = 20000 + ((process.pid * 37) % 10000)
export async function freePort() {
  for (;;) {
    const port = next++
    if (!take(port)) continue
    const free = await new Promise(done => {
      const probe = createServer()
      probe.once('error', () => done(false))
      probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => done(true)))
    })
    if (free) return port
  }
}

// ---- databases ---------------------------------------------------------------------

const TEST_POSTGRES_URL = process.env.TEST_POSTGRES_URL
export const engines = ['sqlite', 'postgresql']
export const whyNot = engine => (engine === 'postgresql' && !TEST_POSTGRES_URL ? 'TEST_POSTGRES_URL is not set' : false)

const psql = (url, sql) =>
  execFileSync('psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', url, '-c', sql], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
let databases = 0

// A long text of statements, in one transaction, through standard input.
const load = (program, args, sql) =>
  execFileSync(program, args, { input: `BEGIN;\n${sql}\nCOMMIT;\n`, stdio: ['pipe', 'ignore', 'pipe'] })

// A database: { url, ask (sql) -> lines, load (statements), drop () }. It is empty, or a copy of `from`, which nobody has open.
// `server`: another PostgreSQL than the one that all tests share.
export function newDatabase(engine, folder, { from, server = TEST_POSTGRES_URL } = {}) {
  if (engine === 'sqlite') {
    const path = join(folder, 'daymark.db')
    // What was written last may still stand in the log beside it.
    for (const part of from ? ['', '-wal'] : [])
      if (existsSync(from.path + part)) copyFileSync(from.path + part, path + part)
    const ask = sql =>
      execFileSync('sqlite3', ['-batch', '-cmd', '.timeout 20000', path, sql], { encoding: 'utf8', maxBuffer: 1 << 28 })
    return {
      engine,
      url: `sqlite:${path}`,
      path,
      ask: sql => ask(sql).split('\n').filter(Boolean),
      load: sql => load('sqlite3', ['-batch', '-bail', '-cmd', '.timeout 20000', path], sql),
      drop() {},
    }
  }
  const name = `api_${process.pid}_${++databases}`
  const url = new URL(server)
  psql(server, `CREATE DATABASE ${name}` + (from ? ` TEMPLATE ${from.name}` : ''))
  url.pathname = '/' + name
  return {
    engine,
    name,
    url: url.href,
    ask: sql => psql(url.href, sql).split('\n').filter(Boolean),
    load: sql => load('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', url.href], sql),
    drop() {
      psql(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    },
  }
}
