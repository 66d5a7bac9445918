// The pictures of the README and the docs, from a real demo: `./dev pictures`.
//
//   node tests/pictures.mjs DAYMARK FOLDER
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'

const [program, folder] = process.argv.slice(2)
const SIZES = [
  { name: 'board-1280-light', width: 1280, height: 1000, colorScheme: 'light' },
  { name: 'board-1280-dark', width: 1280, height: 1000, colorScheme: 'dark' },
  { name: 'board-390-light', width: 390, height: 844, colorScheme: 'light' },
  { name: 'board-1920-light', width: 1920, height: 1080, colorScheme: 'light' },
  { name: 'evidence-1280-light', width: 1280, height: 900, colorScheme: 'light', show: evidence },
  { name: 'syncs-1280-light', width: 1280, height: 900, colorScheme: 'light', show: page => place(page, 'syncs') },
  { name: 'settings-1280-dark', width: 1280, height: 900, colorScheme: 'dark', show: page => place(page, 'settings') },
]

/** What a sentence rests on. */
async function evidence(page) {
  await page.locator('.figure-link').nth(1).click()
  await page.getByRole('button', { name: 'Look it up now' }).first().click()
  await page.waitForTimeout(500)
}

/** A dialog that hangs on the account. */
async function place(page, id) {
  await page.locator('#account').click()
  await page.locator(`#${id}`).click()
  await page.locator('dialog[open]').waitFor()
  await page.waitForTimeout(1000)
}

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

/** When the first sync is done and every card has drawn its chart. */
async function settled(page) {
  await page.waitForFunction(() => document.querySelectorAll('.card .value').length >= 4, null, { timeout: 30_000 })
  await page.waitForFunction(() => document.querySelectorAll('.card .chart svg').length >= 4, null, { timeout: 30_000 })
  await page.waitForTimeout(4000) // what floats at the foot after a sync has gone
}

try {
  const url = await address()
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  })
  mkdirSync(folder, { recursive: true })
  for (const { name, width, height, colorScheme, show } of SIZES) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme, locale: 'en-GB' })
    const page = await context.newPage()
    await page.goto(url)
    await settled(page)
    await show?.(page)
    await page.screenshot({ path: `${folder}/${name}.png` })
    await context.close()
    console.log(`${folder}/${name}.png`)
  }
  await browser.close()
} finally {
  server.kill('SIGTERM')
  if (server.exitCode === null) await once(server, 'exit')
}
