/** A simulated router on which a gateway and others write into the same stanzas. */
import assert from 'node:assert/strict';
import { edits, type EditOptions } from '../../junos/edits.ts';
import { buildModel, nodeAt } from '../../junos/model.ts';
import { parse } from '../../junos/parse.ts';
import { paths, same, within } from '../../junos/select.ts';
import { printSet } from '../../junos/set.ts';
import type { Path, Statement } from '../../junos/tree.ts';
import type { Config } from '../../simulator/device/config/config.ts';
import { loadSetLines } from '../../simulator/device/config/load-text.ts';
import { secretIn } from '../../simulator/device/config/canonical.ts';
import { SCHEMA } from '../../simulator/device/config/schema.ts';
import { configText } from '../../simulator/device/config/text-form.ts';
import { nest } from './nest.ts';

export const setLines = (tree: readonly Statement[]): string[] =>
  paths(tree).map((path) => printSet({ verb: 'set', path }));

/** The configuration after set commands. Fails if the router warns of one of them. */
export function loaded(config: Config, lines: readonly string[]): Config {
  const { config: next, errors } = loadSetLines(config, lines.join('\n'), SCHEMA);
  assert.deepEqual(errors, [], lines.join('\n'));
  return next;
}

/** What the router prints of its whole configuration. */
export const printed = (config: Config): Statement[] => parse(configText(config, SCHEMA), { by: 'router' });

/** What the router prints inside of these stanzas. */
export const printedIn = (config: Config, owns: readonly Path[]): Statement[] =>
  paths(printed(config))
    .filter((path) => owns.some((owner) => within(path, owner)))
    .flatMap(nest);

/** The edits that a router needs, and its configuration after them. */
export function edited(
  config: Config,
  options: Omit<EditOptions, 'standing'>,
): { readonly commands: readonly string[]; readonly config: Config } {
  const commands = edits({ ...options, standing: printedIn(config, options.owns) });
  return { commands, config: loaded(config, commands) };
}

/** Fails unless the router has exactly the statements of all these parts, and those of each part in the part's order. */
export function assertHas(config: Config, ...written: readonly (readonly Statement[])[]): void {
  // As the router prints them alone. It stores a secret in another form each time.
  const parts = written.map((part) => revealed(printed(loaded([], setLines(part)))));
  const all = revealed(printed(config));
  const text = configText(config, SCHEMA);
  const sorted = (tree: readonly Statement[]): string[] =>
    paths(tree)
      .map((path) => JSON.stringify(path))
      .sort();
  assert.deepEqual(sorted(all), sorted(parts.flat()), text);
  for (const part of parts) assert.ok(same(reduced(all, part), part), text);
}

function revealed(tree: readonly Statement[]): readonly Statement[] {
  return tree.map((statement) => ({
    ...statement,
    words: statement.words.map((word) => secretIn(word)),
    ...(statement.children && { children: revealed(statement.children) }),
  }));
}

/** A tree without what `part` lacks, in the tree's order. */
function reduced(tree: readonly Statement[], part: readonly Statement[]): Statement[] {
  const model = buildModel(part);
  return paths(tree).flatMap((path) => {
    const missing = path.findIndex((_, index) => nodeAt(model, path.slice(0, index + 1)) === undefined);
    const common = missing < 0 ? path : path.slice(0, missing);
    return common.length === 0 ? [] : nest(common);
  });
}
