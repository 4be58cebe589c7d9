// Checks the Dockerfile against rules, without building it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { BASE_IMAGE_COMMAND, parseDockerfile, parseImageConfig } from '../support/deploy/dockerfile.ts'
import { PROJECT_ROOT } from '../support/project-root.ts'

const { version } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8'))
const config = parseImageConfig()
const texts = (name: string) => parseDockerfile().flatMap((one) => (one.name === name ? [one.text] : []))

/** Rules for the Dockerfile, each with a function that returns the violations. Ids never change. */
const RULES: readonly {
  readonly id: string
  readonly title: string
  readonly findViolations: () => readonly unknown[]
}[] = [
  {
    id: 'deploy/D01',
    title: 'every stage starts from the Node version that runs the tests',
    findViolations: () => [
      ...texts('ARG').filter((text) => !text.includes(`node:${process.versions.node}-`)),
      ...texts('FROM').filter((text) => !/^\$\{NODE_IMAGE\}( AS \w+)?$/.test(text)),
    ],
  },
  {
    id: 'deploy/D02',
    title: 'the user is numeric and not root',
    findViolations: () => [config.user].filter((user) => !/^[1-9]\d*:[1-9]\d*$/.test(user)),
  },
  {
    id: 'deploy/D03',
    title: 'the command is a list, so that no shell swallows signals',
    findViolations: () =>
      config.command[0] === 'node' && config.stopSignal === 'SIGTERM' ? [] : [config.command],
  },
  {
    id: 'deploy/D04',
    title: 'the version label is the version of the package',
    findViolations: () => texts('LABEL').filter((text) => !text.includes(`version="${version}"`)),
  },
  {
    id: 'deploy/D07',
    title: 'no secret is set in ENV',
    findViolations: () => texts('ENV').filter((text) => /SECRET|PASSWORD|TOKEN|_URL/.test(text)),
  },
  {
    id: 'deploy/D08',
    title: 'no install script runs during the build',
    findViolations: () =>
      texts('RUN').filter((text) => text.includes('npm ci') && !text.includes('--ignore-scripts')),
  },
  {
    id: 'deploy/D09',
    title: 'npm is removed from the base image',
    findViolations: () =>
      texts('RUN').filter((text) => BASE_IMAGE_COMMAND.test(text)).length === 1 ? [] : texts('RUN'),
  },
  {
    id: 'deploy/D10',
    title: 'it listens on every address, in production mode',
    findViolations: () =>
      config.env.HOST === '0.0.0.0' && config.env.NODE_ENV === 'production' ? [] : [config.env],
  },
  {
    id: 'deploy/D11',
    title: 'it exposes the port on which it listens',
    findViolations: () => (texts('EXPOSE').join() === config.env.PORT ? [] : texts('EXPOSE')),
  },
  {
    id: 'deploy/D12',
    title: '.dockerignore excludes everything but the copied files',
    findViolations: () => {
      const lines = readFileSync(join(PROJECT_ROOT, '.dockerignore'), 'utf8')
        .split('\n')
        .filter((line) => /^[^#]/.test(line))
      const copied = texts('COPY')
        .filter((text) => !text.startsWith('--from'))
        .flatMap((text) => text.split(' ').slice(0, -1))
      const missing = copied.filter((source) => !lines.includes(`!${source}`))
      return lines[0] === '*' ? missing : ['the first line is not *', ...missing]
    },
  },
]
test.each(RULES)('$id $title', ({ findViolations }) => {
  expect(findViolations()).toEqual([])
})
