import type { FindingTemplate } from './finding.ts'

/** What can be wrong on this machine. */
export const ENVIRONMENT_FINDINGS = {
  D01a: {
    found: 'This is Node {version}; the project needs {needed} or newer.',
    mend: 'Run "npm install" here: it brings the Node that the npm scripts use.',
  },
  D02a: {
    found: '{fault}',
    mend: 'Set these right in the environment or in .env; docs/settings.md lists every setting.',
  },
  D19a: {
    found: 'Something else listens on {ports}.',
    mend: 'Stop it, or set another port, as in {example}. Addresses that are registered with Okta change with it.',
  },
  D19b: {
    found: 'This process may not listen on {ports}.',
    mend: 'Set a port above 1023, as in {example}, or look at HOST.',
  },
  D20a: {
    found: 'The database cannot be opened: {words}.',
    mend: 'Set DATABASE_URL to a file in a folder of yours, as in DATABASE_URL=file:data/fakebook.db.',
  },
  D20b: {
    found: 'The database was last used by a newer version of this project: it has {names}.',
    mend: 'Update the project, or set DATABASE_URL to another one.',
  },
  D20c: {
    found: 'The database can be read, and not written: {words}.',
    mend: 'Let the user that runs this write the file and its folder, or set DATABASE_URL to another file.',
  },
  D20d: {
    found: 'PostgreSQL cannot be used: {words}.',
    mend: 'Set DATABASE_URL right, as in DATABASE_URL=postgres://user:password@host/database?sslmode=verify-full.',
  },
  D20e: {
    found: 'The database can be read, and not written: {words}.',
    mend: 'Name the primary server in DATABASE_URL, or let the database be written.',
  },
  D20f: {
    found: 'The database does not let its user do what it must: {words}.',
    mend: 'Let it make, read and write tables there, as by "grant create on schema public to" it, or name the user that made them.',
  },
  D21a: {
    found: 'Redis does not answer: {words}.',
    mend: 'Start it, or set REDIS_URL right; without REDIS_URL each copy of the API remembers its own.',
  },
  D21b: {
    found: 'This is Redis {version}; DPoP proofs need Redis 7 or newer.',
    mend: 'Update it, or leave REDIS_URL out while there is one copy of the API.',
  },
  D21c: {
    status: 'warning',
    found: 'Redis may throw away what it should remember: its maxmemory-policy is {policy}.',
    mend: 'Set maxmemory-policy to noeviction, or a DPoP proof could be used twice.',
  },
} as const satisfies Record<string, FindingTemplate>
