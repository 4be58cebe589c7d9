/** One possible problem. A `{name}` in a text is a placeholder for a value. */
type FindingTemplate = {
  readonly found: string
  /** The fix, in the imperative. */
  readonly mend: string
  /** A menu path in Okta's Admin Console. */
  readonly where?: string
  /** Set if the set-up works but may be unintended. */
  readonly status?: 'warning'
}

// Menu paths in Okta's Admin Console, with the app names that docs/okta.md uses.
const DOMAIN = 'the menu below your name, at the top right of the Admin Console'
const SERVERS = 'Security > API > Authorization Servers'
const SERVER_SETTINGS = `${SERVERS} > {server} > Settings`
const SERVER_SCOPES = `${SERVERS} > {server} > Scopes`
const SERVER_POLICIES = `${SERVERS} > {server} > Access Policies`
const JOB_APP = 'Applications and Resources > Applications > FakeBook Cron > General'
const WEBAPP = 'Applications and Resources > Applications > FakebookAuthCodeClient > General'
const IDE_APP = 'Applications and Resources > Applications > FakeBook IDE > General'

// Texts of several findings.
const COPY_SECRET = 'Copy the client secret again, or generate a new one and delete the old one.'
const EXPECT_JSON =
  'Open that URL in a browser. If it does not show JSON, OKTA_ISSUER is wrong or a proxy answers instead of Okta.'
const IF_NO_SERVERS =
  'If the console has no such list, your org lacks API Access Management; Integrator Free Plan orgs have it.'
const DISABLE_DPOP = 'switch off "Require Demonstrating Proof of Possession (DPoP) header in token requests"'

/** A problem that is fixed in Okta's Admin Console, at a menu path. */
const inConsole = (where: string, finding: FindingTemplate): FindingTemplate => ({ ...finding, where })

const unknownClient = (app: string, settingName: string, consolePath: string) =>
  inConsole(`${consolePath} > Client Credentials`, {
    found: `Okta does not know the ${app}’s client {client}.`,
    mend: `Copy its Client ID into ${settingName}. Check that the app is active.`,
  })

const unexplained = (found: string, consolePath: string) =>
  inConsole(`${consolePath} > General Settings`, {
    found,
    mend: 'Look at Reports > System Log for this minute: it has more detail than the response.',
  })

/** Every problem that doctor reports. Ids never change: docs/okta.md and users' scripts refer to them. */
const TEMPLATES = {
  // This machine and the settings.
  D01a: {
    found: 'Node {version} is too old: this project requires {required} or newer.',
    mend: 'Run "npm install" here: it installs the Node that the npm scripts use.',
  },
  D02a: {
    found: '{message}',
    mend: 'Correct it in the environment or in .env. docs/settings.md lists every setting.',
  },

  // The authorization server.
  D03a: inConsole(DOMAIN, {
    found: '{host} is the address of the Admin Console, not of the authorization server.',
    mend: 'Remove "-admin": OKTA_ISSUER={example}.',
  }),
  D03b: inConsole(DOMAIN, {
    found: 'The host name {host} does not resolve.',
    mend: 'Compare OKTA_ISSUER with your Okta domain, character by character. If they match, check the DNS of this machine.',
  }),
  D03c: inConsole(DOMAIN, {
    found: 'Cannot connect to {host}: {detail}.',
    mend: 'Compare OKTA_ISSUER with your Okta domain. If they match, check the network. Behind a proxy, set HTTPS_PROXY and NODE_USE_ENV_PROXY=1.',
  }),
  D03d: {
    found: 'Node does not trust the TLS certificate of {host}: {detail}.',
    mend: 'If your company intercepts TLS, set NODE_EXTRA_CA_CERTS to its CA certificate. Never disable certificate verification.',
  },
  D03e: {
    found: 'The embedded authorization server is not running at {issuer}.',
    mend: 'Start it with "npm start" and run doctor again; or set OKTA_ISSUER to an Okta authorization server.',
  },
  D03f: {
    found: '{host} is too slow: {detail}.',
    mend: 'Try again. If it still times out, check the network. Behind a proxy, set HTTPS_PROXY and NODE_USE_ENV_PROXY=1.',
  },
  D03g: {
    found: '{host} does not use TLS, but OKTA_ISSUER says https: {detail}.',
    mend: 'Check the port: an Okta issuer has none. Use http only for a server on this machine, such as the embedded one.',
  },
  D04a: inConsole(SERVERS, {
    found:
      '{issuer} is the org authorization server. Its tokens are for Okta’s own API; no other API can verify them.',
    mend: `Set OKTA_ISSUER={example}, with the name from the list of servers. ${IF_NO_SERVERS}`,
  }),
  D04b: inConsole(SERVERS, {
    found: 'The path {path} is not the path of an issuer.',
    mend: 'Copy the Issuer URI of the server. It ends after the server’s name: OKTA_ISSUER={example}.',
  }),
  D05a: inConsole(SERVERS, {
    found: '{host} has no authorization server called {server}.',
    mend: `Copy the Issuer URI of the server into OKTA_ISSUER. ${IF_NO_SERVERS}`,
  }),
  D05b: inConsole(SERVERS, { found: '{url} is not a discovery document: {detail}.', mend: EXPECT_JSON }),
  D05c: inConsole(SERVER_SETTINGS, {
    found: 'The server’s issuer is {serverIssuer}, and its tokens carry that value.',
    mend: 'Set OKTA_ISSUER to exactly that value, or select another Issuer for the server.',
  }),
  D06a: inConsole(SERVERS, {
    found: '{url} is not a metadata document (RFC 8414): {detail}.',
    mend: EXPECT_JSON,
  }),
  D06b: inConsole(SERVER_SETTINGS, {
    found: 'The issuer in the server’s metadata (RFC 8414) is {serverIssuer}.',
    mend: 'Set OKTA_ISSUER to exactly that value.',
  }),
  D07a: {
    found: 'This machine’s clock is {seconds} s {direction} the issuer’s; the API tolerates {tolerance} s.',
    mend: 'Enable time synchronization (timedatectl set-ntp true). Otherwise tokens look expired or not yet valid.',
  },
  D08a: {
    found: 'Cannot fetch the keys at {url}: {detail}.',
    mend: 'Open that URL in a browser, and allow it in your firewall: the API fetches it at start and every few minutes.',
  },
  D08b: inConsole(SERVER_SETTINGS, {
    found: 'The key set has no RSA key for RS256 with at least 2048 bits.',
    mend: 'Configure the server to sign with RS256, as Okta does by default, and rotate its keys once.',
  }),

  // The job.
  D09a: unknownClient('job', 'OKTA_CLIENT_ID', JOB_APP),
  D09b: inConsole(`${JOB_APP} > Client Credentials`, {
    found: 'OKTA_CLIENT_SECRET is not the secret of {client}.',
    mend: COPY_SECRET,
  }),
  D09c: inConsole(`${JOB_APP} > Client Credentials`, {
    found: 'Okta does not accept a client secret from {client}: {detail}',
    mend: 'Set Client authentication to Client secret, or set OKTA_CLIENT_PRIVATE_KEY in place of OKTA_CLIENT_SECRET.',
  }),
  D09d: inConsole(`${JOB_APP} > General Settings`, {
    found: '{client} is not allowed to use the client credentials grant: {detail}',
    mend: 'Create an app of type API Services for the job, with the grant type Client Credentials.',
  }),
  D09e: unexplained('The token endpoint did not issue a token to {client}: {detail}', JOB_APP),
  D09f: inConsole(`${JOB_APP} > Client Credentials`, {
    found: 'Okta does not accept the private key of {client}, which has {key}: {detail}',
    mend: 'Register the public key of OKTA_CLIENT_PRIVATE_KEY for the client. If the client has several keys, use a JWK with the kid that Okta shows.',
  }),
  D09g: {
    found: 'Okta rejects the time of the job’s assertion: {detail}',
    mend: 'Enable time synchronization on this machine (timedatectl set-ntp true).',
  },
  D09h: inConsole(`${JOB_APP} > Client Credentials`, {
    found: 'Okta does not accept a private key from {client}: {detail}',
    mend: 'Set Client authentication to Public key / Private key, or set OKTA_CLIENT_SECRET in place of OKTA_CLIENT_PRIVATE_KEY.',
  }),
  D10a: inConsole(`${JOB_APP} > General Settings`, {
    status: 'warning',
    found: 'Okta requires DPoP for {client}. The other checks used DPoP proofs.',
    mend: `Run the job with --dpop, or ${DISABLE_DPOP}.`,
  }),
  D10b: inConsole(`${JOB_APP} > General Settings`, {
    found: 'Okta requires DPoP and rejects the proof: {detail}',
    mend: `Check the clock of this machine first, or ${DISABLE_DPOP}.`,
  }),
  D11a: inConsole(SERVER_SCOPES, {
    found: 'The authorization server does not define {scopes}.',
    mend: 'Add it with "Add Scope", spelled exactly like this. Leave "Set as a default scope" off.',
  }),
  D12a: inConsole(SERVER_POLICIES, {
    found: 'No access policy rule grants {scopes} to {client}.',
    mend: 'Assign a policy to the client. Give it a rule with the grant type Client Credentials and these scopes; it needs no user. The first matching rule decides.',
  }),
  D12b: inConsole(SERVER_POLICIES, {
    found: 'A rule of an access policy matches {client} but does not grant {scopes}.',
    mend: 'Add these scopes to that rule, or put a rule that has them above it.',
  }),
  D13a: inConsole(SERVER_SETTINGS, {
    found: 'The audience of the server’s tokens is {aud}, but OKTA_AUDIENCE is {audience}.',
    mend: 'Set OKTA_AUDIENCE to exactly the Audience of the server.',
  }),
  D13b: inConsole(SERVER_SETTINGS, {
    found: 'The issuer of the server’s tokens is {iss}, but OKTA_ISSUER is {issuer}.',
    mend: 'Set OKTA_ISSUER to exactly the issuer of the tokens, or select another Issuer for the server.',
  }),
  D13c: inConsole(SERVER_SETTINGS, {
    found: 'The API cannot read the server’s tokens: {reason}.',
    mend: 'Use a custom authorization server, and switch off access token encryption.',
  }),
  D13d: inConsole(SERVER_SETTINGS, {
    found: 'The token was requested with {scopes}, but its claim {scopeClaims} lacks {missing}.',
    mend: 'Remove custom claims named scp or scope.',
  }),
  D13e: inConsole(SERVER_SETTINGS, {
    found: 'The API rejects the server’s tokens: {reason}.',
    mend: 'Run `npm run doctor -- --token` with such a token: it explains each part.',
  }),
  D13f: inConsole(SERVER_POLICIES, {
    found: 'Okta grants each scope alone, but not {scopes} together: {detail}',
    mend: 'List all of them in one rule: the first matching rule decides on the whole request.',
  }),
  D13g: {
    found: 'The API reads scopes from the claim {scopeClaims}, but the token has {missing} in {claim}.',
    mend: 'Set SCOPE_CLAIM={claim}.',
  },
  D14a: {
    status: 'warning',
    found: 'The server issued a token for "openid" to a job, which has no user.',
    mend: 'Check which server answers at OKTA_ISSUER: Okta rejects this request. The API is not at risk.',
  },

  // The web app.
  D15a: unknownClient('web app', 'WEBAPP_CLIENT_ID', WEBAPP),
  D15b: inConsole(`${WEBAPP} > Client Credentials`, {
    found: 'WEBAPP_CLIENT_SECRET is not the secret of {client}.',
    mend: COPY_SECRET,
  }),
  D15c: inConsole(`${WEBAPP} > General Settings`, {
    found: '{client} is not allowed to exchange an authorization code: {detail}',
    mend: 'Create an app of type Web Application with a client secret and the grant types Authorization Code and Refresh Token.',
  }),
  D15d: inConsole(`${WEBAPP} > General Settings`, {
    found: 'Okta requires DPoP for the web app, which does not support it.',
    mend: 'Switch off "Require Demonstrating Proof of Possession (DPoP) header in token requests".',
  }),
  D15e: unexplained('Unexpected response of the token endpoint to the web app: {detail}', WEBAPP),
  D16a: inConsole(`${WEBAPP} > Login`, {
    found: '{redirectUri} is not registered for the web app.',
    mend: 'Add exactly this value (scheme, port, trailing slash) to the Sign-in redirect URIs and the Sign-out redirect URIs, or set WEBAPP_REDIRECT_URI to a registered one.',
  }),
  D16b: inConsole(`${WEBAPP} > General Settings`, {
    found: 'Okta rejects sign-in to the web app: {detail}',
    mend: 'Use an app of type Web Application with the grant types Authorization Code and Refresh Token, and define the scopes of the API on the server.',
  }),
  D16c: unexplained('Sign-in to the web app did not start: {detail}', WEBAPP),
  D16d: unknownClient('web app', 'WEBAPP_CLIENT_ID', WEBAPP),

  // The IDE.
  D17a: unknownClient('IDE', 'IDE_CLIENT_ID', IDE_APP),
  D17b: inConsole(`${IDE_APP} > Login`, {
    found: '{redirectUri} is not registered for the IDE.',
    mend: 'Add exactly this value, which is API_URL followed by /graphql, to the Sign-in redirect URIs and the Sign-out redirect URIs.',
  }),
  D17c: inConsole(`${IDE_APP} > Client Credentials`, {
    found: 'Okta requires a client secret from the IDE: {detail}',
    mend: 'Create a Single-Page Application with Client authentication None: a page in a browser cannot keep a secret.',
  }),
  D17d: inConsole(`${IDE_APP} > Client Credentials`, {
    status: 'warning',
    found: 'Okta lets the IDE’s client sign in without PKCE.',
    mend: 'Switch on "Require PKCE as additional verification". The IDE always sends PKCE.',
  }),
  D17e: inConsole(`${IDE_APP} > General Settings`, {
    found: 'Okta rejects sign-in to the IDE: {detail}',
    mend: 'Enable the grant types Authorization Code and Refresh Token, and define the scopes of the API on the server.',
  }),
  D17f: unexplained('Sign-in to the IDE did not start: {detail}', IDE_APP),
  D18a: inConsole('Security > API > Trusted Origins', {
    found: 'CORS blocks pages of {origin} from reading Okta’s {endpoints}.',
    mend: 'Add {origin} with "Add Origin", type CORS.',
  }),

  // Ports, database and Redis.
  D19a: {
    found: 'Another program listens on {ports}.',
    mend: 'Stop it, or set another port: {example}. Then update the URLs that are registered in Okta.',
  },
  D19b: {
    found: 'This process is not allowed to listen on {ports}.',
    mend: 'Set a port above 1023, for example {example}.',
  },
  D19c: {
    found: 'HOST {host} is not an address of this machine ({detail}).',
    mend: 'Set HOST to 127.0.0.1 for this machine alone, to 0.0.0.0 for all its IPv4 addresses, or to one of its addresses.',
  },
  D20a: {
    found: 'Cannot open the database: {detail}.',
    mend: 'Set DATABASE_URL to a file in a writable folder, for example DATABASE_URL=file:data/fakebook.db.',
  },
  D20b: {
    found: 'A newer version of this project has migrated the database: it contains {names}.',
    mend: 'Update the project, or set DATABASE_URL to another database.',
  },
  D20c: {
    found: 'The database is read-only: {detail}.',
    mend: 'Make the file and its folder writable for the user that runs this, or set DATABASE_URL to another file.',
  },
  D20d: {
    found: 'Cannot use PostgreSQL: {detail}.',
    mend: 'Correct DATABASE_URL, for example DATABASE_URL=postgres://user:password@host/database?sslmode=verify-full.',
  },
  D20e: {
    found: 'The database is read-only: {detail}.',
    mend: 'Set DATABASE_URL to the primary server, or make the database writable.',
  },
  D20f: {
    found: 'The database user lacks privileges: {detail}.',
    mend: 'Grant it the right to create, read and write tables, for example with "grant create on schema public to …", or use the user that created the tables.',
  },
  D20g: {
    found: 'The database file is damaged or not an SQLite database: {detail}.',
    mend: 'Stop the server and restore a backup, as docs/operating.md describes, or set DATABASE_URL to another file.',
  },
  D21a: {
    found: 'Cannot reach Redis: {detail}.',
    mend: 'Start Redis or correct REDIS_URL. Without REDIS_URL, each instance of the API remembers DPoP proofs by itself.',
  },
  D21b: {
    found: 'Redis {version} is too old: DPoP replay protection requires Redis 7 or newer.',
    mend: 'Update Redis, or remove REDIS_URL if you run a single instance of the API.',
  },
  D21c: {
    status: 'warning',
    found: 'Redis may evict replay records: its maxmemory-policy is {policy}.',
    mend: 'Set maxmemory-policy to noeviction. Otherwise a DPoP proof could be used twice.',
  },

  // A token on standard input.
  D30a: {
    found: 'The input is empty.',
    mend: 'Send the token on standard input, for example `npm run doctor -- --token < file`.',
  },
  D30b: {
    status: 'warning',
    found: 'The input contains more than the token: {wrappers}.',
    mend: 'Send the token alone. The other checks use the token inside.',
  },
  D30c: { found: 'The input is larger than 64 KiB.', mend: 'Check what you pasted: no token is that large.' },
  D31a: {
    found:
      'It is not a JWT. It may be a refresh token, an authorization code, a client secret or a token of the org authorization server.',
    mend: 'Request an access token from the token endpoint: docs/tour.md shows the request.',
  },
  D31b: inConsole(SERVER_SETTINGS, {
    found: 'The token is encrypted (a JWE of five parts), so the API cannot read it.',
    mend: 'Switch off access token encryption.',
  }),
  D31c: {
    found: 'It looks like a JWT but cannot be read: {reason}.',
    mend: 'Copy the whole token again, without line breaks or trailing dots.',
  },
  D31d: {
    found: 'It is an ID token: it tells an app who signed in and grants no access to an API.',
    mend: 'Send the access_token from the same response.',
  },
  D31e: inConsole(SERVERS, {
    found: 'It is a token of the org authorization server, for Okta’s own API; no other API can verify it.',
    mend: 'Request one from {issuer}/v1/token.',
  }),
  D31f: {
    found: 'It is a DPoP proof, not a token.',
    mend: 'Send it in the DPoP header, next to "Authorization: DPoP <token>".',
  },
  D32a: inConsole(SERVERS, {
    found: 'Its issuer is {iss}, but this API accepts tokens of {issuer}.',
    mend: 'Request a token from that issuer, or set OKTA_ISSUER to the token’s issuer.',
  }),
  D33a: {
    found: 'It expired {ago} ago, at {at}.',
    mend: 'Request a new token. An app with a refresh token does this by itself.',
  },
  D33b: {
    found: 'It is not valid before {at}, in {ahead}.',
    mend: 'Run `npm run doctor`: it compares the clocks.',
  },
  D33c: {
    found: 'Its exp claim is not a usable number.',
    mend: 'Check where the token comes from: tokens of Okta always have one.',
  },
  D34a: inConsole(SERVER_SETTINGS, {
    found: 'Its audience is {aud}, but the audience of this API is {audience}.',
    mend: 'Set OKTA_AUDIENCE to the Audience of the server, or request a token from the server of this API.',
  }),
  D35a: inConsole(SERVER_SETTINGS, {
    found: 'The issuer does not publish the key that signed it.',
    mend: 'Request a new token: the key was rotated, or the token is from another server.',
  }),
  D35b: {
    found: 'Its signature does not match: the token was changed or truncated.',
    mend: 'Copy the whole token again.',
  },
  D35c: {
    found: 'The API does not accept its header: {reason}.',
    mend: 'Check where the token comes from: Okta signs with RS256 and names the key in kid.',
  },
  D36a: inConsole(SERVER_SCOPES, {
    found: 'It has no scope, so it grants access to no protected field.',
    mend: 'Request scopes by name: {apiScopes}. The server grants none by default.',
  }),
  D36b: inConsole(SERVER_SCOPES, {
    found: 'This API uses none of its scopes: {scopes}.',
    mend: 'Request {apiScopes}.',
  }),
  D36c: {
    found: 'The API reads scopes from the claim {scopeClaims}, but this token has them in {claim}.',
    mend: 'Set SCOPE_CLAIM={claim}, if the issuer of this API puts scopes there.',
  },
  D37a: {
    status: 'warning',
    found: 'It is bound to a key (DPoP): each request needs a proof signed with that key.',
    mend: 'Send it as "Authorization: DPoP <token>" with a proof in the DPoP header, as `npm run job -- list --dpop` does. The API rejects it as a bearer token.',
  },
  D38a: {
    found: 'The API rejects it: {reason}.',
    mend: 'See the checks above for the part that is wrong and its fix.',
  },
} as const satisfies Record<string, FindingTemplate>

export type FindingId = keyof typeof TEMPLATES
export const FINDINGS: Readonly<Record<FindingId, FindingTemplate>> = TEMPLATES
