import { CONSOLE_PATHS } from './console-paths.ts'
import type { FindingTemplate } from './finding.ts'

/** What can be wrong with the authorization server. */
export const ISSUER_FINDINGS = {
  D03a: {
    found: '{host} is the address of the Admin Console.',
    mend: 'Take "-admin" out: OKTA_ISSUER={example}.',
    where: CONSOLE_PATHS.domain,
  },
  D03b: {
    found: 'There is no machine called {host}.',
    mend: 'Compare OKTA_ISSUER with your Okta domain, letter by letter; then look at this machine’s DNS.',
    where: CONSOLE_PATHS.domain,
  },
  D03c: {
    found: 'Nobody answers at {host}: {words}.',
    mend: 'Compare OKTA_ISSUER with your Okta domain; then look at the network between. Behind a proxy set HTTPS_PROXY and NODE_USE_ENV_PROXY=1.',
    where: CONSOLE_PATHS.domain,
  },
  D03d: {
    found: 'The TLS certificate of {host} is not one that Node trusts: {words}.',
    mend: 'If your company opens TLS on the way, set NODE_EXTRA_CA_CERTS to its certificate. Never switch the check off.',
  },
  D03e: {
    found: 'The embedded authorization server does not answer at {issuer}.',
    mend: 'Start it first, with "npm start", and ask again beside it; or set OKTA_ISSUER to a server of Okta’s.',
  },
  D03f: {
    found: '{host} did not answer within {seconds} s.',
    mend: 'Try again. If it stays so, look at the network between, and at the proxy: HTTPS_PROXY with NODE_USE_ENV_PROXY=1.',
  },
  D03g: {
    found: '{host} answers without TLS, and OKTA_ISSUER says https: {words}.',
    mend: 'Compare the port. At Okta it is left out; a server on this machine, as the embedded one, is http.',
  },
  D04a: {
    found:
      '{issuer} is the org authorization server: its tokens are for Okta’s own API, and nobody else can check them.',
    mend: 'Set OKTA_ISSUER={example}, with the name that the list of servers shows. If the console has no such list, your org lacks API Access Management; an Integrator Free Plan org has it.',
    where: CONSOLE_PATHS.servers,
  },
  D04b: {
    found: 'The path {path} is not that of an issuer.',
    mend: 'Copy the Issuer URI of the server: it ends after its name, as in OKTA_ISSUER={example}.',
    where: CONSOLE_PATHS.servers,
  },
  D05a: {
    found: '{host} has no authorization server called {server}.',
    mend: 'Copy the Issuer URI of the server into OKTA_ISSUER. If the console has no such list, your org lacks API Access Management; an Integrator Free Plan org has it.',
    where: CONSOLE_PATHS.servers,
  },
  D05b: {
    found: '{url} is no discovery document: {words}.',
    mend: 'Open that address in a browser. Anything but JSON means that OKTA_ISSUER is wrong, or that something between answers in Okta’s place.',
    where: CONSOLE_PATHS.servers,
  },
  D05c: {
    found: 'The server calls itself {theirs}, and its tokens do too.',
    mend: 'Set OKTA_ISSUER to that, to the letter; or choose another Issuer for the server.',
    where: CONSOLE_PATHS.server,
  },
  D06a: {
    found: '{url} is no metadata document: {words}.',
    mend: 'Clients that follow RFC 8414 look there. Anything but JSON means that something between answers in Okta’s place.',
    where: CONSOLE_PATHS.servers,
  },
  D06b: {
    found: 'Its metadata (RFC 8414) calls the server {theirs}.',
    mend: 'Set OKTA_ISSUER to what the server calls itself, to the letter.',
    where: CONSOLE_PATHS.server,
  },
  D07a: {
    found: 'This machine’s clock is {seconds} s {direction} the issuer’s; 30 s are let pass.',
    mend: 'Switch on time synchronisation (timedatectl set-ntp true), or tokens look expired or not yet valid.',
  },
  D08a: {
    found: 'The keys at {url} cannot be had: {words}.',
    mend: 'Open that address in a browser. The API fetches it at start and every few minutes: a firewall must let it out.',
  },
  D08b: {
    found: 'The key set has no RSA key for RS256 of 2048 bits or more.',
    mend: 'Let the server sign with RS256 (Okta’s own keys do), and rotate them once.',
    where: CONSOLE_PATHS.server,
  },
} as const satisfies Record<string, FindingTemplate>
