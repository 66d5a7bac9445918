// The proxies of docs/deploy.md, with the very configurations that stand there: they serve the page, pass a stream of
// events on as it comes, and let limits count the client.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { get as getPlain } from 'node:http'
import { get as getSecure } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe } from 'node:test'
import { eventually, mint, succeeded } from '../lib/http.mjs'
import { certificate, documented, Front, replaced } from '../lib/fronts.mjs'
import { freePort, root, run } from '../lib/programs.mjs'
import { CRON_TOKEN, onEngine } from '../lib/world.mjs'

const HSTS = 'max-age=31536000'
// The proxies' own address; clients have others of this machine.
const env = { TRUSTED_PROXIES: '127.0.0.1', PUBLIC_URL: 'https://dash.example.org' }

// Each proxy: its page's block, with what must differ on this machine.
const proxies = {
  caddy: world => ({
    secure: false,
    proxy: new Front('caddy', (port, folder) =>
      replaced(`{\n\tadmin off\n\tstorage file_system ${folder}\n}\n${documented('deploy.md', 'caddy')}`, [
        ['dash.example.org {', `http://127.0.0.1:${port} {`],
        ['127.0.0.1:8080 {', `127.0.0.1:${world.port} {`],
      ]),
    ),
  }),
  nginx: world => ({
    secure: true,
    proxy: new Front('nginx', async (port, folder) => {
      const { key, cert } = certificate(folder)
      const site = replaced(documented('deploy.md', 'nginx'), [
        ['listen 443 ssl', `listen 127.0.0.1:${port} ssl`],
        ['listen 80', `listen 127.0.0.1:${await freePort()}`],
        ['127.0.0.1:8080', `127.0.0.1:${world.port}`],
        ['/etc/letsencrypt/live/dash.example.org/fullchain.pem', cert],
        ['/etc/letsencrypt/live/dash.example.org/privkey.pem', key],
      ])
      const own = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        name => `${name}_temp_path ${folder}/${name};`,
      )
      return `pid ${folder}/pid; error_log stderr; events {}\nhttp { access_log off; ${own.join(' ')}\n${site}}\n`
    }),
  }),
  haproxy: world => ({
    secure: true,
    proxy: new Front('haproxy', (port, folder) =>
      replaced(documented('deploy.md', 'haproxy'), [
        ['maxconn 20000', 'maxconn 2000'],
        [':443', `127.0.0.1:${port}`],
        ['/etc/haproxy/dash.example.org.pem', certificate(folder).both],
        ['10.0.0.11:8080', `127.0.0.1:${world.port}`],
        ...['12', '13'].map(n => [`10.0.0.${n}:8080`, '127.0.0.1:1']), // instances that are not there
      ]),
    ),
  }),
}

// One request: { status, headers, text }, or with each: the pieces as they come.
function ask({ secure, proxy }, path, { from = '127.0.0.3', headers = {}, token, each } = {}) {
  const get = secure ? getSecure : getPlain
  const authorization = token && { authorization: `Bearer ${token}` }
  const options = {
    host: '127.0.0.1',
    port: proxy.port,
    path,
    localAddress: from,
    rejectUnauthorized: false,
    agent: false,
  }
  return new Promise((done, failed) => {
    const request = get({ ...options, headers: { ...authorization, ...headers } }, answer => {
      let text = ''
      answer.on('data', data => {
        text += data
        each?.(text, request)
      })
      answer.on('error', () => {}) // we have hung up ourselves
      answer.on('close', () => done({ status: answer.statusCode, headers: answer.headers, text }))
    })
    request.on('error', failed)
  })
}

describe('docs/deploy.md', { concurrency: true }, () => {
  for (const [name, make] of Object.entries(proxies))
    onEngine('sqlite', `behind ${name} as documented`, { env, sim: ['--days', '30'] }, (world, test) => {
      test('page, client, stream', async () => {
        const front = make(world)
        await front.proxy.start()
        try {
          await servesThePage(front)
          await countsTheClient(front)
          await passesEventsOn(world, front)
        } finally {
          await front.proxy.stop()
        }
      })
    })

  const issuer = readFileSync(join(root, 'docs/deploy.md'), 'utf8').match(/`JWT_ISSUER=(\S+)`, `JWT_AUDIENCE=(\S+)`/)
  const supabase = { JWT_ISSUER: issuer[1], JWT_AUDIENCE: issuer[2] }

  onEngine('postgresql', 'on Supabase as documented', { sim: null, env: supabase }, (world, test) => {
    test('its tables are in a schema of their own, made by a user who is no superuser', async () => {
      const name = `daymark_${process.pid}`
      world.database.load(replaced(documented('deploy.md', 'sql'), [['daymark', name]]))
      try {
        const url = new URL(world.database.url)
        url.username = name
        const done = await world.command(['migrate'], { env: { ...world.environment(), DATABASE_URL: url.href } })
        assert.equal(done.code, 0, done.log)
        const tables = world.database.ask(`SELECT tablename, tableowner FROM pg_tables WHERE schemaname = '${name}'`)
        assert.ok(tables.includes(`ga4_daily|${name}`), tables.join())
      } finally {
        world.database.ask(`DROP SCHEMA ${name} CASCADE; DROP ROLE ${name}`)
      }
    })

    test('its tokens are good, its public key is nobody', async () => {
      const status = async claims => (await world.ask('/v1/dashboard/meta', { token: mint(claims) })).status
      const good = { iss: supabase.JWT_ISSUER, aud: supabase.JWT_AUDIENCE, role: 'authenticated' }
      assert.equal(await status(good), 200)
      assert.equal(await status({ ...good, aud: 'other' }), 401)
      assert.equal(await status({ iss: 'supabase', role: 'anon', sub: undefined }), 401)
    })
  })

  onEngine('sqlite', 'the nightly call as documented', { sim: null }, (world, test) => {
    test('starts a run, and learns that it was started', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'daymark-curl-'))
      const call = replaced(documented('deploy.md', 'curl'), [['https://dash.example.org', world.url]])
      const script = join(folder, 'call')
      writeFileSync(script, call)
      const ask = async token => {
        const done = await run('sh', [script], { env: { CRON_TOKEN: token } })
        return { exit: done.code, ...JSON.parse(done.out) }
      }
      try {
        const first = await ask(CRON_TOKEN)
        assert.equal(first.exit, 0)
        await eventually(async () => (await ask(CRON_TOKEN)).status === 'already-done')
        assert.equal((await ask(CRON_TOKEN)).job_id, first.job_id)
        const wrong = await ask('a guess')
        assert.deepEqual([wrong.exit, wrong.code], [22, 'cron-refused'])
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    })
  })
})

// The instance may still be looked at for its health.
async function servesThePage(front) {
  let page
  await eventually(async () => (page = await ask(front, '/')).status === 200, { why: () => page.text })
  assert.match(page.headers['content-type'], /^text\/html/)
  assert.match(page.headers['content-security-policy'], /default-src/)
  assert.equal(page.headers['strict-transport-security'], HSTS)
  const [script] = page.text.match(/\/[\w./-]+\.js/)
  const { status, headers, text } = await ask(front, script)
  assert.equal(status, 200)
  assert.match(headers['cache-control'], /immutable/)
  assert.ok(text.length > 1000)
  const refused = await ask(front, '/v1/dashboard/meta')
  assert.equal(refused.status, 401)
  assert.equal(refused.headers['strict-transport-security'], HSTS)
}

async function countsTheClient(front) {
  const guess = (from, n) =>
    ask(front, '/v1/sync/all/daily', { from, headers: { 'x-cron-token': 'no', 'x-forwarded-for': `198.51.100.${n}` } })
  const statuses = async (from, n) =>
    (await Promise.all(Array.from({ length: n }, (_, k) => guess(from, k)))).map(one => one.status)
  let refused = false
  for (let n = 0; n < 20 && !refused; n++) refused = (await statuses('127.0.0.3', 20)).includes(429)
  assert.ok(refused, 'whoever says that he is another one each time is never told to wait')
  assert.deepEqual(await statuses('127.0.0.4', 3), [403, 403, 403])
}

// What is to be said now is said now, while the stream goes on.
async function passesEventsOn(world, front) {
  const user = world.user()
  succeeded(await user.connect(), 201)
  await world.sim.set({ slow: 300 })
  const { job_id: id } = succeeded(await user.call('/v1/sync/ga4/run', { method: 'POST' }), 202)
  const states = []
  await ask(front, `/v1/sync/job/${id}/events`, {
    token: user.token,
    each(text, request) {
      states.splice(0, Infinity, ...[...text.matchAll(/^data: (\{.*\})$/gm)].map(match => JSON.parse(match[1]).status))
      if (states.includes('success') || states.includes('failed')) request.destroy()
      else if (states.includes('running')) world.sim.set({ slow: 0 }) // it was heard of while it ran
    },
  })
  assert.equal(states.at(-1), 'success')
  assert.ok(states.includes('running'), `nothing was heard of it while it ran: ${states}`)
}
