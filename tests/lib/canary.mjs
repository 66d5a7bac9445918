// Where a secret may not be: looked for in every form in which it could be written.
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'

export function noSecret(secrets, where, text) {
  for (const secret of secrets)
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
      const at = text.indexOf(form)
      assert.ok(at < 0, `${where} has ${secret}: …${text.slice(Math.max(0, at - 200)).slice(0, 400)}`)
    }
}

function tables(world) {
  const { engine, ask } = world.database
  const names = ask(
    engine === 'sqlite'
      ? "SELECT name FROM sqlite_master WHERE type = 'table'"
      : "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
  )
  return names.map(name => [`table ${name}`, ask(`SELECT * FROM ${name}`).join('\n')])
}

// The database's own files, with what is only in its log as yet.
function files(world) {
  if (world.engine !== 'sqlite') return []
  const found = ['', '-wal'].map(end => world.database.path + end).filter(path => existsSync(path))
  return found.map(path => [path, readFileSync(path, 'latin1')])
}

// All that a server leaves behind, as [name, text].
export const everythingKept = world => [
  ['the log', world.server.log + world.server.out],
  ...tables(world),
  ...files(world),
]
