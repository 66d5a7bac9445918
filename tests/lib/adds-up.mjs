// What must hold of every explanation, whatever the data.
import assert from 'node:assert/strict'

const total = list => list.reduce((n, one) => n + one, 0)
/** Within 1e-12 of the largest figure in play. */
export const near = (got, want, scale, what) =>
  assert.ok(Math.abs(got - want) <= 1e-12 * Math.max(scale, Number.MIN_VALUE), `${what}: ${got} is not ${want}`)

export function assertAddsUp(answer, what) {
  const parts = [...answer.parts, ...(answer.remainder ? [answer.remainder] : [])]
  if (answer.change === null) {
    assert.ok(
      parts.every(part => part.change === null && part.share === null),
      what,
    )
    assert.equal(answer.remainder, null)
    assert.equal(answer.delta, null)
    return
  }
  const scale = Math.max(
    ...[answer.current.value, answer.previous.value, ...parts.map(part => part.change)].map(Math.abs),
  )
  near(answer.change, answer.current.value - answer.previous.value, scale, `${what}: the change`)
  near(total(parts.map(part => part.change)), answer.change, scale * 10, `${what}: the parts`)
  if (answer.change !== 0)
    near(
      total(parts.map(part => part.share)),
      1,
      Math.max(...parts.map(part => Math.abs(part.share)), 1) * 10,
      `${what}: the shares`,
    )
  for (const part of parts)
    if (part.mix !== null)
      near(part.mix + part.rate, part.change, Math.abs(part.mix) + Math.abs(part.rate), `${what}: mix and rate`)
  const unit = 10 ** answer.decimals
  assert.equal(
    total(parts.map(part => Math.round(part.rounded * unit))),
    Math.round(answer.rounded * unit),
    `${what}: what is shown`,
  )
  for (const part of parts)
    assert.ok(Math.abs(part.rounded - part.change) < 1.000001 / unit, `${what}: ${part.rounded} for ${part.change}`)
  for (let i = 1; i < answer.parts.length; i++)
    assert.ok(Math.abs(answer.parts[i - 1].change) >= Math.abs(answer.parts[i].change), `${what}: the order`)
}

/** The answer beside a second opinion: { values, parts: Map of id -> members }. */
export function assertSame(answer, want, what) {
  const scale = Math.max(
    ...want.values.map(value => Math.abs(value ?? 0)),
    ...[...want.parts.values()].map(part => Math.abs(part.change ?? 0)),
  )
  want.values.forEach((value, i) => {
    const got = answer[i ? 'previous' : 'current'].value
    if (value === null) assert.equal(got, null, what)
    else near(got, value, Math.abs(value), what)
  })
  assert.deepEqual(new Set(answer.parts.map(part => part.id)), new Set(want.parts.keys()), what)
  for (const part of answer.parts)
    for (const [name, value] of Object.entries(want.parts.get(part.id)))
      if (value === undefined || value === null) assert.equal(part[name], null, `${what}: ${name} of ${part.id}`)
      else near(part[name], value, Math.max(scale, Math.abs(value)) * 10, `${what}: ${name} of ${part.id}`)
}
