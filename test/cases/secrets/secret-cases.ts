import { CREDENTIAL_SECRETS } from './credentials.ts'
import { GRAPHQL_SECRETS } from './graphql.ts'
import { OTHER_SECRETS } from './others.ts'

/** Fifty kinds of secrets on their way, but S50, which is in settings. */
export const SECRET_CASES = [...CREDENTIAL_SECRETS, ...GRAPHQL_SECRETS, ...OTHER_SECRETS]
