// Links to the board for people who have no account: made with an end, shown once, revoked.
import { useState } from 'preact/hooks'
import { get, post } from '../api.ts'
import { PRESETS, type Preset } from '../dates.ts'
import { saved } from '../edit.ts'
import { rangeText, timeText } from '../format.ts'
import { SOURCES } from '../model.ts'
import { Dialog } from '../popup.tsx'
import { choice, compare, range, sourcesOff } from '../state.ts'
import { texts } from '../texts.ts'
import { showingShares } from '../ui-state.ts'
import { Field, Once, Trouble, useLoaded, useTask } from './parts.tsx'
import { Revocable } from './revocable.tsx'
import { settingsTexts as words } from './settings-texts.ts'

interface Share {
  id: string
  name: string
  expires_at: string
  last_used_at: string | null
  uses: number
  period: string | null
  startDate: string | null
  endDate: string | null
}

interface Made {
  name: string
  secret: string
}

const DAYS = [7, 30, 90, 366] as const
const PERIODS: Record<Preset, string> = {
  '7d': 'last_7_days',
  '28d': 'last_28_days',
  '90d': 'last_90_days',
  month: 'this_month',
  last_month: 'last_month',
  '12m': 'last_12_months',
}
const DAY = 86_400_000

function periodOf({ period, startDate, endDate }: Share): string {
  const preset = PRESETS.find(one => PERIODS[one] === period)
  return preset ? texts.presets[preset] : rangeText({ start: startDate!, end: endDate! })
}

function aboutOf(share: Share): string[] {
  const left = Math.ceil((Date.parse(share.expires_at) - Date.now()) / DAY)
  return [
    periodOf(share),
    left > 0 ? words.shareLeft(left) : words.shareEnded,
    share.last_used_at ? words.shareUsed(share.uses, timeText(share.last_used_at)) : words.neverUsed,
  ]
}

/** What the form asks for; comparison and sources are those of the board. */
const wish = (form: FormData) => ({
  name: String(form.get('name')).trim(),
  expires_in_days: Number(form.get('days')),
  ...(form.get('period')
    ? { period: form.get('period') }
    : { startDate: range.peek().start, endDate: range.peek().end }),
  compare: compare.peek() === 'custom' ? 'previous_period' : compare.peek(),
  sources: SOURCES.filter(source => !sourcesOff.peek().has(source)).join(','),
  insights: form.has('insights'),
})

function Making({ onMade }: { onMade: (made: Made) => void }) {
  const making = useTask()
  const now = 'preset' in choice.value ? PERIODS[choice.value.preset] : ''
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    void making.run(async () => {
      await saved()
      onMade(await post<Made>('/v1/shares', wish(form)))
    })
  }
  return (
    <>
      <form class="form" id="make-share" onSubmit={submit}>
        <Field label={words.shareName}>
          <input class="field" name="name" required maxLength={50} autocomplete="off" data-first />
        </Field>
        <div class="form form-line">
          <Field label={words.period}>
            <select class="field" name="period">
              {PRESETS.map(preset => (
                <option value={PERIODS[preset]} selected={PERIODS[preset] === now}>
                  {texts.presets[preset]}
                </option>
              ))}
              <option value="" selected={now === ''}>
                {rangeText(range.value)}
              </option>
            </select>
          </Field>
          <Field label={words.tokenEnd}>
            <select class="field" name="days">
              {DAYS.map(days => (
                <option value={days} selected={days === 30}>
                  {words.inDays(days)}
                </option>
              ))}
            </select>
          </Field>
        </div>
        <label class="tick">
          <input type="checkbox" name="insights" /> {words.shareInsights}
        </label>
        <button type="submit" class="button button-main" disabled={making.busy}>
          {words.shareMake}
        </button>
      </form>
      <Trouble text={making.problem} />
    </>
  )
}

export function Shares() {
  const { data, problem, again } = useLoaded(() => get<{ shares: Share[] }>('/v1/shares'))
  const [made, setMade] = useState<Made | null>(null)
  return (
    <Dialog title={words.shareTitle} onClose={() => (showingShares.value = false)}>
      <div class="dialog-scroll settings-body">
        <p class="quiet">{words.shareHint}</p>
        {made && (
          <Once
            hint={words.shareOnce(made.name)}
            secret={`${location.origin}/s#${made.secret}`}
            onEnd={() => setMade(null)}
          />
        )}
        <Making
          key={made?.secret}
          onMade={now => {
            setMade(now)
            void again()
          }}
        />
        <Trouble text={problem} again={again} />
        <ul class="rows">
          {data?.shares.map(share => (
            <Revocable
              key={share.id}
              name={share.name}
              address={`/v1/shares/${share.id}`}
              about={aboutOf(share)}
              question={words.shareRevokeSure(share.name)}
              onGone={() => void again()}
            />
          ))}
        </ul>
      </div>
    </Dialog>
  )
}
