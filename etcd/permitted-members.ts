import type { PermittedMember } from '../pair/router-record.ts';

/** Each member once, in the order of the first mention. */
export function unionOf(members: readonly PermittedMember[]): readonly PermittedMember[] {
  return [...new Map(members.map((member) => [wordOf(member), plain(member)])).values()];
}

export function without(
  members: readonly PermittedMember[],
  gone: readonly PermittedMember[],
): readonly PermittedMember[] {
  const words = new Set(gone.map(wordOf));
  return members.filter((member) => !words.has(wordOf(member)));
}

/** One version of a gateway, in one run. */
function wordOf({ gateway, run }: PermittedMember): string {
  return JSON.stringify([gateway.resourceType, gateway.resourceId, gateway.version, run]);
}

/** Callers pass objects with more fields, such as names for people. The router's record holds only these two fields. */
function plain({ gateway, run }: PermittedMember): PermittedMember {
  return { gateway, run };
}
