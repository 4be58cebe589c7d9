// Checks the Compose files against rules, some of which apply to the Kubernetes manifests too.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { API_RULES, JOB_RULES, WEBAPP_RULES } from '../../src/app/required-settings.ts'
import { parseConfig } from '../../src/config/config.ts'
import { listVariableNames, type Setting } from '../../src/config/setting-definition.ts'
import { SETTINGS } from '../../src/config/settings.ts'
import { parseImageConfig } from '../support/deploy/dockerfile.ts'
import {
  configMapData,
  containerNode,
  demoFile,
  drainSeconds,
  productionFile,
  productionService,
  resolveEnvironment,
} from '../support/deploy/manifests.ts'
import { PROJECT_ROOT } from '../support/project-root.ts'

const settingNames = new Set(
  Object.entries<Setting>(SETTINGS).flatMap(([name, setting]) => listVariableNames(name, setting)),
)
const { version } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8'))
const PROJECT_SERVICES = ['api-1', 'api-2', 'webapp', 'job']
const PRODUCTION_SERVICES = productionFile.at('services').keys
const DEMO_SERVICES = demoFile.at('services').keys
const demoService = (name: string) => demoFile.at('services', name)
const demoEnvironment = demoService('fakebook').at('environment')
const environments = [
  ...PROJECT_SERVICES.map((name) => productionService(name).at('environment')),
  configMapData,
]

/** Rules, each with a function that returns the value to compare. Ids never change. */
const RULES: readonly {
  readonly id: string
  readonly title: string
  readonly read: () => unknown
  readonly expected: unknown
}[] = [
  {
    id: 'deploy/D40',
    title: 'every environment variable is a setting',
    read: () => environments.flatMap(({ keys }) => keys).filter((name) => !settingNames.has(name)),
    expected: [],
  },
  {
    id: 'deploy/D41',
    title: 'no secret is in the environment',
    read: () =>
      environments.flatMap(({ keys }) => keys).filter((name) => /SECRET$|^(DATABASE|REDIS)_URL$/.test(name)),
    expected: [],
  },
  {
    id: 'deploy/D42',
    title: 'every image has a version tag',
    read: () =>
      [
        ...PRODUCTION_SERVICES.map((name) => productionService(name).at('image').text),
        containerNode('image').text,
      ].filter((text) => !/:\d+\.\d+(\.\d+)?[\w.-]*$/.test(text)),
    expected: [],
  },
  {
    id: 'deploy/D43',
    title: 'the project’s image has the version of the package',
    read: () =>
      [
        ...PROJECT_SERVICES.map((name) => productionService(name).at('image').text),
        containerNode('image').text,
      ].filter((text) => !text.endsWith(`fakebook-api:${version}`)),
    expected: [],
  },
  {
    id: 'deploy/D44',
    title: 'the project’s services and the proxy do not run as root',
    read: () =>
      [...PROJECT_SERVICES, 'proxy'].filter(
        (name) => !/^[1-9]\d*:[1-9]\d*$/.test(productionService(name).at('user').text),
      ),
    expected: [],
  },
  {
    id: 'deploy/D45',
    title: 'root file systems are read-only',
    read: () => PRODUCTION_SERVICES.filter((name) => productionService(name).at('read_only').value !== true),
    expected: [],
  },
  {
    id: 'deploy/D46',
    title: 'no service can gain privileges',
    read: () =>
      PRODUCTION_SERVICES.filter(
        (name) => !productionService(name).at('security_opt').text.includes('no-new-privileges:true'),
      ),
    expected: [],
  },
  {
    id: 'deploy/D47',
    title: 'the project’s services, the proxy and Redis have no capabilities',
    read: () =>
      [...PROJECT_SERVICES, 'proxy', 'redis'].filter(
        (name) => productionService(name).at('cap_drop').text !== 'ALL',
      ),
    expected: [],
  },
  {
    id: 'deploy/D48',
    title: 'only the proxy publishes ports',
    read: () => PRODUCTION_SERVICES.filter((name) => productionService(name).at('ports').items.length > 0),
    expected: ['proxy'],
  },
  {
    id: 'deploy/D49',
    title: 'the databases are on an internal network',
    read: () => [
      productionService('postgres').at('networks').text,
      productionService('redis').at('networks').text,
      productionFile.at('networks', 'back', 'internal').value,
    ],
    expected: ['back', 'back', true],
  },
  {
    id: 'deploy/D50',
    title: 'TRUSTED_PROXIES is the address of the proxy',
    read: () =>
      PROJECT_SERVICES.slice(0, 2).map(
        (name) => productionService(name).at('environment', 'TRUSTED_PROXIES').text,
      ),
    expected: Array(2).fill(productionService('proxy').at('networks', 'front', 'ipv4_address').text),
  },
  {
    id: 'deploy/D51',
    title: 'the grace period is longer than the drain',
    read: () =>
      productionService('api-1').at('environment').value !== undefined &&
      drainSeconds(productionService('api-1').at('environment')) <
        Number.parseInt(productionService('api-1').at('stop_grace_period').text, 10),
    expected: true,
  },
  {
    id: 'deploy/D52',
    title: 'every secret that a service uses is defined, and every defined secret is used',
    read: () =>
      [
        ...new Set(
          PRODUCTION_SERVICES.flatMap((name) =>
            productionService(name)
              .at('secrets')
              .items.map(({ text }) => text),
          ),
        ),
      ].sort(),
    expected: [...productionFile.at('secrets').keys].sort(),
  },
  {
    id: 'deploy/D53',
    title: 'a service uses only files of its own secrets',
    read: () =>
      PRODUCTION_SERVICES.flatMap((name) =>
        Object.values(Object(productionService(name).at('environment').value))
          .filter((value) => String(value).startsWith('/run/secrets/'))
          .filter(
            (value) =>
              !productionService(name)
                .at('secrets')
                .items.some(({ text }) => value === `/run/secrets/${text}`),
          ),
      ),
    expected: [],
  },
  {
    id: 'deploy/D54',
    title: 'Redis evicts no keys',
    read: () => productionService('redis').at('entrypoint').text.includes('--maxmemory-policy noeviction'),
    expected: true,
  },
  {
    id: 'deploy/D55',
    title: 'the settings suffice for their commands in production',
    read: () =>
      (
        [
          ['api-1', API_RULES],
          ['webapp', WEBAPP_RULES],
          ['job', JOB_RULES],
        ] as const
      ).map(([name, rules]) => {
        const settings = resolveEnvironment(productionService(name).at('environment'))
        const { apiUrl, isProduction } = parseConfig({ ...parseImageConfig().env, ...settings }, rules)
        return [isProduction, apiUrl]
      }),
    expected: Array(3).fill([true, 'https://books.example.com']),
  },
  {
    id: 'deploy/D80',
    title: 'compose.yaml: every environment variable is a setting, or Node’s',
    read: () => demoEnvironment.keys.filter((name) => !settingNames.has(name)),
    expected: ['NODE_ENV'],
  },
  {
    id: 'deploy/D81',
    title: 'compose.yaml: the settings are valid',
    read: () => {
      const { isProduction, issuer, host } = parseConfig({
        ...parseImageConfig().env,
        ...(demoEnvironment.value as Record<string, string>),
      })
      return { isProduction, issuer, host }
    },
    expected: { isProduction: false, issuer: undefined, host: '0.0.0.0' },
  },
  {
    id: 'deploy/D82',
    title: 'compose.yaml: ports are published on 127.0.0.1 only, under the numbers of the defaults',
    read: () =>
      DEMO_SERVICES.flatMap((name) =>
        demoService(name)
          .at('ports')
          .items.map(({ text }) => text),
      ).map((text) => /^127\.0\.0\.1:(\d+):\d+$/.exec(text)?.[1]),
    expected: [
      SETTINGS.PORT.defaultValue,
      SETTINGS.WEBAPP_PORT.defaultValue,
      SETTINGS.ISSUER_PORT.defaultValue,
    ],
  },
  {
    id: 'deploy/D83',
    title: 'compose.yaml: needs no variable, file or secret of this machine',
    read: () =>
      demoFile.at('secrets').value ??
      DEMO_SERVICES.filter((name) => /\$\{|"\.\/|_FILE/.test(JSON.stringify(demoService(name).value))),
    expected: [],
  },
  {
    id: 'deploy/D84',
    title: 'compose.yaml: the images are those of the Dockerfile and of production',
    read: () => DEMO_SERVICES.map((name) => demoService(name).at('image').text),
    expected: [
      `fakebook-api:${version}`,
      readFileSync(join(PROJECT_ROOT, 'Dockerfile'), 'utf8').match(/NODE_IMAGE=(\S+)/)?.[1],
      productionService('postgres').at('image').text,
      productionService('redis').at('image').text,
    ],
  },
  {
    id: 'deploy/D85',
    title: 'compose.yaml: no service can gain privileges',
    read: () =>
      DEMO_SERVICES.filter((name) => demoService(name).at('security_opt').text !== 'no-new-privileges:true'),
    expected: [],
  },
  {
    id: 'deploy/D86',
    title: 'compose.yaml: every service whose health others wait for has a health check',
    read: () =>
      DEMO_SERVICES.flatMap((name) =>
        demoService(name)
          .at('depends_on')
          .keys.filter(
            (other) =>
              demoService(name).at('depends_on', other, 'condition').text === 'service_healthy' &&
              demoService(other).at('healthcheck').keys.length === 0,
          ),
      ),
    expected: [],
  },
]
test.each(RULES)('$id $title', ({ read, expected }) => {
  expect(read()).toEqual(expected)
})
