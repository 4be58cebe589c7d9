import { randomUUID } from 'node:crypto'
import { createSigningKey, startStubIssuer } from '../../test/support/stub-issuer.ts'

/** An issuer of access tokens like Okta's, valid for an hour. */
export interface BenchIssuer {
  readonly url: string
  signToken(scopes: readonly string[]): Promise<string>
  /** Signs with another key under the published key's id. */
  signForgedToken(scopes: readonly string[]): Promise<string>
}

/** Starts an issuer, and closes it after `run`. */
export async function withIssuer<Result>(run: (issuer: BenchIssuer) => Promise<Result>): Promise<Result> {
  const issuer = await startStubIssuer()
  const otherKey = await createSigningKey(issuer.kid)
  const claims = (scopes: readonly string[]) => ({
    ...issuer.claims,
    jti: `AT.${randomUUID()}`,
    cid: 'bench',
    sub: 'bench',
    scp: scopes,
  })
  try {
    return await run({
      url: issuer.url,
      signToken: (scopes) => issuer.signToken(claims(scopes)),
      signForgedToken: (scopes) => issuer.signToken({}, {}, JSON.stringify(claims(scopes)), otherKey),
    })
  } finally {
    await issuer.close()
  }
}
