import { spawnSync } from 'node:child_process'

// Runs every check, also after one has failed. Exits with 1 if any failed.

const CHECKS = [
  { name: 'types', command: 'tsc --noEmit' },
  { name: 'types of the IDE', command: 'tsc --noEmit -p src/clients/ide' },
  {
    name: 'types of the benchmarks',
    command: 'npm install --prefix bench/http/peers --silent && tsc --noEmit -p bench/http/peers',
  },
  { name: 'lint', command: 'biome ci --error-on-warnings' },
  { name: 'unused code', command: 'knip' },
  {
    name: 'generated files',
    command: 'npm run --silent codegen && git diff --exit-code --stat -- src/generated README.md docs',
  },
  { name: 'reproducible IDE build', command: 'node codegen/build-ide.ts --compare' },
  { name: 'known vulnerabilities', command: 'node codegen/audit-production.ts' },
  { name: 'architecture', command: 'npm test --silent -- test/architecture.test.ts' },
]

const failed: string[] = []
for (const { name, command } of CHECKS) {
  console.log(`\n${name}: ${command}`)
  const { status } = spawnSync(command, { shell: true, stdio: ['ignore', 'inherit', 'inherit'] })
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name}`)
  if (status !== 0) failed.push(name)
}

console.log(failed.length === 0 ? '\nEvery check passed.' : `\nFailed: ${failed.join(', ')}.`)
process.exitCode = failed.length === 0 ? 0 : 1
