// Settings: how things are shown, tokens, targets, the board as a file.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { card, eventually, openBoard, savedLayout, scene, until, value } from '../browser.mjs'

const dialog = page => page.locator('.settings-dialog')

async function openSettings(page, section) {
  await page.locator('#account').click()
  await page.locator('#settings').click()
  await dialog(page).locator(`[data-section="${section}"]`).click()
  await dialog(page).locator('#settings-section').waitFor()
}

/** Choose, and wait until the server has it: a page that goes away sooner may take it along. */
async function choose(page, name, value) {
  const kept = page.waitForResponse(
    reply => reply.request().method() === 'PUT' && reply.url().endsWith('/v1/settings') && reply.ok(),
  )
  await dialog(page).locator(`[name=${name}]`).selectOption(value)
  await kept
}

scene('numbers, money and days are shown as chosen, at once and after a reload', async page => {
  await openBoard(page, { layout: { version: 1, widgets: [{ id: 'meta.spend' }, { id: 'ga4.conv_rate' }] } })
  const before = await value(page, 'meta.spend')
  assert.match(before, /\u20ac/)
  await openSettings(page, 'display')
  await choose(page, 'numbers', 'de-DE')
  await choose(page, 'money', 'code')
  await choose(page, 'zone', 'Asia/Tokyo')
  await eventually(async () => /EUR/.test(await value(page, 'meta.spend')), 'money did not change')
  await until(() => dialog(page).locator('.settings-sample').textContent(), /12\.431.*EUR/)
  await page.keyboard.press('Escape')
  await until(() => page.evaluate(() => document.activeElement.id), 'account')
  await page.evaluate(() => localStorage.clear()) // another browser of the same person
  await page.reload()
  await eventually(async () => /EUR/.test(await value(page, 'meta.spend')), 'the server did not keep it')
  await until(() => value(page, 'ga4.conv_rate'), /\d,\d%/)
  await openSettings(page, 'display')
  for (const name of ['numbers', 'money', 'zone']) await choose(page, name, '')
  await eventually(async () => (await value(page, 'meta.spend')) === before, 'it did not go back')
})

scene('a token is made, shown once, copied, listed and revoked', async page => {
  const name = 'Looker <img src=x onerror=alert(1)> ' + 'x'.repeat(60)
  await openBoard(page)
  await openSettings(page, 'tokens')
  await dialog(page).locator('#make-token [name=name]').fill(name)
  await dialog(page).locator('#make-token [name=days]').selectOption('90')
  await dialog(page).getByRole('button', { name: 'Make a token' }).click()
  const once = dialog(page).locator('.once')
  const token = await once.locator('code').textContent()
  assert.match(token, /^dm_/)
  const reply = await page.request.get(page.url(), { headers: { authorization: `Bearer ${token}` } })
  assert.ok(reply.ok())
  await once.getByRole('button', { name: 'I have it' }).click()
  await until(() => dialog(page).getByText(token).count(), 0)
  const row = dialog(page).locator('.row-line').filter({ hasText: 'Looker' })
  await until(() => row.textContent(), /<img src=x.*ends.*used/s)
  await row.getByRole('button', { name: 'Revoke' }).click()
  await page.keyboard.press('Escape')
  await eventually(async () => await dialog(page).isVisible(), 'Escape closes the question first')
  await row.getByRole('button', { name: 'Revoke' }).first().click()
  await row.locator('.sure').getByRole('button', { name: 'Revoke' }).click()
  await row.waitFor({ state: 'detached' })
  await until(() => dialog(page).locator('img').count(), 0)
})

scene(
  'a target is set, changed and given up; a second one of the same is refused in words',
  async page => {
    await openBoard(page)
    await openSettings(page, 'targets')
    const add = async (widget, amount) => {
      await dialog(page).locator('#add-target [name=widget]').selectOption(widget)
      await dialog(page).locator('#add-target [name=value]').fill(amount)
      await dialog(page).getByRole('button', { name: 'Set target' }).click()
    }
    await add('ga4.conv_rate', '3')
    const row = dialog(page).locator('[data-target="ga4.conv_rate"]')
    await until(() => row.textContent(), /3\.00% each month.*so far/)
    await add('ga4.conv_rate', '4')
    await dialog(page).getByRole('alert').filter({ hasText: 'already' }).waitFor()
    await row.getByRole('button', { name: 'Change' }).click()
    await until(() => row.locator('[name=value]').inputValue(), '3')
    await row.locator('[name=value]').fill('2.5')
    await row.getByRole('button', { name: 'Keep' }).click()
    await row.filter({ hasText: '2.50%' }).waitFor()
    await row.getByRole('button', { name: 'Give up' }).click()
    await row.locator('.sure').getByRole('button', { name: 'Give up' }).click()
    await row.waitFor({ state: 'detached' })
  },
  { expected: [/409/] },
)

scene(
  'the board goes to a file and comes back from one, the difference shown first',
  async page => {
    const layout = {
      version: 1,
      widgets: [
        { id: 'a', key: 'ga4.users', size: 'sm', x: 0, y: 0, w: 3, h: 2 },
        { id: 'b', key: 'ga4.sessions', size: 'sm', x: 3, y: 0, w: 3, h: 2 },
      ],
    }
    await openBoard(page, { layout })
    await openSettings(page, 'layout')
    const download = page.waitForEvent('download')
    await dialog(page).locator('#layout-export').click()
    const saved = readFileSync(await (await download).path(), 'utf8')
    assert.deepEqual(JSON.parse(saved), layout)
    const give = text =>
      dialog(page)
        .locator('#layout-file')
        .setInputFiles({ name: '<b>.json', mimeType: 'application/json', buffer: Buffer.from(text) })
    await give(saved)
    await dialog(page).getByText('The file is the same as the board.').waitFor()
    await give('{ "widgets": [')
    await dialog(page).getByRole('alert').filter({ hasText: 'no board' }).waitFor()
    await give(JSON.stringify({ version: 1, widgets: [{ id: 'x', key: 'no.such' }] }))
    await dialog(page).getByRole('alert').filter({ hasText: 'no.such' }).waitFor()
    await give(JSON.stringify({ version: 1, widgets: [layout.widgets[0], { id: 'c', key: 'meta.spend' }] }))
    const difference = dialog(page).locator('.once')
    await until(() => difference.textContent(), /<b>\.json.*Added.*Ad spend.*Removed.*Sessions/s)
    await until(async () => (await savedLayout(page)).widgets.length, 2)
    await difference.getByRole('button', { name: 'Take it' }).click()
    await card(page, 'meta.spend').waitFor()
    await until(async () => (await savedLayout(page)).widgets.map(one => one.id), ['a', 'c'])
  },
  { expected: [/422/] },
)

scene('one sees where one is signed in; a member does not see the people', async page => {
  await openBoard(page)
  await openSettings(page, 'you')
  await dialog(page).getByText('this browser').waitFor()
  await until(() => dialog(page).locator('[data-section=people]').count(), 0)
})

scene('the settings are used by keyboard alone, and hold the focus', async page => {
  await openBoard(page)
  await page.locator('#account').focus()
  await page.keyboard.press('Enter')
  await page.locator('#settings').focus()
  await page.keyboard.press('Enter')
  await dialog(page).waitFor()
  const inside = () =>
    page.evaluate(() => !!document.activeElement?.closest('dialog') || document.activeElement === document.body)
  for (let i = 0; i < 30; i++) {
    await page.keyboard.press('Tab')
    await eventually(async () => await inside(), 'Tab leaves the dialog')
  }
  await page.keyboard.press('Escape')
  await dialog(page).waitFor({ state: 'detached' })
  await until(() => page.evaluate(() => document.activeElement.id), 'account')
})

scene('who has left a report is shown, and added again on purpose', async page => {
  let report = {
    ...{ id: '00000000-0000-4000-8000-00000000000a', name: 'Weekly', recipients: [], repeats: 'daily', day: null },
    ...{ time: '08:00', days: 'day', insights: true, active: true, next_at: null, last_sent_at: null, last_error: null },
    left: [{ recipient: 'ben@example.org', left_at: '2026-01-02T08:15:00Z' }],
  }
  let body
  await page.route('**/v1/reports', route => route.fulfill({ json: { reports: [report], mail: true } }))
  await page.route(`**/v1/reports/${report.id}`, route => {
    body = route.request().postDataJSON()
    report = { ...report, recipients: body.recipients, left: [] }
    return route.fulfill({ json: report })
  })
  await openBoard(page)
  await openSettings(page, 'mail')
  const row = dialog(page).locator('[data-mail]')
  await row.filter({ hasText: /Weekly nobody any more.*ben@example\.org unsubscribed/ }).waitFor()
  await row.getByRole('button', { name: 'Add again: ben@example.org' }).click()
  await row.locator('.sure').filter({ hasText: 'asked for the mails again?' }).waitFor()
  await row.locator('.sure').getByRole('button', { name: 'Add again' }).click()
  await row.filter({ hasText: 'Weekly ben@example.org' }).waitFor()
  await row.locator('text=unsubscribed').waitFor({ state: 'detached' })
  assert.deepEqual(body, { recipients: ['ben@example.org'], readmit: ['ben@example.org'] })
})

scene(
  'a report and an alert are made, changed, paused and given up',
  async page => {
    await openBoard(page)
    await openSettings(page, 'mail')
    const form = id => dialog(page).locator(`#${id}`)
    await form('add-report').locator('[name=name]').fill('Monday <b>numbers</b>')
    await form('add-report').locator('[name=recipients]').fill('ann@example.org, nobody')
    await form('add-report').locator('[name=day]').selectOption('5')
    await form('add-report').getByRole('button', { name: 'Add' }).click()
    await form('add-report').getByRole('alert').filter({ hasText: 'e-mail address' }).waitFor()
    await form('add-report').locator('[name=recipients]').fill('ann@example.org, ben@example.org')
    await form('add-report').getByRole('button', { name: 'Add' }).click()
    const report = dialog(page).locator('[data-mail]').filter({ hasText: 'Monday' })
    await report.filter({ hasText: 'Monday <b>numbers</b> ann@example.org, ben@example.org' }).waitFor()
    await report.filter({ hasText: /each week, next/ }).waitFor()

    assert.equal(await form('add-report').locator('[name=name]').inputValue(), '')
    assert.equal(await form('add-report').locator('[name=repeats]').inputValue(), 'weekly')

    const preview = page.context().waitForEvent('page')
    await report.getByRole('button', { name: 'Preview' }).click()
    const shown = await preview
    await shown.getByRole('heading', { name: 'Monday <b>numbers</b>' }).waitFor()
    assert.equal(await shown.locator('b').count(), 0)
    assert.ok((await shown.locator('img').count()) > 3)
    await shown.close()

    await report.getByRole('button', { name: 'Change' }).click()
    assert.equal(await report.locator('[name=day]').inputValue(), '5')
    await report.locator('[name=repeats]').selectOption('monthly')
    await report.locator('[name=day]').fill('31')
    await report.getByRole('button', { name: 'Keep' }).click()
    await report.filter({ hasText: 'each month' }).waitFor()
    await report.getByRole('button', { name: 'Pause' }).click()
    await report.filter({ hasText: 'paused' }).waitFor()
    await report.getByRole('button', { name: 'Give up' }).click()
    await report.locator('.sure').getByRole('button', { name: 'Give up' }).click()
    await report.waitFor({ state: 'detached' })

    await form('add-alert').locator('[name=name]').fill('Odd days')
    await form('add-alert').locator('[name=recipients]').fill('ann@example.org')
    await form('add-alert').locator('[name=tells]').selectOption('projected')
    await form('add-alert').locator('[name=widget]').selectOption('ga4.sessions')
    await form('add-alert').getByRole('button', { name: 'Add' }).click()
    const alert = dialog(page).locator('[data-mail]').filter({ hasText: 'Odd days' })
    await alert.filter({ hasText: 'targets that will be missed' }).waitFor()
    await alert.getByRole('button', { name: 'Give up' }).click()
    await alert.locator('.sure').getByRole('button', { name: 'Give up' }).click()
    await alert.waitFor({ state: 'detached' })
  },
  { expected: [/422/] },
)
