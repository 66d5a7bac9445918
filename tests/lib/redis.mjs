// A Redis of one's own: a free loopback port, a temporary folder, nothing on disk.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, Program } from './programs.mjs'

export class Redis {
  constructor({ password } = {}) {
    this.password = password
  }

  async start() {
    this.folder ??= mkdtempSync(join(tmpdir(), 'daymark-redis-'))
    this.port ??= await freePort()
    this.url = `redis://${this.password ? `:${this.password}@` : ''}127.0.0.1:${this.port}/0`
    const args = ['--bind', '127.0.0.1', '--port', this.port, '--dir', this.folder, '--save', '', '--appendonly', 'no']
    this.program = new Program('redis-server', [...args, ...(this.password ? ['--requirepass', this.password] : [])])
    await this.program.says(/Ready to accept connections/)
    return this
  }

  ask(...args) {
    const login = this.password ? ['-a', this.password, '--no-auth-warning'] : []
    return execFileSync('redis-cli', ['-h', '127.0.0.1', '-p', this.port, ...login, ...args], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .filter(Boolean)
  }
  keys(pattern) {
    return this.ask('KEYS', pattern)
  }
  signal(name) {
    process.kill(this.program.pid, name)
  }
  async kill() {
    this.signal('SIGKILL')
    await this.program.ended
  }
  async stop() {
    if (this.program?.running) await this.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
