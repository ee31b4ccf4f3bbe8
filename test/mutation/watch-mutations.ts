/** Mutations of the watch over `/config`. */
import type { Mutation } from './mutation.ts';

const STREAM = 'test/etcd/watch-stream.test.ts';
const WATCH = 'test/activities/watch/config-watch.test.ts';
const ASKER = 'test/activities/watch/dispatcher.test.ts';
const WAITING = 'test/activities/watch/waiting.test.ts';
const QUEUE = 'test/activities/watch/ask-queue.test.ts';
const DIFFERENCE = 'test/activities/watch/difference.test.ts';

export const WATCH_MUTATIONS: readonly Mutation[] = [
  {
    name: 'the watch resumed one revision late',
    kind: 'W',
    file: 'etcd/watch-stream.ts',
    find: 'const from = BigInt(position.revision) + 1n;',
    put: 'const from = BigInt(position.revision) + 2n;',
    specs: [STREAM],
  },
  {
    name: 'the watch resumed behind the header’s revision',
    kind: 'W',
    file: 'etcd/watch-stream.ts',
    find: 'function told({ watch_id: id, events }: IWatchResponse, ranges: readonly Range[]): readonly Entry[] {\n  const range = ranges[Number(id) - 1];\n  if (range === undefined) return [];',
    put: 'function told({ watch_id: id, events, header }: IWatchResponse, ranges: readonly Range[]): readonly Entry[] {\n  const range = ranges[Number(id) - 1];\n  if (range === undefined) return [];\n  range.next = BigInt(header.revision) + 1n;',
    specs: [STREAM],
  },
  {
    name: 'a compaction ignored by the watch',
    kind: 'W',
    file: 'etcd/watch-stream.ts',
    find: '  if (answer.canceled) {',
    put: "  if (answer.canceled && answer.compact_revision === '0') {",
    specs: [STREAM, WATCH],
  },
  {
    name: 'a store that went back ignored by the watch',
    kind: 'W',
    file: 'etcd/watch-stream.ts',
    find: 'BigInt(answer.header.revision) < range.next - 1n)',
    put: 'BigInt(answer.header.revision) < 0n)',
    specs: [STREAM],
  },
  {
    name: 'another cluster’s answers taken by the watch',
    kind: 'W',
    file: 'etcd/watch-stream.ts',
    find: 'if (answer.header.cluster_id !== cluster)',
    put: "if (cluster === '')",
    specs: [STREAM],
  },
  {
    name: 'a version that has ended asked for again',
    kind: 'W',
    file: 'activities/watch/difference.ts',
    find: 'ended >= config.version',
    put: 'ended > config.version',
    specs: [DIFFERENCE],
  },
  {
    name: 'the place of a newer version lost with the call for the older one',
    kind: 'W',
    file: 'activities/watch/dispatcher.ts',
    find: 'if (!wasUnderWay && this.#inFlight.isSame(id, underWay))',
    put: 'if (!wasUnderWay)',
    specs: [ASKER],
  },
  {
    name: 'more gateways under way than the policy wants',
    kind: 'W',
    file: 'activities/watch/dispatcher.ts',
    find: 'if (this.#inFlight.places >= inFlight) return undefined;',
    put: 'if (this.#inFlight.places >= 10 * inFlight) return undefined;',
    specs: [WATCH],
  },
  {
    name: 'a place held by a gateway that waits',
    kind: 'W',
    file: 'activities/watch/in-flight.ts',
    find: 'this.#count(entry.group, waits ? -1 : 1);',
    put: 'this.#count(entry.group, waits ? 1 : -1);\n    this.#count(entry.group, waits ? -1 : 1);',
    specs: [WAITING],
  },
  {
    name: 'a pair with many gateways served before the others',
    kind: 'W',
    file: 'activities/watch/ask-queue.ts',
    find: '      if (count >= fewest) continue;\n      chosen = group;',
    put: '      if (count >= most || chosen !== undefined) continue;\n      chosen = group;',
    specs: [QUEUE],
  },
  {
    name: 'a newer version waits for a place',
    kind: 'W',
    file: 'activities/watch/dispatcher.ts',
    find: 'if (this.#inFlight.has(id)) this.#newer.add(id);\n    else this.#queue.add(',
    put: 'this.#queue.add(',
    specs: [WATCH],
  },
  {
    name: 'a run that ended without a word asked for again for ever',
    kind: 'W',
    file: 'activities/watch/dispatcher.ts',
    find: 'return last?.ended === true && last.times < ASKED_AT_MOST;',
    put: 'return last?.ended === true && last.times < 100 * ASKED_AT_MOST;',
    specs: [WATCH],
  },
];
