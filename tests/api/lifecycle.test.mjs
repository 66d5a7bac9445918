// How the program starts, ends and refuses to start; one line for what is wrong.
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { ask, assertWithin, eventually, mint, succeeded } from '../lib/http.mjs'
import { DAYMARK, freePort, Program, run, sleep } from '../lib/programs.mjs'
import { onBothEngines, onEngine } from '../lib/world.mjs'

onBothEngines('a start', { sim: null, env: { CRON_TOKEN: 'x' } }, (world, test) => {
  test('prints the set-up address once, while there is nobody', async () => {
    assert.match(world.server.out, new RegExp(`${world.url}/#setup=[\\w-]{16,}`))
  })

  test('prints nothing else on standard output, and its log is one JSON object a line', async () => {
    for (const line of world.server.out.trim().split('\n')) assert.match(line, /https?:\/\//)
    await world.server.says(/\n/, { from: 'log' })
    for (const line of world.server.log.trim().split('\n')) JSON.parse(line)
  })

  test('a migrated database stays as it is', async () => {
    const done = await world.command(['migrate']).then(async first => (world.engine === 'sqlite' ? undefined : first))
    if (done) assert.equal(done.code, 0, done.tail())
    const versions = world.database.ask('SELECT version FROM schema_migrations ORDER BY version')
    assert.deepEqual(
      versions,
      versions.map((_, n) => String(n + 1)),
    )
  })

  test('SIGTERM lets a request end, then ends with 0', async () => {
    const answers = Array.from({ length: 50 }, () =>
      world
        .user()
        .call('/v1/dashboard/layout')
        .catch(error => error),
    )
    await sleep(30)
    await world.stopServer()
    for (const answer of await Promise.all(answers))
      assert.ok(answer instanceof Error || answer.status < 500 || answer.status === 503, answer.text)
    await world.startServer()
  })

  test('SIGINT ends it as well, also with idle connections open', async () => {
    const idle = await Promise.all(
      Array.from(
        { length: 20 },
        () =>
          new Promise((done, failed) => {
            const socket = connect(world.port, '127.0.0.1', () => done(socket)).on('error', failed)
          }),
      ),
    )
    const begun = Date.now()
    assert.deepEqual(await world.server.stop('SIGINT'), { code: 0, signal: null })
    assertWithin(begun, 25000)
    idle.forEach(socket => socket.destroy())
    await world.startServer()
  })
})

onEngine('sqlite', 'an SQLite file', { sim: null, env: { SECRET_KEY: '' } }, (world, test) => {
  test('belongs to one process; a second one says so and ends', async () => {
    const second = await run(DAYMARK, ['serve'], {
      env: { ...world.environment(), LISTEN: `127.0.0.1:${await freePort()}` },
      cwd: world.folder,
      ms: 15000,
    })
    assert.notEqual(second.code, 0)
    assert.equal(second.signal, null)
    assert.match(second.log + second.out, /daymark\.db/)
    succeeded(await world.ask('/readyz'))
  })

  test('gets a key beside it that only its owner can read', async () => {
    const key = join(world.folder, 'daymark.key')
    assert.ok(existsSync(key))
    assert.equal(statSync(key).mode & 0o777, 0o600)
    assert.match(readFileSync(key, 'utf8').trim(), /^[0-9a-f]{64}$/)
  })

  test('can be taken over after kill -9', async () => {
    await world.server.stop('SIGKILL')
    await world.startServer()
    succeeded(await world.ask('/readyz'))
  })

  test('the port of another program is a clear line', async () => {
    const { createServer } = await import('node:net'),
      port = await freePort(),
      taken = createServer().listen(port, '127.0.0.1')
    const late = await run(DAYMARK, ['serve'], {
      env: {
        ...world.environment(),
        DATABASE_URL: `sqlite:${join(world.folder, 'other.db')}`,
        LISTEN: `127.0.0.1:${port}`,
      },
      cwd: world.folder,
      ms: 15000,
    })
    taken.close()
    assert.notEqual(late.code, 0)
    assert.equal(late.signal, null)
    assert.match(late.log, new RegExp(String(port)))
  })

  test('the port of another Daymark is a clear line too, not a share of its requests', async () => {
    const env = { ...world.environment(), DATABASE_URL: `sqlite:${join(world.folder, 'third.db')}` }
    const late = await run(DAYMARK, ['serve'], { env, cwd: world.folder, ms: 5000 })
    assert.equal(late.signal, null, 'it started on a port that is taken')
    assert.notEqual(late.code, 0)
    assert.match(late.log, new RegExp(String(world.port)))
  })
})

describe("a start that can't be", () => {
  let folder
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'daymark-start-'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))
  const serve = (env, args = []) =>
    run(DAYMARK, ['serve', ...args], {
      env: { DATABASE_URL: `sqlite:${folder}/x.db`, LISTEN: '127.0.0.1:1', ...env },
      cwd: folder,
      ms: 15000,
    })
  const file = text => {
    writeFileSync(join(folder, 'daymark.conf'), text)
    return ['--config', join(folder, 'daymark.conf')]
  }

  const wrong = [
    ['a number out of bounds', { WORKERS: '0' }, '', /WORKERS/],
    ['a number that is none', { CACHE_TTL: 'soon' }, '', /CACHE_TTL/],
    ['a time that is none', { SYNC_TIME: '25:00' }, '', /SYNC_TIME/],
    ['a zone that does not exist', { SYNC_ZONE: 'Mars/Olympus' }, '', /SYNC_ZONE/],
    ['a database of another kind', { DATABASE_URL: 'mysql://x' }, '', /DATABASE_URL/],
    ['an address that is none', { LISTEN: 'here' }, '', /LISTEN/],
    ['half of TLS', { TLS_CERT: '/nowhere.pem' }, '', /TLS_KEY/],
    ['a weak master key', { SECRET_KEY: 'short' }, '', /SECRET_KEY|master key/],
    ['PostgreSQL without a master key', { DATABASE_URL: 'postgresql://127.0.0.1:1/x' }, '', /SECRET_KEY/],
    ['an unknown name in the file', {}, 'WROKERS=8\n', /WROKERS/],
    ['a line that is none', {}, 'WORKERS\n', /WORKERS/],
    ['a bad value in the file', {}, '# fine\n\nLOG_LEVEL = loud\n', /LOG_LEVEL/],
    ["a secret's file that is not there", { JWT_SECRET_FILE: '/nowhere' }, '', /JWT_SECRET/],
  ]
  for (const [name, env, text, says] of wrong) {
    it(`stops on ${name}, with one line`, async () => {
      const done = await serve(env, text ? file(text) : [])
      assert.equal(done.signal, null, done.tail())
      assert.ok(done.code > 0, done.tail())
      const lines = (done.log + done.out).trim().split('\n')
      assert.equal(lines.length, 1, done.tail())
      assert.match(lines[0], says)
    })
  }

  it('an unknown command or option shows the way', async () => {
    for (const [args, says] of [
      [['sreve'], /sreve[\s\S]*serve/],
      [['serve', '--dmeo'], /--dmeo/],
      [[], /serve/],
    ]) {
      const done = await run(DAYMARK, args, { cwd: folder, ms: 10000 })
      assert.notEqual(done.code, 0)
      assert.match(done.log + done.out, says)
    }
  })

  it('version, config and schedule need no database', async () => {
    const say = async (args, env = {}) => {
      const done = await run(DAYMARK, args, { env, cwd: folder, ms: 10000 })
      assert.equal(done.code, 0, done.tail())
      return done.out
    }
    assert.match(await say(['version']), /\d+\.\d+\.\d+/)
    const config = await say(['config'], { JWT_SECRET: 'canary-secret-value', WORKERS: '3' })
    assert.doesNotMatch(config, /canary/)
    assert.match(config, /WORKERS\W+3/)
    const runs = (
      await say([
        'schedule',
        '--from',
        '2026-03-06T12:00:00Z',
        '--count',
        '4',
        '--zone',
        'America/Los_Angeles',
        '--at',
        '00:15',
      ])
    )
      .trim()
      .split('\n')
    assert.equal(runs.length, 4)
    for (const [line, utc] of runs.map((line, n) => [
      line,
      ['2026-03-07T08:15:00Z', '2026-03-08T08:15:00Z', '2026-03-09T07:15:00Z', '2026-03-10T07:15:00Z'][n],
    ]))
      assert.ok(line.includes(utc), line)
  })
})

describe('the demo', () => {
  it('is ready within a second, signed in, with data soon', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'daymark-demo-')),
      port = await freePort(),
      begun = Date.now()
    const demo = new Program(DAYMARK, ['serve', '--demo'], {
      env: { LISTEN: `127.0.0.1:${port}`, HOME: folder, TMPDIR: folder, LOG_FORMAT: 'json' },
      cwd: folder,
    })
    try {
      await demo.says(/Daymark is ready: (\S+)/)
      const url = `http://127.0.0.1:${port}`,
        page = await ask(url, '/')
      if (!process.env.DAYMARK?.includes('asan')) assertWithin(begun, 1500)
      const cookie = page.headers.get('set-cookie')?.split(';')[0]
      assert.ok(cookie, 'nobody is signed in')
      await eventually(
        async () => {
          const answer = await ask(url, '/v1/dashboard/meta', { cookie })
          return succeeded(answer).connected_sources.ga4 && answer.json.last_sync_at
        },
        { ms: 60000, why: 'the first sync did not end' },
      )
      const day = n => new Date(Date.now() - n * 86400e3).toISOString().slice(0, 10)
      const sessions = `/v1/widgets/ga4.sessions?startDate=${day(32)}&endDate=${day(3)}`
      await eventually(async () => succeeded(await ask(url, sessions, { cookie })).stats.value > 0, { ms: 60000 })
      assert.equal((await ask(url, '/v1/dashboard/meta', { token: mint({}, { secret: '' }) })).status, 401)
      assert.deepEqual(await demo.stop(), { code: 0, signal: null }, demo.tail())
    } finally {
      if (demo.running) await demo.stop('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
