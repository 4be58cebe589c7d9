import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TestEnvironment } from 'jest-environment-node'

const SYSTEM_FOLDER = tmpdir()

/** Gives each test file a folder for temporary files, which is removed after the last `afterAll` of the file. */
export default class extends TestEnvironment {
  constructor(config, context) {
    // Set before super(), which copies the environment for the tests.
    process.env.TMPDIR = mkdtempSync(join(SYSTEM_FOLDER, 'fakebook-'))
    // mkdtemp allows only the current user, but containers and PostgreSQL run as another one.
    chmodSync(process.env.TMPDIR, 0o755)
    super(config, context)
  }

  async teardown() {
    await super.teardown()
    // Retries, because a process that was just killed may still create a file.
    rmSync(process.env.TMPDIR, { recursive: true, force: true, maxRetries: 5 })
    process.env.TMPDIR = SYSTEM_FOLDER
  }
}
