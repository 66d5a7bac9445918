// Talking to the server: JSON in and out, every failure a Problem with a sentence to show.
import { texts } from './texts.ts'

/** The page of a link to somebody's dashboard: to look at. Its secret is behind #, which is not sent by itself. */
export const shared = location.pathname === '/s'

export class Problem extends Error {
  constructor(
    readonly status: number, // 0: no answer at all
    readonly code: string,
    detail: string,
  ) {
    super(detail)
  }
}

export interface Reply<T> {
  data: T
  etag: string | null
}

interface Options {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  body?: unknown
  etag?: string | null // sent as If-Match
  signal?: AbortSignal
}

async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null)
  const field = (name: string) => {
    const value = body && typeof body === 'object' ? (body as Record<string, unknown>)[name] : undefined
    return typeof value === 'string' && value ? value : undefined
  }
  return new Problem(
    response.status,
    field('code') ?? 'unknown',
    field('detail') ?? field('title') ?? `${response.status} ${response.statusText}`,
  )
}

/** Throws a Problem, or the AbortError of the signal. */
export async function call<T>(path: string, { method = 'GET', body, etag, signal }: Options = {}): Promise<Reply<T>> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  const sends = method === 'POST' || method === 'PUT' || method === 'PATCH'
  if (sends) headers['Content-Type'] = 'application/json'
  if (etag) headers['If-Match'] = etag
  if (shared) headers['Authorization'] = `Share ${location.hash.slice(1)}`
  let response: Response
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: shared ? 'omit' : 'same-origin',
      ...(sends ? { body: JSON.stringify(body ?? {}) } : {}),
      ...(signal ? { signal } : {}),
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new Problem(0, 'offline', texts.offline)
  }
  if (!response.ok) throw await problemOf(response)
  return { data: (await response.json()) as T, etag: response.headers.get('etag') }
}

export const get = async <T>(path: string, signal?: AbortSignal) => (await call<T>(path, signal ? { signal } : {})).data
export const post = async <T>(path: string, body?: unknown) => (await call<T>(path, { method: 'POST', body })).data
export const asProblem = (error: unknown) =>
  error instanceof Problem ? error : new Problem(-1, 'internal', String(error))
