import { saveDeniedFields, toPreference } from './denied-fields.ts'
import { useIde } from './ide-context.ts'

const CHOICES = [
  { value: 'reject', label: 'reject the request' },
  { value: 'null', label: 'return null' },
] as const

/** Selects how the API handles the fields of a query that the token does not allow. */
export function DeniedFieldsChoice() {
  const { deniedFields, update } = useIde()
  return (
    <fieldset className="ide-denied-fields">
      <legend>Denied fields:</legend>
      {CHOICES.map(({ value, label }) => (
        <label key={value} title={`Prefer: ${toPreference(value)}`}>
          <input
            type="radio"
            name="denied-fields"
            checked={value === deniedFields}
            onChange={() => {
              update({ deniedFields: value })
              saveDeniedFields(value)
            }}
          />
          {label}
        </label>
      ))}
    </fieldset>
  )
}
