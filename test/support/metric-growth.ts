import { readMetric } from './service.ts'

/** Returns by how much each metric of an API grows while `act` runs. A metric that does not exist counts as 0. */
export async function measureGrowth(
  apiUrl: string,
  names: readonly string[],
  act: () => Promise<unknown>,
): Promise<readonly number[]> {
  const readAll = () => Promise.all(names.map(async (name) => (await readMetric(apiUrl, name)) || 0))
  const before = await readAll()
  await act()
  const after = await readAll()
  return after.map((value, index) => value - (before[index] ?? 0))
}
