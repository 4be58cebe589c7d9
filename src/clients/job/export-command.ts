import { systemClock } from '../../lib/clock.ts'
import { stopOnSignals } from './abort-on-signals.ts'
import { answered } from './document-client.ts'
import { JobFault, Stopped } from './errors.ts'
import { type Page, writeFile, writtenPages } from './export-file.ts'
import { type Format, formatOf } from './file-format.ts'
import { openPatientSession } from './retrying-session.ts'
import type { JobSettings } from './session.ts'
import { standardOutput } from './stdout-writer.ts'

export type ExportCommand = {
  readonly format?: Format
  readonly author?: string
  readonly title?: string
  /** Minutes. */
  readonly patience: number
  readonly dpop?: boolean
}

/**
 * Writes the books to a file, or to standard output for `-`.
 * @throws JobFault when it can't be done, or was stopped: then a file is as it was before, and standard output ends early
 */
export async function runExport(settings: JobSettings, file: string, options: ExportCommand): Promise<void> {
  const { author, title, patience, dpop = false } = options
  const format = formatOf(file, options.format)
  const tell = (words: string) => console.error(words)
  const stop = new AbortController()
  const quiet = stopOnSignals({ stop, clock: systemClock, tell })
  try {
    const ask = await openPatientSession(settings, { patience, dpop, clock: systemClock, stop, tell })
    const pages = writtenPages(answered(ask), { author, title }, format)
    if (file === '-') await writeOut(pages)
    else console.log(`export ${file}: ${await writeFile(file, pages)} books`)
  } catch (error) {
    if (!(error instanceof Stopped)) throw error
    throw new JobFault(
      file === '-' ? 'Stopped: not all books are there.' : `Stopped: ${file} is as it was before.`,
    )
  } finally {
    quiet()
  }
}

async function writeOut(pages: AsyncIterable<Page>): Promise<void> {
  const print = standardOutput()
  for await (const { text } of pages) if (!(await print(text))) return
}
