import { CONSOLE_PATHS } from './console-paths.ts'
import type { FindingTemplate } from './finding.ts'

/** What can be wrong with the job, the web app and the IDE as Okta knows them. */
export const CLIENT_FINDINGS = {
  D09a: {
    found: 'Okta does not know the job’s client {client}.',
    mend: 'Copy its Client ID into OKTA_CLIENT_ID; an app that was deactivated is unknown too.',
    where: CONSOLE_PATHS.jobCredentials,
  },
  D09b: {
    found: 'Okta knows {client}, and OKTA_CLIENT_SECRET is not its secret.',
    mend: 'Copy the client secret anew, or generate another one and delete the old.',
    where: CONSOLE_PATHS.jobCredentials,
  },
  D09c: {
    found: 'Okta does not let {client} prove who it is with a secret: {words}',
    mend: 'Set Client authentication to Client secret.',
    where: CONSOLE_PATHS.jobCredentials,
  },
  D09d: {
    found: '{client} may not use client credentials here: {words}',
    mend: 'Make the job an app of type API Services, with the grant type Client Credentials.',
    where: CONSOLE_PATHS.jobSettings,
  },
  D09e: {
    found: 'The token endpoint gave {client} no token: {words}',
    mend: 'Look into Reports > System Log at this minute: it says more than the answer does.',
    where: CONSOLE_PATHS.jobSettings,
  },
  D10a: {
    status: 'warning',
    found: 'Okta wants this client’s tokens bound to a key (DPoP); what follows was asked with proofs.',
    mend: 'Run the job with --dpop; or switch off "Require Demonstrating Proof of Possession (DPoP) header in token requests".',
    where: CONSOLE_PATHS.jobSettings,
  },
  D10b: {
    found: 'Okta wants DPoP, and refuses a proof: {words}',
    mend: 'Look at this machine’s clock first; or switch off "Require Demonstrating Proof of Possession (DPoP) header in token requests".',
    where: CONSOLE_PATHS.jobSettings,
  },
  D11a: {
    found: 'Okta does not know {scopes}.',
    mend: 'Add it there with "Add Scope", spelt exactly so, without "Set as a default scope".',
    where: CONSOLE_PATHS.scopes,
  },
  D12a: {
    found: 'No access policy has a rule that gives {client} {scopes}.',
    mend: 'Assign a policy to the client, with a rule whose grant type is Client Credentials (such a client has no user) and whose scopes are these. The first rule that fits decides.',
    where: CONSOLE_PATHS.policies,
  },
  D12b: {
    found: 'A rule of an access policy fits {client} and withholds {scopes}.',
    mend: 'Name these scopes in that rule, or put a rule that does above it.',
    where: CONSOLE_PATHS.policies,
  },
  D13a: {
    found: 'The server’s tokens are for {aud}, and OKTA_AUDIENCE says {audience}.',
    mend: 'Set OKTA_AUDIENCE to the Audience of the server, to the letter.',
    where: CONSOLE_PATHS.server,
  },
  D13b: {
    found: 'The server’s tokens say that they come from {iss}, and OKTA_ISSUER says {issuer}.',
    mend: 'Set OKTA_ISSUER to that; or choose another Issuer for the server.',
    where: CONSOLE_PATHS.server,
  },
  D13c: {
    found: 'The server’s tokens cannot be read: {reason}.',
    mend: 'Use a custom authorization server, and switch off the encryption of its access tokens.',
    where: CONSOLE_PATHS.server,
  },
  D13d: {
    found: 'The token was asked for {scopes}, and its scp lacks {lacking}.',
    mend: 'Take out claims of your own that are called scp or scope.',
    where: CONSOLE_PATHS.server,
  },
  D13e: {
    found: 'The API would refuse the server’s tokens: {reason}.',
    mend: 'The reason says which part; `npm run doctor -- --token` explains a token at length.',
    where: CONSOLE_PATHS.server,
  },
  D13f: {
    found: 'Each scope is given alone, and {scopes} together are not: {words}',
    mend: 'Let one rule name all of them: the first that fits decides on the whole request.',
    where: CONSOLE_PATHS.policies,
  },
  D14a: {
    status: 'warning',
    found: 'The server gave a job a token for "openid", which is about people.',
    mend: 'It is not as Okta does it, and no danger here; look what answers at OKTA_ISSUER.',
  },
  D15a: {
    found: 'Okta does not know the web app’s client {client}.',
    mend: 'Copy its Client ID into WEBAPP_CLIENT_ID; an app that was deactivated is unknown too.',
    where: CONSOLE_PATHS.webappCredentials,
  },
  D15b: {
    found: 'Okta knows {client}, and WEBAPP_CLIENT_SECRET is not its secret.',
    mend: 'Copy the client secret anew, or generate another one and delete the old.',
    where: CONSOLE_PATHS.webappCredentials,
  },
  D15c: {
    found: '{client} may not exchange a code here: {words}',
    mend: 'Make it an app of type Web Application with a client secret and the grant types Authorization Code and Refresh Token.',
    where: CONSOLE_PATHS.webappSettings,
  },
  D15d: {
    found: 'Okta wants the web app’s tokens bound to a key (DPoP), which the web app does not do.',
    mend: 'Switch off "Require Demonstrating Proof of Possession (DPoP) header in token requests".',
    where: CONSOLE_PATHS.webappSettings,
  },
  D15e: {
    found: 'The token endpoint answered the web app with: {words}',
    mend: 'Look into Reports > System Log at this minute: it says more than the answer does.',
    where: CONSOLE_PATHS.webappSettings,
  },
  D16a: {
    found: '{redirect} is not registered for the web app.',
    mend: 'Add it to its Sign-in redirect URIs, to the letter (http or https, port, slash at the end), and to its Sign-out redirect URIs; or set WEBAPP_REDIRECT_URI to what is there.',
    where: CONSOLE_PATHS.webappLogin,
  },
  D16b: {
    found: 'Okta lets nobody sign in to the web app: {words}',
    mend: 'Make the app a Web Application with Authorization Code and Refresh Token, and have the scopes of the API defined at the server.',
    where: CONSOLE_PATHS.webappSettings,
  },
  D16c: {
    found: 'The sign-in of the web app could not be begun: {words}',
    mend: 'Look into Reports > System Log at this minute: it says more than the answer does.',
    where: CONSOLE_PATHS.webappSettings,
  },
  D16d: {
    found: 'Okta shows no sign-in page for {client}: it does not know that client.',
    mend: 'Copy its Client ID into WEBAPP_CLIENT_ID; an app that was deactivated is unknown too.',
    where: CONSOLE_PATHS.webappCredentials,
  },
  D17a: {
    found: 'Okta does not know the IDE’s client {client}.',
    mend: 'Copy its Client ID into IDE_CLIENT_ID; an app that was deactivated is unknown too.',
    where: CONSOLE_PATHS.ideCredentials,
  },
  D17b: {
    found: '{redirect} is not registered for the IDE.',
    mend: 'Add it to its Sign-in redirect URIs and its Sign-out redirect URIs, to the letter; it is API_URL with /graphql behind it.',
    where: CONSOLE_PATHS.ideLogin,
  },
  D17c: {
    found: 'Okta wants a secret of the IDE’s client: {words}',
    mend: 'A page in a browser can keep none. Make it a Single-Page Application, with Client authentication None.',
    where: CONSOLE_PATHS.ideCredentials,
  },
  D17d: {
    status: 'warning',
    found: 'Okta lets the IDE’s client sign in without PKCE.',
    mend: 'Switch on "Require PKCE as additional verification": the IDE sends it anyway.',
    where: CONSOLE_PATHS.ideCredentials,
  },
  D17e: {
    found: 'Okta lets nobody sign in to the IDE: {words}',
    mend: 'Give it the grant types Authorization Code and Refresh Token, and have the scopes of the API defined at the server.',
    where: CONSOLE_PATHS.ideSettings,
  },
  D17f: {
    found: 'The sign-in of the IDE could not be begun: {words}',
    mend: 'Look into Reports > System Log at this minute: it says more than the answer does.',
    where: CONSOLE_PATHS.ideSettings,
  },
  D18a: {
    found: 'Pages of {origin} may not read what Okta answers at its {places} (CORS).',
    mend: 'Add {origin} with "Add Origin", of type CORS.',
    where: CONSOLE_PATHS.origins,
  },
} as const satisfies Record<string, FindingTemplate>
