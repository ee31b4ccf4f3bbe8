import { randomUUID } from 'node:crypto';

export const NOTHING_QUEUE = 'nothing';

/** A new id for a gateway that does not exist. Ids with the same `pair` are on the same pair of routers, which don't exist either. */
export function nothingOn(pair: number): string {
  return `${String(pair).padStart(8, '0')}${randomUUID().slice(8)}`;
}

/** Ids of the routers of a gateway from `nothingOn`. */
export function routersOf(resourceId: string): { readonly primary: string; readonly secondary: string } {
  const pair = resourceId.slice(0, 8);
  return {
    primary: `${pair}-0000-4000-8000-000000000001`,
    secondary: `${pair}-0000-4000-8000-000000000002`,
  };
}
