import { execFileSync } from 'node:child_process'
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

// Writes the package graphql-oauth-scopes, ready for `npm pack`: to build/graphql-oauth-scopes, or to the folder that is given.

const SOURCE = 'src/scopes'
const folder = process.argv[2] ?? 'build/graphql-oauth-scopes'
const ENTRIES = ['index', 'apollo', 'envelop', 'mercurius', 'graphql-http', 'federation', 'client', 'codegen']

const { version, license, type, engines } = JSON.parse(readFileSync('package.json', 'utf8'))
const manifest = {
  name: 'graphql-oauth-scopes',
  version,
  description: 'OAuth scopes in a GraphQL schema, checked before anything executes, on any server',
  keywords: ['graphql', 'oauth', 'scopes', 'authorization', 'apollo', 'yoga', 'envelop', 'mercurius'],
  license,
  type,
  sideEffects: false,
  engines,
  exports: Object.fromEntries(
    ENTRIES.map((entry) => [
      entry === 'index' ? '.' : `./${entry}`,
      { types: `./${entry}.d.ts`, default: `./${entry}.js` },
    ]),
  ),
  bin: { 'graphql-oauth-scopes': 'bin.js' },
  peerDependencies: {
    '@graphql-codegen/client-preset': '^4.2.5 || ^5.0.0 || ^6.0.0',
    graphql: '^16.0.0 || ^17.0.0',
  },
  peerDependenciesMeta: { '@graphql-codegen/client-preset': { optional: true } },
}

rmSync(folder, { recursive: true, force: true })
execFileSync('tsc', ['--project', join(SOURCE, 'tsconfig.build.json'), '--outDir', folder], {
  stdio: 'inherit',
})
writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`)
for (const page of ['README.md', 'ALTERNATIVES.md']) copyFileSync(join(SOURCE, page), join(folder, page))
copyFileSync('LICENSE', join(folder, 'LICENSE'))
