// What changes on disk while the server runs: certificates and the rules of time zones.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { eventually, JWT_SECRET, mint } from '../lib/http.mjs'
import { DAYMARK, freePort, Program } from '../lib/programs.mjs'
import { askTls, makePair } from '../lib/tls.mjs'
import { SECRET_KEY } from '../lib/world.mjs'

const ZONES = '/usr/share/zoneinfo'
const ZONE = 'America/Los_Angeles'

describe('a server whose files change', () => {
  let folder, port, server
  const at = name => join(folder, name)
  const line = event => server.log.split('\n').filter(one => one.includes(`"event":"${event}"`))

  // As a renewal does it: under another name first.
  function put(target, content) {
    writeFileSync(at('new'), content)
    renameSync(at('new'), at(target))
  }
  const putPair = (certificate, key) => {
    put('server.crt', readFileSync(at(`${certificate}.crt`)))
    put('server.key', readFileSync(at(`${key}.key`)))
  }

  const ask = (path, options) => askTls(port, path, options)
  const shows = name => eventually(async () => (await ask('/healthz')).name === name, { why: () => server.tail() })

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'daymark-reload-'))
    for (const [name, days] of [
      ['first', 90],
      ['second', 60],
      ['third', 30],
    ])
      makePair(folder, name, days)
    putPair('first', 'first')
    mkdirSync(at('zones/America'), { recursive: true })
    for (const name of [ZONE, 'tzdata.zi']) cpSync(join(ZONES, name), at(`zones/${name}`), { dereference: true })
    port = await freePort()
    const env = {
      DATABASE_URL: `sqlite:${at('daymark.db')}`,
      LISTEN: `127.0.0.1:${port}`,
      TLS_CERT: at('server.crt'),
      TLS_KEY: at('server.key'),
      TZDIR: at('zones'),
      CACHE_TTL: '0',
      LOG_FORMAT: 'json',
      JWT_SECRET,
      SECRET_KEY,
    }
    server = new Program(DAYMARK, ['serve'], { env, cwd: folder })
    await server.says(/Daymark is ready/)
  })
  after(async () => {
    try {
      assert.deepEqual(await server.stop(), { code: 0, signal: null }, server.tail())
      assert.doesNotMatch(server.log, /Sanitizer|runtime error/)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('shows a new certificate to new connections by itself; those that are open live on', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    assert.equal((await ask('/healthz', { agent })).name, 'first')
    putPair('second', 'second')
    await shows('second')
    const again = await ask('/healthz', { agent })
    assert.deepEqual([again.name, again.status], ['first', 200])
    agent.destroy()
    assert.match(line('tls.renewed').at(-1), /"ends":"20\d\d-/)
  })

  it('says when it ends in its metrics', async () => {
    const { text } = await ask('/metrics')
    const [, ends] = text.match(/^daymark_tls_certificate_end_timestamp_seconds (\d+)$/m)
    assert.ok(Math.abs(Number(ends) - (Date.now() / 1000 + 60 * 86400)) < 3600, ends)
  })

  const broken = [
    ['a key that belongs to another', () => putPair('third', 'first'), /key/],
    ['half a file', () => put('server.crt', readFileSync(at('third.crt')).subarray(0, 300)), /TLS certificate/],
    ['nothing', () => rmSync(at('server.key')), /TLS_KEY/],
  ]
  for (const [what, breakIt, why] of broken)
    it(`refuses ${what}, and goes on with the old one`, async () => {
      const before = line('tls.refused').length
      breakIt()
      server.child.kill('SIGHUP')
      await eventually(() => line('tls.refused').length > before, { why: () => server.tail() })
      assert.match(JSON.parse(line('tls.refused')[before]).why, why)
      assert.equal((await ask('/healthz')).name, 'second')
    })

  it('takes the next one that is in order, when told to', async () => {
    putPair('third', 'third')
    server.child.kill('SIGHUP')
    await shows('third')
  })

  it('follows the rules of a time zone that are replaced', async () => {
    const headers = { authorization: `Bearer ${mint()}` }
    const next = async () => JSON.parse((await ask('/v1/sync/ga4/meta', { headers })).text).next_scheduled_at
    assert.match(await next(), /T0[78]:15:00Z$/) // 00:15 in Los Angeles
    put(`zones/${ZONE}`, readFileSync(join(ZONES, 'Asia/Tokyo')))
    assert.match(await next(), /T15:15:00Z$/) // 00:15 in Tokyo
    put('zones/tzdata.zi', '# version 2099z\n')
    assert.equal(JSON.parse((await ask('/version')).text).tzdata, '2099z')
    await eventually(() => line('sync.schedule').at(-1).includes('2099z'), { why: () => server.tail() })
    const kept = "SELECT value FROM app_settings WHERE key = 'next_sync'"
    const stored = () =>
      execFileSync('sqlite3', ['-cmd', '.timeout 20000', at('daymark.db'), kept], { encoding: 'utf8' })
    await eventually(() => stored().includes('T15:15:00Z'), { why: stored })
  })
})
