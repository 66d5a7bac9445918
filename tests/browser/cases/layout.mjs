// Changing the board, and finding it again.
import assert from 'node:assert/strict'
import { card, eventually, FIRST, openBoard, savedLayout, scene, settled, until } from '../browser.mjs'

const TWO = {
  version: 1,
  widgets: [
    { id: 'ga4.users', key: 'ga4.users', size: 'md', x: 0, y: 0, w: 4, h: 3, note: 'kept' },
    { id: 'b', key: 'ga4.sessions', size: 'md', x: 4, y: 0, w: 4, h: 3 },
  ],
}
const keys = layout => layout.widgets.map(widget => widget.key ?? widget.id)
const left = async (page, key) => (await card(page, key).boundingBox()).x
const savedWhen = (page, check, what) =>
  eventually(async () => {
    const layout = await savedLayout(page)
    return check(layout) && layout
  }, what)
const choose = async (page, key, name) => {
  await card(page, key).hover()
  await card(page, key).locator('.card-menu').click()
  await page
    .locator('.panel:popover-open')
    .getByRole('menuitem', { name, exact: true })
    .or(page.getByRole('menuitemradio', { name, exact: true }))
    .click()
}

scene('a card that is dragged stays where it was put', async page => {
  await openBoard(page, { layout: TWO })
  const from = await card(page, 'ga4.users').locator('.card-title').boundingBox()
  await page.mouse.move(from.x + 10, from.y + 8)
  await page.mouse.down()
  await page.mouse.move(from.x + 400, from.y + 20, { steps: 8 })
  await page.mouse.move(from.x + 600, from.y + 8, { steps: 12 })
  await page.mouse.up()
  const saved = await savedWhen(page, layout => layout.widgets[0].x >= 7, 'the new place was not saved')
  assert.equal(saved.widgets[0].note, 'kept', 'what the page does not know was dropped')
  const at = await left(page, 'ga4.users')
  const board = await page.locator('.grid-stack').boundingBox()
  assert.ok(at > board.x + board.width / 2, `it lies at ${at} px`)
  await page.reload()
  await settled(page)
  await eventually(async () => Math.abs((await left(page, 'ga4.users')) - at) < 2, 'it moved after the reload')
})

scene('a card that is resized keeps its size', async page => {
  await openBoard(page, { layout: TWO })
  await card(page, 'b').or(card(page, 'ga4.sessions')).hover()
  const box = await card(page, 'ga4.sessions').boundingBox()
  await page.mouse.move(box.x + box.width - 8, box.y + box.height - 8)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width + 180, box.y + box.height + 90, { steps: 12 })
  await page.mouse.up()
  const saved = await savedWhen(
    page,
    layout => layout.widgets[1].w > 4 && layout.widgets[1].h > 3,
    'the new size was not saved',
  )
  await page.reload()
  await settled(page)
  await eventually(
    async () => (await card(page, 'ga4.sessions').boundingBox()).width > box.width + 80,
    `${saved.widgets[1].w} columns are no wider`,
  )
})

scene('the menu moves, resizes and removes; undo brings back', async page => {
  await openBoard(page, { layout: TWO })
  await choose(page, 'ga4.users', 'Move later')
  await savedWhen(page, layout => layout.widgets.find(w => w.id === 'b').x === 0, 'the order was not saved')
  await eventually(async () => (await left(page, 'ga4.users')) > (await left(page, 'ga4.sessions')))
  const inTabOrder = () => page.locator('.card').evaluateAll(cards => cards.map(one => one.dataset.widget))
  await until(inTabOrder, ['ga4.sessions', 'ga4.users'], 'Tab does not follow the eye')
  await choose(page, 'ga4.sessions', 'Full width')
  await savedWhen(page, layout => layout.widgets.find(w => w.id === 'b').w === 12, 'the size was not saved')
  const board = await page.locator('.grid-stack').boundingBox()
  await eventually(async () => (await card(page, 'ga4.sessions').boundingBox()).width > board.width - 40)
  await choose(page, 'ga4.users', 'Remove')
  await savedWhen(page, layout => layout.widgets.length === 1, 'the removal was not saved')
  await until(() => card(page, 'ga4.users').count(), 0)
  await page.locator('.toast').getByRole('button', { name: 'Undo' }).click()
  await savedWhen(page, layout => layout.widgets.length === 2, 'undo was not saved')
  await card(page, 'ga4.users').locator('.value').waitFor()
  await page.reload()
  await settled(page)
  await until(() => page.locator('.card').count(), 2)
})

scene('a widget is found and added, with its number, and is there after a reload', async page => {
  await openBoard(page, { layout: TWO })
  await page.keyboard.press('/')
  await page.getByRole('searchbox').fill('conversion')
  await page.locator('.choice').first().click()
  const saved = await savedWhen(page, layout => layout.widgets.length === 3, 'the new widget was not saved')
  const key = keys(saved)[2]
  await card(page, key).locator('.value').waitFor()
  await page.reload()
  await settled(page)
  await until(() => card(page, key).count(), 1)
})

scene('the first change of a new board saves all of it', async page => {
  await openBoard(page)
  await choose(page, 'ga4.users', 'Remove')
  const saved = await savedWhen(page, layout => layout.widgets.length > 0, 'nothing was saved')
  assert.deepEqual(keys(saved), FIRST.slice(1))
})

scene('a board emptied on purpose stays empty and offers to add', async page => {
  await openBoard(page, { layout: { version: 1, widgets: [TWO.widgets[1]] } })
  await choose(page, 'ga4.sessions', 'Remove')
  await savedWhen(page, layout => layout.widgets.length === 0, 'the removal was not saved')
  await page.reload()
  await page.locator('.board-empty').getByRole('button', { name: 'Add widget' }).click()
  await page.locator('.choice').nth(4).waitFor()
  await page.getByRole('searchbox').fill('zzz')
  await until(() => page.locator('.picker').textContent(), /No widget matches/)
})

scene(
  'a change from elsewhere is not overwritten',
  async (page, context) => {
    await openBoard(page, { layout: TWO })
    const other = await context.newPage()
    await other.goto(page.url())
    await settled(other)
    await choose(other, 'ga4.users', 'Remove')
    await savedWhen(page, layout => layout.widgets.length === 1, 'the other tab did not save')
    await choose(page, 'ga4.sessions', 'Full width')
    await page.locator('.toast').filter({ hasText: 'changed elsewhere' }).waitFor()
    await eventually(async () => (await page.locator('.card').count()) === 1, 'the newest version is not shown')
    await until(async () => (await savedLayout(page)).widgets.length, 1)
  },
  { expected: [/412/] },
)

scene('the picker shows the widget at hand with real numbers, and goes by arrow keys', async page => {
  await openBoard(page, { layout: TWO })
  await page.keyboard.press('/')
  const preview = page.locator('.picker-preview')
  await page.getByRole('searchbox').fill('conver')
  const names = page.locator('.choice b')
  await eventually(async () => /Conversion/.test(await names.first().textContent()), 'the list does not follow')
  const first = await names.first().textContent()
  await until(() => preview.locator('.card-title').textContent(), first)
  await page.keyboard.press('ArrowDown')
  await eventually(async () => (await preview.locator('.card-title').textContent()) !== first, 'the preview stays')
  await preview.locator('.value').waitFor()
  await until(() => preview.locator('.value').textContent(), /\d/)
  await page.keyboard.press('Enter')
  await savedWhen(page, layout => layout.widgets.length === 3, 'Enter did not add it')
  await page.locator('.toast').getByRole('button', { name: 'Undo' }).click()
  await savedWhen(page, layout => layout.widgets.length === 2, 'undo was not saved')
})
