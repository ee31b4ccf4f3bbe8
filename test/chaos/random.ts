/** Random numbers that are the same for the same seed on every machine. */
export interface Random {
  /** From 0 up to, but not including, 1. */
  next(): number;
  /** A whole number, both ends included. */
  whole(from: number, to: number): number;
  chance(probability: number): boolean;
  /** Throws a `RangeError` for an empty list. */
  pick<T>(from: readonly T[]): T;
  /** Random numbers for one part of the run: what that part draws changes nothing for the other parts. */
  fork(name: string): Random;
}

/** Mulberry32 (public domain, Tommy Ettinger), which passes the usual tests and needs 32 bits of state. */
export function randomOf(seed: number | string): Random {
  let state = typeof seed === 'number' ? seed >>> 0 : hashOf(seed);
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const random: Random = {
    next,
    whole: (from, to) => from + Math.floor(next() * (to - from + 1)),
    chance: (probability) => next() < probability,
    pick: (from) => {
      if (from.length === 0) throw new RangeError('Expected something to pick from, got an empty list');
      return from[Math.floor(next() * from.length)] as (typeof from)[number];
    },
    fork: (name) => randomOf(`${seed}/${name}`),
  };
  return random;
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
