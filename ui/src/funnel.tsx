// A funnel: its steps under each other, each as long as it is large, with what share of the step before it is.
// Words and figures are text, so it is read out as it is seen; the bars only show them.
import { Delta, goodOf } from './delta.tsx'
import { exact, rateText, short } from './format.ts'
import type { Answer, FunnelStep, WidgetKind } from './model.ts'
import { texts } from './texts.ts'

interface Props {
  answer: Answer
  kind: WidgetKind
}

/** What the longest bar stands for: a later step may be larger than the first. */
export const longest = ({ steps = [], compare }: Answer) =>
  Math.max(...[...steps, ...(compare?.steps ?? [])].map(step => step.value ?? 0), 0)

const part = (value: number | null, most: number) => `${most > 0 ? ((value ?? 0) / most) * 100 : 0}%`

interface StepProps {
  step: FunnelStep
  previous: FunnelStep | undefined
  before: FunnelStep | undefined
  most: number
  kind: WidgetKind
}

function Step({ step, previous, before, most, kind }: StepProps) {
  const { value, delta = null, share_of_previous: share } = step
  return (
    <li>
      <p class="step-words">
        <span class="step-name" title={step.name}>
          {step.name}
        </span>
        {previous && share !== null && (
          <span class={share > 1 ? 'step-share step-over' : 'step-share'}>
            {rateText(share)} <span class="step-of">{texts.ofStep(previous.name)}</span>
          </span>
        )}
        <b title={exact(value, kind.unit)}>{short(value, kind.unit)}</b>
        {delta !== null && <Delta delta={delta} value={value} unit={kind.unit} good={goodOf(kind, step.key)} />}
      </p>
      <span class="step-bar" aria-hidden="true">
        <i class="hue-1" style={{ width: part(value, most) }} />
        {before && <i class="step-before hue-1" style={{ width: part(before.value, most) }} />}
      </span>
    </li>
  )
}

export function Funnel({ answer, kind }: Props) {
  const { steps = [], compare } = answer
  const most = longest(answer)
  return (
    <ol class="funnel" role="list" tabIndex={0} aria-label={kind.title}>
      {steps.map((step, i) => (
        <Step key={step.key} step={step} previous={steps[i - 1]} before={compare?.steps?.[i]} most={most} kind={kind} />
      ))}
    </ol>
  )
}

const rate = (share: number | null) => (share === null ? '' : rateText(share))

/** The same as figures, with those of the other period. */
export function StepTable({ answer, kind }: Props) {
  const { steps = [], compare } = answer
  return (
    <div class="table-frame step-table" tabIndex={0} role="group" aria-label={kind.title}>
      <table>
        <thead>
          <tr>
            {[texts.step, texts.columns['value'], texts.ofPrevious, texts.ofFirst].map(title => (
              <th scope="col" key={title}>
                {title}
              </th>
            ))}
            {compare && <th scope="col">{texts.beforeThat}</th>}
          </tr>
        </thead>
        <tbody>
          {steps.map((step, i) => (
            <tr key={step.key}>
              <th scope="row">{step.name}</th>
              <td>{exact(step.value, kind.unit)}</td>
              <td>{rate(step.share_of_previous)}</td>
              <td>{rate(step.share_of_first)}</td>
              {compare && <td class="quiet">{exact(compare.steps?.[i]?.value ?? null, kind.unit)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
