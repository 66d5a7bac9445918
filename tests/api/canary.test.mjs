// Secrets that can be recognised go through every route and every way in which a platform refuses, while the platform
// says back all that it was sent. None of them may be in the log, in an answer, or in the database unsealed.
import assert from 'node:assert/strict'
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { after } from 'node:test'
import { everythingKept, noSecret } from '../lib/canary.mjs'
import { dayOf, dense, invent, store } from '../lib/explained.mjs'
import { eventually, mint, succeeded } from '../lib/http.mjs'
import { DAYMARK, Program } from '../lib/programs.mjs'
import { routes } from '../lib/routes.mjs'
import { onBothEngines } from '../lib/world.mjs'

const PEM = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' })
const secrets = {
  refresh: '1//CANARY-refresh+x/y=',
  access: 'ya29.CANARY-access',
  page: 'EAAG-CANARY-meta-token',
  clientSecret: 'CANARY-client-secret+/=',
  appSecret: 'CANARY-app-secret',
  privateKey: PEM.split('\n')[5],
  secretKey: 'CANARY master key, long and varied 0123456789',
  jwtSecret: 'CANARY jwt secret that is long enough for HS256',
  cron: 'CANARY-cron-token-0123456789',
  database: 'CANARY-database-password',
  password: 'CANARY a long password',
  code: '4/0A-CANARY+code/=',
  model: 'sk-CANARY-model-key',
}

// ---- a platform that says back what it hears -------------------------------------------

// Secrets that Daymark makes itself, or derives, as it sends them.
const sent = new Set()
const secretFields =
  /^(code|code_verifier|assertion|appsecret_proof|access_token|fb_exchange_token|input_token|refresh_token|client_secret)$/
function note(text) {
  for (const [name, value] of new URLSearchParams(text))
    if (secretFields.test(name) && value.length > 7) sent.add(value)
}

// What it does: { grants: a token is given, status, body: json | html | text, code: Meta's }
let manner = { grants: true, status: 400, body: 'json' }
let heard = 0

// As far as it can be: JSON may hold a bare %.
function decoded(form) {
  try {
    return decodeURIComponent(form)
  } catch {
    return form
  }
}

function speak(request, form) {
  const echo = `${manner.code === 100 ? 'missing permission ' : ''}${request.headers.authorization} ${form} ${decoded(form)} ${request.url}`
  if (manner.body === 'html') return `<html><body>${echo}</body></html>`
  if (manner.body === 'text') return echo
  return JSON.stringify({
    error: { code: manner.code ?? manner.status, message: echo, status: 'FAILED', details: [{ reason: echo }] },
    error_description: echo,
  })
}

const platform = createServer((request, reply) => {
  let form = ''
  request.on('data', data => {
    form += data
  })
  request.on('end', () => {
    heard++
    note(form)
    note(request.url.split('?')[1])
    const isToken = /^\/token|\/oauth\/access_token/.test(request.url)
    if (isToken && manner.grants) {
      reply.setHeader('content-type', 'application/json')
      return reply.end(JSON.stringify({ access_token: secrets.access, expires_in: 3600, token_type: 'Bearer' }))
    }
    const body = isToken && manner.body === 'json' ? { error: manner.word, error_description: form } : null
    reply.statusCode = manner.status
    reply.setHeader('content-type', manner.body === 'json' ? 'application/json' : 'text/html')
    if (body) body.error_description += ' ' + decoded(form)
    reply.end(body ? JSON.stringify(body) : speak(request, form))
  })
})
await new Promise(done => platform.listen(0, '127.0.0.1', done))
after(() => platform.close())
const url = `http://127.0.0.1:${platform.address().port}`

const statuses = [200, 302, 400, 401, 403, 404, 429, 500, 503]
const bodies = ['json', 'html', 'text']
const codes = [1, 2, 4, 10, 17, 33, 100, 102, 190, 200, 270, 368, 613, 2635, 3018, 80000, 99999]
const words = ['invalid_grant', 'invalid_client', 'unauthorized_client', 'invalid_request', 'something_else']
const manners = [
  ...statuses.flatMap(status => bodies.map(body => ({ grants: true, status, body }))),
  ...statuses.flatMap(status => bodies.map(body => ({ grants: false, status, body, word: words[status % 5] }))),
  ...words.map(word => ({ grants: false, status: 400, body: 'json', word })),
  ...codes.map(code => ({ grants: true, status: 400, body: 'json', code })),
]

const google = { type: 'refresh_token', refresh_token: secrets.refresh }
const graph = { type: 'access_token', access_token: secrets.page }
const serviceAccount = {
  type: 'service_account',
  key: {
    type: 'service_account',
    client_email: 'a@example.org',
    private_key_id: 'k',
    private_key: PEM,
    token_uri: `${url}/token`,
  },
}
const accounts = [
  ['ga4', '111', google],
  ['ga4', '112', serviceAccount],
  ['meta', 'act_113', graph],
  ['instagram', '17841400000000114', graph],
]

const settings = {
  sim: null,
  env: {
    SECRET_KEY: secrets.secretKey,
    JWT_SECRET: secrets.jwtSecret,
    CRON_TOKEN: secrets.cron,
    LOG_LEVEL: 'debug',
    BACKFILL_DAYS: '30',
    GA4_DATA_URL: url,
    GA4_ADMIN_URL: url,
    GOOGLE_TOKEN_URL: `${url}/token`,
    GOOGLE_CLIENT_ID: 'client',
    GOOGLE_CLIENT_SECRET: secrets.clientSecret,
    GOOGLE_AUTH_URL: `${url}/consent`,
    META_DIALOG_URL: url,
    META_GRAPH_URL: url,
    META_APP_ID: '77',
    META_APP_SECRET: secrets.appSecret,
    OPENAI_BASE_URL: `${url}/v1`,
    OPENAI_API_KEY: secrets.model,
    OPENAI_MODEL: 'words',
  },
}

onBothEngines('canaries', settings, (world, test) => {
  const answers = [],
    forbidden = Object.values(secrets)
  // Its own copy: the password belongs to one engine's address.
  world.env = {
    ...settings.env,
    get DATABASE_URL() {
      const address = world.database.url
      if (world.engine === 'sqlite') return address
      const withPassword = new URL(address)
      withPassword.password = secrets.database
      return withPassword.href
    },
  }
  const id = randomUUID()
  const jwt = mint({ sub: id }, { secret: secrets.jwtSecret })
  forbidden.push(jwt)

  async function ask(path, options = {}) {
    const answer = await world.ask(path, { token: jwt, ...options })
    answers.push([`${options.method ?? 'GET'} ${path}`, answer.text + JSON.stringify([...answer.headers])])
    return answer
  }

  function noneIn(where, text) {
    noSecret([...forbidden, ...sent], where, text)
    const at = text.indexOf('CANARY')
    assert.ok(at < 0, `${where} has a part of a secret: …${text.slice(Math.max(0, at - 200), at + 100)}`)
  }

  function nowhere() {
    for (const [name, text] of answers) noneIn(name, text)
    for (const [name, text] of everythingKept(world)) noneIn(name, text)
  }

  test('the look finds what is there', () => {
    assert.throws(() => noneIn('a text', `x ${secrets.privateKey} y`))
    assert.throws(() => noneIn('a text', `x ${encodeURIComponent(secrets.refresh)} y`))
    assert.throws(() => noneIn('a text', `x ${jwt} y`))
  })

  test('not when a platform refuses, whatever it says', async () => {
    const stored = []
    for (const [source, external_id, credential] of accounts)
      stored.push(
        succeeded(
          await ask('/v1/connections', { method: 'POST', body: { source, external_id, credential, verify: false } }),
          201,
        ).id,
      )
    for (manner of manners) {
      for (const [source, external_id, credential] of accounts)
        await ask('/v1/connections', {
          method: 'POST',
          body: { source, external_id: external_id.replace(/.$/, '9'), credential },
        })
      for (const one of stored) await ask(`/v1/connections/${one}/test`, { method: 'POST' })
      for (const [i, [, , credential]] of accounts.entries())
        await ask(`/v1/connections/${stored[i]}`, { method: 'PATCH', body: { credential } })
    }
    assert.ok(heard > manners.length * 4, `the platform was asked ${heard} times only`)
    nowhere()
  })

  test('not when the browser comes back from a consent page', async () => {
    const kinds = manners.filter(({ grants, body }) => !grants && body !== 'text')
    for (manner of [...kinds, ...codes.map(code => ({ grants: false, status: 400, body: 'json', code }))])
      for (const source of ['ga4', 'meta', 'instagram']) {
        const page = await world.ask(`/v1/connect/${source}/start`, { token: jwt })
        assert.equal(page.status, 302, page.text)
        const state = new URL(page.headers.get('location')).searchParams.get('state')
        sent.add(state)
        for (const query of [
          `code=${encodeURIComponent(secrets.code)}`,
          `error=no&error_description=${secrets.code}`,
        ]) {
          const back = await ask(`/v1/connect/${source}/callback?state=${state}&${query}`, { token: undefined })
          if (back.status !== 302) continue // the second has no state left
          const id = back.headers.get('location').replace('/#connect=', '')
          await ask(`/v1/connect/${id}/accounts`)
          await ask(`/v1/connect/${id}/accounts`, { method: 'POST', body: { external_ids: ['111'] } })
        }
      }
    assert.ok(
      [...sent].some(value => /^[0-9a-f]{64}$/.test(value)),
      'no appsecret_proof was seen',
    )
    assert.ok([...sent].filter(value => value.length === 43).length > 40, 'no verifiers were seen')
    assert.ok(
      [...sent].some(value => value.split('.').length === 3),
      'no assertion was seen',
    )
    nowhere()
  })

  test('not when the endpoint of a language model refuses', async () => {
    const user = randomUUID()
    store(world.database, user, { ...dense(invent(4, { days: 60 })), through: 200 })
    const token = mint({ sub: user }, { secret: secrets.jwtSecret })
    forbidden.push(token)
    // The last one is not asked any more afterwards.
    for (const [i, status] of [200, 200, 200, 400, 500, 401].entries()) {
      manner = { grants: true, status, body: ['html', 'text', 'json'][Math.min(i, 2)] }
      const before = heard
      const answer = await ask(`/v1/insights?startDate=${dayOf(30)}&endDate=${dayOf(54 + i)}`, { token })
      assert.equal(succeeded(answer).engine, 'rules')
      assert.ok(heard > before, `it was not asked: ${status}`)
    }
    assert.match(world.server.log, /"outcome":"denied"/)
    nowhere()
  })

  test('not when a sync fails', async () => {
    for (manner of manners.filter(({ body, status }) => body === 'json' && status !== 200)) {
      const started = await ask('/v1/sync/all/run', { method: 'POST' })
      const job = started.json?.job_id
      if (!job) continue
      await eventually(
        () =>
          world.database.ask(
            `SELECT 1 FROM sync_jobs WHERE id = '${job}' AND (status = 'failed' OR not_before IS NOT NULL)`,
          ).length,
        { ms: 20000 },
      )
      await ask(`/v1/sync/job/${job}`)
      await ask('/v1/connections')
      world.database.ask(`UPDATE sync_jobs SET status = 'failed', not_before = NULL WHERE id = '${job}'`)
      world.database.ask("UPDATE connections SET status = 'connected'")
    }
    assert.ok(world.database.ask('SELECT last_error FROM connections WHERE last_error IS NOT NULL').length > 0)
    nowhere()
  })

  test('not on any route, wherever the secret is put', async () => {
    const added = await world.command(['user', 'add', 'anna@example.org'], { input: `${secrets.password}\n` })
    assert.equal(added.code, 0, added.log)
    answers.push(['user add', added.out + added.log])
    const login = await world.ask('/v1/auth/login', {
      method: 'POST',
      body: { email: 'anna@example.org', password: secrets.password },
    })
    succeeded(login)
    const cookie = login.headers.get('set-cookie').split(';')[0]
    const made = await world.ask('/v1/auth/tokens', { method: 'POST', token: jwt, body: { name: 'canary' } })
    const token = made.json.token
    assert.match(token, /^dm_/)
    forbidden.push(cookie.split('=')[1], token)

    const ways = [{ token: jwt }, { token }, { cookie }, { token: secrets.cron }, { token: jwt + 'x' }]
    let asked = 0
    for (const { method, path } of routes()) {
      const writes = !['GET', 'DELETE'].includes(method)
      if (path === '/v1/auth/logout') continue // below, when nobody needs the session any more
      const filled = path.replace('{key}', 'ga4.sessions').replace('{source}', 'ga4').replace('{id}', randomUUID())
      for (const way of ways)
        for (const body of [
          { credential: google, password: secrets.password, code: secrets.cron },
          `{"a":"${secrets.page}`,
        ]) {
          const sent = typeof body === 'string' ? { raw: body } : { body }
          const query = `?access_token=${secrets.access}&code=${encodeURIComponent(secrets.refresh)}`
          if (path === '/v1/auth/tokens' && method === 'POST') continue // its answer is the token
          await ask(filled + query, { method, token: undefined, ...way, ...(writes && sent) })
          await ask(filled, {
            method,
            token: undefined,
            ...way,
            headers: { 'x-cron-token': secrets.cron },
            ...(writes && sent),
          })
          asked++
        }
    }
    assert.ok(asked > 200, `only ${asked} requests`)
    await ask('/v1/auth/logout', { method: 'POST', token: undefined, cookie })
    nowhere()
  })

  test('not in a core dump: there is none', async () => {
    const limits = pid => readFileSync(`/proc/${pid}/limits`, 'utf8')
    assert.match(limits(world.server.pid), /^Max core file size +0 +0 /m)
    // One of its own is killed in the way that would leave a core.
    const env = { ...world.environment(), LISTEN: '127.0.0.1:0', DATABASE_URL: 'sqlite:other.db' }
    const other = new Program(DAYMARK, ['serve'], { env, cwd: world.folder })
    await other.says(/Daymark is ready/)
    await other.stop('SIGQUIT')
    assert.equal(other.signal, 'SIGQUIT')
    assert.deepEqual(
      readdirSync(world.folder).filter(name => /core/.test(name)),
      [],
    )
  })

  test('not in the environment, once it was read', () => {
    let text = ''
    try {
      text = readFileSync(`/proc/${world.server.pid}/environ`, 'latin1')
    } catch (error) {
      assert.equal(error.code, 'EACCES') // it is nobody's business
    }
    if (text) assert.match(text, /LOG_LEVEL=debug/) // the look finds what is there
    noneIn('the environment', text)
  })
})
