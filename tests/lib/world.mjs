// A world for tests: a simulator, a database, a server on both, and its users.
//
//   onBothEngines('layouts', {}, (world, test) => {
//     test('is empty at first', async () => { … await world.user().get('/v1/dashboard/layout') … })
//   })
//
// Each engine gets its own server; all tests of the block share it.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { description } from './described.mjs'
import { ask, eventually, JWT_SECRET, mint, succeeded } from './http.mjs'
import { DAYMARK, DAYMARK_SIM, engines, freePort, newDatabase, Program, run, whyNot } from './programs.mjs'

export const CRON_TOKEN = 'cron-token-for-tests-0123456789'
export const ORIGIN = 'https://dash.example.org'
export const SECRET_KEY = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'
const SANITIZER = /(ERROR|WARNING): (Address|Thread|Leak|UndefinedBehavior)Sanitizer|runtime error:/

export class Simulator {
  async start(args = []) {
    this.program = new Program(DAYMARK_SIM, ['--port', '0', ...args])
    this.url = (await this.program.says(/http:\/\/127\.0\.0\.1:\d+/))[0]
    return this
  }

  // What the server needs to know of it, and what a connection to it needs.
  async demo() {
    return succeeded(await ask(this.url, '/sim'))
  }
  async set(switches) {
    succeeded(await ask(this.url, '/sim/switches', { method: 'POST', body: switches }))
  }
  ask(path, options) {
    return ask(this.url, path, options)
  }
  async reset() {
    succeeded(await ask(this.url, '/sim/reset', { method: 'POST' }))
  }
  async truth(property, from, to) {
    return succeeded(await ask(this.url, `/sim/truth?property=${property}&startDate=${from}&endDate=${to}`))
  }
  async adTruth(account, from, to) {
    return succeeded(await ask(this.url, `/sim/truth?account=${account}&startDate=${from}&endDate=${to}`))
  }
  async serviceAccount() {
    return succeeded(await ask(this.url, '/sim/service-account'))
  }
  stop() {
    return this.program.stop()
  }
}

class User {
  constructor(world, id, claims) {
    this.world = world
    this.id = id
    this.token = mint({ sub: id, ...claims })
  }

  call(path, options = {}) {
    return ask(this.world.url, path, { token: this.token, ...options })
  }
  async get(path, options) {
    return succeeded(await this.call(path, options))
  }
  post(path, body, options) {
    return this.call(path, { method: 'POST', body, ...options })
  }

  async connect(changes = {}) {
    return this.post('/v1/connections', {
      source: 'ga4',
      external_id: this.world.simulated?.property_id,
      credential: this.world.credential(),
      ...changes,
    })
  }

  // An account of each source.
  async connectAll() {
    const sim = this.world.simulated
    const token = access_token => ({ type: 'access_token', access_token })
    succeeded(await this.connect(), 201)
    const meta = { source: 'meta', external_id: sim.ad_account_id, credential: token(sim.meta_access_token) }
    succeeded(await this.connect(meta), 201)
    const instagram = { source: 'instagram', external_id: sim.instagram_id, credential: token(sim.instagram_token) }
    succeeded(await this.connect(instagram), 201)
  }

  // Start a run and wait for its end; the finished job.
  async sync(path = '/v1/sync/ga4/run') {
    const { job_id: id } = succeeded(await this.call(path, { method: 'POST' }), 202)
    return this.finished(id)
  }

  async finished(id, ms = 240000) {
    let job
    await eventually(async () => ['success', 'failed'].includes((job = await this.get(`/v1/sync/job/${id}`)).status), {
      ms,
      every: 100,
      why: () => `the job did not end: ${JSON.stringify(job)}`,
    })
    return job
  }
}

export class World {
  constructor(engine = 'sqlite', { env = {}, sim = ['--days', '120'], args = [] } = {}) {
    Object.assign(this, { engine, env, simArgs: sim, args })
  }

  async start() {
    this.folder = mkdtempSync(join(tmpdir(), 'daymark-api-'))
    this.database = newDatabase(this.engine, this.folder)
    if (this.simArgs) {
      this.sim = await new Simulator().start(this.simArgs)
      this.simulated = await this.sim.demo()
    }
    await this.startServer()
    await description(this.url) // so that no test that measures time has to read it
    return this
  }

  environment() {
    const sim = this.simulated
    return {
      DATABASE_URL: this.database.url,
      LISTEN: `127.0.0.1:${this.port}`,
      SECRET_KEY,
      JWT_SECRET,
      CRON_TOKEN,
      CORS_ORIGINS: ORIGIN,
      LOG_FORMAT: 'json',
      HOME: this.folder,
      BACKFILL_DAYS: '90',
      ...(sim && {
        GA4_DATA_URL: sim.data_url,
        GA4_ADMIN_URL: sim.admin_url,
        GOOGLE_TOKEN_URL: sim.token_url,
        GOOGLE_AUTH_URL: sim.auth_url,
        GOOGLE_CLIENT_ID: sim.client_id,
        GOOGLE_CLIENT_SECRET: sim.client_secret,
        META_GRAPH_URL: sim.graph_url,
        META_DIALOG_URL: sim.graph_url,
        META_APP_ID: sim.meta_app_id,
        META_APP_SECRET: sim.meta_app_secret,
      }),
      ...this.env,
    }
  }

  async startServer() {
    this.port = await freePort()
    this.url = `http://127.0.0.1:${this.port}`
    this.server = new Program(DAYMARK, ['serve', ...this.args], { env: this.environment(), cwd: this.folder })
    await this.server.says(/Daymark is ready: (\S+)/)
    return this.server
  }

  credential() {
    return { type: 'refresh_token', refresh_token: this.simulated?.refresh_token }
  }
  user(id = randomUUID(), claims = {}) {
    return new User(this, id, claims)
  }
  ask(path, options) {
    return ask(this.url, path, options)
  }
  command(args, options = {}) {
    return run(DAYMARK, args, { env: this.environment(), cwd: this.folder, ...options })
  }

  // Through the consent page and back; the answer with the accounts to choose from.
  async accountsToChoose(user, source) {
    const consent = (await user.call(`/v1/connect/${source}/start`)).headers.get('location')
    const back = new URL((await fetch(consent, { redirect: 'manual' })).headers.get('location'))
    const home = (await this.ask(back.pathname + back.search)).headers.get('location')
    return user.call(`/v1/connect/${home.replace('/#connect=', '')}/accounts`)
  }

  // A server that ends badly, or that a sanitizer complains about, fails its block.
  async stopServer(signal = 'SIGTERM') {
    const ended = await this.server.stop(signal)
    if (signal === 'SIGTERM')
      assert.deepEqual(ended, { code: 0, signal: null }, `the server ended badly:\n${this.server.tail(80)}`)
    assert.doesNotMatch(this.server.log, SANITIZER, this.server.tail(120))
  }

  async stop() {
    try {
      if (this.server) await this.stopServer()
    } finally {
      if (this.sim) await this.sim.stop()
      this.database?.drop()
      if (this.folder) rmSync(this.folder, { recursive: true, force: true })
    }
  }
}

// A failing test shows the end of the server's log beside its own message.
export const withLog = (world, body) => async context => {
  try {
    await body(context)
  } catch (error) {
    process.stderr.write(
      `---- the server's log at the end of "${context.name}" on ${world.engine}\n${world.server?.tail() ?? ''}\n`,
    )
    throw error
  }
}

export function onEngine(engine, name, options, define) {
  describe(`${name} on ${engine}`, { skip: whyNot(engine), concurrency: 1 }, () => {
    const world = new World(engine, options)
    before(() => world.start(), { timeout: 60000 })
    after(() => world.stop(), { timeout: 60000 })
    define(world, (title, body) => it(title, { timeout: 240000 }, withLog(world, body)))
  })
}

// together: both at once, for a block whose time goes into waiting.
export function onBothEngines(name, { together = false, ...options }, define) {
  describe(name, { concurrency: together }, () => {
    for (const engine of engines) onEngine(engine, name, options, define)
  })
}
