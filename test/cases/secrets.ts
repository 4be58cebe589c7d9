import { CREDENTIALS } from './secrets-credentials.ts'
import { DOCUMENTS } from './secrets-documents.ts'
import { OTHERS } from './secrets-others.ts'

/** Fifty kinds of secrets on their way, but S50, which is in settings. */
export const SECRETS = [...CREDENTIALS, ...DOCUMENTS, ...OTHERS]
