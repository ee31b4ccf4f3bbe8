/**
 * Counts what a process of its own does for an input: each run of a block of our sources, as V8's coverage counts them, and each
 * element that arrays are searched or copied through. Unlike time, that is the same on every machine.
 */
import { Session } from 'node:inspector/promises';

const session = new Session();
session.connect();
await session.post('Profiler.enable');
// Coverage starts before the sources are loaded: V8 does not count code by blocks that was compiled before.
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
const { TARGETS } = await import('./targets/index.ts');

const sources = /\/(?:netconf|junos|etcd|gateway|templates)\/[^/]+\.ts/;
let searched = 0;
const searching = [
  'includes',
  'indexOf',
  'lastIndexOf',
  'concat',
  'slice',
  'splice',
  'shift',
  'unshift',
  'join',
] as const;
for (const name of searching) {
  const original = Array.prototype[name] as (this: unknown[], ...given: unknown[]) => unknown;
  const counting = function (this: unknown[], ...given: unknown[]): unknown {
    searched += this.length;
    return original.apply(this, given);
  };
  // oxlint-disable-next-line no-extend-native -- this process does nothing else
  Object.defineProperty(Array.prototype, name, { value: counting, configurable: true, writable: true });
}
const iterator = Object.getPrototypeOf([][Symbol.iterator]()) as {
  next: (this: Iterator<unknown>) => IteratorResult<unknown>;
};
const { next } = iterator;
iterator.next = function (this: Iterator<unknown>) {
  searched += 1;
  return next.call(this);
};

async function stepsFor(target: string, index: number, size: number): Promise<number> {
  const found = TARGETS.find(({ name }) => name === target);
  const input = found?.growing[index]?.(size);
  if (found === undefined || input === undefined) throw new Error(`no input ${index} of ${target}`);
  await session.post('Profiler.takePreciseCoverage');
  searched = 0;
  await found.check(input);
  const elements = searched;
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const counts = result
    .filter(({ url }) => sources.test(url))
    .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges.map(({ count }) => count)));
  return counts.reduce((sum, count) => sum + count, elements);
}

process.on('message', ({ target, index, size }: { target: string; index: number; size: number }) => {
  stepsFor(target, index, size).then(
    (steps) => process.send?.({ steps }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.send?.('ready');
