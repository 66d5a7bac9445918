// The first run on an empty database, as a newcomer walks it, on both engines.
import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { succeeded } from '../lib/http.mjs'
import { onBothEngines } from '../lib/world.mjs'
import { card, close, launch, until, value, visit } from './browser.mjs'

before(launch)
after(close)

const password = 'correct horse battery staple'
const refused = { expected: [/401/] } // who is nobody yet is told so

async function makeAccount(world, page) {
  const [, code] = await world.server.says(/#setup=(\S+)/)
  await page.goto(`${world.url}/#setup=${code}`)
  await page.getByLabel('Email').fill('ana@northlight.example')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.locator('.welcome').waitFor()
}

async function signIn(world, page, email, secret) {
  await page.goto(world.url)
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(secret)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

async function openSettings(page, section) {
  await page.locator('#account').click()
  await page.locator('#settings').click()
  await page.locator(`[data-section="${section}"]`).click()
}

onBothEngines(
  'the first run',
  { sim: ['--days', '60'], env: { GOOGLE_CLIENT_ID: '', GOOGLE_CLIENT_SECRET: '' } },
  (world, test) => {
    test('from nothing to a first chart with a service account, in well under two minutes', () =>
      visit(async page => {
        const began = Date.now()
        await makeAccount(world, page)
        const key = JSON.stringify(await world.sim.serviceAccount())
        await page
          .locator('[data-own="ga4"] input[type=file]')
          .setInputFiles({ name: 'key.json', mimeType: 'application/json', buffer: Buffer.from(key) })
        await page.locator(`#connect-choice input[name="${world.simulated.property_id}"]`).check()
        await page.getByRole('button', { name: 'Connect 1 account' }).click()
        await page.locator('#sync-progress, #sync-note').first().waitFor()
        await card(page, 'ga4.sessions').locator('.chart svg').waitFor({ timeout: 60_000 })
        await until(() => value(page, 'ga4.sessions'), /\d/)
        const seconds = (Date.now() - began) / 1000
        console.log(`# first chart after ${seconds.toFixed(1)} s`)
        assert.ok(seconds < 120)
      }, refused))

    test('an administrator adds a person, who looks around with demo data and takes it away again', () =>
      visit(async (page, context) => {
        await signIn(world, page, 'ana@northlight.example', password)
        await page.locator('.card').first().waitFor()
        await openSettings(page, 'people')
        await page.locator('#add-person [name=email]').fill('ben@northlight.example')
        await page.getByRole('button', { name: 'Add a person' }).click()
        const secret = await page.locator('.once code').textContent()
        await page.locator('[data-user="ben@northlight.example"]').waitFor()
        await until(() => page.locator('[data-user="ana@northlight.example"] .row-do button').count(), 0)

        await context.clearCookies()
        await signIn(world, page, 'ben@northlight.example', secret)
        await page.locator('.welcome').waitFor()
        const began = Date.now()
        await page.locator('#look-around').click()
        await card(page, 'ga4.sessions').locator('.value').waitFor({ timeout: 60_000 })
        console.log(`# demo data after ${((Date.now() - began) / 1000).toFixed(1)} s`)
        await until(() => page.locator('.strip-demo').textContent(), /demo numbers/)
        await page.locator('#account').click()
        await page.locator('#connections').click()
        await page.locator('.connection .badge').nth(2).waitFor()
        await page.keyboard.press('Escape')
        await page.locator('#remove-demo').click()
        await page.locator('.welcome').waitFor()
        await openSettings(page, 'you')
        await page.locator('[name=current]').fill(secret)
        await page.locator('[name=password]').fill('another long enough one')
        await page.getByRole('button', { name: 'Change password' }).click()
        await page.locator('.toast', { hasText: 'is changed' }).waitFor()
        succeeded(
          await world.ask('/v1/auth/login', {
            method: 'POST',
            body: { email: 'ben@northlight.example', password: 'another long enough one' },
          }),
        )
      }, refused))

    test('a person gets a new password, another role, and is removed', () =>
      visit(async page => {
        await signIn(world, page, 'ana@northlight.example', password)
        await page.locator('.card').first().waitFor()
        await openSettings(page, 'people')
        const ben = page.locator('[data-user="ben@northlight.example"]')
        const changed = page.waitForResponse(reply => reply.request().method() === 'PATCH' && reply.ok())
        await ben.locator('select').selectOption('admin')
        await changed
        await ben.getByRole('button', { name: 'New password' }).click()
        await ben.locator('.sure').getByRole('button', { name: 'New password' }).click()
        await page.locator('.once code').waitFor()
        await ben.getByRole('button', { name: 'Remove' }).click()
        await until(() => ben.locator('.sure').textContent(), /all their numbers\?/)
        await ben.locator('.sure').getByRole('button', { name: 'Remove' }).click()
        await ben.waitFor({ state: 'detached' })
      }, refused))
  },
)
