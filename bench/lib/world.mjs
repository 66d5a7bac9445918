// A server to measure, on a database of its own, with a folder for scripts; all gone at the end.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { World } from '../../tests/lib/world.mjs'

export const newWorld = (engine, env) =>
  new World(engine, { sim: null, env: { LOG_REQUESTS: 'off', CACHE_TTL: '0', LOOPS: '1', ...env } })

export async function inFolder(body) {
  const folder = mkdtempSync(join(tmpdir(), 'daymark-bench-'))
  try {
    await body(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export const inWorld = (engine, env, body) =>
  inFolder(async folder => {
    const world = newWorld(engine, env)
    try {
      await world.start()
      await body(world, folder)
    } finally {
      await world.stop()
    }
  })
