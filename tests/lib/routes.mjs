// The route table as the source has it: tests walk over all of it, so that a new route is tested the day it appears.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './programs.mjs'

// [{ method, path, policy }] from rows like { "GET", "/v1/widgets/{key}", POLICY_USER, … }
export function routes() {
  const text = readFileSync(join(root, 'src/api/routes.c'), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')
  const found = []
  for (const row of text.matchAll(
    /"(GET|POST|PUT|PATCH|DELETE)"\s*,[^{}]*?"(\/(?:[^"{}]|\{\w+\})*)"([^;]*?POLICY_(\w+))/g,
  ))
    found.push({ method: row[1], path: row[2], policy: row[4].toLowerCase() })
  return found
}
