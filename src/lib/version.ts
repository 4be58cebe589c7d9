import { readFileSync } from 'node:fs'

const PACKAGE = new URL('../../package.json', import.meta.url)

/** Which version of the product this is. */
export const VERSION = String(JSON.parse(readFileSync(PACKAGE, 'utf8')).version)
