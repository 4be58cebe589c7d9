import { z } from 'zod'
import { BOUNDS } from './limit-settings.ts'
import { OTEL } from './otel-settings.ts'
import { amount, databaseUrl, milliseconds, port, redirectUri, type Setting, webUrl } from './setting.ts'

/** Every setting of the product. The table in docs/settings.md is made from this. */
export const SETTINGS = {
  PORT: { check: port, standard: '4000', fallback: '4000', example: '4000', about: 'the API' },
  HOST: {
    check: z.string().min(1),
    standard: '127.0.0.1',
    fallback: '127.0.0.1',
    example: '127.0.0.1',
    about: 'the address that the API and the web app listen on',
  },
  DATABASE_URL: {
    secret: 'in the address',
    check: databaseUrl,
    standard: 'file:data/fakebook.db',
    fallback: 'file:data/fakebook.db',
    example: 'file:data/fakebook.db',
    about:
      'where the books are: a file, PostgreSQL (`postgres://user:password@host/database?sslmode=verify-full`), or `file::memory:`, which forgets them',
  },
  DATABASE_POOL: amount(10, 1_000, 'the most connections of one copy to PostgreSQL'),
  DATABASE_CONNECT_TIMEOUT: milliseconds(800, 'how long a request waits for a connection to PostgreSQL'),
  DATABASE_TIMEOUT: milliseconds(5_000, 'how long one statement may take in PostgreSQL'),
  OKTA_ISSUER: {
    aliases: ['OKTA_OAUTH2_ISSUER', 'ISSUER'],
    check: webUrl,
    standard: 'the embedded one',
    example: 'https://example.okta.com/oauth2/default',
    about: 'whose tokens are accepted',
  },
  OKTA_AUDIENCE: {
    aliases: ['OKTA_OAUTH2_AUDIENCE', 'AUDIENCE'],
    check: z.string().min(1),
    standard: 'api://default',
    fallback: 'api://default',
    example: 'api://default',
    about: 'whom tokens must be for',
  },
  OKTA_CLIENT_ID: {
    aliases: ['OKTA_OAUTH2_CLIENT_ID', 'CLIENT_ID'],
    check: z.string().min(1),
    standard: 'embedded: fakebook-cron',
    example: 'fakebook-cron',
    about: 'the job',
  },
  OKTA_CLIENT_SECRET: {
    aliases: ['OKTA_OAUTH2_CLIENT_SECRET', 'CLIENT_SECRET'],
    secret: 'whole',
    check: z.string().min(1),
    standard: 'embedded: fakebook-cron-secret',
    example: 'the secret from Okta’s console',
    about: 'the job',
  },
  API_URL: {
    check: webUrl,
    standard: 'http://localhost:{PORT}',
    example: 'https://books.example.com',
    about: 'the API’s public address: what the job calls, challenges point to and DPoP proofs must name',
  },
  WEBAPP_PORT: { check: port, standard: '7001', fallback: '7001', example: '7001', about: 'the web app' },
  WEBAPP_CLIENT_ID: {
    check: z.string().min(1),
    standard: 'embedded: fakebook-webapp',
    example: 'fakebook-webapp',
    about: 'the web app',
  },
  WEBAPP_CLIENT_SECRET: {
    secret: 'whole',
    check: z.string().min(1),
    standard: 'embedded: fakebook-webapp-secret',
    example: 'the secret from Okta’s console',
    about: 'the web app',
  },
  WEBAPP_REDIRECT_URI: {
    aliases: ['REDIRECT_URI'],
    check: redirectUri,
    standard: 'http://localhost:{WEBAPP_PORT}/callback',
    example: 'http://localhost:7001/callback',
    about: 'where a person comes back to after signing in, as Okta has it registered; its path is the route',
  },
  SESSION_SECRET: {
    secret: 'whole',
    check: z.string().min(32, 'must have 32 characters or more'),
    standard: 'made at first start; required in production',
    example: 'the output of "openssl rand -base64 32"',
    about: 'signs the web app’s cookie and seals its sessions; the same for every copy',
  },
  SESSION_IDLE: milliseconds(7_200_000, 'how long a session of the web app lasts that nobody uses', {
    most: 2_592_000_000,
  }),
  SESSION_LIFE: milliseconds(43_200_000, 'how long any session of the web app lasts', {
    most: 2_592_000_000,
  }),
  IDE_CLIENT_ID: {
    aliases: ['SPA_CLIENT_ID'],
    check: z.string().min(1),
    standard: 'embedded: fakebook-ide',
    example: 'fakebook-ide',
    about: 'the GraphQL IDE, a public client with PKCE; without one the IDE has the header editor alone',
  },
  ISSUER_PORT: {
    check: port,
    standard: '4400',
    fallback: '4400',
    example: '4400',
    about: 'the embedded authorization server, loopback only',
  },
  INTROSPECTION: {
    check: z.enum(['open', 'authenticated', 'off']),
    standard: 'open; in production authenticated',
    fallback: 'open',
    inProduction: 'authenticated',
    example: 'authenticated',
    about: 'who may read the schema: `open`, `authenticated` or `off`',
  },
  LOG_LEVEL: {
    check: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    standard: 'info',
    fallback: 'info',
    example: 'info',
    about: 'pino’s names',
  },
  LOG_FORMAT: {
    check: z.enum(['json', 'pretty']),
    standard: 'pretty on a terminal, else json',
    example: 'json',
    about: '`json` for programs, `pretty` for people',
  },
  AUDIT_LOG: {
    check: z.string().min(1),
    standard: 'stdout',
    fallback: 'stdout',
    example: '/var/log/fakebook/audit.log',
    about: 'where writes and refusals are recorded: a file, `stdout`, `stderr` or `off`',
  },
  TRUSTED_DOCUMENTS: {
    check: z.enum(['only', 'prefer', 'off']),
    standard: 'off',
    fallback: 'off',
    example: 'only',
    about:
      'whether GraphQL documents must be known: `only` these, these by their hash too (`prefer`), or any (`off`)',
  },
  TRUSTED_DOCUMENTS_MANIFEST: {
    check: z.string().min(1),
    standard: 'those of this project’s clients',
    example: 'trusted-documents.json',
    about:
      'a JSON file of known documents by their SHA-256, as codegen writes it; several with commas between',
  },
  ...BOUNDS,
  ...OTEL,
} as const satisfies Record<string, Setting>

export type SettingName = keyof typeof SETTINGS
