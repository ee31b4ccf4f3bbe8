/** Small changes to a run's evidence. Each makes it look as if something had gone wrong. */
import type { TapeEntry } from '../../simulator/device/tape.ts';
import type { Evidence, RouterEvidence, Write } from './evidence.ts';

export type Spoil = (evidence: Evidence) => Evidence;

/** What seems to have gone wrong, the change to the evidence, and what the checker has to find. */
export type Spoilt = readonly [what: string, spoil: Spoil, found: RegExp];

/** Changes the evidence of one router. `index`: 0 for the primary, 1 for the secondary. */
export function onRouter(index: 0 | 1, change: (router: RouterEvidence) => Partial<RouterEvidence>): Spoil {
  return (evidence) => ({
    ...evidence,
    routers: evidence.routers.map((one, n) => (n === index ? { ...one, ...change(one) } : one)),
  });
}

export function atTheEnd(
  index: 0 | 1,
  change: (end: RouterEvidence['end']) => Partial<RouterEvidence['end']>,
) {
  return onRouter(index, ({ end }) => ({ end: { ...end, ...change(end) } }));
}

/** At the end, another configuration runs. */
export function runs(index: 0 | 1, change: (text: string) => string): Spoil {
  return atTheEnd(index, ({ running }) => ({
    running: changed(running, change),
    candidate: change(running),
  }));
}

/** Applies a change to a text. Throws if the text stays the same, because then the checker would have nothing to find. */
function changed(text: string, change: (text: string) => string): string {
  const after = change(text);
  if (after === text) throw new Error('Expected a change, got none');
  return after;
}

export function onTape(index: 0 | 1, change: (entry: TapeEntry) => readonly TapeEntry[]): Spoil {
  return onRouter(index, ({ tape }) => {
    const after = tape.flatMap(change);
    if (JSON.stringify(after) === JSON.stringify(tape))
      throw new Error('Expected a change of the tape, got none');
    return { tape: after };
  });
}

/** Something happens before the `nth` entry of that kind. */
export function before(
  index: 0 | 1,
  kind: TapeEntry['kind'],
  nth: number,
  make: (entry: TapeEntry) => TapeEntry,
): Spoil {
  let met = 0;
  return onTape(index, (entry) => (entry.kind === kind && met++ === nth ? [make(entry), entry] : [entry]));
}

/** A part of a key, with the id of the gateway in VLAN 1025 in place of `<1025>`. */
function named(evidence: Evidence, key: string): string {
  return key.replace(/<(\d+)>/, (_, vlan: string) => idOf(evidence, vlan));
}

export function idOf({ writes: all }: Evidence, vlan: string): string {
  const config = all.find(({ key, value }) => /_gateways\//.test(key) && value?.includes(`"${vlan}"`));
  return config?.key.split('/').at(-1) ?? '';
}

/** Changes the value of the `nth` write to a key that contains `key`. `undefined` from `change`: it was never written. */
export function written(
  key: string,
  nth: number,
  change: (value: string) => string | null | undefined,
): Spoil {
  return (evidence) => {
    const wanted = named(evidence, key);
    let met = 0;
    let done = false;
    const writes = evidence.writes.flatMap((write): readonly Write[] => {
      if (!write.key.includes(wanted) || write.value === null || met++ !== nth) return [write];
      const value = change(write.value);
      done = value !== write.value;
      return value === undefined ? [] : [{ ...write, value }];
    });
    if (!done) throw new Error(`Expected write ${nth} of ${key}, got none to change`);
    return { ...evidence, writes };
  };
}

/** One more write at the end. */
export function writes(key: string, value: string | null): Spoil {
  return (evidence) => ({
    ...evidence,
    writes: [
      ...evidence.writes,
      { key: named(evidence, key), value, revision: nextRevision(evidence), seenAt: lastSeen(evidence) },
    ],
  });
}

/** The `nth` write to a key that contains `key` comes once more at the end, changed. */
export function writesAgain(key: string, nth: number, change: (value: string) => string): Spoil {
  return (evidence) => {
    const wanted = named(evidence, key);
    const found = evidence.writes.filter((write) => write.key.includes(wanted) && write.value !== null)[nth];
    if (found === undefined) throw new Error(`Expected write ${nth} of ${key}, got none`);
    return writes(found.key, change(found.value ?? ''))(evidence);
  };
}

function nextRevision({ writes: all }: Evidence): number {
  return (all.at(-1)?.revision ?? 0) + 1;
}

function lastSeen({ writes: all }: Evidence): number {
  return (all.at(-1)?.seenAt ?? 0) + 5_000;
}

export const without = (text: RegExp) => (config: string) => config.replace(text, '');
export const unitOf = (vlan: number) => new RegExp(`\\n        unit ${vlan} \\{[\\s\\S]*?\\n        \\}`);
export const inserted = (text: string) => (config: string) =>
  config.replace('interfaces {', `interfaces {\n${text}`);
export const json = (change: (value: Record<string, unknown>) => unknown) => (value: string) =>
  JSON.stringify(change(JSON.parse(value) as Record<string, unknown>));
export const shown = (entry: TapeEntry, name: RegExp, state: string) =>
  entry.kind === 'showed' && name.test(entry.name) && entry.state === state;
/** Changes what the commits on trial have put on the router. */
export const committed = (change: (config: string) => string) => (entry: TapeEntry) => {
  if (entry.kind !== 'committed' || entry.until === null) return [entry];
  return [{ ...entry, config: change(entry.config) }];
};
export const after = (evidence: Evidence) => (evidence.routers[0]?.tape.at(-1)?.at ?? 0) + 100;
export const adds =
  (make: (at: number) => TapeEntry): Spoil =>
  (evidence) =>
    onRouter(0, ({ tape }) => ({ tape: [...tape, make(after(evidence))] }))(evidence);
