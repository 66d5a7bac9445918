// The release in its own sandbox: it is in force, and nothing that people use is lost by it. What it refuses is tried in
// tests/unit/sandbox/.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { succeeded } from '../lib/http.mjs'
import { DAYMARK, freePort, Program, root, run } from '../lib/programs.mjs'
import { makePair } from '../lib/tls.mjs'
import { onBothEngines, SECRET_KEY } from '../lib/world.mjs'

const logged = program => JSON.parse(program.log.split('\n').find(line => line.includes('"serve.sandbox"')))

async function restart(world, env) {
  await world.stopServer()
  world.env = { ...world.env, ...env }
  await world.startServer()
}

// Somebody whom no authority of the world knows.
async function stranger(folder) {
  const { key, cert } = makePair(folder, 'localhost')
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (asked, answer) => answer.end('{}'))
  await new Promise(done => server.listen(0, '127.0.0.1', done))
  return server
}

onBothEngines('a server that has to confine itself', { env: { SANDBOX: 'required' } }, (world, test) => {
  test('does so in every thread, and says it', async () => {
    const tasks = `/proc/${world.server.pid}/task`
    for (const task of readdirSync(tasks)) {
      const status = readFileSync(join(tasks, task, 'status'), 'utf8')
      assert.match(status, /^NoNewPrivs:\t1$/m)
      assert.match(status, /^Seccomp:\t2$/m)
    }
    await world.server.says(/"serve.ready"/, { from: 'log' })
    const { landlock, seccomp } = logged(world.server)
    assert.match(landlock, /^ABI \d+$/)
    assert.equal(seccomp, 'on')
    const { text } = await world.ask('/metrics')
    assert.match(text, /^daymark_sandbox\{part="landlock"\} 1$/m)
    assert.match(text, /^daymark_sandbox\{part="seccomp"\} 1$/m)
  })

  test('makes the first account', async () => {
    const code = world.server.out.match(/#setup=([\w-]+)/)[1]
    const body = { code, email: 'first@example.com', password: 'correct horse battery staple' }
    const answer = await world.ask('/v1/auth/setup', { method: 'POST', body, headers: { origin: world.url } })
    assert.ok(answer.status < 300, answer.text)
  })

  test('looks names up, and syncs all sources', async () => {
    const named = name => ({ [name]: world.environment()[name].replace('127.0.0.1', 'localhost') })
    await restart(world, { ...named('GA4_DATA_URL'), ...named('META_GRAPH_URL') })
    const user = world.user()
    await user.connectAll()
    const job = await user.sync('/v1/sync/all/run')
    assert.equal(job.status, 'success', JSON.stringify(job))
  })

  test('starts the simulators of the sample data, on ports of the kernel', async () => {
    const user = world.user()
    const answer = await user.post('/v1/demo', {})
    assert.ok(answer.status < 300, answer.text)
    assert.equal((await user.sync('/v1/sync/all/run')).status, 'success')
  })

  test('does not mind a backup beside it', async () => {
    const done = await world.command(['backup', join(world.folder, 'backup.db')])
    assert.equal(done.code, 0, done.tail())
  })

  test('reads the authorities of the world, and so does not trust a stranger', async () => {
    const server = await stranger(world.folder)
    try {
      await restart(world, { GA4_ADMIN_URL: `https://localhost:${server.address().port}` })
      const answer = await world.user().connect()
      assert.ok(answer.status >= 400, answer.text)
      assert.match(answer.text, /certificate that cannot be verified/)
    } finally {
      server.close()
    }
  })

  if (world.engine === 'postgresql')
    test('reaches its database by a socket of the file system', async () => {
      const [folder] = world.database.ask('SHOW unix_socket_directories')
      const url = new URL(world.database.url)
      const DATABASE_URL = `postgresql://postgres@/${world.database.name}?host=${folder}&port=${url.port}`
      await restart(world, { DATABASE_URL })
      succeeded(await world.ask('/readyz'))
    })
})

describe('a kernel without Landlock', () => {
  let folder
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'daymark-sandbox-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))
  const start = async sandbox => {
    const listen = `127.0.0.1:${await freePort()}`
    const env = {
      DATABASE_URL: `sqlite:${folder}/x.db`,
      LISTEN: listen,
      SANDBOX: sandbox,
      LOG_FORMAT: 'json',
      SECRET_KEY,
    }
    const args = [join(root, 'tests/lib/without.py'), 'landlock_create_ruleset', DAYMARK]
    return [args, env]
  }

  it('is made do with, and the log warns', async () => {
    const [args, env] = await start('auto')
    const server = new Program('python3', [...args, 'serve'], { env })
    await server.says(/"serve.ready"/, { from: 'log' })
    const line = logged(server)
    assert.deepEqual([line.level, line.landlock, line.seccomp], ['warning', 'none', 'on'])
    assert.deepEqual(await server.stop(), { code: 0, signal: null })
  })

  it('is not enough where the sandbox is required', async () => {
    const [args, env] = await start('required')
    const done = await run('python3', [...args, 'serve'], { env })
    assert.equal(done.code, 1, done.tail())
    assert.match(done.log, /SANDBOX is "required", and Landlock cannot be had here: this kernel has none/)
    assert.equal(done.out, '')
  })

  it('is something that doctor sees', async () => {
    const [args, env] = await start('auto')
    const done = await run('python3', [...args, 'doctor'], { env })
    assert.match(done.out, /^look +sandbox +no Landlock is to be had here/m)
  })
})
