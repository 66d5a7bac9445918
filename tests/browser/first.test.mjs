// The first run on an empty database, as a newcomer walks it, on both engines.
import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { succeeded } from '../lib/http.mjs'
import { onBothEngines } from '../lib/world.mjs'
import { axe } from './axe.mjs'
import { card, close, eventually, launch, until, value, visit } from './browser.mjs'

before(launch)
after(close)

const password = 'correct horse battery staple'
const refused = { expected: [/401/] } // who is nobody yet is told so
const refusedTwice = { expected: [/401/, /422/] }

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

    test('a token that died is renewed where the page says so, and the account is the same', () =>
      visit(async page => {
        await signIn(world, page, 'ana@northlight.example', password)
        await page.locator('.card').first().waitFor()
        const ask = async (path, data) =>
          (await page.request.post(world.url + path, { data, headers: { origin: world.url } })).json()
        const { ad_account_id, meta_access_token } = world.simulated
        const credential = { type: 'access_token', access_token: 'ended' }
        const { id } = await ask('/v1/connections', {
          source: 'meta',
          external_id: ad_account_id,
          credential,
          verify: false,
        })
        const { job_id } = await ask('/v1/sync/meta/run', {})
        const status = async path => (await (await page.request.get(world.url + path)).json()).status
        await eventually(async () => /success|failed/.test(await status(`/v1/sync/job/${job_id}`)), 'the sync goes on')
        assert.equal(await status(`/v1/connections/${id}`), 'reconnect')
        await page.reload()
        await card(page, 'meta.spend').getByRole('button', { name: 'Reconnect' }).click()
        const row = page.locator(`.connection[data-account="${ad_account_id}"]`)
        const token = row.locator('.renew [name=key]')
        await token.fill('wrong, too')
        await row.getByRole('button', { name: 'Renew' }).click()
        await row.locator('.renew').getByRole('alert').waitFor()
        await token.fill(meta_access_token)
        await row.getByRole('button', { name: 'Renew' }).click()
        await page.locator(`.connection[data-account="${ad_account_id}"][data-status="connected"]`).waitFor()
        assert.equal(await status(`/v1/connections/${id}`), 'connected')
        await page.keyboard.press('Escape')
        await card(page, 'meta.spend').locator('.value').waitFor({ timeout: 60_000 })
      }, refusedTwice))

    test('an administrator adds a person, who looks around with demo data and takes it away again', () =>
      visit(async (page, context) => {
        await signIn(world, page, 'ana@northlight.example', password)
        await page.locator('.card').first().waitFor()
        await openSettings(page, 'people')
        await page.locator('#add-person [name=email]').fill('ben@northlight.example')
        await page.getByRole('button', { name: 'Add a person' }).click()
        const secret = await page.locator('.once code').textContent()
        await page.locator('[data-user="ben@northlight.example"]').waitFor()
        await axe(page, 'people')
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
        await ben.getByRole('button', { name: 'Disable' }).click()
        await ben.locator('.sure').getByRole('button', { name: 'Disable' }).click()
        await ben.locator('.badge', { hasText: 'Disabled' }).waitFor()
        await ben.getByRole('button', { name: 'Enable' }).click()
        await ben.locator('.badge').waitFor({ state: 'detached' })
        await ben.getByRole('button', { name: 'Remove' }).click()
        await until(() => ben.locator('.sure').textContent(), /all their numbers\?/)
        await ben.locator('.sure').getByRole('button', { name: 'Remove' }).click()
        await ben.waitFor({ state: 'detached' })
      }, refused))
  },
)
