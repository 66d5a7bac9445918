// One Chromium for all cases; each case gets a fresh context that watches for errors.
import assert from 'node:assert/strict'
import test from 'node:test'
import { chromium } from 'playwright-core'
import { executablePath } from './chromium.mjs'

export const base = process.env.URL?.replace(/\/$/, '')
if (!base) throw new Error('set URL to a running server in demo mode')

let browser
export const launch = async () => {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage']
  browser = await chromium.launch({ executablePath, args })
}
export const close = () => browser?.close()

/** A server that does not sign anybody in by itself: every context starts with this session, "name=value". */
let session = null
export const signInWith = cookie => void (session = cookie)
const cookies = () => {
  const [name, value] = session.split('=')
  return [{ name, value, url: base, httpOnly: true, sameSite: 'Lax' }]
}

/** Collects what must not happen on any page: script errors, console errors, CSP violations. */
function watch(page, expected) {
  const seen = []
  page.on('pageerror', error => seen.push(`error: ${error.message}`))
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type()) && !expected.some(pattern => pattern.test(message.text())))
      seen.push(`${message.type()}: ${message.text()}`)
  })
  return seen
}

const noteViolations = () => {
  window.violations = []
  document.addEventListener('securitypolicyviolation', event =>
    window.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`),
  )
}

/**
 * A case: run gets the page, not yet opened. options: those of a browser context, and
 * expected: patterns of console messages that the case provokes.
 */
export function scene(name, run, options) {
  test(name, { timeout: 240_000 }, () => visit(run, options))
}

/** The same without being a test of its own. */
export async function visit(run, { expected = [], ...options } = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    ...options,
  })
  try {
    if (session) await context.addCookies(cookies())
    const page = await context.newPage()
    page.setDefaultTimeout(PATIENCE)
    const seen = watch(page, expected)
    await page.addInitScript(noteViolations)
    await run(page, context)
    assert.deepEqual(await page.evaluate(() => window.violations), [], 'CSP violations')
    assert.deepEqual(seen, [], 'errors in the console')
    for (const one of context.pages()) await one.unrouteAll({ behavior: 'ignoreErrors' })
  } finally {
    await context.close()
  }
}

const api = (page, method, path, body) =>
  page.request.fetch(base + path, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json', origin: base }, data: JSON.stringify(body) }),
  })

export async function savedLayout(page) {
  const reply = await api(page, 'GET', '/v1/dashboard/layout')
  assert.equal(reply.status(), 200)
  return reply.json()
}

/** The cards of a new board of the demo. */
export const FIRST = [
  'ga4.users',
  'ga4.sessions',
  'meta.spend',
  'meta.roas',
  'ga4.traffic_channels',
  'corr.spend_vs_sessions',
  'meta.cost_metrics',
  'ig.content_perf',
]

/** Open the page on this layout; none means the default board. Waits for the numbers and for the end of a sync. */
export async function openBoard(page, { layout = { widgets: [] }, path = '/' } = {}) {
  await page.request.get(base + '/') // the demo's session
  const reply = await api(page, 'POST', '/v1/dashboard/layout', layout)
  assert.equal(reply.status(), 200, await reply.text())
  await page.goto(base + path)
  await settled(page)
}

export async function settled(page) {
  await page.locator('.grid-stack-item').first().waitFor()
  await page.locator('[data-sync="ready"]').waitFor({ state: 'attached', timeout: 60_000 })
  await page.locator('.card[aria-busy="true"]').first().waitFor({ state: 'detached' })
}

export const card = (page, key) => page.locator(`.card[data-widget="${key}"]`)
export const value = async (page, key) => (await card(page, key).locator('.value').textContent()).trim()

const asksAbout = (url, key) => (url.searchParams.get('widgets') ?? '').split(',').includes(key)

/** The next question about the whole board that the page asks, if this widget is in it. */
export const nextQuestion = (page, key) =>
  page
    .waitForRequest(request => {
      const url = new URL(request.url())
      return url.pathname === '/v1/dashboard/data' && asksAbout(url, key)
    })
    .then(request => new URL(request.url()).searchParams)

/** Change what the page is told about widgets, however it asks: change(key, answer) gives the answer to show. */
export async function answerWith(page, change) {
  await page.route('**/v1/dashboard/data?*', async route => {
    const reply = await route.fetch()
    const json = await reply.json()
    for (const key of Object.keys(json.widgets)) json.widgets[key] = change(key, json.widgets[key]) ?? json.widgets[key]
    await route.fulfill({ response: reply, json })
  })
  await page.route(/\/v1\/widgets\/[^/?]+\?/, async route => {
    const reply = await route.fetch()
    const json = await reply.json()
    const key = decodeURIComponent(new URL(route.request().url()).pathname.split('/').at(-1))
    await route.fulfill({ response: reply, json: change(key, json) ?? json })
  })
}

/** What the board last said to those who don't see it. */
export const spoken = page => page.locator('.board > [role="status"]').textContent()

// A machine may be busy with other things: what is waited for has all the time it can need.
const PATIENCE = 30_000
const pause = () => new Promise(resolve => setTimeout(resolve, 50))

/** Poll until check gives something true. */
export async function eventually(check, what = 'it did not come to be', ms = PATIENCE) {
  const end = Date.now() + ms
  for (;;) {
    const got = await check()
    if (got) return got
    assert.ok(Date.now() < end, what)
    await pause()
  }
}

/** Poll until what is read is this value or matches this pattern: a page shows things when it has drawn them. */
export async function until(read, wanted, why) {
  const check = got => (wanted instanceof RegExp ? assert.match(got, wanted, why) : assert.deepEqual(got, wanted, why))
  const end = Date.now() + PATIENCE
  for (;;) {
    try {
      return check(await read())
    } catch (error) {
      if (Date.now() >= end) throw error
    }
    await pause()
  }
}
