// The pictures of the README and the docs, from a real demo: `./dev pictures`.
//
//   node tests/pictures.mjs DAYMARK FOLDER [PART-OF-A-NAME]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'
import { executablePath } from './browser/chromium.mjs'

const [program, folder, only] = process.argv.slice(2)
const WIDTHS = { 390: 844, 1280: 1000, 1920: 1080 }
const card = (page, key) => page.locator(`.card[data-widget="${key}"]`)
const refuse = (status, detail) => route =>
  route.fulfill({ status, json: { status, title: detail, code: 'x', detail } })

/** The board in every size, light and dark. */
const boards = Object.entries(WIDTHS).flatMap(([width, height]) =>
  ['light', 'dark'].map(colorScheme => ({
    name: `board-${width}-${colorScheme}`,
    width: Number(width),
    height,
    colorScheme,
  })),
)

/** What is opened, and every state; at 1280 unless it says otherwise. act gets the page when the board is ready. */
const scenes = [
  {
    name: 'explain-1280-light',
    act: async page => {
      await card(page, 'ga4.traffic_channels').locator('.figure button.delta').click()
      await page.locator('.why-table').waitFor()
    },
  },
  {
    name: 'evidence-1280-light',
    act: async page => {
      await page.locator('.insights .figure-link').first().click()
      await page.locator('.evidence-fact').first().waitFor()
    },
  },
  {
    name: 'syncs-1280-light',
    act: async page => {
      await page.locator('#account').click()
      await page.locator('#syncs').click()
      await page.locator('.sync-past').first().waitFor()
    },
  },
  {
    name: 'settings-1280-dark',
    colorScheme: 'dark',
    act: async page => {
      await page.locator('#account').click()
      await page.locator('#settings').click()
      await page.locator('#settings-section').waitFor()
    },
  },
  { name: 'dates', act: page => page.keyboard.press('d').then(() => page.locator('.sheet-month').waitFor()) },
  {
    name: 'picker',
    act: async page => {
      await page.keyboard.press('/')
      await page.getByRole('searchbox').fill('content')
      await page.locator('.picker-preview .chart svg').waitFor()
    },
  },
  {
    name: 'picker-nothing',
    act: async page => {
      await page.keyboard.press('/')
      await page.getByRole('searchbox').fill('weather')
      await page.locator('.picker-nothing').waitFor()
    },
  },
  {
    name: 'editing',
    act: async page => {
      await page.keyboard.press('e')
      await page.keyboard.press('ArrowRight')
    },
  },
  { name: 'keys', act: page => page.keyboard.press('?') },
  {
    name: 'sheet-390',
    width: 390,
    height: 844,
    act: page => page.locator('#more').click(),
  },
  {
    name: 'state-loading',
    before: page => page.route('**/v1/dashboard/data?*', () => undefined),
    ready: page => page.locator('.skeleton').first().waitFor(),
  },
  {
    name: 'state-card-failed',
    before: async page => {
      const sick = refuse(500, 'The database did not answer in time.')
      await page.route('**/v1/dashboard/data?*', sick)
      await page.route('**/v1/widgets/meta.spend?*', sick)
    },
  },
  {
    name: 'state-source-off',
    act: async page => {
      await page.locator('[data-source="meta"]').click()
      await page.locator('.card-state').first().waitFor()
    },
  },
  {
    name: 'state-offline',
    act: async page => {
      await page.route('**/v1/**', route => route.abort('connectionrefused'))
      await page.locator('#compare').selectOption('off')
      await page.locator('#offline').waitFor()
    },
  },
  {
    name: 'state-session-ended',
    act: async page => {
      await page.route('**/v1/dashboard/data?*', refuse(401, 'Sign in first.'))
      await page.locator('#compare').selectOption('off')
      await page.locator('.session-ended').waitFor()
    },
  },
  {
    name: 'state-sync-running',
    act: async page => {
      await page.locator('#sync').click()
      await page.locator('#sync-progress').waitFor()
    },
    hold: 200,
  },
  {
    name: 'state-sync-refused',
    act: async page => {
      const detail = 'The nightly sync is running (3 of 5 accounts). You can look around meanwhile.'
      await page.route('**/v1/sync/all/run', refuse(409, detail))
      await page.locator('#sync').click()
      await page.locator('#sync-note').waitFor()
    },
  },
  {
    name: 'print',
    width: 760,
    height: 1000,
    act: page => page.emulateMedia({ media: 'print' }),
    full: true,
  },
]

const server = spawn(program, ['serve', '--demo'], {
  env: { ...process.env, LISTEN: '127.0.0.1:0' },
  stdio: ['ignore', 'pipe', 'ignore'],
})

async function address() {
  for await (const line of createInterface({ input: server.stdout })) {
    const found = /is ready: (\S+)/.exec(line)
    if (found) return found[1]
  }
  throw new Error('the demo did not start')
}

/** When every card in sight has drawn its chart. */
async function settled(page) {
  const count = selector => page.waitForFunction(one => document.querySelectorAll(one).length >= 4, selector)
  await count('.card .value')
  await count('.card .chart svg')
  await page.locator('.insights-body [aria-busy="false"]').waitFor({ state: 'attached' })
}

async function picture(browser, url, { name, width = 1280, height = 800, colorScheme = 'light', ...scene }) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme,
    locale: 'en-GB',
    reducedMotion: 'reduce',
    ...(width < 640 ? { hasTouch: true, isMobile: true } : {}),
  })
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  await scene.before?.(page)
  await page.goto(url)
  await (scene.ready ?? settled)(page)
  await scene.act?.(page)
  await page.waitForTimeout(scene.hold ?? 600)
  const path = `${folder}/${name}.png`
  await page.screenshot({ path, fullPage: scene.full ?? false })
  await context.close()
  console.log(path)
}

async function firstSync(url) {
  const cookie = (await fetch(url)).headers.get('set-cookie')?.split(';')[0] ?? ''
  const synced = async () => {
    const { jobs } = await (await fetch(new URL('/v1/sync/jobs', url), { headers: { cookie } })).json()
    return jobs.some(({ status }) => status === 'success')
  }
  while (!(await synced())) await new Promise(resolve => setTimeout(resolve, 200))
}

try {
  const url = await address()
  await firstSync(url)
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  })
  mkdirSync(folder, { recursive: true })
  for (const one of [...boards, ...scenes]) if (!only || one.name.includes(only)) await picture(browser, url, one)
  await browser.close()
} finally {
  server.kill('SIGTERM')
  if (server.exitCode === null) await once(server, 'exit')
}
