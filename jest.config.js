const isSlow = process.env.TEST_SLOW === '1'

export default {
  testEnvironment: '<rootDir>/test/support/test-environment.js',
  testTimeout: 120_000,
  maxWorkers: '100%',
  // Restarts a worker that holds the modules of many test files: freeing them takes longer than jest waits for its exit.
  workerIdleMemoryLimit: '300MB',
  roots: ['<rootDir>/test'],
  testMatch: [isSlow ? '**/*.slow.test.ts' : '**/*.test.ts'],
  testPathIgnorePatterns: isSlow ? [] : ['\\.slow\\.test\\.ts$'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/support/strip-types.js' },
}
