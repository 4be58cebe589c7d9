/** Invalid settings of WORKERS: exit status 2, and one line. */
export const INVALID_WORKER_STARTS: readonly {
  readonly id: string
  readonly title: string
  readonly command: string
  readonly settings: Readonly<Record<string, string>>
  readonly line: RegExp
}[] = [
  {
    id: 'app/W20',
    title: 'zero',
    command: 'api',
    settings: { WORKERS: '0' },
    line: /^ {2}WORKERS: .+ For example: WORKERS=1$/m,
  },
  {
    id: 'app/W21',
    title: 'more than the maximum',
    command: 'api',
    settings: { WORKERS: '65' },
    line: /^ {2}WORKERS: .+ For example: WORKERS=1$/m,
  },
  {
    id: 'app/W22',
    title: 'a word',
    command: 'api',
    settings: { WORKERS: 'auto' },
    line: /^ {2}WORKERS: .+ For example: WORKERS=1$/m,
  },
  {
    id: 'app/W23',
    title: 'several with an in-memory database',
    command: 'api',
    settings: { WORKERS: '2', DATABASE_URL: 'file::memory:' },
    line: /^ {2}WORKERS: .+Set DATABASE_URL to a file or to PostgreSQL, or leave WORKERS out\.$/m,
  },
  {
    id: 'app/W24',
    title: 'several with all servers in one process',
    command: 'start',
    settings: { WORKERS: '2' },
    line: /^ {2}WORKERS: must be 1 with "npm start"\. Start the API and the web app separately/m,
  },
]
