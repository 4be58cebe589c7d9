import { createMigrations } from './migrations.ts'
import { SQLITE_SQL } from './sqlite.ts'

/** How far its migrations went. */
type Migrated =
  /** `location`: its file, or its name. */
  | { readonly state: 'current' | 'older'; readonly location: string }
  /** Migrations that only a newer version of this project has. */
  | { readonly state: 'newer'; readonly names: readonly string[] }

/** What is known of a database without changing it. */
export type DatabaseInspection =
  | Migrated
  | { readonly state: 'memory' }
  | { readonly state: 'absent'; readonly location: string }
  | {
      readonly state: 'unopened' | 'read-only' | 'away' | 'standby' | 'forbidden'
      readonly description: string
    }

// The names are the same for either database.
const KNOWN = new Set(Object.keys(createMigrations(SQLITE_SQL)))

/** @param appliedMigrations the migrations that were done in it */
export function getMigrationState(appliedMigrations: readonly string[], location: string): Migrated {
  const names = appliedMigrations.filter((name) => !KNOWN.has(name))
  if (names.length > 0) return { state: 'newer', names }
  return { state: appliedMigrations.length === KNOWN.size ? 'current' : 'older', location }
}
