import type { PluginFunction } from '@graphql-codegen/plugin-helpers'
import { plugin as resolverTypes } from '@graphql-codegen/typescript-resolvers'

/** The schema has no subscriptions and no abstract types, and directives have no resolvers. */
const UNUSED_TYPES =
  /^export (?:type|interface) (?:Subscription|TypeResolve|IsTypeOf|NextResolver|\w*Directive)/

/** The plugin `typescript-resolvers`, which leaves out types that the server cannot use. */
export const plugin: PluginFunction = async (...options) => {
  const output = await resolverTypes(...options)
  if (typeof output === 'string') return output
  const blocks = output.content.split(/\n\n+/).filter((block) => !UNUSED_TYPES.test(block))
  return { ...output, content: blocks.join('\n\n') }
}
