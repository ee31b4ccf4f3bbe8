/**
 * Compares what a router prints with what was written to it. A router stores a secret in a form of its own, which differs from router to router and from
 * time to time: `authentication-key test` is printed as `authentication-key "$9$…"; ## SECRET-DATA`.
 */
import { buildModel, nodeAt, pathOf, type Node } from './model.ts';
import { isPlaceholder, isStoredForm } from './placeholders.ts';
import { statementsOf } from './statements.ts';
import type { Path, Statement } from './tree.ts';

export interface Compared {
  /** Whether both mean the same, if each scrambled word stands for the word that was written in its place. */
  readonly isSame: boolean;
  /** The scrambled words, each as the path that ends with it. */
  readonly scrambled: readonly Path[];
}

/** Whether a printed word may be the router's form of a written secret. For a placeholder that may be any word but another placeholder. */
function standsFor(printed: string, written: string): boolean {
  if (isPlaceholder(written)) return !isPlaceholder(printed);
  return isStoredForm(printed) && !isStoredForm(written);
}

/**
 * `stanza`: only what stands at this path is compared, and in its place: by what it lies in it is known what its words mean, and whether their order does.
 * Tags of what it lies in don't count.
 */
export function comparePrinted(
  printed: readonly Statement[],
  written: readonly Statement[],
  stanza: Path = [],
): Compared {
  const standing = nodeAt(buildModel(printed), stanza);
  const expected = nodeAt(buildModel(written), stanza);
  if (standing === undefined || expected === undefined)
    return { isSame: standing === expected, scrambled: [] };
  const scrambled: Path[] = [];
  const found = unscrambled(standing, expected, scrambled);
  return { isSame: canonical(found) === canonical(expected), scrambled };
}

/** The printed node with the written words in place of scrambled ones. Adds the path of each scrambled one to `scrambled`. */
export function unscrambled(printed: Node, written: Node, scrambled: Path[]): Node {
  const [strange, ...more] = [...printed.children.values()].filter(({ word }) => !written.children.has(word));
  const [missing, ...others] = [...written.children.values()].filter(
    ({ word }) => !printed.children.has(word),
  );
  const isPair = more.length === 0 && others.length === 0 && strange !== undefined && missing !== undefined;
  const secret = isPair && standsFor(strange.word, missing.word) ? missing : undefined;
  const children = [...printed.children.values()].map((node): [string, Node] => {
    const isSecret = node === strange && secret !== undefined;
    if (isSecret) scrambled.push(pathOf(node));
    const counterpart = isSecret ? secret : written.children.get(node.word);
    const { word } = isSecret ? secret : node;
    return [word, counterpart === undefined ? node : { ...unscrambled(node, counterpart, scrambled), word }];
  });
  return { ...printed, children: new Map(children) };
}

const canonical = (node: Node): string => JSON.stringify(statementsOf(node, 'sorted'));
