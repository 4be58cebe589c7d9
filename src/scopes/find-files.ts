import { type Dirent, existsSync, readdirSync, statSync } from 'node:fs'

/**
 * Returns the files that a pattern matches, sorted: `*` and `?` match within a name, `**` any folders, and `{a,b}` either alternative.
 * A path that exists is taken as it is. Names that begin with a dot only match a pattern that does too. No wildcard
 * matches node_modules, and `**` does not follow symbolic links.
 */
export function findFiles(pattern: string): readonly string[] {
  if (existsSync(pattern)) return [pattern]
  const files = expandBraces(pattern).flatMap((path) => {
    const segments = path.split('/').filter((one, i, all) => one !== '**' || all[i - 1] !== '**')
    return [...match('', segments)]
  })
  return [...new Set(files)].sort()
}

/** Returns true if a path has characters that `findFiles` expands. */
export const isPattern = (path: string): boolean => /[*?{]/.test(path)

/** Replaces the innermost braces by each of their alternatives until there are none. */
function expandBraces(pattern: string): string[] {
  const braces = /\{([^{}]*)\}/.exec(pattern)
  if (!braces) return [pattern]
  const [whole, alternatives = ''] = braces
  const before = pattern.slice(0, braces.index)
  const after = pattern.slice(braces.index + whole.length)
  return alternatives.split(',').flatMap((alternative) => expandBraces(before + alternative + after))
}

/** @param folder empty, or a path that ends with a slash */
function* match(folder: string, [segment = '', ...rest]: readonly string[]): Generator<string> {
  if (segment === '**') {
    // A pattern that ends with `**` matches the files in these folders.
    yield* match(folder, rest.length > 0 ? rest : ['*'])
    for (const entry of readFolder(folder))
      if (entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.'))
        yield* match(`${folder}${entry.name}/`, [segment, ...rest])
  } else if (!isPattern(segment)) {
    const path = folder + segment
    if (rest.length > 0) yield* match(`${path}/`, rest)
    else if (isFile(path)) yield path
  } else {
    const matches = createMatcher(segment)
    for (const { name } of readFolder(folder)) {
      if (!matches(name) || name === 'node_modules') continue
      if (name.startsWith('.') && !segment.startsWith('.')) continue
      const path = folder + name
      if (rest.length > 0) yield* match(`${path}/`, rest)
      else if (isFile(path)) yield path
    }
  }
}

function readFolder(folder: string): Dirent[] {
  try {
    return readdirSync(folder || '.', { withFileTypes: true })
  } catch {
    // Not a folder, or not readable: nothing in it matches.
    return []
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    // A symbolic link without a target, or in a circle.
    return false
  }
}

function createMatcher(segment: string): (name: string) => boolean {
  const source = segment
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.')
  const pattern = new RegExp(`^${source}$`, 's')
  return (name) => pattern.test(name)
}
