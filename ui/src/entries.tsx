// A list of things of one's own in a dialog (notes, targets): the end of the form, and the buttons of a row.
import { texts } from './texts.ts'

/** cancel: what is edited stays as it was; undefined: something new is made. */
export function FormEnd({
  does,
  cancel,
  problem,
}: {
  does: string
  cancel: (() => void) | undefined
  problem: string
}) {
  return (
    <>
      <div class="form-do">
        <button type="submit" class="button button-main">
          {does}
        </button>
        {cancel && (
          <button type="button" class="button" onClick={cancel}>
            {texts.cancel}
          </button>
        )}
      </div>
      {problem && (
        <p class="field-problem" role="alert">
          {problem}
        </p>
      )}
    </>
  )
}

/** what: the entry in words, for who does not see which row it is. */
export function EntryButtons({ what, edit, remove }: { what: string; edit: () => void; remove: () => void }) {
  return (
    <>
      <button type="button" class="button" aria-label={`${texts.editOne}: ${what}`} onClick={edit}>
        {texts.editOne}
      </button>
      <button type="button" class="button" aria-label={`${texts.remove}: ${what}`} onClick={remove}>
        {texts.remove}
      </button>
    </>
  )
}
