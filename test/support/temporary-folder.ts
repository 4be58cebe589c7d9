import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Creates an empty folder, which `test-environment.js` removes after the test file. */
export const createTemporaryFolder = () => mkdtempSync(join(tmpdir(), 'fakebook-'))
