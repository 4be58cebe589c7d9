/** Starts with WORKERS that cannot be: exit 2, and each line once. Numbers are permanent. */
export const INVALID_WORKER_STARTS: readonly (readonly [
  id: string,
  name: string,
  command: string,
  settings: Readonly<Record<string, string>>,
  line: RegExp,
])[] = [
  ['W20', 'none', 'api', { WORKERS: '0' }, /^ {2}WORKERS: .+ For example: WORKERS=1$/m],
  [
    'W21',
    'more than a machine has cores',
    'api',
    { WORKERS: '65' },
    /^ {2}WORKERS: .+ For example: WORKERS=1$/m,
  ],
  ['W22', 'no number', 'api', { WORKERS: 'auto' }, /^ {2}WORKERS: .+ For example: WORKERS=1$/m],
  [
    'W23',
    'books that each would have for itself',
    'api',
    { WORKERS: '2', DATABASE_URL: 'file::memory:' },
    /^ {2}WORKERS: .+Set DATABASE_URL to a file or to PostgreSQL, or leave WORKERS out\.$/m,
  ],
  [
    'W24',
    'all parts in one process',
    'start',
    { WORKERS: '2' },
    /^ {2}WORKERS: is for the API alone\. Start the parts by themselves/m,
  ],
]
