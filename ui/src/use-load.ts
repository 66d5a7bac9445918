// One answer of the server for a component: asked when the address changes, dropped when nobody
// waits for it any more.
import { useEffect, useState } from 'preact/hooks'
import { asProblem, get, type Problem } from './api.ts'
import { pageFailure } from './load.ts'

export interface Loaded<T> {
  data: T | null // what was there stays until the next answer
  problem: Problem | null
  loading: boolean
  again: () => void
}

export function useLoad<T>(path: string): Loaded<T> {
  const [turn, setTurn] = useState(0)
  const [state, setState] = useState<Omit<Loaded<T>, 'again'>>({ data: null, problem: null, loading: true })
  useEffect(() => {
    const controller = new AbortController()
    setState(old => ({ ...old, loading: true }))
    get<T>(path, controller.signal).then(
      data => setState({ data, problem: null, loading: false }),
      (error: unknown) => {
        if (controller.signal.aborted) return
        const problem = asProblem(error)
        pageFailure(problem)
        setState(old => ({ ...old, problem, loading: false }))
      },
    )
    return () => controller.abort()
  }, [path, turn])
  return { ...state, again: () => setTurn(turn + 1) }
}
