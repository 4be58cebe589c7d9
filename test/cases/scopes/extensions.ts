/** A value of `extensions` at `Query.x`, and the rule that it makes. Scopes a and b are declared. */
export type ExtensionCase = {
  readonly id: string
  readonly title: string
  readonly extensions: object
  readonly requires: readonly (readonly string[])[]
}

const NULL_PROTOTYPE = null as unknown as object

export const VALID_EXTENSIONS: readonly ExtensionCase[] = [
  { id: 'scopes/X01', title: 'a scope', extensions: { requiresScope: 'a' }, requires: [['a']] },
  { id: 'scopes/X02', title: 'a list of one', extensions: { requiresScope: ['a'] }, requires: [['a']] },
  {
    id: 'scopes/X03',
    title: 'scopes that are required together',
    extensions: { requiresScope: [['a', 'b']] },
    requires: [['a', 'b']],
  },
  {
    id: 'scopes/X04',
    title: 'alternatives',
    extensions: { requiresScope: [['a'], ['b']] },
    requires: [['a'], ['b']],
  },
  {
    id: 'scopes/X05',
    title: 'Federation’s name',
    extensions: { requiresScopes: [['a']] },
    requires: [['a']],
  },
  {
    id: 'scopes/X06',
    title: 'a token with any scopes',
    extensions: { authenticated: true },
    requires: [['an access token']],
  },
  {
    id: 'scopes/X07',
    title: 'the arguments of a directive',
    extensions: { directives: { requiresScope: { scopes: 'a' } } },
    requires: [['a']],
  },
  {
    id: 'scopes/X08',
    title: 'a list of a directive’s arguments',
    extensions: { directives: { requiresScopes: [{ scopes: [['a', 'b']] }] } },
    requires: [['a', 'b']],
  },
  {
    id: 'scopes/X09',
    title: 'a list of directives',
    extensions: { directives: [{ name: 'requiresScope', args: { scopes: [['a']] } }] },
    requires: [['a']],
  },
  {
    id: 'scopes/X10',
    title: 'a list of directives, one without arguments',
    extensions: { directives: [{ name: 'authenticated' }] },
    requires: [['an access token']],
  },
  {
    id: 'scopes/X11',
    title: 'a directive without arguments',
    extensions: { directives: { authenticated: {} } },
    requires: [['an access token']],
  },
  {
    id: 'scopes/X12',
    title: 'the same rule in several forms',
    extensions: {
      requiresScope: 'a',
      directives: [
        { name: 'requiresScope', args: { scopes: 'a' } },
        { name: 'requiresScope', args: { scopes: [['a']] } },
      ],
    },
    requires: [['a']],
  },
  {
    id: 'scopes/X13',
    title: 'beside extensions of other libraries',
    extensions: {
      requiresScope: 'a',
      complexity: 5,
      authScopes: { admin: true },
      directives: { cost: { weight: 5 }, deprecated: undefined, tag: [{ name: 't' }], own: () => 1 },
    },
    requires: [['a']],
  },
  {
    id: 'scopes/X14',
    title: 'an inherited key of directives, which @graphql-tools/utils reads too',
    extensions: { directives: Object.create({ requiresScope: { scopes: 'a' } }) },
    requires: [['a']],
  },
  {
    id: 'scopes/X15',
    title: 'objects without a prototype',
    extensions: { __proto__: NULL_PROTOTYPE, directives: { __proto__: NULL_PROTOTYPE, authenticated: [{}] } },
    requires: [['an access token']],
  },
]

class Scopes {
  readonly list = [['a']]
}

type InvalidExtensionCase = Omit<ExtensionCase, 'requires'> & {
  readonly location: string
  readonly message: RegExp
}

/** Values in the place of scopes, with a part of the message. No caller satisfies their rule. */
export const MALFORMED_SCOPES: readonly InvalidExtensionCase[] = [
  ...[
    { id: 'scopes/X20', title: 'a number', value: 5 },
    { id: 'scopes/X21', title: 'null', value: null },
    { id: 'scopes/X22', title: 'undefined', value: undefined },
    { id: 'scopes/X23', title: 'an empty object', value: {} },
    { id: 'scopes/X24', title: 'the arguments of the directive', value: { scopes: 'a' } },
    { id: 'scopes/X25', title: 'true', value: true },
    { id: 'scopes/X26', title: 'a function', value: () => 'a' },
    { id: 'scopes/X27', title: 'a String object', value: Object('a') },
    { id: 'scopes/X28', title: 'a Set', value: new Set(['a']) },
    { id: 'scopes/X29', title: 'an instance of a class', value: new Scopes() },
    { id: 'scopes/X30', title: 'a list with a number', value: ['a', 5] },
    { id: 'scopes/X31', title: 'a list with null', value: [['a'], null] },
    {
      id: 'scopes/X32',
      title: 'a list with a missing item',
      value: Object.assign([], { 0: ['a'], 2: ['b'] }),
    },
    { id: 'scopes/X33', title: 'too deep a list', value: [[['a']]] },
    {
      id: 'scopes/X34',
      title: 'a getter in a list',
      value: [Object.defineProperty([], 0, { get: () => 'a' })],
    },
  ].map(({ id, title, value }) => ({
    id,
    title,
    extensions: { requiresScope: value },
    location: 'extensions.requiresScope',
    message: /^has an invalid extensions\.requiresScope\. Write "a", \[\["a", "b"\]\] to require both/,
  })),
  ...[
    { id: 'scopes/X40', title: 'a scope in place of arguments', value: 'a' },
    { id: 'scopes/X41', title: 'null in place of arguments', value: null },
    { id: 'scopes/X42', title: 'undefined in place of arguments', value: undefined },
    { id: 'scopes/X43', title: 'no arguments', value: {} },
    { id: 'scopes/X44', title: 'an empty list of arguments', value: [] },
    { id: 'scopes/X45', title: 'another argument', value: { scope: 'a' } },
    { id: 'scopes/X46', title: 'lists in place of arguments', value: [['a']] },
  ].map(({ id, title, value }) => ({
    id,
    title,
    extensions: { directives: { requiresScope: value } },
    location: 'extensions.directives.requiresScope',
    message: /^has an invalid .* Write \{ scopes: … \} with "a", /,
  })),
  {
    id: 'scopes/X50',
    title: 'a getter of a directive',
    extensions: {
      directives: {
        get requiresScope() {
          throw new Error('must not be called')
        },
      },
    },
    location: 'extensions.directives.requiresScope',
    message: /Write \{ scopes: … \}/,
  },
  {
    id: 'scopes/X51',
    title: 'a getter of an argument',
    extensions: {
      directives: [
        {
          name: 'requiresScope',
          args: {
            get scopes() {
              throw new Error('must not be called')
            },
          },
        },
      ],
    },
    location: 'extensions.directives[0]',
    message: /Write \{ scopes: … \}/,
  },
]

/** Values of `extensions` at `Query.x` that the schema check rejects, with a part of the message. */
export const INVALID_EXTENSIONS: readonly InvalidExtensionCase[] = [
  ...MALFORMED_SCOPES,
  {
    id: 'scopes/X52',
    title: 'directives that are a text',
    extensions: { directives: 'requiresScope' },
    location: 'extensions.directives',
    message: /Write \{ requiresScope: \{ scopes: "a" \} \}\./,
  },
  {
    id: 'scopes/X53',
    title: 'a list of names',
    extensions: { directives: ['authenticated'] },
    location: 'extensions.directives[0]',
    message: /Write \{ requiresScope: \{ scopes: "a" \} \}\./,
  },
  {
    id: 'scopes/X54',
    title: 'a list with a missing name',
    extensions: { directives: [{ args: { scopes: 'a' } }] },
    location: 'extensions.directives[0]',
    message: /Write \{ requiresScope: \{ scopes: "a" \} \}\./,
  },
  ...[
    { id: 'scopes/X54a', title: 'a Map', directives: new Map([['requiresScope', { scopes: 'a' }]]) },
    {
      id: 'scopes/X54b',
      title: 'a Set',
      directives: new Set([{ name: 'requiresScope', args: { scopes: 'a' } }]),
    },
    { id: 'scopes/X54c', title: 'a String object', directives: Object('requiresScope') },
  ].map(({ id, title, directives }) => ({
    id,
    title: `directives that are ${title}`,
    // The field is not rejected for the lack of a rule.
    extensions: { public: 'r', directives },
    location: 'extensions.directives',
    message: /Write \{ requiresScope: \{ scopes: "a" \} \}\./,
  })),
  {
    id: 'scopes/X55',
    title: 'authenticated: false',
    extensions: { authenticated: false },
    location: 'extensions.authenticated',
    message: /Set it to true, or remove it\./,
  },
  {
    id: 'scopes/X56',
    title: 'authenticated: undefined',
    extensions: { authenticated: undefined },
    location: 'extensions.authenticated',
    message: /Set it to true, or remove it\./,
  },
  {
    id: 'scopes/X57',
    title: 'the key __proto__',
    extensions: JSON.parse('{ "__proto__": { "requiresScope": "a" } }'),
    location: 'extensions.__proto__',
    message: /Remove it\./,
  },
  ...[
    { id: 'scopes/X60', key: 'requireScope' },
    { id: 'scopes/X61', key: 'requiresscopes' },
    { id: 'scopes/X62', key: 'requires_scope' },
    { id: 'scopes/X63', key: '@requiresScope' },
    { id: 'scopes/X64', key: 'requriesScope' },
    { id: 'scopes/X65', key: 'requiredScopes' },
    { id: 'scopes/X66', key: 'scope' },
    { id: 'scopes/X67', key: 'scopes' },
  ].flatMap(({ id, key }) =>
    [
      { suffix: '', extensions: { [key]: 'a' }, location: `extensions.${key}` },
      {
        suffix: 'b',
        extensions: { directives: { [key]: { scopes: 'a' } } },
        location: `extensions.directives.${key}`,
      },
      {
        suffix: 'c',
        extensions: { directives: [{ name: key, args: { scopes: 'a' } }] },
        location: 'extensions.directives[0]',
      },
    ].map(({ suffix, ...row }) => ({
      id: `${id}${suffix}`,
      title: `the misspelt name ${key} in ${row.location}`,
      message: /Write requiresScopes?\.$/,
      ...row,
    })),
  ),
  {
    id: 'scopes/X68',
    title: 'the misspelt name Authenticate',
    extensions: { Authenticate: true },
    location: 'extensions.Authenticate',
    message: /Write authenticated\.$/,
  },
  {
    id: 'scopes/X70',
    title: 'a flat list of several scopes, as in SDL',
    extensions: { requiresScope: ['a', 'b'] },
    location: 'extensions.requiresScope',
    message: /^has a flat list\./,
  },
  {
    id: 'scopes/X71',
    title: 'an empty list, as in SDL',
    extensions: { requiresScope: [] },
    location: 'extensions.requiresScope',
    message: /^has an empty rule\./,
  },
  {
    id: 'scopes/X72',
    title: 'two rules, as in SDL',
    extensions: { requiresScope: 'a', directives: { requiresScope: { scopes: 'b' } } },
    location: 'extensions.directives.requiresScope',
    message: /^has two rules\. Combine them into one\./,
  },
  {
    id: 'scopes/X73',
    title: 'an undeclared scope, as in SDL',
    extensions: { requiresScope: 'typo' },
    location: 'extensions.requiresScope',
    message: /^requires typo, which is not declared with @scope\. Declared scopes: a, b\./,
  },
  ...[
    { id: 'scopes/X74', value: true },
    { id: 'scopes/X75', value: ' ' },
    { id: 'scopes/X76', value: undefined },
  ].map(({ id, value }) => ({
    id,
    title: `public: ${JSON.stringify(value)}`,
    extensions: { public: value },
    location: 'extensions.public',
    message: /^is @public without a reason\./,
  })),
]
