// What is shipped for containers on one machine, and what holds for Kubernetes as well, held against rules.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { namesOf } from '../../src/config/environment.ts'
import type { Setting } from '../../src/config/setting.ts'
import { SETTINGS } from '../../src/config/settings.ts'
import { ROOT } from '../support/deploy/containerfile.ts'
import { compose, config, drain, of, service } from '../support/deploy/manifests.ts'

const known = new Set(Object.entries<Setting>(SETTINGS).flatMap(([name, setting]) => namesOf(name, setting)))
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
const OURS = ['api-1', 'api-2', 'webapp', 'job']
const ALL = compose.at('services').keys
const environments = [...OURS.map((name) => service(name).at('environment')), config]

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
      [...ALL.map((name) => service(name).at('image').text), of('image').text].filter(
        (text) => !/:\d+\.\d+(\.\d+)?[\w.-]*$/.test(text),
      ),
    [],
  ],
  [
    'D43',
    'our image has the package’s version',
    () =>
      [...OURS.map((name) => service(name).at('image').text), of('image').text].filter(
        (text) => !text.endsWith(`fakebook-api:${version}`),
      ),
    [],
  ],
  [
    'D44',
    'ours and the proxy are not root',
    () => [...OURS, 'proxy'].filter((name) => !/^[1-9]\d*:[1-9]\d*$/.test(service(name).at('user').text)),
    [],
  ],
  [
    'D45',
    'no file system but of volumes is written to',
    () => ALL.filter((name) => service(name).at('read_only').value !== true),
    [],
  ],
  [
    'D46',
    'no service can gain rights',
    () => ALL.filter((name) => !service(name).at('security_opt').text.includes('no-new-privileges:true')),
    [],
  ],
  [
    'D47',
    'ours and the proxy have no capability',
    () => [...OURS, 'proxy', 'redis'].filter((name) => service(name).at('cap_drop').text !== 'ALL'),
    [],
  ],
  [
    'D48',
    'the proxy alone is open to others',
    () => ALL.filter((name) => service(name).at('ports').list.length > 0),
    ['proxy'],
  ],
  [
    'D49',
    'stores are in a network that leads nowhere',
    () => [
      service('postgres').at('networks').text,
      service('redis').at('networks').text,
      compose.at('networks', 'back', 'internal').value,
    ],
    ['back', 'back', true],
  ],
  [
    'D50',
    'who is trusted is the proxy’s address',
    () => OURS.slice(0, 2).map((name) => service(name).at('environment', 'TRUSTED_PROXIES').text),
    Array(2).fill(service('proxy').at('networks', 'front', 'ipv4_address').text),
  ],
  [
    'D51',
    'what is killed has had time to drain',
    () =>
      service('api-1').at('environment').value !== undefined &&
      drain(service('api-1').at('environment')) <
        Number.parseInt(service('api-1').at('stop_grace_period').text, 10),
    true,
  ],
  [
    'D52',
    'each secret that is named is there, and each that is there is named',
    () =>
      [
        ...new Set(
          ALL.flatMap((name) =>
            service(name)
              .at('secrets')
              .list.map(({ text }) => text),
          ),
        ),
      ].sort(),
    [...compose.at('secrets').keys].sort(),
  ],
  [
    'D53',
    'each file of a secret is one that the service is given',
    () =>
      ALL.flatMap((name) =>
        Object.values(Object(service(name).at('environment').value))
          .filter((value) => String(value).startsWith('/run/secrets/'))
          .filter(
            (value) =>
              !service(name)
                .at('secrets')
                .list.some(({ text }) => value === `/run/secrets/${text}`),
          ),
      ),
    [],
  ],
  [
    'D54',
    'Redis throws nothing out',
    () => service('redis').at('entrypoint').text.includes('--maxmemory-policy noeviction'),
    true,
  ],
]
test.each(RULES)('%s %s', (_, __, found, right) => {
  expect(found()).toEqual(right)
})
