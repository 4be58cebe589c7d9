// Checks the Kubernetes manifests against rules and against a running server.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { READINESS_WAIT_MS } from '../../src/app/readiness.ts'
import { API_RULES } from '../../src/app/required-settings.ts'
import { parseConfig } from '../../src/config/config.ts'
import { SETTINGS } from '../../src/config/settings.ts'
import { parseDockerfile, parseImageConfig } from '../support/deploy/dockerfile.ts'
import {
  configMapData,
  containerNode,
  drainSeconds,
  findObject,
  kubernetesObjects,
  podSpec,
  resolveEnvironment,
} from '../support/deploy/manifests.ts'
import { type Service, sendRequest, startService } from '../support/service.ts'

const imageInstruction = (name: string) => parseDockerfile().find((one) => one.name === name)?.text ?? ''
const PROBES = ['startupProbe', 'livenessProbe', 'readinessProbe']
const LABELS = { 'app.kubernetes.io/name': 'fakebook-api' }

/** Rules, each with a function that returns the value to compare. Ids never change. */
const RULES: readonly {
  readonly id: string
  readonly title: string
  readonly read: () => unknown
  readonly expected: unknown
}[] = [
  {
    id: 'deploy/D60',
    title: 'the pod meets the "restricted" Pod Security Standard',
    read: () => [
      podSpec.at('securityContext', 'runAsNonRoot').value,
      podSpec.at('securityContext', 'seccompProfile', 'type').value,
      containerNode('securityContext', 'allowPrivilegeEscalation').value,
      containerNode('securityContext', 'capabilities', 'drop').value,
      containerNode('securityContext', 'readOnlyRootFilesystem').value,
    ],
    expected: [true, 'RuntimeDefault', false, ['ALL'], true],
  },
  {
    id: 'deploy/D61',
    title: 'the pod runs as the user of the image',
    read: () =>
      `${podSpec.at('securityContext', 'runAsUser').text}:${podSpec.at('securityContext', 'runAsGroup').text}`,
    expected: imageInstruction('USER'),
  },
  {
    id: 'deploy/D62',
    title: 'the pod has no service account token',
    read: () => podSpec.at('automountServiceAccountToken').value,
    expected: false,
  },
  {
    id: 'deploy/D63',
    title: 'the ports are the port of the image',
    read: () => [
      containerNode('ports').items.map((port) => port.at('containerPort').text),
      findObject('Service')
        .at('spec', 'ports')
        .items.map((port) => port.at('port').text),
    ],
    expected: [[imageInstruction('EXPOSE')], [imageInstruction('EXPOSE')]],
  },
  {
    id: 'deploy/D64',
    title: 'requests are set for CPU and memory, and a limit for memory',
    read: () => [
      ...containerNode('resources', 'requests').keys,
      ...containerNode('resources', 'limits').keys,
    ],
    expected: ['cpu', 'memory', 'memory'],
  },
  {
    id: 'deploy/D65',
    title: 'the grace period is longer than the drain',
    read: () => drainSeconds(configMapData) < podSpec.at('terminationGracePeriodSeconds').number,
    expected: true,
  },
  {
    id: 'deploy/D66',
    title: 'every selector matches the labels of the pods',
    read: () =>
      [
        findObject('Deployment').at('spec', 'selector', 'matchLabels'),
        findObject('Service').at('spec', 'selector'),
        findObject('PodDisruptionBudget').at('spec', 'selector', 'matchLabels'),
        findObject('NetworkPolicy').at('spec', 'podSelector', 'matchLabels'),
        findObject('Deployment').at('spec', 'template', 'metadata', 'labels'),
      ].map(({ value }) => value),
    expected: Array(5).fill(LABELS),
  },
  {
    id: 'deploy/D67',
    title: 'one pod may be unavailable, and another one is always running',
    read: () => [
      findObject('PodDisruptionBudget').at('spec', 'maxUnavailable').value,
      findObject('HorizontalPodAutoscaler').at('spec', 'minReplicas').value,
      findObject('Deployment').at('spec', 'strategy', 'rollingUpdate', 'maxUnavailable').value,
    ],
    expected: [1, 2, 0],
  },
  {
    id: 'deploy/D68',
    title: 'at the maximum number of replicas, PostgreSQL’s default of 100 connections is not exhausted',
    read: () =>
      findObject('HorizontalPodAutoscaler').at('spec', 'maxReplicas').number *
        (Number(SETTINGS.DATABASE_POOL.defaultValue) + 1) <
      97,
    expected: true,
  },
  {
    id: 'deploy/D69',
    title: 'secrets are mounted where the settings expect them',
    read: () =>
      configMapData.keys
        .filter((name) => name.endsWith('_FILE'))
        .filter(
          (name) =>
            !configMapData
              .at(name)
              .text.startsWith(`${containerNode('volumeMounts').items[0]?.at('mountPath').text}/`),
        ),
    expected: [],
  },
  {
    id: 'deploy/D70',
    title: 'no manifest contains a secret',
    read: () => kubernetesObjects.filter((one) => one.at('kind').text === 'Secret').length,
    expected: 0,
  },
  {
    id: 'deploy/D71',
    title: 'a NetworkPolicy restricts ingress and egress',
    read: () => findObject('NetworkPolicy').at('spec', 'policyTypes').value,
    expected: ['Ingress', 'Egress'],
  },
  {
    id: 'deploy/D75',
    title: 'the readiness probe waits for longer than /readyz waits for the database',
    read: () => containerNode('readinessProbe', 'timeoutSeconds').number * 1_000 > READINESS_WAIT_MS,
    expected: true,
  },
  {
    id: 'deploy/D74',
    title: 'the settings suffice for the API in production',
    read: () =>
      parseConfig({ ...parseImageConfig().env, ...resolveEnvironment(configMapData) }, API_RULES).apiUrl,
    expected: 'https://books.example.com',
  },
]
test.each(RULES)('$id $title', ({ read, expected }) => {
  expect(read()).toEqual(expected)
})

describe('with a running server', () => {
  let service: Service
  beforeAll(async () => {
    service = await startService({ NODE_ENV: 'production' })
  })
  afterAll(() => service.close())

  test.each(PROBES)('deploy/D72 the path of %s exists', async (probe) => {
    const path = containerNode(probe, 'httpGet', 'path').text
    expect((await sendRequest(`${service.apiUrl}${path}`)).status).toBe(200)
  })

  test('deploy/D73 the paths of the ingress exist, and health and metrics are not among them', async () => {
    const paths = findObject('Ingress')
      .at('spec', 'rules')
      .items.flatMap((rule) => rule.at('http', 'paths').items)
    const routes = paths.map((path) => path.at('path').text)
    expect(routes).toEqual([
      '/graphql',
      '/',
      '/schema.graphql',
      '/openapi.json',
      '/books',
      '/ide',
      '/.well-known/oauth-protected-resource',
    ])
    for (const route of routes.map((path) => (path === '/ide' ? '/ide/assets/licenses.md' : path)))
      expect((await sendRequest(`${service.apiUrl}${route}`)).status).not.toBe(404)
  })
})
