// WCAG 2.2 AA as axe-core sees it: every screen and dialog, light and dark, wide and narrow.
import { axe } from '../axe.mjs'
import { base, openBoard, scene } from '../browser.mjs'

const STATES = {
  board: async () => undefined,
  dates: async page => {
    await page.keyboard.press('d')
    await page.locator('.sheet-month').waitFor()
  },
  comparison: async page => {
    await page.locator('#compare').selectOption('custom')
    await page.locator('.panel:popover-open .sheet-month').waitFor()
  },
  picker: async page => {
    await page.keyboard.press('/')
    await page.locator('.picker-preview .value').waitFor()
  },
  'nothing found': async page => {
    await page.keyboard.press('/')
    await page.getByRole('searchbox').fill('zzz')
    await page.locator('.picker-nothing').waitFor()
  },
  keys: async page => {
    await page.keyboard.press('?')
    await page.getByRole('dialog').waitFor()
  },
  editing: async page => {
    await page.keyboard.press('e')
    await page.keyboard.press('ArrowRight')
    await page.locator('.edit-bar').waitFor()
  },
  account: async page => {
    await page.locator('#account').click()
    await page.locator('.account').waitFor()
  },
}

/** Every connection needs a new token, so that the form for it is there. */
async function asDead(route) {
  const reply = await route.fetch()
  const json = await reply.json()
  for (const one of json.connections) Object.assign(one, { status: 'reconnect', last_error: 'its token ended' })
  await route.fulfill({ response: reply, json })
}
const fromAccount = async (page, id) => {
  await page.locator('#account').click()
  await page.locator(id).click()
}
const openSettings = section => async page => {
  await fromAccount(page, '#settings')
  await page.locator(`[data-section="${section}"]`).click()
  await page.locator('#settings-section').waitFor()
}

const DIALOGS = {
  explanation: async page => {
    await page.locator('.card[data-widget="ga4.traffic_channels"] .figure button.delta').click()
    await page.locator('.why-table').waitFor()
  },
  connections: async page => {
    await fromAccount(page, '#connections')
    await page.locator('.renew form').nth(2).waitFor()
    await page.locator('[data-source-choice="ga4"] > summary').click()
  },
  'settings, display': openSettings('display'),
  'settings, targets': openSettings('targets'),
  'settings, tokens': openSettings('tokens'),
  'settings, sign-in': openSettings('you'),
  'settings, board': openSettings('layout'),
}

for (const colorScheme of ['light', 'dark']) {
  for (const [name, open] of Object.entries(STATES))
    scene(
      `axe: ${name}, ${colorScheme}`,
      async page => {
        await openBoard(page)
        await page.locator('.chart svg').first().waitFor()
        await open(page)
        await axe(page, name)
      },
      { colorScheme },
    )
  scene(
    `axe: explanation, connections, settings, ${colorScheme}`,
    async page => {
      await page.route('**/v1/connections', asDead)
      await openBoard(page)
      await page.locator('.chart svg').first().waitFor()
      for (const [name, open] of Object.entries(DIALOGS)) {
        await open(page)
        await axe(page, name)
        await page.keyboard.press('Escape')
        await page.getByRole('dialog').waitFor({ state: 'detached' })
      }
    },
    { colorScheme },
  )
  scene(
    `axe: phone and its sheet, ${colorScheme}`,
    async page => {
      await openBoard(page)
      await axe(page, 'phone')
      await page.locator('#more').click()
      await page.locator('#sync').waitFor()
      await axe(page, 'sheet')
    },
    { colorScheme, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  )
  scene(
    `axe: empty, failed, offline, session ended, ${colorScheme}`,
    async page => {
      await openBoard(page, { layout: { version: 1, widgets: [{ id: 'ga4.users', size: 'md' }] } })
      const fail = status => route =>
        route.fulfill({ status, json: { status, title: 'x', code: 'x', detail: 'It did not work.' } })
      await page.route(/\/v1\/(dashboard\/data|widgets\/)/, fail(500))
      await page.locator('#compare').selectOption('off')
      await page.locator('.card-state').first().waitFor()
      await axe(page, 'failed')
      await page.route('**/v1/**', route => route.abort('connectionrefused'))
      await page.locator('#compare').selectOption('previous_year')
      await page.locator('#offline').waitFor()
      await axe(page, 'offline')
      await page.unroute('**/v1/**')
      await page.route('**/v1/dashboard/data?*', fail(401))
      await page.locator('#compare').selectOption('previous_period')
      await page.locator('.session-ended').waitFor()
      await axe(page, 'session ended')
    },
    { colorScheme, expected: [/500/, /401/, /REFUSED/] },
  )
  scene(
    `axe: empty board, sign-in and set-up, ${colorScheme}`,
    async page => {
      await page.request.get(base + '/')
      await page.request.post(base + '/v1/dashboard/layout', {
        headers: { origin: base },
        data: { version: 1, widgets: [] },
      })
      await page.goto(base)
      await page.locator('.board-empty').waitFor()
      await axe(page, 'empty board')
      await page.route('**/v1/auth/me', route => route.fulfill({ status: 401, json: { detail: 'x' } }))
      await page.route('**/v1/auth/setup', route => route.fulfill({ json: { needed: false } }))
      await page.goto(base + '/?x')
      await page.getByLabel('Email').waitFor()
      await axe(page, 'sign-in')
      await page.unroute('**/v1/auth/setup')
      await page.route('**/v1/auth/setup', route => route.fulfill({ json: { needed: true } }))
      await page.goto(base + '/?y')
      await page.getByLabel('One-time code').waitFor()
      await axe(page, 'set-up')
    },
    { colorScheme, expected: [/401/] },
  )
}
