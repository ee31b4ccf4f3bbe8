import { wrong } from './shape.ts';

/**
 * Refuses kinds that are read through each other: neither could be there first. Throws a `KindError`.
 * @param passed for each kind, the types that it is read through
 */
export function checkCycles(passed: ReadonlyMap<string, ReadonlySet<string>>): void {
  const without = new Set<string>();
  const follow = (type: string, way: readonly string[]): void => {
    if (without.has(type)) return;
    const from = way.indexOf(type);
    if (from >= 0) {
      const circle = [...way.slice(from), type].join(' → ');
      throw wrong(
        { file: `${type}/kind.json`, field: '' },
        'kinds that are not read through each other',
        circle,
      );
    }
    for (const next of passed.get(type) ?? []) follow(next, [...way, type]);
    without.add(type);
  };
  for (const type of passed.keys()) follow(type, []);
}
