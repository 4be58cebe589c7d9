import type { IntrospectionQuery } from 'graphql'
import { describePadlockState, type FieldPadlock } from './padlocks.ts'

/** URLs of the padlock images. */
export type PadlockImages = { readonly open: string; readonly locked: string }

type Described = { readonly description?: string | null | undefined }

/**
 * Adds a padlock to the description of each field with a rule, as Markdown. GraphiQL shows descriptions in its
 * documentation, completions and tooltips.
 */
export function addPadlocksToSchema(
  introspection: IntrospectionQuery,
  padlocks: readonly FieldPadlock[],
  images: PadlockImages,
): IntrospectionQuery {
  const padlockByCoordinate = new Map(padlocks.map((padlock) => [padlock.coordinate, padlock]))
  const annotate = <Element extends Described>(coordinate: string, element: Element): Element => {
    const padlock = padlockByCoordinate.get(coordinate)
    if (!padlock || padlock.state === 'public') return element
    return { ...element, description: describeWithPadlock(padlock, element.description ?? '', images) }
  }
  const types = introspection.__schema.types.map((type) => {
    const coordinateOf = (name: string) => `${type.name}.${name}`
    if (type.kind === 'INPUT_OBJECT')
      return {
        ...type,
        inputFields: type.inputFields.map((field) => annotate(coordinateOf(field.name), field)),
      }
    if (type.kind !== 'OBJECT' && type.kind !== 'INTERFACE') return type
    const fields = type.fields.map((field) => {
      const args = field.args.map((argument) =>
        annotate(coordinateOf(`${field.name}(${argument.name}:)`), argument),
      )
      return annotate(coordinateOf(field.name), { ...field, args })
    })
    return { ...type, fields }
  })
  return { __schema: { ...introspection.__schema, types } }
}

function describeWithPadlock(
  { requirement, state }: FieldPadlock,
  description: string,
  images: PadlockImages,
): string {
  // The API's description ends with a paragraph about the same requirement.
  const paragraphs = description.split('\n\n')
  if (paragraphs.at(-1)?.endsWith(` ${requirement}.`)) paragraphs.pop()
  const image = images[state === 'open' ? 'open' : 'locked']
  // Scopes may contain characters with a meaning in Markdown.
  const escaped = requirement.replace(/[\\`*_[\]<>]/g, '\\$&')
  return `![${describePadlockState(state)}](${image}) **requires ${escaped}**  \n${paragraphs.join('\n\n')}`
}
