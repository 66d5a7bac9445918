// The grid by keyboard, undo and redo, and the places on narrower screens.
import assert from 'node:assert/strict'
import { card, eventually, openBoard, savedLayout, scene, settled, spoken, until } from '../browser.mjs'

const at = (id, x, y, w, h) => ({ id, key: id, x, y, w, h })
const BOARD = {
  version: 1,
  widgets: [at('ga4.users', 0, 0, 3, 2), at('ga4.sessions', 3, 0, 3, 2), at('ga4.conv_rate', 0, 2, 6, 3)],
}
const boxOf = async (page, id, columns = null) => {
  const widget = (await savedLayout(page)).widgets.find(one => one.id === id)
  const { x, y, w, h } = (columns ? widget?.places?.[columns] : widget) ?? {}
  return [x, y, w, h].join()
}
const savedAt = (page, id, box, columns) =>
  eventually(
    async () => (await boxOf(page, id, columns)) === box,
    `${id} was not saved at ${box}${columns ? ` of ${columns} columns` : ''}`,
  )
const says = (page, pattern) => eventually(async () => pattern.test(await spoken(page)), `nothing says ${pattern}`)
const inOrder = page => page.locator('.grid-stack .card').evaluateAll(all => all.map(one => one.dataset.widget))

/** No two cards share a place. */
async function noneOverlap(page) {
  const boxes = await page
    .locator('.grid-stack .card')
    .evaluateAll(all => all.map(one => one.getBoundingClientRect().toJSON()))
  for (const [i, a] of boxes.entries())
    for (const b of boxes.slice(i + 1))
      assert.ok(a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top, 'cards overlap')
}

scene('cards are moved, resized and removed by keyboard, and every step is said', async page => {
  await openBoard(page, { layout: BOARD })
  await page.keyboard.press('e')
  await says(page, /Arrow keys move a card/)
  const focus = () => page.evaluate(() => document.activeElement.dataset.card)
  await until(() => focus(), 'ga4.users')
  await page.keyboard.press('ArrowRight')
  await says(page, /^Users moved to column 4, row 1\.$/)
  await until(async () => (await inOrder(page)).slice(0, 2), ['ga4.sessions', 'ga4.users'])
  await until(() => focus(), 'ga4.users', 'the focus did not go with the card')
  await page.keyboard.press('ArrowRight')
  await says(page, /^Users moved to column 5, row 1\.$/)
  await page.keyboard.press('ArrowDown')
  await says(page, /^Users moved to column 5, row 6\.$/)
  await page.keyboard.press('ArrowDown')
  await says(page, /^Users cannot go further down\.$/)
  await page.keyboard.press('Shift+ArrowRight')
  await says(page, /^Users is now 4 columns wide and 2 rows high\.$/)
  await page.keyboard.press('Shift+ArrowDown')
  await says(page, /^Users is now 4 columns wide and 3 rows high\.$/)
  await page.keyboard.press('Enter')
  await says(page, /^Users stays there\.$/)
  await savedAt(page, 'ga4.users', '4,5,4,3')
  await noneOverlap(page)
  await page.keyboard.press('Shift+Tab')
  await until(() => focus(), 'ga4.conv_rate', 'Tab does not go from card to card')
  await page.keyboard.press('Delete')
  await eventually(async () => (await inOrder(page)).length === 2, 'it was not removed')
  await until(() => page.locator('.toast').textContent(), /Removed Conversion rate/)
  await until(() => focus(), 'ga4.users', 'the focus was lost with the card')
  await page.keyboard.press('Control+z')
  await eventually(async () => (await inOrder(page)).length === 3, 'undo did not bring it back')
  await page.keyboard.press('Escape')
  await page.locator('.edit-bar').waitFor({ state: 'detached' })
  await savedAt(page, 'ga4.conv_rate', '0,2,6,3')
})

scene('Escape puts a card back, then leaves', async page => {
  await openBoard(page, { layout: BOARD })
  await page.keyboard.press('e')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  await says(page, /column 5/)
  await page.keyboard.press('Escape')
  await says(page, /^Users is back at column 1, row 1\.$/)
  await until(() => page.locator('.edit-bar').count(), 1)
  await page.keyboard.press('Escape')
  await page.locator('.edit-bar').waitFor({ state: 'detached' })
  await savedAt(page, 'ga4.users', '0,0,3,2')
  await page.keyboard.press('ArrowRight')
  await until(() => boxOf(page, 'ga4.users'), '0,0,3,2', 'arrows move cards though nobody edits')
})

scene('undo and redo go through all steps, by key and by button', async page => {
  await openBoard(page, { layout: BOARD })
  await page.keyboard.press('e')
  for (const key of ['ArrowRight', 'Tab', 'Delete']) await page.keyboard.press(key)
  await eventually(async () => (await inOrder(page)).length === 2, 'it was not removed')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+z')
  await eventually(async () => (await inOrder(page)).length === 3, 'undo')
  await page.locator('.toast').getByRole('button', { name: 'Redo' }).click()
  await eventually(async () => (await inOrder(page)).length === 2, 'redo')
  await page.keyboard.press('Control+z')
  await page.keyboard.press('Control+z')
  await savedAt(page, 'ga4.users', '0,0,3,2')
  await until(async () => (await savedLayout(page)).widgets.length, 3)
  await page.keyboard.press('Control+z')
  await until(() => page.locator('.toast').textContent(), /nothing to undo/)
  await page.keyboard.press('Control+Shift+z')
  await savedAt(page, 'ga4.users', '3,0,3,2')
  await page.keyboard.press('Control+y')
  await eventually(async () => (await savedLayout(page)).widgets.length === 2, 'redo was not saved')
})

scene(
  'six columns have places of their own, and the wide board stays what it is',
  async page => {
    await openBoard(page, { layout: BOARD })
    await page.keyboard.press('e')
    await page.keyboard.press('ArrowRight')
    await says(page, /^Users moved to column 4, row 1\.$/)
    await page.keyboard.press('ArrowDown')
    await says(page, /row 6/)
    await page.keyboard.press('Enter')
    await savedAt(page, 'ga4.users', '3,5,3,2', 6)
    await noneOverlap(page)
    await until(() => boxOf(page, 'ga4.users'), '0,0,3,2', 'the wide places changed')
    await page.reload()
    await settled(page)
    await until(() => inOrder(page), ['ga4.sessions', 'ga4.conv_rate', 'ga4.users'])
    await page.setViewportSize({ width: 1280, height: 900 })
    await eventually(async () => (await inOrder(page))[0] === 'ga4.users', 'the wide order is not the saved one')
    await noneOverlap(page)
  },
  { viewport: { width: 800, height: 900 } },
)

scene(
  'on a phone cards are put in order from the menu and by drag',
  async page => {
    await openBoard(page, { layout: BOARD })
    await card(page, 'ga4.users').locator('.card-menu').tap()
    await page.locator('.panel:popover-open').getByText('Move later', { exact: true }).tap()
    await savedAt(page, 'ga4.users', '0,2,1,2', 1)
    await until(async () => (await inOrder(page)).slice(0, 2), ['ga4.sessions', 'ga4.users'])
    await page.locator('#more').tap()
    await page.locator('#edit').tap()
    await page.locator('.edit-bar').waitFor()
    await page.locator('#edit-done').tap()
    await until(() => boxOf(page, 'ga4.users'), '0,0,3,2', 'the wide places changed')
    await page.reload()
    await settled(page)
    await until(async () => (await inOrder(page)).slice(0, 2), ['ga4.sessions', 'ga4.users'])
  },
  { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
)

scene(
  'what could not be saved without a server is saved when it is back',
  async page => {
    await openBoard(page, { layout: BOARD })
    await page.route('**/v1/**', route => route.abort('connectionrefused'))
    await page.keyboard.press('e')
    await page.keyboard.press('ArrowRight')
    await page.locator('#offline').waitFor()
    await page.unroute('**/v1/**')
    await savedAt(page, 'ga4.users', '3,0,3,2')
  },
  { expected: [/ERR_CONNECTION_REFUSED/] },
)
