// What stands in front of instances or behind them, from Debian's packages: HAProxy, nginx, Caddy and PgBouncer, each
// in a folder of its own on free loopback ports. The configurations are those of docs/deploy.md, so that the page
// cannot say what does not work.
import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { eventually } from './http.mjs'
import { freePort, Program, root } from './programs.mjs'

const execute = promisify(execFile)

// The one block of a page that is in this language.
export function documented(page, language) {
  const text = readFileSync(join(root, 'docs', page), 'utf8')
  const blocks = [...text.matchAll(/^```(\S+)\n([^]*?)^```$/gm)].filter(match => match[1] === language)
  assert.equal(blocks.length, 1, `docs/${page} has ${blocks.length} blocks of ${language}`)
  return blocks[0][2]
}

// Each replacement must find its place: [what, by].
export function replaced(text, changes) {
  for (const [what, by] of changes) {
    assert.ok(text.includes(what), `the documented configuration has no "${what}"`)
    text = text.replaceAll(what, by)
  }
  return text
}

// A certificate for loopback, made on the spot: { key, cert, both } are paths.
export function certificate(folder) {
  const [key, cert, both] = ['key.pem', 'cert.pem', 'both.pem'].map(name => join(folder, name))
  const how = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const what = ['-subj', '/CN=dash.example.org', '-keyout', key, '-out', cert]
  execFileSync('openssl', [...how, ...what], { stdio: ['ignore', 'ignore', 'pipe'] })
  writeFileSync(both, readFileSync(cert, 'utf8') + readFileSync(key, 'utf8'))
  return { key, cert, both }
}

const listens = port =>
  new Promise(done => {
    const socket = connect(port, '127.0.0.1', () => done(socket.destroy() && true))
    socket.on('error', () => done(false))
  })

const PATH = `${process.env.PATH}:/usr/sbin`

// A proxy that runs in the foreground; configuration: (its port, its folder) -> text.
export class Front {
  constructor(kind, configuration) {
    Object.assign(this, { kind, configuration })
  }

  async start() {
    this.folder = mkdtempSync(join(tmpdir(), `daymark-${this.kind}-`))
    this.port = await freePort()
    this.file = join(this.folder, 'config')
    writeFileSync(this.file, await this.configuration(this.port, this.folder))
    const { check, run } = kinds[this.kind](this.file, this.folder)
    const env = { PATH, HOME: this.folder, XDG_DATA_HOME: this.folder, XDG_CONFIG_HOME: this.folder }
    await execute(this.kind, check, { env: { ...process.env, ...env } })
    this.program = new Program(this.kind, run, { env, cwd: this.folder })
    const ready = async () => (await listens(this.port)) || !this.program.running
    await eventually(ready, { why: () => this.program.tail() })
    assert.ok(this.program.running, `${this.kind} has ended:\n${this.program.tail()}`)
    return this
  }
  async stop() {
    await this.program?.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

const kinds = {
  haproxy: file => ({ check: ['-c', '-f', file], run: ['-db', '-f', file] }),
  caddy: file => {
    const args = ['--adapter', 'caddyfile', '--config', file]
    return { check: ['validate', ...args], run: ['run', ...args] }
  },
  nginx: (file, folder) => {
    const args = ['-p', folder, '-c', file]
    return { check: ['-t', ...args], run: [...args, '-g', 'daemon off;'] }
  },
}

// PgBouncer between us and a database; by script, as PostgreSQL is.
export class Pooler {
  async start(database, mode = 'transaction') {
    this.folder = mkdtempSync(join(tmpdir(), 'daymark-pooler-'))
    this.url = (await this.tool('start', this.folder, database, mode)).trim()
    return this
  }
  async tool(...args) {
    return (await execute('tests/pooler', args, { cwd: root })).stdout
  }
  restart() {
    return this.tool('restart', this.folder)
  }
  stop() {
    return this.tool('stop', this.folder)
  }
}
