// Ask the server, and look at what it answers.
import assert from 'node:assert/strict'
import { createHmac, randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { availableParallelism, loadavg } from 'node:os'
import { assertDescribed } from './described.mjs'

export const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
export const JWT_SECRET = 'a secret for tests that is long enough for HS256'

const DAY = 86400e3
export const iso = time => new Date(time).toISOString().slice(0, 10)
export const daysAgo = n => iso(Date.now() - n * DAY)
export const lastDays = (n, until = 3) => `startDate=${daysAgo(until + n - 1)}&endDate=${daysAgo(until)}`

const base64url = part =>
  Buffer.from(typeof part === 'string' || Buffer.isBuffer(part) ? part : JSON.stringify(part)).toString('base64url')

// A bearer token as an identity provider signs it.
export function mint(
  claims = {},
  { secret = JWT_SECRET, header = { alg: 'HS256', typ: 'JWT' }, hash = 'sha256' } = {},
) {
  const now = Math.floor(Date.now() / 1000)
  const all = { sub: randomUUID(), iat: now, exp: now + 3600, ...claims }
  for (const name of Object.keys(all)) if (all[name] === undefined) delete all[name]
  const signed = `${base64url(header)}.${base64url(all)}`
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`
}

// One request: { status, headers, text, json }. It throws if the answer is not as the server describes itself.
export async function ask(base, path, { method = 'GET', token, cookie, body, raw, headers = {} } = {}) {
  const all = { ...headers }
  if (token) all.authorization = `Bearer ${token}`
  if (cookie) all.cookie = cookie
  if (body !== undefined || raw !== undefined) all['content-type'] ??= 'application/json'
  const answer = await fetch(base + path, {
    method,
    headers: all,
    body: raw ?? (body === undefined ? undefined : JSON.stringify(body)),
    redirect: 'manual',
  })
  const text = await answer.text()
  let json
  try {
    json = JSON.parse(text)
  } catch {
    /* not every answer is JSON */
  }
  const whole = { status: answer.status, headers: answer.headers, text, json }
  await assertDescribed(base, { method, path, sent: body, answer: whole })
  return whole
}

// Bytes as they are, until the server closes or falls silent; several answers come back as one text.
export function askRaw(base, bytes, { ms = 15000 } = {}) {
  const { hostname, port } = new URL(base)
  return new Promise((done, failed) => {
    let text = ''
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    socket.setTimeout(ms, () => socket.destroy())
    socket.on('data', data => {
      text += data.toString('latin1')
    })
    socket.on('error', error =>
      text ? undefined : error.code === 'ECONNRESET' || error.code === 'EPIPE' ? undefined : failed(error),
    )
    socket.on('close', () => done(text))
  })
}

// An error as RFC 9457 says, with our additions.
export function problem(answer, status, code) {
  assert.equal(answer.status, status, answer.text.slice(0, 300))
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/)
  for (const name of ['type', 'title', 'status', 'detail', 'code'])
    assert.ok(answer.json?.[name], `the problem has no ${name}: ${answer.text}`)
  assert.equal(answer.json.status, status)
  assert.ok(answer.headers.get('x-request-id'), 'no X-Request-Id')
  if (code) assert.equal(answer.json.code, code)
  return answer.json
}

export function succeeded(answer, status = 200) {
  assert.equal(answer.status, status, answer.text.slice(0, 300))
  return answer.json
}

// A limit in time; where more wants to run than there are cores, it is as much longer.
export const patient = ms => ms * Math.max(1, loadavg()[0] / availableParallelism())
export function assertWithin(begun, ms, what = 'it') {
  const took = Date.now() - begun
  assert.ok(took <= patient(ms), `${what} took ${took} ms, and may take ${patient(ms).toFixed(0)}`)
}

// Until it holds (returns something true) or the time is over.
export async function eventually(what, { ms = 90000, every = 50, why = 'it never came true' } = {}) {
  const late = Date.now() + ms
  for (;;) {
    const held = await what()
    if (held) return held
    if (Date.now() > late) throw new Error(typeof why === 'function' ? why() : why)
    await new Promise(done => setTimeout(done, every))
  }
}
