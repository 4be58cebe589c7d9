import { readFileSync } from 'node:fs'

const PACKAGE_JSON = new URL('../../package.json', import.meta.url)

/** The version of this package. */
export const VERSION = String(JSON.parse(readFileSync(PACKAGE_JSON, 'utf8')).version)
