/** The definitions of the directives, to add to a schema. */
export const scopeDirectives: string = /* GraphQL */ `"""
Requires an access token with these scopes. The outer list is OR, the inner list is AND:
\`scopes: "a"\` requires a; \`scopes: [["a", "b"], ["c"]]\` requires both a and b, or c alone.
The schema check rejects a flat list of several scopes.
"""
directive @requiresScope(
  "The alternatives, each a list of scopes that are required together."
  scopes: [[Scope!]!]!
) on OBJECT | FIELD_DEFINITION | SCALAR | ENUM | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION

"Requires an access token, whatever scopes it has."
directive @authenticated on OBJECT | FIELD_DEFINITION | SCALAR | ENUM | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION

"""
Declares that a field, or every field of a type that has no rule, requires no scope itself. The rules of the fields that
lead to it still apply.
"""
directive @public("The reason why no scope is required." reason: String!) on OBJECT | FIELD_DEFINITION

"Declares a scope that \`@requiresScope\` can use."
directive @scope(
  "The scope token, exactly as the authorization server issues it."
  name: Scope!
  "A description for users of what the scope allows."
  description: String!
) repeatable on SCHEMA

"An OAuth 2.0 scope token (RFC 6749 §3.3), compared case-sensitively."
scalar Scope @specifiedBy(url: "https://www.rfc-editor.org/rfc/rfc6749#section-3.3")
`
