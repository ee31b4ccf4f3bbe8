import { randomUUID } from 'node:crypto';

export const NOTHING_QUEUE = 'nothing';

/** Id of a gateway that is none, on a pair of routers that are none. */
export function nothingOn(pair: number): string {
  return `${String(pair).padStart(8, '0')}${randomUUID().slice(8)}`;
}

/** Ids of the routers that it is on. */
export function routersOf(resourceId: string): { readonly primary: string; readonly secondary: string } {
  const pair = resourceId.slice(0, 8);
  return {
    primary: `${pair}-0000-4000-8000-000000000001`,
    secondary: `${pair}-0000-4000-8000-000000000002`,
  };
}
