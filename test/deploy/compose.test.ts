// What is shipped for containers on one machine, and what holds for Kubernetes as well, held against rules.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { listVariableNames } from '../../src/config/environment.ts'
import type { Setting } from '../../src/config/setting-definition.ts'
import { SETTINGS } from '../../src/config/settings.ts'
import { PROJECT_ROOT } from '../support/deploy/containerfile.ts'
import {
  composeFile,
  composeService,
  configMapData,
  containerNode,
  drainSeconds,
} from '../support/deploy/manifests.ts'

const known = new Set(
  Object.entries<Setting>(SETTINGS).flatMap(([name, setting]) => listVariableNames(name, setting)),
)
const { version } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8'))
const OURS = ['api-1', 'api-2', 'webapp', 'job']
const ALL = composeFile.at('services').keys
const environments = [...OURS.map((name) => composeService(name).at('environment')), configMapData]

/** What must hold, and how it looks where it does. The numbers are permanent. */
const RULES: readonly (readonly [id: string, what: string, found: () => unknown, right: unknown])[] = [
  [
    'D40',
    'each name in an environment of ours is a setting',
    () => environments.flatMap(({ keys }) => keys).filter((name) => !known.has(name)),
    [],
  ],
  [
    'D41',
    'no secret stands in an environment',
    () =>
      environments.flatMap(({ keys }) => keys).filter((name) => /SECRET$|^(DATABASE|REDIS)_URL$/.test(name)),
    [],
  ],
  [
    'D42',
    'each image is named by a version',
    () =>
      [...ALL.map((name) => composeService(name).at('image').text), containerNode('image').text].filter(
        (text) => !/:\d+\.\d+(\.\d+)?[\w.-]*$/.test(text),
      ),
    [],
  ],
  [
    'D43',
    'our image has the package’s version',
    () =>
      [...OURS.map((name) => composeService(name).at('image').text), containerNode('image').text].filter(
        (text) => !text.endsWith(`fakebook-api:${version}`),
      ),
    [],
  ],
  [
    'D44',
    'ours and the proxy are not root',
    () =>
      [...OURS, 'proxy'].filter((name) => !/^[1-9]\d*:[1-9]\d*$/.test(composeService(name).at('user').text)),
    [],
  ],
  [
    'D45',
    'no file system but of volumes is written to',
    () => ALL.filter((name) => composeService(name).at('read_only').value !== true),
    [],
  ],
  [
    'D46',
    'no service can gain rights',
    () =>
      ALL.filter((name) => !composeService(name).at('security_opt').text.includes('no-new-privileges:true')),
    [],
  ],
  [
    'D47',
    'ours and the proxy have no capability',
    () => [...OURS, 'proxy', 'redis'].filter((name) => composeService(name).at('cap_drop').text !== 'ALL'),
    [],
  ],
  [
    'D48',
    'the proxy alone is open to others',
    () => ALL.filter((name) => composeService(name).at('ports').items.length > 0),
    ['proxy'],
  ],
  [
    'D49',
    'stores are in a network that leads nowhere',
    () => [
      composeService('postgres').at('networks').text,
      composeService('redis').at('networks').text,
      composeFile.at('networks', 'back', 'internal').value,
    ],
    ['back', 'back', true],
  ],
  [
    'D50',
    'who is trusted is the proxy’s address',
    () => OURS.slice(0, 2).map((name) => composeService(name).at('environment', 'TRUSTED_PROXIES').text),
    Array(2).fill(composeService('proxy').at('networks', 'front', 'ipv4_address').text),
  ],
  [
    'D51',
    'what is killed has had time to drain',
    () =>
      composeService('api-1').at('environment').value !== undefined &&
      drainSeconds(composeService('api-1').at('environment')) <
        Number.parseInt(composeService('api-1').at('stop_grace_period').text, 10),
    true,
  ],
  [
    'D52',
    'each secret that is named is there, and each that is there is named',
    () =>
      [
        ...new Set(
          ALL.flatMap((name) =>
            composeService(name)
              .at('secrets')
              .items.map(({ text }) => text),
          ),
        ),
      ].sort(),
    [...composeFile.at('secrets').keys].sort(),
  ],
  [
    'D53',
    'each file of a secret is one that the service is given',
    () =>
      ALL.flatMap((name) =>
        Object.values(Object(composeService(name).at('environment').value))
          .filter((value) => String(value).startsWith('/run/secrets/'))
          .filter(
            (value) =>
              !composeService(name)
                .at('secrets')
                .items.some(({ text }) => value === `/run/secrets/${text}`),
          ),
      ),
    [],
  ],
  [
    'D54',
    'Redis throws nothing out',
    () => composeService('redis').at('entrypoint').text.includes('--maxmemory-policy noeviction'),
    true,
  ],
]
test.each(RULES)('%s %s', (_, __, found, right) => {
  expect(found()).toEqual(right)
})
