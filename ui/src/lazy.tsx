// A part of the page that is fetched when it is first shown. What waits in its place has its size.
import type { ComponentChildren, FunctionComponent } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { texts } from './texts.ts'

interface Options {
  waiting?: ComponentChildren
}

export function lazy<P extends object>(load: () => Promise<FunctionComponent<P>>, { waiting = null }: Options = {}) {
  let loaded: FunctionComponent<P> | null = null
  return function Lazy(props: P) {
    const [state, setState] = useState<'waiting' | 'here' | 'failed'>(loaded ? 'here' : 'waiting')
    useEffect(() => {
      if (state !== 'waiting') return
      let gone = false
      load().then(
        part => {
          loaded = part
          if (!gone) setState('here')
        },
        () => gone || setState('failed'),
      )
      return () => void (gone = true)
    }, [state])
    if (loaded) {
      const Loaded = loaded
      return <Loaded {...props} />
    }
    if (state === 'waiting') return <>{waiting}</>
    return (
      <p class="part-failed" role="alert">
        {texts.partFailed}{' '}
        <button type="button" class="button" onClick={() => setState('waiting')}>
          {texts.retry}
        </button>
      </p>
    )
  }
}
