// Connecting as a person does: the consent page, the choice of accounts, a test, and the way out again.
import assert from 'node:assert/strict'
import { base, eventually, openBoard, scene, until } from '../browser.mjs'

const dialog = page => page.locator('.connections-dialog')
const openSource = async (page, source) => {
  await dialog(page).locator(`[data-source-choice="${source}"] > summary`).click()
  return dialog(page).locator(`[data-source-choice="${source}"]`)
}
const goThere = async (page, source) => (await openSource(page, source)).locator(`[data-connect="${source}"]`).click()
const row = (page, account) => page.locator(`.connection[data-account="${account}"]`)

async function openConnections(page) {
  await openBoard(page)
  await page.locator('#account').click()
  await page.locator('#connections').click()
  await page.locator('.connection').first().waitFor()
}

scene('an account is connected through the consent page, tested, paused and disconnected', async page => {
  const account = '455500001'
  await openConnections(page)
  await until(() => row(page, account).count(), 0)
  await goThere(page, 'ga4')
  await page.locator('#connect-choice').waitFor()
  assert.doesNotMatch(page.url(), /connect=|code=|state=/, 'what came back stays in the address')
  // What is connected already is ticked, as it gets the new sign-in.
  await until(() => page.locator('#connect-choice input:checked').count(), 1)
  const taken = await page.locator('#connect-choice input:checked').getAttribute('name')
  await page.locator(`#connect-choice input[name="${taken}"]`).uncheck()
  await eventually(async () => await page.locator('#connect-choice button').isDisabled())
  await page.locator(`#connect-choice input[name="${account}"]`).check()
  await page.locator('#connect-choice').getByRole('button', { name: 'Connect 1 account' }).click()
  await row(page, account).waitFor()
  await until(() => page.locator('#connect-choice').count(), 0)
  await page.locator('#sync-note').waitFor({ timeout: 60_000 })

  await row(page, account).getByRole('button', { name: 'Test' }).click()
  await page.locator('.toast', { hasText: 'can be read' }).waitFor()
  await row(page, account).getByRole('button', { name: 'Pause' }).click()
  await page.locator(`.connection[data-account="${account}"][data-status="paused"]`).waitFor()
  await row(page, account).getByRole('button', { name: 'Disconnect' }).click()
  await until(() => page.locator('.sure').textContent(), /and delete its numbers here\?/)
  await page.locator('.sure').getByRole('button', { name: 'Cancel' }).click()
  await until(() => page.locator('.sure').count(), 0)
  await row(page, account).getByRole('button', { name: 'Disconnect' }).click()
  await page.locator('.sure').getByRole('button', { name: 'Disconnect' }).click()
  await row(page, account).waitFor({ state: 'detached' })
})

for (const [name, source] of [
  ['meta', 'act_'],
  ['instagram', '1784'],
])
  scene(`${name}: the consent page leads to its accounts`, async page => {
    await openConnections(page)
    await goThere(page, name)
    await page.locator('#connect-choice').waitFor()
    await eventually(async () => (await page.locator(`#connect-choice input[name^="${source}"]`).count()) > 0)
  })

scene(
  'whoever says no on the consent page is told so',
  async page => {
    await page.route('**/v1/connect/ga4/start', async route => {
      const reply = await route.fetch({ maxRedirects: 0 })
      const state = new URL(reply.headers().location).searchParams.get('state')
      await route.fulfill({
        status: 302,
        headers: { location: `/v1/connect/ga4/callback?error=access_denied&state=${encodeURIComponent(state)}` },
      })
    })
    await openConnections(page)
    await goThere(page, 'ga4')
    const alert = dialog(page).locator('[role=alert]')
    await alert.waitFor()
    await until(() => alert.textContent(), /access was not allowed on the consent page/)
  },
  { expected: [/422/] },
)

scene(
  'a broken key and a wrong token are told in plain words, and what was typed stays',
  async page => {
    await openConnections(page)
    const ga4 = await openSource(page, 'ga4')
    await ga4.getByText('With a service account', { exact: true }).click()
    const key = ga4.locator('[name=key]'),
      show = ga4.getByRole('button', { name: 'Show its accounts' })
    await key.fill('{"type": "service_account", "private')
    await until(() => ga4.textContent(), /no key of a service account/)
    await show.click()
    await until(() => ga4.locator('[role=alert]').textContent(), /cut off/)
    const wrong = { type: 'service_account', client_email: '<img src=x>@b.c', private_key: 'x' }
    await key.fill(JSON.stringify(wrong))
    await until(() => ga4.textContent(), /Key of <img src=x>@b\.c/)
    await show.click()
    await ga4.locator('[role=alert]').waitFor()
    await until(() => key.inputValue(), JSON.stringify(wrong))
    await until(() => ga4.locator('img').count(), 0)

    const meta = await openSource(page, 'meta')
    await meta.getByText('With an access token', { exact: true }).click()
    await meta.locator('[name=key]').fill('wrong')
    await meta.getByRole('button', { name: 'Show its accounts' }).click()
    const alert = dialog(page).locator('.consented [role=alert]')
    await until(() => alert.textContent(), /token/i)
    await dialog(page).getByRole('button', { name: 'Another way' }).click()
    await openSource(page, 'ga4')
  },
  { expected: [/422/] },
)

scene('a sign-in that ends soon counts down and can be renewed; hostile names are text', async page => {
  const one = (name, changes) => ({
    id: `00000000-0000-4000-8000-${String(name.length).padStart(12, '0')}`,
    source: 'meta',
    external_id: `act_${name.length}`,
    name,
    status: 'connected',
    last_error: null,
    complete_through: '2026-11-20',
    expires_at: null,
    demo: false,
    ...changes,
  })
  const inDays = n => new Date(Date.now() + n * 86400e3 - 60e3).toISOString()
  const names = ['<img src=x onerror=alert(1)>', 'x'.repeat(300), '\u05d7\u05e0\u05d5\u05ea \u05e9\u05dc\u05d9']
  await page.route('**/v1/connections', route =>
    route.fulfill({
      json: {
        connections: [
          one(names[0], { expires_at: inDays(9) }),
          one(names[1], { expires_at: inDays(40) }),
          one(names[2], { status: 'reconnect', last_error: 'its token ended on 12 Nov', expires_at: inDays(-9) }),
        ],
      },
    }),
  )
  await openConnections(page)
  const rows = dialog(page).locator('.connection')
  await until(() => rows.nth(0).textContent(), /<img src=x onerror=alert\(1\)>.*ends in 9 days, on/)
  await until(() => rows.nth(0).getByRole('button', { name: 'Reconnect' }).count(), 1)
  await until(() => rows.nth(1).textContent(), /ends in 40 days/)
  await until(() => rows.nth(1).getByRole('button', { name: 'Reconnect' }).count(), 0)
  await until(() => rows.nth(2).textContent(), /Needs to be reconnected.*sign-in ended on.*its token ended on 12 Nov/)
  await until(() => dialog(page).locator('img').count(), 0)
  const [box, inner] = [await dialog(page).boundingBox(), await rows.nth(1).boundingBox()]
  assert.ok(inner.x + inner.width <= box.x + box.width, 'a long name leaves the dialog')
})

scene('what an app of ones own needs is there to copy, as the server says it', async page => {
  await page.route('**/v1/connect', route =>
    route.fulfill({
      json: {
        demo: false,
        apps: ['ga4', 'meta', 'instagram'].map(source => ({
          source,
          ready: false,
          redirect_uri: `https://numbers.example.org/v1/connect/${source}/callback`,
          settings: ['GOOGLE_CLIENT_ID', 'GOOGLE_CLIENT_SECRET'],
        })),
      },
    }),
  )
  await openConnections(page)
  const ga4 = await openSource(page, 'ga4')
  await ga4.getByText('Sign in with Google', { exact: true }).click()
  const help = ga4.locator('[data-app="ga4"]')
  await until(() => help.locator('.copyable code').textContent(), 'https://numbers.example.org/v1/connect/ga4/callback')
  await until(() => help.textContent(), /GOOGLE_CLIENT_ID.*GOOGLE_CLIENT_SECRET/)
})

scene('nothing connected leads to connecting, and past it to the board', async page => {
  await page.route('**/v1/dashboard/meta', async route => {
    const reply = await route.fetch()
    const connected_sources = { ga4: false, meta: false, instagram: false }
    await route.fulfill({ response: reply, json: { ...(await reply.json()), connected_sources } })
  })
  await page.goto(base)
  await page.getByRole('heading', { name: 'Connect the first account' }).waitFor()
  await until(() => page.locator('.card').count(), 0)
  await page.locator('[data-source-choice]').nth(2).waitFor()
  await until(() => page.locator('#look-around').count(), 0, 'the demo has demo data already')
  await page.getByRole('button', { name: 'Go on to the empty board' }).click()
  await page.locator('.card').first().waitFor()
})
