import { stripTypeScriptTypes } from 'node:module'

// Tests run what production runs: Node's own type stripping, no compiler.
export default { process: (source) => ({ code: stripTypeScriptTypes(source) }) }
