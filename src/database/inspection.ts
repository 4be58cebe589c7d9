import { migrationsOf } from './migrations.ts'
import { SQLITE } from './sqlite.ts'

/** How far its migrations went. */
type Migrated =
  /** `place`: its file, or its name. */
  | { readonly state: 'current' | 'older'; readonly place: string }
  /** Migrations that only a newer version of this project has. */
  | { readonly state: 'newer'; readonly names: readonly string[] }

/** What is known of a database without changing it. */
export type Inspection =
  | Migrated
  | { readonly state: 'memory' }
  | { readonly state: 'absent'; readonly place: string }
  | { readonly state: 'unopened' | 'read-only' | 'away' | 'standby' | 'forbidden'; readonly words: string }

// The names are the same for either database.
const KNOWN = new Set(Object.keys(migrationsOf(SQLITE)))

/** @param done the migrations that were done in it */
export function stateOf(done: readonly string[], place: string): Migrated {
  const names = done.filter((name) => !KNOWN.has(name))
  if (names.length > 0) return { state: 'newer', names }
  return { state: done.length === KNOWN.size ? 'current' : 'older', place }
}
