// What the page says when something is missing.
import assert from 'node:assert/strict'
import { answerWith, card, eventually, FIRST, openBoard, scene, settled, until } from '../browser.mjs'

const answer = (more = {}, quality = {}) => ({
  series: [],
  stats: { value: null, delta: null },
  quality: { notices: [], missing_days: [], ...quality },
  ...more,
})
const problem = (status, detail) => ({
  status,
  contentType: 'application/problem+json',
  json: { status, title: 'x', code: 'x', detail },
})

scene(
  'an error of one card leaves the others alone, and can be tried again',
  async page => {
    let broken = true
    const sick = problem(500, 'The database did not answer in time.')
    await page.route('**/v1/dashboard/data?*', route => (broken ? route.fulfill(sick) : route.fallback()))
    await page.route('**/v1/widgets/ga4.users?*', route => (broken ? route.fulfill(sick) : route.fallback()))
    await openBoard(page)
    await until(() => card(page, 'ga4.users').textContent(), /database did not answer in time/)
    await until(() => page.locator('.card .value').count(), FIRST.length - 1)
    broken = false
    await card(page, 'ga4.users').getByRole('button', { name: 'Try again' }).click()
    await card(page, 'ga4.users').locator('.value').waitFor()
  },
  { expected: [/500/] },
)

scene('no data and not connected are said in words', async page => {
  const notices = [{ code: 'not_connected', text: 'Google Analytics is not connected.' }]
  const told = { 'ga4.users': answer(), 'ga4.sessions': answer({}, { notices }) }
  await answerWith(page, key => told[key])
  await openBoard(page)
  await until(() => card(page, 'ga4.users').textContent(), /No data for these days/)
  await until(() => card(page, 'ga4.sessions').textContent(), /Google Analytics is not connected/)
})

scene('missing days are gaps, provisional days are named', async page => {
  const days = ['2026-03-01', '2026-03-02', '2026-03-03', '2026-03-05', '2026-03-06']
  const series = [{ name: 'Sessions', points: days.map((t, i) => ({ t, v: 100 + i })) }]
  const told = answer(
    { series, stats: { value: 510, delta: null } },
    { missing_days: ['2026-03-04'], provisional_from: '2026-03-06' },
  )
  await answerWith(page, key => key === 'ga4.sessions' && told)
  await openBoard(page, {
    layout: { version: 1, widgets: [{ id: 'ga4.sessions', size: 'md' }] },
    path: '/?from=2026-03-01&to=2026-03-06&compare=off',
  })
  const sessions = card(page, 'ga4.sessions')
  await until(() => sessions.locator('.card-note').getAttribute('aria-label'), /1 day has no data.*provisional/)
  const chart = sessions.locator('.chart')
  await chart.locator('svg').waitFor()
  await chart.focus()
  await page.keyboard.press('Home')
  await until(() => page.locator('.tip').textContent(), /1 Mar.*100/)
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight')
  await until(() => page.locator('.tip').textContent(), /4 Mar.*No data for this day/)
  await page.keyboard.press('End')
  await until(() => page.locator('.tip').textContent(), /104.*[Pp]rovisional/)
  // The line is drawn in two pieces: nothing bridges the gap.
  const path = chart.locator('svg path[stroke-width="2"]:not([stroke-dasharray])').first()
  await until(() => path.getAttribute('d'), /^M[^M]*M[^M]*$/)
})

scene(
  'a session that ends asks to sign in, over the same place',
  async page => {
    await openBoard(page, { path: '/?range=7d' })
    await page.route('**/v1/dashboard/data?*', route => route.fulfill(problem(401, 'Sign in first.')))
    await page.locator('#compare').selectOption('off')
    const dialog = page.getByRole('dialog')
    await until(() => dialog.textContent(), /session has ended/)
    await page.keyboard.press('Escape')
    await eventually(async () => await dialog.isVisible(), 'Escape got around signing in')
    await page.unroute('**/v1/dashboard/data?*')
    await page.route('**/v1/auth/login', route => route.fulfill({ json: { ok: true } }))
    await dialog.getByLabel('Email').fill('ana@northlight.example')
    await dialog.getByLabel('Password').fill('a long enough one')
    await dialog.getByRole('button', { name: 'Sign in' }).click()
    await dialog.waitFor({ state: 'detached' })
    await settled(page)
    await until(() => page.url(), /range=7d/)
    await until(() => page.locator('.card .value').count(), FIRST.length)
  },
  { expected: [/401/] },
)

scene(
  'no session and no account lead to sign-in and to set-up',
  async page => {
    const first = problem(401, 'Sign in first.')
    await page.route('**/v1/auth/me', route => route.fulfill(first))
    let sent
    await page.route('**/v1/auth/setup', route => {
      if (route.request().method() === 'GET') return route.fulfill({ json: { needed: true } })
      sent = route.request().postDataJSON()
      return route.fulfill(problem(403, 'That code was used before.'))
    })
    await page.goto(process.env.URL + '/#setup=K7-TREE')
    await page.getByRole('heading', { name: 'Set up Daymark' }).waitFor()
    await page.getByLabel('Email').fill('ana@northlight.example')
    await page.getByLabel('Password').fill('a long enough one')
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.getByRole('alert').filter({ hasText: 'That code was used before.' }).waitFor()
    assert.deepEqual(sent, { code: 'K7-TREE', email: 'ana@northlight.example', password: 'a long enough one' })
    await page.unroute('**/v1/auth/setup')
    await page.route('**/v1/auth/setup', route => route.fulfill({ json: { needed: false } }))
    await page.route('**/v1/auth/login', route => route.fulfill(first))
    await page.goto(process.env.URL + '/?x')
    await page.getByLabel('Email').fill('ana@northlight.example')
    await page.getByLabel('Password').fill('wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await until(() => page.getByRole('alert').textContent(), /do not belong together/)
  },
  { expected: [/401/, /403/] },
)

scene(
  'a server that is gone is said, and found again',
  async page => {
    await openBoard(page)
    const place = () => page.locator('.board').evaluate(one => one.getBoundingClientRect().y)
    const before = await place()
    await page.route('**/v1/**', route => route.abort('connectionrefused'))
    await page.locator('#compare').selectOption('off')
    await page.locator('#offline').filter({ hasText: 'cannot be reached' }).waitFor()
    await until(() => page.locator('.card .value').count(), FIRST.length, 'what was known is gone')
    assert.equal(await place(), before, 'the board was pushed about')
    await page.unroute('**/v1/**')
    await page.locator('#offline').waitFor({ state: 'detached' })
  },
  { expected: [/ERR_CONNECTION_REFUSED/] },
)
