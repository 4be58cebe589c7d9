import { z } from 'zod'
import { LIMIT_SETTINGS } from './limit-settings.ts'
import { OTEL_SETTINGS } from './otel-settings.ts'
import { durationSetting, integerSetting, type Setting } from './setting-definition.ts'
import {
  databaseUrlSchema,
  enumSchema,
  nonEmptySchema,
  portSchema,
  redirectUriSchema,
  webUrlSchema,
} from './setting-schemas.ts'

/** Every setting of the product. `npm run codegen` writes the table in docs/settings.md from it. */
export const SETTINGS = {
  PORT: {
    schema: portSchema,
    defaultText: '4000',
    defaultValue: '4000',
    example: '4000',
    description: 'the port of the API',
  },
  HOST: {
    schema: nonEmptySchema,
    defaultText: '127.0.0.1',
    defaultValue: '127.0.0.1',
    example: '127.0.0.1',
    description: 'the address on which the API and the web app listen',
  },
  DATABASE_URL: {
    secret: 'in the address',
    schema: databaseUrlSchema,
    defaultText: 'file:data/fakebook.db',
    defaultValue: 'file:data/fakebook.db',
    example: 'file:data/fakebook.db',
    description:
      'the database: a file, PostgreSQL (`postgres://user:password@host/database?sslmode=verify-full`), or `file::memory:`, which is lost at exit',
  },
  DATABASE_POOL: integerSetting(10, 1_000, 'maximum number of PostgreSQL connections of one process'),
  DATABASE_CONNECT_TIMEOUT: durationSetting(800, 'maximum time to wait for a PostgreSQL connection'),
  DATABASE_TIMEOUT: durationSetting(5_000, 'maximum duration of a PostgreSQL statement'),
  OKTA_ISSUER: {
    aliases: ['OKTA_OAUTH2_ISSUER', 'ISSUER'],
    schema: webUrlSchema,
    defaultText: 'the embedded one',
    example: 'https://example.okta.com/oauth2/default',
    description: 'the authorization server whose tokens are accepted',
  },
  OKTA_AUDIENCE: {
    aliases: ['OKTA_OAUTH2_AUDIENCE', 'AUDIENCE'],
    schema: nonEmptySchema,
    defaultText: 'api://default',
    defaultValue: 'api://default',
    example: 'api://default',
    description: 'the audience that tokens must have',
  },
  OKTA_CLIENT_ID: {
    aliases: ['OKTA_OAUTH2_CLIENT_ID', 'CLIENT_ID'],
    schema: nonEmptySchema,
    defaultText: 'embedded: fakebook-cron',
    example: 'fakebook-cron',
    description: 'the client id of the job',
  },
  OKTA_CLIENT_SECRET: {
    aliases: ['OKTA_OAUTH2_CLIENT_SECRET', 'CLIENT_SECRET'],
    secret: 'whole',
    schema: nonEmptySchema,
    defaultText: 'embedded: fakebook-cron-secret',
    example: 'the secret from Okta’s console',
    description: 'the client secret of the job',
  },
  API_URL: {
    schema: webUrlSchema,
    defaultText: 'http://localhost:{PORT}',
    example: 'https://books.example.com',
    description:
      'the public URL of the API: called by the job, named in challenges and required in DPoP proofs',
  },
  WEBAPP_PORT: {
    schema: portSchema,
    defaultText: '7001',
    defaultValue: '7001',
    example: '7001',
    description: 'the port of the web app',
  },
  WEBAPP_CLIENT_ID: {
    schema: nonEmptySchema,
    defaultText: 'embedded: fakebook-webapp',
    example: 'fakebook-webapp',
    description: 'the client id of the web app',
  },
  WEBAPP_CLIENT_SECRET: {
    secret: 'whole',
    schema: nonEmptySchema,
    defaultText: 'embedded: fakebook-webapp-secret',
    example: 'the secret from Okta’s console',
    description: 'the client secret of the web app',
  },
  WEBAPP_REDIRECT_URI: {
    aliases: ['REDIRECT_URI'],
    schema: redirectUriSchema,
    defaultText: 'http://localhost:{WEBAPP_PORT}/callback',
    example: 'http://localhost:7001/callback',
    description: 'the redirect URI registered in Okta; its path is the callback route',
  },
  SESSION_SECRET: {
    secret: 'whole',
    schema: z.string().min(32, 'must have at least 32 characters'),
    defaultText: 'generated at the first start; required in production',
    example: 'the output of "openssl rand -base64 32"',
    description: 'the key that signs the session cookie and encrypts sessions; the same for every copy',
  },
  SESSION_IDLE: durationSetting(7_200_000, 'lifetime of an unused session of the web app', {
    maxMs: 2_592_000_000,
  }),
  SESSION_LIFE: durationSetting(43_200_000, 'maximum lifetime of a session of the web app', {
    maxMs: 2_592_000_000,
  }),
  IDE_CLIENT_ID: {
    aliases: ['SPA_CLIENT_ID'],
    schema: nonEmptySchema,
    defaultText: 'embedded: fakebook-ide',
    example: 'fakebook-ide',
    description:
      'the client id of the GraphQL IDE, a public client with PKCE; without it the IDE offers only the header editor',
  },
  ISSUER_PORT: {
    schema: portSchema,
    defaultText: '4400',
    defaultValue: '4400',
    example: '4400',
    description: 'the port of the embedded authorization server, on loopback only',
  },
  INTROSPECTION: {
    schema: enumSchema(['open', 'authenticated', 'off']),
    defaultText: 'open; in production authenticated',
    defaultValue: 'open',
    productionDefault: 'authenticated',
    example: 'authenticated',
    description: 'access to introspection: `open`, `authenticated` or `off`',
  },
  LOG_LEVEL: {
    schema: enumSchema(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    defaultText: 'info',
    defaultValue: 'info',
    example: 'info',
    description: 'the pino log level',
  },
  LOG_FORMAT: {
    schema: enumSchema(['json', 'pretty']),
    defaultText: 'pretty on a terminal, else json',
    example: 'json',
    description: '`json` or `pretty`',
  },
  AUDIT_LOG: {
    schema: nonEmptySchema,
    defaultText: 'stdout',
    defaultValue: 'stdout',
    example: '/var/log/fakebook/audit.log',
    description:
      'the target of the audit log, which records writes and rejected requests: a file, `stdout`, `stderr` or `off`',
  },
  TRUSTED_DOCUMENTS: {
    schema: enumSchema(['only', 'prefer', 'off']),
    defaultText: 'off',
    defaultValue: 'off',
    example: 'only',
    description: 'trusted documents: `only` these, any document and these also by hash (`prefer`), or `off`',
  },
  TRUSTED_DOCUMENTS_MANIFEST: {
    schema: nonEmptySchema,
    defaultText: 'the documents of this project’s clients',
    example: 'trusted-documents.json',
    description:
      'a JSON manifest of documents by SHA-256, as GraphQL Code Generator or Apollo writes it; several separated by commas',
  },
  ...LIMIT_SETTINGS,
  ...OTEL_SETTINGS,
} as const satisfies Record<string, Setting>

export type SettingName = keyof typeof SETTINGS
