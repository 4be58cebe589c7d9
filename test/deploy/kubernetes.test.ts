// What is shipped for Kubernetes, held against rules and against the server itself.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { SETTINGS } from '../../src/config/settings.ts'
import { parseContainerfile } from '../support/deploy/containerfile.ts'
import {
  configMapData,
  containerNode,
  drainSeconds,
  findObject,
  kubernetesObjects,
  podSpec,
} from '../support/deploy/manifests.ts'
import { type Service, sendRequest, startService } from '../support/service.ts'

const image = (name: string) => parseContainerfile().find((one) => one.name === name)?.text ?? ''
const PROBES = ['startupProbe', 'livenessProbe', 'readinessProbe']
const LABELS = { 'app.kubernetes.io/name': 'fakebook-api' }

/** What must hold, and how it looks where it does. The numbers are permanent. */
const RULES: readonly (readonly [id: string, what: string, found: () => unknown, right: unknown])[] = [
  [
    'D60',
    'the pod is as "restricted" wants it',
    () => [
      podSpec.at('securityContext', 'runAsNonRoot').value,
      podSpec.at('securityContext', 'seccompProfile', 'type').value,
      containerNode('securityContext', 'allowPrivilegeEscalation').value,
      containerNode('securityContext', 'capabilities', 'drop').value,
      containerNode('securityContext', 'readOnlyRootFilesystem').value,
    ],
    [true, 'RuntimeDefault', false, ['ALL'], true],
  ],
  [
    'D61',
    'its user is the image’s',
    () =>
      `${podSpec.at('securityContext', 'runAsUser').text}:${podSpec.at('securityContext', 'runAsGroup').text}`,
    image('USER'),
  ],
  ['D62', 'it has no key to the cluster', () => podSpec.at('automountServiceAccountToken').value, false],
  [
    'D63',
    'its port is the image’s',
    () => [
      containerNode('ports').items.map((port) => port.at('containerPort').text),
      findObject('Service')
        .at('spec', 'ports')
        .items.map((port) => port.at('port').text),
    ],
    [[image('EXPOSE')], [image('EXPOSE')]],
  ],
  [
    'D64',
    'it asks for memory and processor, and its memory ends somewhere',
    () => [...containerNode('resources', 'requests').keys, ...containerNode('resources', 'limits').keys],
    ['cpu', 'memory', 'memory'],
  ],
  [
    'D65',
    'what is killed has had time to drain',
    () => drainSeconds(configMapData) < podSpec.at('terminationGracePeriodSeconds').number,
    true,
  ],
  [
    'D66',
    'all that select pods select these',
    () =>
      [
        findObject('Deployment').at('spec', 'selector', 'matchLabels'),
        findObject('Service').at('spec', 'selector'),
        findObject('PodDisruptionBudget').at('spec', 'selector', 'matchLabels'),
        findObject('NetworkPolicy').at('spec', 'podSelector', 'matchLabels'),
        findObject('Deployment').at('spec', 'template', 'metadata', 'labels'),
      ].map(({ value }) => value),
    Array(5).fill(LABELS),
  ],
  [
    'D67',
    'one copy may be away, and another is there',
    () => [
      findObject('PodDisruptionBudget').at('spec', 'maxUnavailable').value,
      findObject('HorizontalPodAutoscaler').at('spec', 'minReplicas').value,
      findObject('Deployment').at('spec', 'strategy', 'rollingUpdate', 'maxUnavailable').value,
    ],
    [1, 2, 0],
  ],
  [
    'D68',
    'all copies together leave connections of PostgreSQL’s usual 100',
    () =>
      findObject('HorizontalPodAutoscaler').at('spec', 'maxReplicas').number *
        (Number(SETTINGS.DATABASE_POOL.defaultValue) + 1) <
      97,
    true,
  ],
  [
    'D69',
    'secrets are mounted where the settings look',
    () =>
      configMapData.keys
        .filter((name) => name.endsWith('_FILE'))
        .filter(
          (name) =>
            !configMapData
              .at(name)
              .text.startsWith(`${containerNode('volumeMounts').items[0]?.at('mountPath').text}/`),
        ),
    [],
  ],
  [
    'D70',
    'no secret’s value is in a manifest',
    () => kubernetesObjects.filter((one) => one.at('kind').text === 'Secret').length,
    0,
  ],
  [
    'D71',
    'a NetworkPolicy says who may come in and where it may go',
    () => findObject('NetworkPolicy').at('spec', 'policyTypes').value,
    ['Ingress', 'Egress'],
  ],
]
test.each(RULES)('%s %s', (_, __, found, right) => {
  expect(found()).toEqual(right)
})

describe('on the real server', () => {
  let running: Service
  beforeAll(async () => {
    running = await startService({ NODE_ENV: 'production' })
  })
  afterAll(() => running.close())

  test.each(PROBES)('D72 the path of %s is there', async (probe) => {
    const path = containerNode(probe, 'httpGet', 'path').text
    expect((await sendRequest(`${running.apiUrl}${path}`)).status).toBe(200)
  })

  test('D73 what the ingress lets in is there, and health and numbers are not let in', async () => {
    const paths = findObject('Ingress')
      .at('spec', 'rules')
      .items.flatMap((rule) => rule.at('http', 'paths').items)
    const routes = paths.map((path) => path.at('path').text)
    expect(routes).toEqual(['/graphql', '/books', '/ide', '/.well-known/oauth-protected-resource'])
    for (const route of ['/graphql', '/books', '/ide/rules', '/.well-known/oauth-protected-resource'])
      expect((await sendRequest(`${running.apiUrl}${route}`)).status).not.toBe(404)
  })
})
