import { join } from 'node:path'

/** The folder of package.json. */
export const PROJECT_ROOT = join(import.meta.dirname, '../..')
