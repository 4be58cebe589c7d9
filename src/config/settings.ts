import { z } from 'zod'
import { LIMIT_SETTINGS } from './limit-settings.ts'
import { OTEL_SETTINGS } from './otel-settings.ts'
import {
  databaseUrlSchema,
  durationSetting,
  integerSetting,
  portSchema,
  redirectUriSchema,
  type Setting,
  webUrlSchema,
} from './setting.ts'

/** Every setting of the product. The table in docs/settings.md is made from this. */
export const SETTINGS = {
  PORT: {
    schema: portSchema,
    defaultText: '4000',
    defaultValue: '4000',
    example: '4000',
    description: 'the API',
  },
  HOST: {
    schema: z.string().min(1),
    defaultText: '127.0.0.1',
    defaultValue: '127.0.0.1',
    example: '127.0.0.1',
    description: 'the address that the API and the web app listen on',
  },
  DATABASE_URL: {
    secret: 'in the address',
    schema: databaseUrlSchema,
    defaultText: 'file:data/fakebook.db',
    defaultValue: 'file:data/fakebook.db',
    example: 'file:data/fakebook.db',
    description:
      'where the books are: a file, PostgreSQL (`postgres://user:password@host/database?sslmode=verify-full`), or `file::memory:`, which forgets them',
  },
  DATABASE_POOL: integerSetting(10, 1_000, 'the most connections of one copy to PostgreSQL'),
  DATABASE_CONNECT_TIMEOUT: durationSetting(800, 'how long a request waits for a connection to PostgreSQL'),
  DATABASE_TIMEOUT: durationSetting(5_000, 'how long one statement may take in PostgreSQL'),
  OKTA_ISSUER: {
    aliases: ['OKTA_OAUTH2_ISSUER', 'ISSUER'],
    schema: webUrlSchema,
    defaultText: 'the embedded one',
    example: 'https://example.okta.com/oauth2/default',
    description: 'whose tokens are accepted',
  },
  OKTA_AUDIENCE: {
    aliases: ['OKTA_OAUTH2_AUDIENCE', 'AUDIENCE'],
    schema: z.string().min(1),
    defaultText: 'api://default',
    defaultValue: 'api://default',
    example: 'api://default',
    description: 'whom tokens must be for',
  },
  OKTA_CLIENT_ID: {
    aliases: ['OKTA_OAUTH2_CLIENT_ID', 'CLIENT_ID'],
    schema: z.string().min(1),
    defaultText: 'embedded: fakebook-cron',
    example: 'fakebook-cron',
    description: 'the job',
  },
  OKTA_CLIENT_SECRET: {
    aliases: ['OKTA_OAUTH2_CLIENT_SECRET', 'CLIENT_SECRET'],
    secret: 'whole',
    schema: z.string().min(1),
    defaultText: 'embedded: fakebook-cron-secret',
    example: 'the secret from Okta’s console',
    description: 'the job',
  },
  API_URL: {
    schema: webUrlSchema,
    defaultText: 'http://localhost:{PORT}',
    example: 'https://books.example.com',
    description:
      'the API’s public address: what the job calls, challenges point to and DPoP proofs must name',
  },
  WEBAPP_PORT: {
    schema: portSchema,
    defaultText: '7001',
    defaultValue: '7001',
    example: '7001',
    description: 'the web app',
  },
  WEBAPP_CLIENT_ID: {
    schema: z.string().min(1),
    defaultText: 'embedded: fakebook-webapp',
    example: 'fakebook-webapp',
    description: 'the web app',
  },
  WEBAPP_CLIENT_SECRET: {
    secret: 'whole',
    schema: z.string().min(1),
    defaultText: 'embedded: fakebook-webapp-secret',
    example: 'the secret from Okta’s console',
    description: 'the web app',
  },
  WEBAPP_REDIRECT_URI: {
    aliases: ['REDIRECT_URI'],
    schema: redirectUriSchema,
    defaultText: 'http://localhost:{WEBAPP_PORT}/callback',
    example: 'http://localhost:7001/callback',
    description:
      'where a person comes back to after signing in, as Okta has it registered; its path is the route',
  },
  SESSION_SECRET: {
    secret: 'whole',
    schema: z.string().min(32, 'must have 32 characters or more'),
    defaultText: 'made at first start; required in production',
    example: 'the output of "openssl rand -base64 32"',
    description: 'signs the web app’s cookie and seals its sessions; the same for every copy',
  },
  SESSION_IDLE: durationSetting(7_200_000, 'how long a session of the web app lasts that nobody uses', {
    maxMs: 2_592_000_000,
  }),
  SESSION_LIFE: durationSetting(43_200_000, 'how long any session of the web app lasts', {
    maxMs: 2_592_000_000,
  }),
  IDE_CLIENT_ID: {
    aliases: ['SPA_CLIENT_ID'],
    schema: z.string().min(1),
    defaultText: 'embedded: fakebook-ide',
    example: 'fakebook-ide',
    description:
      'the GraphQL IDE, a public client with PKCE; without one the IDE has the header editor alone',
  },
  ISSUER_PORT: {
    schema: portSchema,
    defaultText: '4400',
    defaultValue: '4400',
    example: '4400',
    description: 'the embedded authorization server, loopback only',
  },
  INTROSPECTION: {
    schema: z.enum(['open', 'authenticated', 'off']),
    defaultText: 'open; in production authenticated',
    defaultValue: 'open',
    productionDefault: 'authenticated',
    example: 'authenticated',
    description: 'who may read the schema: `open`, `authenticated` or `off`',
  },
  LOG_LEVEL: {
    schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    defaultText: 'info',
    defaultValue: 'info',
    example: 'info',
    description: 'pino’s names',
  },
  LOG_FORMAT: {
    schema: z.enum(['json', 'pretty']),
    defaultText: 'pretty on a terminal, else json',
    example: 'json',
    description: '`json` for programs, `pretty` for people',
  },
  AUDIT_LOG: {
    schema: z.string().min(1),
    defaultText: 'stdout',
    defaultValue: 'stdout',
    example: '/var/log/fakebook/audit.log',
    description: 'where writes and refusals are recorded: a file, `stdout`, `stderr` or `off`',
  },
  TRUSTED_DOCUMENTS: {
    schema: z.enum(['only', 'prefer', 'off']),
    defaultText: 'off',
    defaultValue: 'off',
    example: 'only',
    description:
      'whether GraphQL documents must be known: `only` these, these by their hash too (`prefer`), or any (`off`)',
  },
  TRUSTED_DOCUMENTS_MANIFEST: {
    schema: z.string().min(1),
    defaultText: 'those of this project’s clients',
    example: 'trusted-documents.json',
    description:
      'a JSON file of known documents by their SHA-256, as codegen writes it; several with commas between',
  },
  ...LIMIT_SETTINGS,
  ...OTEL_SETTINGS,
} as const satisfies Record<string, Setting>

export type SettingName = keyof typeof SETTINGS
