// Small things that panels share: a task with its failure in words, a question before what can't be undone,
// a secret that is shown once.
import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { asProblem } from '../api.ts'
import { pageFailure } from '../load.ts'
import { say } from '../state.ts'
import { panelTexts as words } from './texts.ts'

/** Something that takes a moment and may fail with a sentence. */
export function useTask() {
  const [problem, setProblem] = useState(''),
    [busy, setBusy] = useState(false)
  const run = async (task: () => Promise<void>) => {
    if (busy) return
    setBusy(true)
    setProblem('')
    try {
      await task()
    } catch (error) {
      const failed = asProblem(error)
      pageFailure(failed)
      setProblem(failed.message)
    }
    setBusy(false)
  }
  return { problem, busy, run }
}

/** Data that is loaded when its part is shown; null: not yet. */
export function useLoaded<T>(load: () => Promise<T>) {
  const [data, setData] = useState<T | null>(null)
  const { problem, busy, run } = useTask()
  const again = () => run(async () => setData(await load()))
  useEffect(() => void again(), [])
  return { data, problem, busy, again }
}

export const Trouble = ({ text, again }: { text: string; again?: () => unknown }) =>
  text ? (
    <p class="field-problem" role="alert">
      {text}{' '}
      {again && (
        <button type="button" class="button" onClick={again}>
          {words.retry}
        </button>
      )}
    </p>
  ) : null

export const Working = ({ when, text }: { when: boolean; text: string }) => (
  <p class={when ? 'quiet' : 'hidden'} role="status">
    {when ? text : ''}
  </p>
)

interface SureProps {
  question: string
  answer: string // what is done
  onYes: () => Promise<void>
  onEnd: () => void
}

/** Asked in place; the focus goes there, and back to where it was. */
export function Sure({ question, answer, onYes, onEnd }: SureProps) {
  const { problem, busy, run } = useTask()
  const box = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const before = document.activeElement
    box.current?.querySelector('button')?.focus()
    return () => before instanceof HTMLElement && before.isConnected && before.focus()
  }, [])
  return (
    <div
      ref={box}
      class="sure"
      role="group"
      aria-label={question}
      onKeyDown={event => {
        if (event.key !== 'Escape') return
        event.preventDefault()
        event.stopPropagation()
        onEnd()
      }}
    >
      <p>{question}</p>
      <Trouble text={problem} />
      <button type="button" class="button button-bad" disabled={busy} onClick={() => void run(onYes)}>
        {answer}
      </button>
      <button type="button" class="button" onClick={onEnd}>
        {words.cancel}
      </button>
    </div>
  )
}

export function copyText(text: string): void {
  navigator.clipboard.writeText(text).then(
    () => say(words.copied),
    () => say(words.notCopied),
  )
}

/** A text that others need to the letter, with a button to copy it. */
export const Copyable = ({ text, label }: { text: string; label: string }) => (
  <span class="copyable">
    <code>{text}</code>
    <button type="button" class="button" aria-label={`${words.copyIt}: ${label}`} onClick={() => copyText(text)}>
      {words.copyIt}
    </button>
  </span>
)

/** A secret that the server does not know any more. */
export function Once({ hint, secret, onEnd }: { hint: string; secret: string; onEnd: () => void }) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => box.current?.focus(), [])
  return (
    <div ref={box} class="once" role="group" tabIndex={-1} aria-label={hint}>
      <p>{hint}</p>
      <Copyable text={secret} label={hint} />
      <button type="button" class="button" onClick={onEnd}>
        {words.onceSeen}
      </button>
    </div>
  )
}

export const Field = ({ label, hint, children }: { label: string; hint?: string; children: ComponentChildren }) => (
  <label class="field-line">
    {label}
    {children}
    {hint && <span class="quiet field-hint-line">{hint}</span>}
  </label>
)
