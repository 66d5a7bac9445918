// Is every figure of an answer of /v1/insights that of a fact that it cites?
import assert from 'node:assert/strict'

const GROUPS = ['Cross-channel', 'Ads', 'Traffic', 'Content', 'Data quality']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

// ---- a second opinion on how things are written, from the facts alone ----

const parts = iso => {
  const at = new Date(iso)
  return { w: WEEKDAYS[at.getUTCDay()], d: at.getUTCDate(), m: MONTHS[at.getUTCMonth()], y: at.getUTCFullYear() }
}
export function daysText({ start, end }) {
  const a = parts(start),
    b = parts(end)
  if (start === end) return `${a.w} ${a.d} ${a.m} ${a.y}`
  if (a.y !== b.y) return `${a.d} ${a.m} ${a.y}–${b.d} ${b.m} ${b.y}`
  return `${a.d}${a.m === b.m ? '' : ' ' + a.m}–${b.d} ${b.m} ${b.y}`
}

const fromTo = window => daysText({ start: window.start, end: window.end }).replace('–', ' to ')

// Names are in quotes that they can't leave. Days are those of the cited facts. What is left are figures.
function figuresOf(bullet, facts) {
  let text = bullet.replace(/“[^”]*”/g, '“”')
  const windows = facts.flatMap(fact => [fact.window, fact.compare]).filter(Boolean)
  for (const window of windows.flatMap(one => [one, { start: one.start, end: one.start }]))
    text = text.replaceAll(daysText(window), '').replaceAll(fromTo(window), '')
  return [...text.matchAll(/(\d[\d,]*(?:\.\d+)?)(%| pp)?/g)].map(([all, digits, mark]) => ({ all, digits, mark }))
}

// Is it the fact's value, as far as its printed digits go?
function says(fact, { digits, mark }) {
  const want = fact.unit === 'percent' ? '%' : fact.unit === 'points' ? ' pp' : undefined
  if (mark !== want) return false
  const size = Math.abs(fact.value) * (want ? 100 : 1)
  const step = 10 ** -(digits.split('.')[1]?.length ?? 0)
  return Math.abs(size - Number(digits.replaceAll(',', ''))) <= step * 0.5000001
}

export function assertProven(answer, what, { engine = 'rules', model = null } = {}) {
  const byId = new Map(answer.facts.map(fact => [fact.id, fact]))
  let figures = 0
  assert.equal(answer.engine, engine, what)
  assert.equal(answer.model, model, what)
  assert.equal(byId.size, answer.facts.length, `${what}: an id twice`)
  for (const item of answer.items) {
    assert.ok(GROUPS.includes(item.group), item.group)
    assert.ok(item.bullets.length >= 1 && item.bullets.length <= 3)
    assert.equal(item.bullets.length, item.evidence.length)
    item.bullets.forEach((bullet, i) => {
      const facts = item.evidence[i].map(id => byId.get(id) ?? assert.fail(`${what}: no fact ${id}`))
      assert.doesNotMatch(bullet, /[\n\r\t\u202a-\u202e]| {2}/, `${what}: ${bullet}`)
      assert.doesNotMatch(bullet.replace(/“[^”]*”/g, ''), /NaN|null|undefined|inf\b|[{}<>“”]|-\d/, `${what}: ${bullet}`)
      assert.match(bullet, /^[“\p{Lu}\d€$£¥−].*[.]$/u, `${what}: ${bullet}`)
      for (const figure of figuresOf(bullet, facts)) {
        figures++
        assert.ok(
          facts.some(fact => says(fact, figure)),
          `${what}: ${figure.all} of "${bullet}" is no fact of ${facts.map(f => `${f.id} ${f.value} ${f.unit}`).join(', ')}`,
        )
      }
    })
  }
  return figures
}
