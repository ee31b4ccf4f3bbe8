/** What a router carries of what gateways own. */
import type { RouterConfiguration } from '../../gateway/kind.ts';
import type { GatewayVersion } from '../../gateway/resource.ts';
import { parse } from '../../junos/parse.ts';
import { at, same } from '../../junos/select.ts';
import { nest } from '../../junos/set.ts';
import type { Path, Statement } from '../../junos/tree.ts';

/** What one gateway owns on one router. */
export interface Stanzas {
  readonly gateway: GatewayVersion;
  readonly configuration: RouterConfiguration;
}

export type Standing =
  | { readonly kind: 'absent' }
  /** All of it, as rendered. */
  | { readonly kind: 'after' }
  /** All of it, but not as rendered. */
  | { readonly kind: 'modified'; readonly path: Path }
  /** Some of it. */
  | { readonly kind: 'partial'; readonly found: Path; readonly missing: Path };

export function standingOf(running: readonly Statement[], { create, owns }: RouterConfiguration): Standing {
  // A whole batch's tree is too much to be searched for every path of every member.
  const own = pick(running, owns);
  const missing = owns.filter((path) => at(own, path) === undefined);
  const found = owns.find((path) => !missing.includes(path));
  if (found === undefined) return { kind: 'absent' };
  if (missing[0] !== undefined) return { kind: 'partial', found, missing: missing[0] };
  const rendered = parse(create);
  const path = owns.find((owned) => !same(only(own, owned), only(rendered, owned)));
  return path === undefined ? { kind: 'after' } : { kind: 'modified', path };
}

/** The part of a tree on the way to these paths and below them. */
function pick(tree: readonly Statement[], paths: readonly Path[]): readonly Statement[] {
  return tree.flatMap((statement): Statement[] => {
    const { words, children } = statement;
    const on = paths.filter((path) => words.every((word, i) => i >= path.length || word === path[i]));
    if (on.length === 0) return [];
    if (children === undefined || on.some((path) => path.length <= words.length)) return [statement];
    return [
      {
        ...statement,
        children: pick(
          children,
          on.map((path) => path.slice(words.length)),
        ),
      },
    ];
  });
}

/** The tree reduced to one owned stanza. */
function only(tree: readonly Statement[], path: Path): readonly Statement[] {
  const stanza = at(tree, path);
  return stanza === undefined ? nest(path) : [stanza];
}
