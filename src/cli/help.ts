import { styleText } from 'node:util'
import type { Command, HelpConfiguration } from 'commander'

/** The format of all help texts. Commander wraps them at the width of the terminal, and removes colors in a pipe. */
export const HELP_CONFIGURATION: HelpConfiguration = {
  showGlobalOptions: false,
  styleTitle: (title) => styleText('bold', title),
  commandUsage: (command) => `${formatCommand(command)} ${command.usage()}`,
}

/** Formats a command as it is typed: the first name is an npm script, and the others are its arguments. */
function formatCommand(command: Command): string {
  const names: string[] = []
  for (let current = command; current.parent; current = current.parent) names.unshift(current.name())
  const [script = '<command>', ...others] = names
  return ['npm run', script, '--', ...others].join(' ')
}

/** Formats the examples at the end of a help text. */
export const formatExamples = (...commands: readonly string[]): string =>
  [`\n${styleText('bold', 'Examples:')}`, ...commands.map((command) => `  npm run ${command}`)].join('\n')
