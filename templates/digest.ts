import { createHash } from 'node:crypto';
import type { AnyKind } from '../gateway/kind.ts';

/** `sha256:…` over the kind's content, whatever the order of its fields and wherever it was read from. */
export const digestOf = (kind: AnyKind): string =>
  `sha256:${createHash('sha256')
    .update(JSON.stringify(sorted(kind)))
    .digest('hex')}`;

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, field]) => [name, sorted(field)]),
  );
}
