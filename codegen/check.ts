import { spawnSync } from 'node:child_process'

/** Runs every check and tells of each; none hides behind another. Exit 1 if one fails. */
const CHECKS: readonly (readonly [name: string, command: string])[] = [
  ['types', 'tsc --noEmit'],
  ['types of the IDE', 'tsc --noEmit -p src/clients/ide'],
  [
    'types of the bench’s peers',
    'npm install --prefix bench/http/peers --silent && tsc --noEmit -p bench/http/peers',
  ],
  ['lint', 'biome ci --error-on-warnings'],
  ['dead code', 'knip'],
  [
    'generated files',
    'npm run --silent codegen && git diff --exit-code --stat -- src/generated README.md docs',
  ],
  ['the IDE built twice', 'node codegen/build-ide.ts --compare'],
  ['known weaknesses', 'node codegen/audit-production.ts'],
  ['architecture', 'npm test --silent -- test/architecture.test.ts'],
]

for (const [name, command] of CHECKS) {
  const { status } = spawnSync(command, { shell: true, stdio: ['ignore', 'inherit', 'inherit'] })
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name}`)
  if (status !== 0) process.exitCode = 1
}
