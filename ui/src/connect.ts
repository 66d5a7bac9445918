// The accounts that the numbers come from: what the server knows of them, and what can be done.
import { signal } from '@preact/signals'
import { asProblem, call, get, post, Problem } from './api.ts'
import { refresh } from './load.ts'
import type { SourceName } from './model.ts'
import { followJob } from './sync.ts'
import { texts } from './texts.ts'

export interface Connection {
  id: string
  source: SourceName
  external_id: string
  name: string | null
  status: string
  last_error: string | null
  complete_through: string | null
  expires_at: string | null
  demo: boolean
}

/** What this server needs for a platform's consent page. */
export interface App {
  source: SourceName
  ready: boolean
  redirect_uri: string // to the letter
  settings: string[] // names of the server's settings
}

export interface Account {
  external_id: string
  name: string | null
  detail: string | null
  connected: boolean
}

export interface Choice {
  source: SourceName
  accounts: Account[]
}

/** Null while they are not known. */
export const connections = signal<Connection[] | null>(null)

export const nameOf = (one: { name: string | null; external_id: string }) => one.name || one.external_id

/** The consent page sends the browser back to /#connect=ID; the board's own address knows nothing of it. */
export const consent = signal(new URLSearchParams(location.hash.slice(1)).get('connect'))

export async function loadConnections(): Promise<void> {
  connections.value = (await get<{ connections: Connection[] }>('/v1/connections')).connections
}

/** Everything that depends on what is connected. */
async function changed(): Promise<void> {
  await Promise.all([loadConnections(), refresh()])
}

/** Go to the platform; a server without its app says so instead. */
export async function signInAt(source: SourceName): Promise<void> {
  const path = `/v1/connect/${source}/start`
  const reply = await fetch(path, { redirect: 'manual', credentials: 'same-origin' }).catch(() => null)
  if (reply && reply.type !== 'opaqueredirect') await call(path) // it was refused: throws, in the server's words
  location.assign(path)
}

export const accountsOf = (id: string) => get<Choice>(`/v1/connect/${encodeURIComponent(id)}/accounts`)

export async function chooseAccounts(id: string, external_ids: string[]): Promise<number> {
  const { connections: made } = await post<{ connections: Connection[] }>(
    `/v1/connect/${encodeURIComponent(id)}/accounts`,
    { external_ids },
  )
  consent.value = null
  await changed()
  return made.length
}

/** Null while they are not known. */
export const apps = signal<{ demo: boolean; apps: App[] } | null>(null)

export async function loadApps(): Promise<void> {
  apps.value ??= await get<{ demo: boolean; apps: App[] }>('/v1/connect')
}

/** A JSON key is Google's; anything else is a token. */
function credentialOf(text: string): Record<string, unknown> {
  const trimmed = text.trim()
  if (!trimmed.startsWith('{')) return { type: 'access_token', access_token: trimmed }
  try {
    return { type: 'service_account', key: JSON.parse(trimmed) as unknown }
  } catch {
    throw new Problem(422, 'broken-key', texts.connectBroken)
  }
}

/** The key or token is sealed and parked; then its accounts can be chosen from. */
export async function giveCredential(source: SourceName, text: string): Promise<void> {
  const { id } = await post<{ id: string }>(`/v1/connect/${source}/credential`, { credential: credentialOf(text) })
  consent.value = id
}

/** A new key or token for what is connected already; a sync with it begins. */
export async function renewConnection(one: Connection, text: string): Promise<void> {
  await call(`/v1/connections/${one.id}`, { method: 'PATCH', body: { credential: credentialOf(text) } })
  await changed()
}

/** Whom a service account's key belongs to; null if the text is no such key. */
export function keyOwner(text: string): string | null {
  try {
    const { client_email: email } = JSON.parse(text) as { client_email?: unknown }
    return typeof email === 'string' ? email : null
  } catch {
    return null
  }
}

/** Demo data in place of real accounts, and away again. */
export async function addDemo(): Promise<void> {
  const { job_id } = await post<{ job_id: string }>('/v1/demo')
  await changed()
  void followJob(job_id)
}

export async function removeDemo(): Promise<void> {
  await call('/v1/demo', { method: 'DELETE' })
  await changed()
}

export async function testConnection(one: Connection): Promise<void> {
  try {
    await post(`/v1/connections/${one.id}/test`)
  } finally {
    await changed()
  }
}

export async function setPaused(one: Connection, paused: boolean): Promise<void> {
  await call(`/v1/connections/${one.id}`, { method: 'PATCH', body: { status: paused ? 'paused' : 'connected' } })
  await changed()
}

export async function disconnect(one: Connection): Promise<void> {
  await call(`/v1/connections/${one.id}`, { method: 'DELETE' })
  await changed()
}

export const wordsOf = (error: unknown) => asProblem(error).message
