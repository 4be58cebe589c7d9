import { CREDENTIALS } from './credentials.ts'
import { DOCUMENTS } from './graphql.ts'
import { OTHERS } from './others.ts'

/** Fifty kinds of secrets on their way, but S50, which is in settings. */
export const SECRETS = [...CREDENTIALS, ...DOCUMENTS, ...OTHERS]
