import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { InvalidSettingsError } from './resolve-settings.ts'

/** The manifests of this project's own clients, written by `npm run codegen`. */
const OWN_MANIFESTS = ['job', 'webapp'].map((client) =>
  fileURLToPath(new URL(`../generated/${client}/persisted-documents.json`, import.meta.url)),
)

/** The manifest of GraphQL Code Generator's client preset: documents by `sha256:…`. */
const codegenManifest = z.record(z.string(), z.string())
/** The manifest of Apollo's generate-persisted-query-manifest. */
const apolloManifest = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string(), body: z.string() })),
})

type ManifestEntry = { readonly id: string; readonly text: string }

/**
 * Reads the documents of trusted-document manifests.
 * @param files paths; if empty, the manifests of this project's own clients
 * @throws InvalidSettingsError naming each file that cannot be read, is not a manifest, or has a document that does not
 * match its hash
 */
export function readDocumentManifests(files: readonly string[]): readonly string[] {
  const errors: string[] = []
  const documents: string[] = []
  for (const file of files.length > 0 ? files : OWN_MANIFESTS)
    try {
      documents.push(...readDocuments(JSON.parse(readFileSync(file, 'utf8'))))
    } catch (error) {
      const { code, message } = error as { code?: string; message: string }
      errors.push(
        files.length > 0
          ? `TRUSTED_DOCUMENTS_MANIFEST: ${file}: ${code ?? message}`
          : `${file} cannot be read (${code ?? message}). Run "npm run codegen".`,
      )
    }
  if (errors.length > 0) throw new InvalidSettingsError(errors)
  return documents
}

function readDocuments(manifest: unknown): string[] {
  const entries = readEntries(manifest)
  const invalid = entries.find(({ id, text }) => id.replace(/^sha256:/, '') !== hash('sha256', text))
  if (invalid) throw new Error(`"${invalid.id.slice(0, 80)}" is not the SHA-256 of its document.`)
  return entries.map(({ text }) => text)
}

function readEntries(manifest: unknown): readonly ManifestEntry[] {
  const apollo = apolloManifest.safeParse(manifest)
  if (apollo.success) return apollo.data.operations.map(({ id, body }) => ({ id, text: body }))
  const codegen = codegenManifest.safeParse(manifest)
  if (codegen.success) return Object.entries(codegen.data).map(([id, text]) => ({ id, text }))
  throw new Error('contains no manifest of documents by their SHA-256.')
}
