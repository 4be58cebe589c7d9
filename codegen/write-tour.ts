import { execFileSync } from 'node:child_process'
import { replaceSection } from './replace-section.ts'

// Runs the tour and writes its output to docs/tour.md.

const output = execFileSync(process.execPath, ['src/main.ts', 'tour'], { encoding: 'utf8' })
replaceSection('docs/tour.md', 'tour', `\`\`\`\n${output.trim()}\n\`\`\``)
