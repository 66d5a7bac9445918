// A link: made in words, shown once, opened by somebody without an account, revoked.
import assert from 'node:assert/strict'
import { base, card, eventually, openBoard, scene, settled, until } from '../browser.mjs'
import { axe } from '../axe.mjs'

const BOARD = {
  version: 1,
  widgets: [
    { id: 'ga4.sessions', size: 'sm', x: 0, y: 0, w: 3, h: 2 },
    { id: 'meta.spend', size: 'lg', x: 3, y: 0, w: 6, h: 4 },
    { id: 'ga4.landing_pages', size: 'md', x: 0, y: 2, w: 3, h: 4 },
  ],
}

/** Through the dialog; the link as it is shown. */
async function makeLink(page, { name, insights = false }) {
  await page.locator('#share').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name, shown above the board').fill(name)
  if (insights) await dialog.getByLabel('With insights').check()
  await dialog.getByRole('button', { name: 'Make a link' }).click()
  return dialog.locator('.once code').textContent()
}

/** Somebody else's browser: no cookie of ours. */
async function visitor(page, link, options, look) {
  const context = await page
    .context()
    .browser()
    .newContext({
      viewport: { width: 1280, height: 900 },
      locale: 'en-GB',
      timezoneId: 'UTC',
      reducedMotion: 'reduce',
      ...options,
    })
  const seen = []
  try {
    const other = await context.newPage()
    other.setDefaultTimeout(30_000)
    other.on('console', message => ['error', 'warning'].includes(message.type()) && seen.push(message.text()))
    other.on('pageerror', error => seen.push(error.message))
    const asked = []
    other.on('request', request => asked.push(new URL(request.url()).pathname))
    await other.goto(link)
    await look(other, asked)
    await until(() => context.cookies(), [])
  } finally {
    await context.close()
  }
  return seen
}

scene('a link is made, shown once, and shows the board to somebody without an account', async page => {
  await openBoard(page, { layout: BOARD })
  const link = await makeLink(page, { name: 'For Acme' })
  assert.match(link, new RegExp(`^${base}/s#sh_[\\w-]{43}$`))
  await axe(page, 'the dialog')
  await page.getByRole('button', { name: 'I have it' }).click()
  await eventually(async () => !(await page.locator('#app').innerHTML()).includes(link.split('#')[1]))

  for (const colorScheme of ['light', 'dark']) {
    const seen = await visitor(page, link, { colorScheme }, async (other, asked) => {
      await settled(other)
      await other.locator('.chart svg').first().waitFor()
      await until(() => other.getByRole('heading', { level: 1 }).textContent(), 'For Acme')
      await until(() => other.locator('.shared-about').textContent(), /Figures of .*Complete through .*shown until /)
      await until(() => other.locator('.card').count(), 3)
      await until(
        () => other.locator('.insights, #edit, #add, #share, #sync, #account, .aim, .card-title a').count(),
        0,
      )
      await axe(other, `a shared board, ${colorScheme}`)
      // The figures are those of the board itself.
      const own = await page.locator('.card .value').allTextContents()
      await until(() => other.locator('.card .value').allTextContents(), own)
      // The one thing to do with a card: the same as a table. It is kept nowhere.
      await card(other, 'meta.spend').locator('.card-menu').click()
      const entries = other.getByRole('menuitem')
      await entries.first().waitFor()
      await until(() => entries.count(), 1)
      await entries.first().click()
      await card(other, 'meta.spend').locator('table').waitFor()
      // Nothing moves, whatever the mouse does.
      const place = () => card(other, 'ga4.sessions').boundingBox()
      const before = await place()
      await other.mouse.move(before.x + 60, before.y + 20)
      await other.mouse.down()
      await other.mouse.move(before.x + 400, before.y + 300, { steps: 5 })
      await other.mouse.up()
      await until(() => place(), before)
      // Enter on a day of a chart would note it.
      await card(other, 'ga4.sessions').locator('.chart').focus()
      await other.keyboard.press('ArrowRight')
      await other.keyboard.press('Enter')
      await until(() => other.locator('dialog').count(), 0)
      assert.deepEqual(asked.filter(path => path.startsWith('/v1/')).sort(), ['/v1/shared', '/v1/shared/data'])
    })
    assert.deepEqual(seen, [])
  }
})

scene('a link on a phone and on paper, with insights', async page => {
  await openBoard(page, { layout: BOARD })
  const link = await makeLink(page, { name: 'With words', insights: true })
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }
  const seen = await visitor(page, link, phone, async other => {
    await settled(other)
    await other.locator('.insights-groups li').first().waitFor()
    await until(() => other.locator('.figure-link').count(), 0)
    await until(() => other.evaluate(() => document.documentElement.scrollWidth), 390)
    await axe(other, 'a shared board on a phone')
    await other.emulateMedia({ media: 'print' })
    await eventually(async () => await other.locator('.print-head').isVisible())
    await until(() => other.locator('.print-head').textContent(), 'With words')
    await until(() => other.locator('.top').isVisible(), false)
  })
  assert.deepEqual(seen, [])
})

scene('a link that is revoked says so in a friendly way', async page => {
  await openBoard(page, { layout: BOARD })
  const link = await makeLink(page, { name: 'Short' })
  const row = page.locator('.row-line', { hasText: 'Short' })
  await row.getByText('30 days left').waitFor()
  await row.getByRole('button', { name: 'Revoke: Short' }).click()
  await row.getByRole('group').getByRole('button', { name: 'Revoke' }).click()
  await row.waitFor({ state: 'detached' })
  const seen = await visitor(page, link, {}, async other => {
    await other.getByRole('heading', { name: 'This link shows nothing any more' }).waitFor()
    await axe(other, 'a link that is over')
    await until(() => other.locator('.card').count(), 0)
  })
  // The browser itself notes the two answers.
  assert.ok(
    seen.every(text => /404/.test(text)),
    seen.join('\n'),
  )
  await eventually(async () => (await page.locator('.row-line', { hasText: 'Short' }).count()) === 0, 'it is listed')
})
