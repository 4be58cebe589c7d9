import { CONSOLE_PATHS } from './console-paths.ts'
import type { FindingTemplate } from './finding.ts'

const GET_ONE = 'Ask the token endpoint for an access token: docs/tour.md shows the request.'

/** What can be wrong with a token that somebody pastes. */
export const TOKEN_FINDINGS = {
  D30a: {
    found: 'Nothing was pasted.',
    mend: 'Send the token on standard input, as in `npm run doctor -- --token < file`.',
  },
  D30b: {
    status: 'warning',
    found: 'It was pasted with {what}.',
    mend: 'Send the token alone: this went on with what is inside.',
  },
  D30c: { found: 'It is larger than 64 KiB.', mend: 'No token is. Look what was pasted.' },
  D31a: {
    found:
      'It is not a JWT: perhaps a refresh token, an authorization code, a client secret or a token of the org server.',
    mend: GET_ONE,
  },
  D31b: {
    found: 'It is encrypted (JWE, five parts): only whoever has the key can read it.',
    mend: 'Switch off the encryption of the server’s access tokens.',
    where: CONSOLE_PATHS.server,
  },
  D31c: {
    found: 'It has the form of a JWT, and cannot be read: {reason}.',
    mend: 'Copy it again, whole, without line breaks or dots at its end.',
  },
  D31d: {
    found: 'It is an ID token: it tells an app who signed in, and opens no API.',
    mend: 'Send the access_token that came with it.',
  },
  D31e: {
    found:
      'It is a token of the org authorization server: it is for Okta’s own API, and nobody else can check it.',
    mend: 'Get one at {issuer}/v1/token.',
    where: CONSOLE_PATHS.servers,
  },
  D31f: {
    found: 'It is a DPoP proof, not a token.',
    mend: 'Send it in the DPoP header, beside "Authorization: DPoP <token>".',
  },
  D32a: {
    found: 'It is from {iss}, and this API takes tokens of {issuer}.',
    mend: 'Get one there, or set OKTA_ISSUER to the other.',
    where: CONSOLE_PATHS.servers,
  },
  D33a: {
    found: 'It expired {ago} ago, at {at}.',
    mend: 'Get a new one; with a refresh token an app does so by itself.',
  },
  D33b: {
    found: 'It is valid only from {at} on, {ahead} from now.',
    mend: 'Compare the clocks: `npm run doctor` does.',
  },
  D33c: {
    found: 'It does not say as a number when it expires.',
    mend: 'Okta’s tokens do. Look where it comes from.',
  },
  D34a: {
    found: 'It is for {aud}, and this API is {audience}.',
    mend: 'Set OKTA_AUDIENCE to the Audience of the server, or get a token from the server of this API.',
    where: CONSOLE_PATHS.server,
  },
  D35a: {
    found: 'It is signed with a key that the issuer does not publish.',
    mend: 'The key was withdrawn, or it is from another server. Get a new token.',
    where: CONSOLE_PATHS.server,
  },
  D35b: {
    found: 'Its signature is wrong: something in it was changed, or cut off.',
    mend: 'Copy it again, whole.',
  },
  D35c: {
    found: 'Its header is not one that this API takes: {reason}.',
    mend: 'Okta signs with RS256 and names the key in kid. Look where the token comes from.',
  },
  D36a: {
    found: 'It has no scope, so it opens nothing that is guarded.',
    mend: 'Ask for scopes by name: {known}. The server gives none by default.',
    where: CONSOLE_PATHS.scopes,
  },
  D36b: {
    found: 'It has {scopes}, of which this API asks for none.',
    mend: 'Ask for {known}.',
    where: CONSOLE_PATHS.scopes,
  },
  D37a: {
    status: 'warning',
    found: 'It is bound to a key (DPoP): whoever sends it must prove to have that key, at each request.',
    mend: 'Send it as "Authorization: DPoP <token>" with a proof in the DPoP header; `npm run job -- list --dpop` does so. As Bearer it is refused.',
  },
  D38a: {
    found: 'The API refuses it: {reason}.',
    mend: 'The lines above say which part it is, and what to do.',
  },
} as const satisfies Record<string, FindingTemplate>
