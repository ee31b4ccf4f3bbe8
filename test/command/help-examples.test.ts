import assert from 'node:assert/strict';
import { COMMANDS } from '../../command/commands.ts';
import { mainHelp } from '../../command/help.ts';
import { HELP as ROUTER_HELP } from '../../command/router.ts';
import { SAMPLE_CHILDREN, SAMPLE_GATEWAYS, SAMPLE_PAIRS, sampleNeighbours } from '../../local/samples.ts';
import { readPages } from '../project/readme-document.ts';

const UUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;

/** The ids that a page's reader makes of a sample: `config get TYPE ID | sed s/4fab/5fab/ > second.json`. */
function madeBySed(text: string, known: ReadonlySet<string>): string[] {
  const commands = text.matchAll(/^\$ .*config get \w+ (\S+) \| sed s\/(\w+)\/(\w+)\/ /gm);
  const made = Array.from(commands, ([, id = '', from = '', to = '']) =>
    known.has(id) ? id.replace(from, to) : id,
  );
  const whole = Array.from(
    text.matchAll(/s\/([0-9a-f-]{36})\/([0-9a-f-]{36})\//g),
    ([, from = '', to = '']) => (known.has(from) ? [to] : []),
  );
  return [...made, ...whole.flat()];
}

describe('what a person copies', () => {
  const known = new Set([
    ...[...SAMPLE_GATEWAYS, ...SAMPLE_CHILDREN].map(({ resourceId }) => resourceId),
    ...sampleNeighbours().flatMap(({ value }) => value.match(UUID) ?? []),
  ]);

  it('from a help text has ids of the samples', async () => {
    const helps = await Promise.all(COMMANDS.map(async ({ load }) => (await load()).HELP));
    const ids = [mainHelp(), ROUTER_HELP, ...helps].flatMap((help) => help.match(UUID) ?? []);
    assert.ok(ids.length > 15, `only ${ids.length} ids were found`);
    assert.deepEqual(
      ids.filter((id) => !known.has(id)),
      [],
    );
  });

  it('from a help text names a gateway by its own type, and a pair that is one', async () => {
    const helps = await Promise.all(COMMANDS.map(async ({ load }) => (await load()).HELP));
    const text = [mainHelp(), ...helps].join('\n');
    for (const [, type, id] of text.matchAll(/(\w+_gateway) ([0-9a-f]{8}-[0-9a-f-]{27})/g))
      assert.ok(
        SAMPLE_GATEWAYS.some(({ resourceType, resourceId }) => resourceType === type && resourceId === id),
        `${type} ${id}`,
      );
    const pairs = Array.from(text.matchAll(/ (MX-\d)\+(MX-\d)/g), ([, ...names]) => names.slice(0, 2));
    assert.ok(pairs.length > 0);
    for (const pair of pairs)
      assert.deepEqual(
        pair,
        SAMPLE_PAIRS[0]?.map(({ name }) => name),
      );
  });

  it('from a page of the documentation has ids of the samples', async () => {
    const wrong = (await readPages()).flatMap(({ path, text }) => {
      const made = new Set(madeBySed(text, known));
      const ids = text.match(UUID) ?? [];
      return ids.filter((id) => !known.has(id) && !made.has(id)).map((id) => `${path}: ${id}`);
    });
    assert.deepEqual(wrong, []);
  });
});
