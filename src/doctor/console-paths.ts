const SERVER = 'Security > API > Authorization Servers > {server}'
const APPS = 'Applications and Resources > Applications'

/** Menu paths in Okta's Admin Console, with the app names that docs/okta.md uses. */
export const CONSOLE_PATHS = {
  domain: 'the menu below your name, at the top right of the Admin Console',
  servers: 'Security > API > Authorization Servers',
  server: `${SERVER} > Settings`,
  scopes: `${SERVER} > Scopes`,
  policies: `${SERVER} > Access Policies`,
  origins: 'Security > API > Trusted Origins',
  jobCredentials: `${APPS} > FakeBook Cron > General > Client Credentials`,
  jobSettings: `${APPS} > FakeBook Cron > General > General Settings`,
  webappCredentials: `${APPS} > FakebookAuthCodeClient > General > Client Credentials`,
  webappSettings: `${APPS} > FakebookAuthCodeClient > General > General Settings`,
  webappLogin: `${APPS} > FakebookAuthCodeClient > General > Login`,
  ideCredentials: `${APPS} > FakeBook IDE > General > Client Credentials`,
  ideSettings: `${APPS} > FakeBook IDE > General > General Settings`,
  ideLogin: `${APPS} > FakeBook IDE > General > Login`,
} as const
