// How days and numbers are shown. Each choice holds at once, and on every device of the same account.
import { useState } from 'preact/hooks'
import { asProblem, call } from '../api.ts'
import { dayNamed, exact, short, timeText } from '../format.ts'
import { loadCards } from '../load.ts'
import { prefs, takePrefs, type Prefs } from '../prefs.ts'
import { theme, THEMES } from '../theme.ts'
import { texts } from '../texts.ts'
import { Field, Trouble } from './parts.tsx'
import { settingsTexts as words } from './settings-texts.ts'

const LOCALES = [
  'en-GB',
  'en-US',
  'de-DE',
  'de-CH',
  'fr-FR',
  'es-ES',
  'it-IT',
  'nl-NL',
  'sv-SE',
  'pl-PL',
  'pt-BR',
  'en-IN',
  'ja-JP',
]
const zones = (): string[] => Intl.supportedValuesOf('timeZone')

const nameOfLocale = (locale: string) =>
  `${new Intl.DisplayNames('en', { type: 'language' }).of(locale)}: ${new Intl.NumberFormat(locale).format(1234567.8)}`
const browserZone = () => new Intl.DateTimeFormat().resolvedOptions().timeZone

/** One after the other, so that the last choice wins; none is dropped while another is on its way. */
let saving: Promise<unknown> = Promise.resolve()

function keep(name: keyof Prefs, value: string, say: (problem: string) => void): void {
  takePrefs({ ...prefs.peek(), [name]: value || null })
  void loadCards() // charts draw their axes anew
  saving = saving
    .then(() => call('/v1/settings', { method: 'PUT', body: prefs.peek() }))
    .then(
      () => say(''),
      error => say(asProblem(error).message),
    )
}

interface ChoiceProps {
  name: keyof Prefs
  label: string
  hint?: string
  options: [string, string][]
  say: (problem: string) => void
}

function Choice({ name, label, hint, options, say }: ChoiceProps) {
  return (
    <Field label={label} {...(hint ? { hint } : {})}>
      <select
        class="field"
        name={name}
        value={prefs.value[name] ?? ''}
        onChange={event => keep(name, event.currentTarget.value, say)}
      >
        {options.map(([value, text]) => (
          <option value={value} selected={value === (prefs.value[name] ?? '')}>
            {text}
          </option>
        ))}
      </select>
    </Field>
  )
}

export function Display() {
  const [problem, say] = useState('')
  return (
    <div class="form">
      <div class="field-line" role="group" aria-label={texts.themeLabel}>
        {texts.themeLabel}
        <div class="segments">
          {THEMES.map(t => (
            <button type="button" aria-pressed={t === theme.value} onClick={() => (theme.value = t)}>
              {texts.theme[t]}
            </button>
          ))}
        </div>
      </div>
      <Choice
        name="zone"
        label={words.zone}
        hint={words.zoneHint}
        say={say}
        options={[
          ['', words.asBrowser(browserZone())],
          ...zones().map((zone): [string, string] => [zone, zone.replaceAll('_', ' ')]),
        ]}
      />
      <Choice
        name="week_start"
        label={words.weekStart}
        say={say}
        options={[
          ['', words.asUsual],
          ['1', words.days[1]],
          ['0', words.days[0]],
          ['6', words.days[6]],
        ]}
      />
      <Choice
        name="numbers"
        label={words.numbers}
        say={say}
        options={[
          ['', words.asBrowser(navigator.language)],
          ...LOCALES.map((locale): [string, string] => [locale, nameOfLocale(locale)]),
        ]}
      />
      <Choice
        name="money"
        label={words.money}
        hint={words.moneyHint}
        say={say}
        options={[
          ['', words.moneySymbol],
          ['code', words.moneyCode],
        ]}
      />
      <Trouble text={problem} />
      <p class="settings-sample" role="status">
        <span class="quiet">{words.sample}</span> {dayNamed(new Date().toISOString().slice(0, 10))},{' '}
        {timeText(new Date().toISOString())} {'\u00b7'} {exact(12431, 'count')} {'\u00b7'}{' '}
        {short(12431.5, 'money', 'EUR')} {'\u00b7'} {exact(0.0432, 'percent')}
      </p>
    </div>
  )
}
